"""A check that a declared edit changes what it says and nothing else: words go and come only as told."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from codemods.values import Change, Edit
from migrate.pipeline import StepRun
from migrate.proof.lines import dropped_lines, path_before, python_changes
from migrate.proof.unlike import Unlike, unlike_parts
from migrate.proof.versions import added_statements, pairing, versions
from migrate.proof.words import is_literal, is_text, is_told, text_of, value_of, words_in, words_of

FREE = frozenset({"(", ")", ",", "=", ":", "{", "}", "+", "name"})
"""What comes or goes with any word: marks, and the keyword by which a task gets its name."""


def as_declared(run: StepRun) -> list[str]:
    """Where edits tell their texts nothing else has gone or come, also in what moved to another file."""
    edits: dict[str, list[Edit]] = {}
    for edit in run.edits:
        edits.setdefault(edit.path, []).append(edit)
    changes = python_changes(run)
    found: list[str] = []
    for path, pair in pairing(versions(changes, dropped_lines(run))).pairs:
        own = edits.get(path_before(run, path), [])
        for part in unlike_parts(*pair) if own else ():
            inside = [edit for edit in own if part.start <= edit.line <= part.end]
            told = all(edit.old or edit.new for edit in inside)
            if inside and told and (word := _untold(part, inside)):
                found.append(f"'{path}' line {part.start}: {word}, and no decision says so")
    for change in changes:
        found.extend(_uncalled(run, change))
    return found


def _uncalled(run: StepRun, change: Change) -> Iterator[str]:
    """Statements that come to a file to which edits of line 0 tell what comes."""
    path = path_before(run, change.path)
    told = {edit.new for edit in run.edits if edit.path == path and not edit.line and edit.new}
    words = {word for text in told for word in words_of(text)}
    for node in added_statements(change) if told else ():
        for word in words_of(ast.unparse(node)):
            if word not in words and not (is_text(word) and is_told(word, told)):
                yield f"'{change.path}': {word} has come, and no decision says so"
                break


def _untold(part: Unlike, edits: list[Edit]) -> str:
    """The first word that has gone or come though no edit tells it, as part of a sentence."""
    reached = _rewritten(map(text_of, part.old), edits)
    if any(value_of(text_of(node)) in reached for node in part.new if is_literal(node)):
        return ""
    before, after = _counted(part.old), _counted(part.new)
    old, new = {edit.old for edit in edits}, {edit.new for edit in edits}
    reached = _rewritten(before - after, edits)
    for word in before - after:
        if word not in FREE and not (is_told(word, old) or _shows(word, old)):
            return f"{word} has gone"
    for word in after - before:
        if word not in FREE and word not in before and not is_told(word, new):
            if value_of(word) not in reached:
                return f"{word} has come"
    return ""


def _counted(nodes: Iterable[ast.AST]) -> Counter[str]:
    return Counter(word for node in nodes for word in words_in(node))


def _rewritten(words: Iterable[str], edits: list[Edit]) -> set[str]:
    """What literals become by the edits, each made or not."""
    found = {value_of(word) for word in words if is_text(word)}
    for edit in edits:
        old, new = value_of(edit.old), value_of(edit.new)
        found |= {value.replace(old, new) for value in found if old}
    return found


def _shows(word: str, texts: set[str]) -> bool:
    """Whether a word is a literal with one of the texts in it."""
    return is_text(word) and any(value_of(text) in value_of(word) for text in texts if text)
