"""Two versions of a file held against each other: syntax trees and comments."""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from msgspec import Struct

from codemods.inventory.facts import parse
from codemods.inventory.values import ParseError

IMPORTS = (ast.Import, ast.ImportFrom)


class Span(Struct, frozen=True):
    """Lines of the old file that the new one has otherwise; `moved` where whole nodes came or went."""

    start: int
    end: int
    moved: bool = False


def undeclared_differences(before: bytes, after: bytes, declared: set[int]) -> list[int]:
    """Lines of the old file whose code differs though no declared edit stands there.

    Module-level imports may come and go: other checks look at those. A declared line 0 allows
    statements that come or go.
    """
    old, new = parse(before), parse(after)
    if isinstance(old, ParseError) or isinstance(new, ParseError):
        return []
    left = [node for node in old.body if not isinstance(node, IMPORTS)]
    right = [node for node in new.body if not isinstance(node, IMPORTS)]
    return [
        span.start
        for span in _lists(list[ast.AST](left), list[ast.AST](right))
        if not any(span.start <= line <= span.end for line in declared)
        and not (span.moved and 0 in declared)
    ]


def _lists(left: list[ast.AST], right: list[ast.AST]) -> Iterator[Span]:
    """Where two lists of nodes differ, node by node."""
    one, other = [_dump(node) for node in left], [_dump(node) for node in right]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for kind, start, end, from_, to in matcher.get_opcodes():
        if kind == "equal":
            continue
        if end - start == to - from_:
            for pair in zip(left[start:end], right[from_:to], strict=True):
                yield from _nodes(*pair)
        else:
            gone = left[start:end] or left[start : start + 1] or left[-1:]
            yield Span(_first(gone), _last(gone), moved=True)


def _nodes(left: ast.AST, right: ast.AST) -> Iterator[Span]:
    """The smallest nodes of the old tree that the new one has otherwise."""
    if type(left) is not type(right):
        yield _span(left)
        return
    if isinstance(left, ast.Dict) and isinstance(right, ast.Dict):
        yield from (_or(span, left) for span in _lists(_items(left), _items(right)))
        return
    for name in left._fields:
        one, other = getattr(left, name, None), getattr(right, name, None)
        if isinstance(one, list) and isinstance(other, list):
            if all(isinstance(item, ast.AST) for item in (*one, *other)):
                yield from (_or(span, left) for span in _lists(one, other))
            elif [_dump(item) for item in one] != [_dump(item) for item in other]:
                yield _span(left)
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            if _dump(one) != _dump(other):
                yield from (_or(span, left) for span in _nodes(one, other))
        elif one != other:
            yield _span(left)


def _items(node: ast.Dict) -> list[ast.AST]:
    """A dict's entries as pairs, so that a key goes with its value."""
    return [
        ast.copy_location(
            ast.Tuple(elts=[*([key] if key else []), value], ctx=ast.Load()), key or value
        )
        for key, value in zip(node.keys, node.values, strict=True)
    ]


def _dump(node: object) -> str:
    return ast.dump(node) if isinstance(node, ast.AST) else repr(node)


def _or(span: Span, node: ast.AST) -> Span:
    """A span, or that of the node around it where it has no lines of its own."""
    return span if span.start else _span(node)


def _span(node: ast.AST) -> Span:
    start = getattr(node, "lineno", 0)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return Span(start, start)
    return Span(start, getattr(node, "end_lineno", 0) or start)


def _first(nodes: list[ast.AST]) -> int:
    return min((getattr(node, "lineno", 0) for node in nodes), default=0)


def _last(nodes: list[ast.AST]) -> int:
    return max((getattr(node, "end_lineno", 0) or 0 for node in nodes), default=0)


def lost_comments(before: bytes, after: bytes, declared: set[int]) -> list[tuple[int, str]]:
    """Comments of the old file that the new one has fewer of, but for those on declared lines."""
    kept = Counter(text for _, text in comments(after))
    lost: list[tuple[int, str]] = []
    # Comments alike can't be told apart, so those that may go are counted as gone first.
    for line, text in sorted(comments(before), key=lambda item: item[0] in declared):
        if kept[text] > 0:
            kept[text] -= 1
        elif line not in declared:
            lost.append((line, text))
    return sorted(lost)


def comments(data: bytes) -> list[tuple[int, str]]:
    """Every comment of a file with its line."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        return []
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
