"""A check that a declared edit changes what it says and nothing else: words go and come only as told."""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator

from codemods.values import Change, Edit
from migrate.pipeline import StepRun
from migrate.proof.differences import added_statements, changed_statements
from migrate.proof.lines import path_before, python_changes

FREE = frozenset({"(", ")", ",", "=", ":", "{", "}", "+", "name"})
"""What comes or goes with any word: marks, and the keyword by which a task gets its name."""


def as_declared(run: StepRun) -> list[str]:
    """In statements with edits that tell their texts nothing else has gone or come."""
    told: dict[str, list[Edit]] = {}
    for edit in run.edits:
        if edit.old:
            told.setdefault(edit.path, []).append(edit)
    found: list[str] = []
    for change in python_changes(run):
        edits = told.get(path_before(run, change.path), [])
        for left, right in changed_statements(change) if edits else ():
            inside = [edit for edit in edits if edit.line in _lines(left)]
            if inside and (word := _untold(left, right, inside)):
                found.append(f"'{change.path}' line {left.lineno}: {word}, and no decision says so")
        found.extend(_uncalled(run, change))
    return found


def _uncalled(run: StepRun, change: Change) -> Iterator[str]:
    """Statements that come to a file to which edits of line 0 tell what comes."""
    path = path_before(run, change.path)
    told = [edit.new for edit in run.edits if edit.path == path and not edit.line and edit.new]
    words = {word for text in told for word in _words(text)}
    for node in added_statements(change) if told else ():
        for word in _words(ast.unparse(node)):
            if word not in words:
                yield f"'{change.path}': {word} has come, and no decision says so"
                break


def _lines(node: ast.stmt) -> range:
    """The lines of a statement with those of its decorators."""
    above = [item.lineno for item in getattr(node, "decorator_list", ())]
    return range(min(node.lineno, *above, node.lineno), (node.end_lineno or node.lineno) + 1)


def _untold(left: ast.stmt, right: ast.stmt, edits: list[Edit]) -> str:
    """The first word that has gone or come though no edit tells it, as part of a sentence."""
    before, after = Counter(_words(ast.unparse(left))), Counter(_words(ast.unparse(right)))
    old = {edit.old for edit in edits}
    new = {edit.new for edit in edits}
    for word in before - after:
        if word not in FREE and not _is_of(word, old):
            return f"{word} has gone"
    for word in after - before:
        if word not in FREE and word not in before and not _is_of(word, new):
            return f"{word} has come"
    return ""


def _is_of(word: str, texts: set[str]) -> bool:
    """Whether a word is one of a text's, or a literal with the text in it or that is a part of it."""
    if word[-1] in "\"'":
        value = _value(word)
        return any(text in value or (value and value in text) for text in texts)
    return any(word in set(_words(text)) for text in texts)


def _value(word: str) -> str:
    """What a literal stands for, its escapes read; the word itself where it is no plain text."""
    try:
        value = ast.literal_eval(word)
    except (ValueError, SyntaxError):
        return word.strip("\"'")
    return value if isinstance(value, str) else word


def _words(text: str) -> Iterator[str]:
    """The words of a piece of code, as Python takes it apart."""
    try:
        for item in tokenize.generate_tokens(io.StringIO(text).readline):
            if item.string.strip():
                yield item.string
    except (tokenize.TokenError, SyntaxError):
        return
