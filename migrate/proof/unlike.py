"""The smallest parts of a statement that another version of it has otherwise."""

import ast
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct, structs

from migrate.proof.statements import dumped


class Unlike(Struct, frozen=True):
    """Nodes of the old tree, the ones of the new tree in their place, and the old lines meant.

    `added` tells that whole nodes came and none went.
    """

    old: Sequence[ast.AST]
    new: Sequence[ast.AST]
    start: int
    end: int
    added: bool = False


def unlike_parts(left: ast.AST, right: ast.AST) -> Iterator[Unlike]:
    """The smallest nodes of the old tree that the new one has otherwise."""
    if type(left) is not type(right) or isinstance(left, ast.JoinedStr):
        yield _whole(left, right)
        return
    if isinstance(left, ast.Dict) and isinstance(right, ast.Dict):
        yield from (_within(part, left) for part in _lists(_items(left), _items(right)))
        return
    for name in left._fields:
        one, other = getattr(left, name, None), getattr(right, name, None)
        if isinstance(one, list) and isinstance(other, list):
            if all(isinstance(item, ast.AST) for item in (*one, *other)):
                yield from (_within(part, left) for part in _lists(one, other))
            elif [dumped(item) for item in one] != [dumped(item) for item in other]:
                yield _whole(left, right)
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            if dumped(one) != dumped(other):
                yield from (_within(part, left) for part in unlike_parts(one, other))
        elif (type(one), one) != (type(other), other):
            # True is 1 for Python, and False is 0.
            yield _whole(left, right)


def _lists(left: list[ast.AST], right: list[ast.AST]) -> Iterator[Unlike]:
    """Where two lists of nodes differ, node by node."""
    one, other = [dumped(node) for node in left], [dumped(node) for node in right]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        if kind == "equal":
            continue
        if end - start == to - from_:
            for pair in zip(left[start:end], right[from_:to], strict=True):
                yield from unlike_parts(*pair)
        else:
            gone = left[start:end] or left[start : start + 1] or left[-1:]
            # What is put in may stand on any blank line between the nodes around it.
            above = _last(left[start - 1 : start]) + 1 if start == end and start else 0
            first = _first(gone)
            first = min(above, first) if above > 1 else first
            # Where more came than went, it may be the next node that was changed, and the last of what
            # came be what it was: that is told on its lines, and on the line below them.
            more = to - from_ > end - start
            beside = left[end : end + 1] if more and end > start else []
            # Of two decorators that are alike the new one may be either.
            below = more and (end > start or any(isinstance(node, ast.expr) for node in gone))
            last = max(_last(gone), _last(beside)) + below
            yield Unlike(left[start:end], right[from_:to], first, last, start == end)


def _items(node: ast.Dict) -> list[ast.AST]:
    """A dict's entries as pairs, so that a key goes with its value."""
    return [
        ast.copy_location(
            ast.Tuple(elts=[*([key] if key else []), value], ctx=ast.Load()), key or value
        )
        for key, value in zip(node.keys, node.values, strict=True)
    ]


def _within(part: Unlike, node: ast.AST) -> Unlike:
    """A part, with the lines of the node around it where it has none of its own."""
    if part.start:
        return part
    around = _whole(node, node)
    return structs.replace(part, start=around.start, end=around.end, added=False)


def _whole(left: ast.AST, right: ast.AST) -> Unlike:
    start = getattr(left, "lineno", 0)
    defines = isinstance(left, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    end = start if defines else getattr(left, "end_lineno", 0) or start
    return Unlike([left], [right], start, end)


def _first(nodes: list[ast.AST]) -> int:
    return min((getattr(node, "lineno", 0) for node in nodes), default=0)


def _last(nodes: list[ast.AST]) -> int:
    return max((getattr(node, "end_lineno", 0) or 0 for node in nodes), default=0)
