"""The top-level statements of files before and after a step, and which of them are each other's versions."""

import ast
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.values import Change
from migrate.proof.statements import dumped, is_copy, lines_of, names_of, values_of

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
    """Statements that differ, before and after, each with the path of its old file; and those left over.

    What came and only binds once more what a name is bound to is nobody's version, and not left over.
    """

    pairs: list[tuple[str, Pair]]
    gone: list[Placed]
    new: list[Placed]


def versions(
    changes: Iterable[Change], dropped: Mapping[str, Collection[int]] | None = None
) -> list[Versions]:
    """The changed files that parse on both sides, without the statements whose lines are all dropped."""
    found = (_versions(change, set((dropped or {}).get(change.path, ()))) for change in changes)
    return [item for item in found if item is not None]


def pairing(files: Collection[Versions]) -> Pairing:
    """The versions of each statement: in its own file first, else in the one that it moved to."""
    pairs: list[tuple[str, Pair]] = []
    gone: list[Placed] = []
    new: list[Placed] = []
    for item in files:
        left, right = _without(item.left, item.right), _without(item.right, item.left)
        pairs.extend((item.path, pair) for pair in _paired(left, right))
        gone.extend((item.path, node) for node in left)
        new.extend((item.path, node) for node in right)
    gone, new = _unmoved(gone, new)
    bound = _bound(files)
    new = [
        (path, node)
        for path, node in new
        if not any(is_copy(node, bound.get(value, ())) for value in values_of(path, node))
    ]
    moved = _moved(gone, new)
    pairs.extend((path, (one, other)) for (path, one), (_, other) in moved)
    taken = {id(node) for (_, one), (_, other) in moved for node in (one, other)}
    return Pairing(
        pairs,
        [item for item in gone if id(item[1]) not in taken],
        [item for item in new if id(item[1]) not in taken],
    )


def _bound(files: Iterable[Versions]) -> dict[str, set[str]]:
    """The names that the old files bind to each value."""
    found: dict[str, set[str]] = {}
    for item in files:
        for node in item.left:
            for value in sorted(values_of(item.path, node)):
                found.setdefault(value, set()).update(names_of(node))
    return found


def added_statements(change: Change) -> list[ast.stmt]:
    """The top-level statements of a file that nothing in the old one is the version of."""
    for item in versions([change]):
        left, right = _without(item.left, item.right), _without(item.right, item.left)
        _paired(left, right)
        return right
    return []


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


def _paired(left: list[ast.stmt], right: list[ast.stmt]) -> list[Pair]:
    """Statements of one file that are each other's versions; they leave the lists."""
    pairs = []
    for one in list(left):
        other = next((node for node in right if names_of(node) == names_of(one)), None)
        if other is not None:
            pairs.append((one, other))
            left.remove(one)
            right.remove(other)
    return pairs


def _unmoved(gone: list[Placed], new: list[Placed]) -> tuple[list[Placed], list[Placed]]:
    """What left and what came, without the statements that left one file for another as they are."""
    waiting: dict[str, list[Placed]] = {}
    for fresh in new:
        waiting.setdefault(dumped(fresh[1]), []).append(fresh)
    rest, used = list[Placed](), set[int]()
    for item in gone:
        same = waiting.get(dumped(item[1]))
        if same:
            used.add(id(same.pop(0)[1]))
        else:
            rest.append(item)
    return rest, [item for item in new if id(item[1]) not in used]


def _moved(gone: list[Placed], new: list[Placed]) -> list[tuple[Placed, Placed]]:
    """Statements that left one file for another, where they have the same name and are not equal."""
    pairs: list[tuple[Placed, Placed]] = []
    waiting = list(new)
    for item in gone:
        names = names_of(item[1])
        like = next((other for other in waiting if names_of(other[1]) == names), None)
        if like is not None and not names[0].startswith("<"):
            pairs.append((item, like))
            waiting.remove(like)
    return pairs
