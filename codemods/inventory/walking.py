"""The children of a syntax tree's nodes, quicker than `ast` tells them: operators and contexts left out."""

import ast
from collections.abc import Iterator
from itertools import chain
from weakref import WeakKeyDictionary

WITHOUT_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "kind", "type_comment", "module", "level", "asname"}
    | {"conversion", "is_async", "simple", "tag", "lineno", "kwd_attrs", "rest"}
)
"""Fields that hold texts and numbers, or nodes that never have children of their own."""

TEXTS = frozenset(
    {(kind, "name") for kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef", "ExceptHandler")}
    | {(kind, "name") for kind in ("alias", "MatchAs", "MatchStar")}
    | {(kind, "name") for kind in ("TypeVar", "ParamSpec", "TypeVarTuple")}
    | {("Global", "names"), ("Nonlocal", "names")}
    | {("Constant", "value"), ("MatchSingleton", "value"), ("Interpolation", "str")}
)
"""Fields that hold texts and values in these kinds of nodes, and nodes in others."""

SPARSE = frozenset({"keys", "kw_defaults"})
"""Lists with `None` where a part is left out."""

COMPOUND = ("body", "handlers", "orelse", "finalbody", "cases")
"""The fields that hold statements, in the order in which the source has them."""

_known: dict[type[ast.AST], tuple[tuple[str, bool], ...]] = {}


def _fields(kind: type[ast.AST]) -> tuple[tuple[str, bool], ...]:
    """The fields of a kind of node that hold nodes, each with whether it may be a sparse list."""
    names = [name for name in kind._fields if name not in WITHOUT_NODES]
    names = [name for name in names if (kind.__name__, name) not in TEXTS]
    _known[kind] = tuple((name, name in SPARSE) for name in names)
    return _known[kind]


def children(node: ast.AST) -> list[ast.AST]:
    """The direct children, in the order in which the source has them."""
    found: list[ast.AST] = []
    kind = type(node)
    for name, is_sparse in _known[kind] if kind in _known else _fields(kind):
        value = getattr(node, name, None)
        if value is None:
            continue
        if type(value) is not list:
            found.append(value)
        elif is_sparse:
            found.extend([item for item in value if item is not None])
        else:
            found.extend(value)
    return found


def is_deeper(node: ast.AST, depth: int) -> bool:
    """Whether anything stands more than so many levels below a node.

    What is written in fewer characters than there are levels left is not looked into: each level
    takes one at least.
    """
    level = [node]
    for left in range(depth, -1, -1):
        level = [
            child for parent in level for child in children(parent) if not _is_short(child, left)
        ]
        if not level:
            return False
    return True


def _is_short(node: ast.AST, length: int) -> bool:
    """Whether a node is written on one line in fewer characters than this."""
    line: int = getattr(node, "lineno", 0)
    return (
        line > 0
        and getattr(node, "end_lineno", None) == line
        and getattr(node, "end_col_offset", 0) - getattr(node, "col_offset", 0) < length
    )


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The node and everything below it, level by level, as `ast.walk` does.

    The nodes of a whole file are listed once, whatever is asked about them: nobody changes a tree.
    """
    if isinstance(node, ast.Module):
        # The list is without the tree itself: a value that holds its key would never be let go.
        return chain((node,), _nodes_of(node))
    return _walked(node)


_NODES: WeakKeyDictionary[ast.Module, list[ast.AST]] = WeakKeyDictionary()


def _nodes_of(tree: ast.Module) -> list[ast.AST]:
    found = _NODES.get(tree)
    if found is None:
        found = _NODES[tree] = children(tree)
        for part in found:
            found.extend(children(part))
    return found


def _walked(node: ast.AST) -> Iterator[ast.AST]:
    waiting = [node]
    for found in waiting:
        waiting.extend(children(found))
        yield found


def walk_statements(node: ast.AST) -> Iterator[ast.AST]:
    """The node and every statement below it, level by level, also of inner functions and classes."""
    waiting = [node]
    for found in waiting:
        for name in COMPOUND:
            waiting.extend(getattr(found, name, ()))
        yield found
