"""Two versions of a file held against each other: syntax trees and comments."""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator

from codemods.inventory.facts import parse
from codemods.inventory.values import ParseError

IMPORTS = (ast.Import, ast.ImportFrom)


def undeclared_differences(before: bytes, after: bytes, declared: set[int]) -> list[int]:
    """Lines of the old file whose code differs though no declared edit stands there.

    Module-level imports may come and go: other checks look at those. A declared line 0 allows new
    module-level statements.
    """
    old, new = parse(before), parse(after)
    if isinstance(old, ParseError) or isinstance(new, ParseError):
        return []
    left = [node for node in old.body if not isinstance(node, IMPORTS)]
    right = [node for node in new.body if not isinstance(node, IMPORTS)]
    if len(left) != len(right) and declared:
        left, right = _aligned(left, right, declared)
    if len(left) != len(right):
        return [left[0].lineno if left else 1]
    spans = [span for pair in zip(left, right, strict=True) for span in _differing(*pair)]
    return [start for start, end in spans if not any(start <= line <= end for line in declared)]


def _aligned(
    left: list[ast.stmt], right: list[ast.stmt], declared: set[int]
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """Both bodies without the statements that a declared edit adds or takes out."""
    old, new = Counter(map(ast.dump, left)), Counter(map(ast.dump, right))
    if 0 in declared:
        surplus = len(right) - len(left)
        for node in [n for n in right if ast.dump(n) not in old][: max(surplus, 0)]:
            right = [n for n in right if n is not node]
        for node in [n for n in left if ast.dump(n) not in new][: max(-surplus, 0)]:
            left = [n for n in left if n is not node]
    return left, right


def _differing(left: ast.AST, right: ast.AST) -> Iterator[tuple[int, int]]:
    """The spans of the smallest nodes of the old tree that the new one has otherwise."""
    if ast.dump(left) == ast.dump(right):
        return
    pairs = list(_children(left, right)) if type(left) is type(right) else []
    inner = [span for one, other in pairs for span in _differing(one, other)]
    if not inner:
        yield _span(left)
        return
    for span in inner:
        yield span if span[0] else _span(left)


def _children(left: ast.AST, right: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Matching children, or nothing where the nodes differ in more than their children."""
    found: list[tuple[ast.AST, ast.AST]] = []
    for name in left._fields:
        one, other = getattr(left, name, None), getattr(right, name, None)
        if isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return
            for item, twin in zip(one, other, strict=True):
                if isinstance(item, ast.AST) and isinstance(twin, ast.AST):
                    found.append((item, twin))
                elif item != twin:
                    return
        elif isinstance(one, ast.AST) and isinstance(other, ast.AST):
            found.append((one, other))
        elif one != other:
            return
    yield from found


def _span(node: ast.AST) -> tuple[int, int]:
    start = getattr(node, "lineno", 0)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return start, start
    return start, getattr(node, "end_lineno", 0) or start


def lost_comments(before: bytes, after: bytes) -> list[tuple[int, str]]:
    """Comments of the old file that the new one has fewer of, with their lines."""
    old, kept = comments(before), Counter(text for _, text in comments(after))
    lost: list[tuple[int, str]] = []
    for line, text in reversed(old):
        if kept[text] > 0:
            kept[text] -= 1
        else:
            lost.append((line, text))
    return lost[::-1]


def comments(data: bytes) -> list[tuple[int, str]]:
    """Every comment of a file with its line."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        return []
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
