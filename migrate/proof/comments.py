"""The comments of files before and after: none may be lost but where a decision says so."""

import ast
import io
import tokenize
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.values import Change
from migrate.proof.differences import Declared

Key = tuple[str, ...]
"""By what a statement of a module is known again; `()` for none."""
VALUE: Key = ("value",)
"""What stands in no definition: a table may go to another file, and get another name."""
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


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
    """Comments that no longer stand where they did, though what they stood in or between still does.

    One inside of a definition goes where that goes, one in a table or a call stays in one. One outside stays beside one of its neighbours, unless either of these has gone from the file.
    """
    every = list(changes)
    placed = {change.path: _placed(change.after or b"") for change in every}
    kept = Counter((spot.key, spot.text) for spots in placed.values() for spot in spots)
    strayed: list[tuple[str, int, str]] = []
    for change in every:
        beside = _beside(placed[change.path])
        # Of statements that can't be told apart one may have gone: the one beside the comment, then.
        gone = _keys(change.before or b"") - _keys(change.after or b"")
        for spot in _placed(change.before or b""):
            if spot.line in declared.get(change.path, set()):
                continue
            if spot.key:
                fits = kept[spot.key, spot.text] > 0
                kept[spot.key, spot.text] -= 1
            else:
                between = {spot.above, spot.below}
                fits = bool(between & gone.keys()) or bool(between & beside.get(spot.text, set()))
            if not fits:
                strayed.append((change.path, spot.line, spot.text))
    return strayed


class _Spot(NamedTuple):
    """A comment: inside of which statement of the module, or between which two."""

    line: int
    text: str
    key: Key
    above: Key
    below: Key


def _placed(data: bytes) -> list[_Spot]:
    """The comments of a file with what they stand in or between."""
    tree = parsed(data)
    if isinstance(tree, ParseError):
        return []
    starts = [
        min([node.lineno, *(part.lineno for part in getattr(node, "decorator_list", ()))])
        for node in tree.body
    ]
    found: list[_Spot] = []
    for line, text in comments(data):
        place = bisect_right(starts, line)
        above = tree.body[place - 1] if place else None
        below = tree.body[place] if place < len(starts) else None
        inside = above is not None and line <= (above.end_lineno or above.lineno)
        key = (_key(above) if isinstance(above, DEFINITION) else VALUE) if inside else ()
        found.append(_Spot(line, text, key, _key(above), _key(below)))
    return found


def _beside(spots: list[_Spot]) -> dict[str, set[Key]]:
    """By the text of a comment outside of statements what stands above or below it."""
    found: dict[str, set[Key]] = {}
    for spot in spots:
        if not spot.key:
            found.setdefault(spot.text, set()).update((spot.above, spot.below))
    return found


def _keys(data: bytes) -> Counter[Key]:
    """By what the statements of a file are known again, and how many are known by it."""
    tree = parsed(data)
    body = [] if isinstance(tree, ParseError) else tree.body
    return Counter(_key(node) for node in body)


def _key(node: ast.stmt | None) -> Key:
    """By what a statement is known again when its text changes."""
    match node:
        case None:
            return ("edge",)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return ("definition", name)
        case ast.Assign(targets=[target, *_]) | ast.AnnAssign(target=target):
            return ("bound", ast.unparse(target))
        case ast.Expr(value=ast.Call(func=function)):
            return ("call", ast.unparse(function))
        case _:
            return ("other", type(node).__name__)


def comments(data: bytes) -> list[tuple[int, str]]:
    """Every comment of a file with its line; none where it can't be read."""
    # The parser takes a lone carriage return for the end of a line, this reader for a character.
    lines = io.BytesIO(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    try:
        tokens = list(tokenize.tokenize(lines.readline))
    except (tokenize.TokenError, SyntaxError, UnicodeError, LookupError):
        return []
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
