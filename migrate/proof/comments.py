"""The comments of files before and after: none may be lost but where a decision says so."""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterable

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.values import Change
from migrate.proof.differences import Declared


def lost_comments(changes: Iterable[Change], declared: Declared) -> list[tuple[str, int, str]]:
    """Comments of the old files that the new ones have fewer of, but for those on declared lines."""
    every = list(changes)
    kept = Counter(text for change in every for _, text in comments(change.after or b""))
    old = [
        (line in declared.get(change.path, set()), change.path, line, text)
        for change in every
        for line, text in comments(change.before or b"")
    ]
    lost: list[tuple[str, int, str]] = []
    # Equal comments can't be distinguished, so those that may go are counted as gone first.
    for allowed, path, line, text in sorted(old):
        if kept[text] > 0:
            kept[text] -= 1
        elif not allowed:
            lost.append((path, line, text))
    return sorted(lost)


def strayed_comments(changes: Iterable[Change], declared: Declared) -> list[tuple[str, int, str]]:
    """Comments inside of a definition of the old files that no definition of that name has now."""
    every = list(changes)
    kept = Counter(key[1:] for change in every for key in _owned(change.after or b""))
    strayed: list[tuple[str, int, str]] = []
    for change in every:
        for line, owner, text in _owned(change.before or b""):
            if kept[owner, text] > 0:
                kept[owner, text] -= 1
            elif line not in declared.get(change.path, set()):
                strayed.append((change.path, line, text))
    return strayed


def _owned(data: bytes) -> list[tuple[int, str, str]]:
    """The comments inside of top-level definitions, each with its line and the definition's name."""
    tree = parsed(data)
    if isinstance(tree, ParseError):
        return []
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    owner: dict[int, str] = {}
    for node in tree.body:
        if isinstance(node, kinds):
            lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            owner.update(dict.fromkeys(lines, node.name))
    return [(line, owner[line], text) for line, text in comments(data) if line in owner]


def comments(data: bytes) -> list[tuple[int, str]]:
    """Every comment of a file with its line."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        return []
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
