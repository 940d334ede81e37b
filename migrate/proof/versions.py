"""The top-level statements of files before and after a step, and which of them are each other's versions."""

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.values import Change

IMPORTS = (ast.Import, ast.ImportFrom)
Pair = tuple[ast.stmt, ast.stmt]
Placed = tuple[str, ast.stmt]
"""A statement with the path of its file."""


class Versions(Struct, frozen=True):
    """One file's statements before and after, imports apart: other checks look at those."""

    path: str
    left: list[ast.stmt]
    right: list[ast.stmt]


class Pairing(Struct, frozen=True):
    """Statements that differ, before and after, each with the path of its old file; and those left over."""

    pairs: list[tuple[str, Pair]]
    gone: list[Placed]
    new: list[Placed]


def versions(
    changes: Iterable[Change], dropped: Mapping[str, Collection[int]] | None = None
) -> list[Versions]:
    """The changed files that parse on both sides, without the statements whose lines are all dropped."""
    found = (_versions(change, set((dropped or {}).get(change.path, ()))) for change in changes)
    return [item for item in found if item is not None]


def pairing(files: Iterable[Versions]) -> Pairing:
    """The versions of each statement: in its own file first, else in the one that it moved to."""
    pairs: list[tuple[str, Pair]] = []
    gone: list[Placed] = []
    new: list[Placed] = []
    for item in files:
        left, right = _without(item.left, item.right), _without(item.right, item.left)
        pairs.extend((item.path, pair) for pair in _paired(left, right))
        gone.extend((item.path, node) for node in left)
        new.extend((item.path, node) for node in right)
    moved = _moved(gone, new)
    pairs.extend((path, (one, other)) for (path, one), (_, other) in moved)
    left_one, left_other = {id(one[1]) for one, _ in moved}, {id(other[1]) for _, other in moved}
    return Pairing(
        pairs,
        [item for item in gone if id(item[1]) not in left_one],
        [item for item in new if id(item[1]) not in left_other],
    )


def added_statements(change: Change) -> list[ast.stmt]:
    """The top-level statements of a file that nothing in the old one is the version of."""
    for item in versions([change]):
        left, right = _without(item.left, item.right), _without(item.right, item.left)
        _paired(left, right)
        return right
    return []


def dumped(node: object) -> str:
    """The tree as text, kept on the node: files are compared statement by statement many times."""
    if not isinstance(node, ast.AST):
        return repr(node)
    known: str | None = getattr(node, "_dumped", None)
    if known is None:
        known = ast.dump(node)
        node._dumped = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def lines_of(node: ast.stmt) -> set[int]:
    """The lines of a statement, without those of its decorators."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _versions(change: Change, dropped: set[int]) -> Versions | None:
    old, new = parsed(change.before or b""), parsed(change.after or b"")
    if isinstance(old, ParseError) or isinstance(new, ParseError):
        return None
    left = [node for node in old.body if not _is_import(node) and not lines_of(node) <= dropped]
    right = [node for node in new.body if not _is_import(node)]
    if change.before is None and ast.get_docstring(new, clean=False) is not None:
        right = right[1:]
    return Versions(change.path, left, right)


def _is_import(node: ast.stmt) -> bool:
    """An import, or a block under `TYPE_CHECKING` of nothing else."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        return all(isinstance(inner, IMPORTS) for inner in node.body) and not node.orelse
    return isinstance(node, IMPORTS)


def _without(nodes: list[ast.stmt], others: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of one side that the other has no equal of."""
    counts = Counter(dumped(node) for node in others)
    found = []
    for node in nodes:
        if counts[dumped(node)] > 0:
            counts[dumped(node)] -= 1
        else:
            found.append(node)
    return found


def _names(node: ast.stmt) -> tuple[str, ...]:
    """What a statement binds, or its kind."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    stored = [
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]
    return tuple(sorted(set(stored))) or (f"<{type(node).__name__}>",)


def _paired(left: list[ast.stmt], right: list[ast.stmt]) -> list[Pair]:
    """Statements of one file that are each other's versions; they leave the lists."""
    pairs = []
    for one in list(left):
        other = next((node for node in right if _names(node) == _names(one)), None)
        if other is not None:
            pairs.append((one, other))
            left.remove(one)
            right.remove(other)
    return pairs


def _moved(gone: list[Placed], new: list[Placed]) -> list[tuple[Placed, Placed]]:
    """Statements that left one file for another: equal ones first, then those of one name."""
    pairs: list[tuple[Placed, Placed]] = []
    waiting = list(new)
    equal: dict[str, list[Placed]] = {}
    for fresh in waiting:
        equal.setdefault(dumped(fresh[1]), []).append(fresh)
    rest = []
    for item in gone:
        same = equal.get(dumped(item[1]))
        if not same:
            rest.append(item)
        else:
            pairs.append((item, same.pop(0)))
    used = {id(other[1]) for _, other in pairs}
    waiting = [fresh for fresh in waiting if id(fresh[1]) not in used]
    for item in rest:
        like = next((other for other in waiting if _names(other[1]) == _names(item[1])), None)
        if like is not None and not _names(item[1])[0].startswith("<"):
            pairs.append((item, like))
            waiting.remove(like)
    return pairs
