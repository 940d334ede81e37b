"""The children of a syntax tree's nodes, quicker than `ast` tells them: operators and contexts left out."""

import ast
from collections import deque
from collections.abc import Iterator

WITHOUT_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "kind", "type_comment", "module", "level", "asname"}
    | {"conversion", "is_async", "simple", "tag", "lineno"}
)
"""Fields that hold texts and numbers, or nodes that never have children of their own."""


_known: dict[type[ast.AST], tuple[str, ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    found = _known.get(kind)
    if found is None:
        found = tuple(name for name in kind._fields if name not in WITHOUT_NODES)
        _known[kind] = found
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The direct children, in the order in which the source has them."""
    found: list[ast.AST] = []
    for name in _fields(type(node)):
        value = getattr(node, name, None)
        if isinstance(value, list):
            found.extend([item for item in value if isinstance(item, ast.AST)])
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def is_deeper(node: ast.AST, depth: int) -> bool:
    """Whether anything stands more than so many levels below a node."""
    level = [node]
    for _ in range(depth + 1):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return False
    return True


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The node and everything below it, level by level, as `ast.walk` does."""
    waiting = deque([node])
    while waiting:
        found = waiting.popleft()
        waiting.extend(children(found))
        yield found
