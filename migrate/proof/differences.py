"""Two versions of changed files held against each other: what differs though no step said so."""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from codemods.values import Change
from migrate.proof.statements import dumped, lines_of
from migrate.proof.unlike import unlike_parts
from migrate.proof.versions import Pair, Versions, pairing, versions

Declared = Mapping[str, set[int]]
"""The lines of each old file where a step said that something differs.

Line 0 allows statements that come or go.
"""


def undeclared_differences(
    changes: Iterable[Change], declared: Declared, dropped: Declared
) -> list[tuple[str, int]]:
    """Old paths and lines whose code differs though no declared edit stands there.

    A statement may leave one file if it arrives in another, or if all its lines are dropped. The
    order of what stays is kept.
    """
    files = versions(changes, dropped)
    made = pairing(files)
    found = [(item.path, line) for item in files for line in _disordered(item)]
    for path, pair in made.pairs:
        found.extend(_undeclared(path, pair, declared))
    present = {dumped(node) for item in files for node in item.right}
    found.extend(
        (path, node.lineno)
        for path, node in made.gone
        if not ({0} | lines_of(node)) & declared.get(path, set()) and dumped(node) not in present
    )
    known = {dumped(node) for item in files for node in item.left}
    found.extend(
        (path, 0)
        for path, node in made.new
        if 0 not in declared.get(path, set()) and not (dumped(node) in known or _is_shim(node))
    )
    return sorted(found)


def _disordered(item: Versions) -> Iterator[int]:
    """The line of the first statement that stays in its file but not in its place."""
    known = Counter(map(dumped, item.right)) & Counter(map(dumped, item.left))
    left = [node for node in item.left if known[dumped(node)]]
    right = [node for node in item.right if known[dumped(node)]]
    for one, other in zip(left, right, strict=False):
        if dumped(one) != dumped(other):
            yield one.lineno
            return


def _undeclared(path: str, pair: Pair, declared: Declared) -> Iterator[tuple[str, int]]:
    lines = declared.get(path, set())
    for part in unlike_parts(*pair):
        if not any(part.start <= line <= part.end for line in lines):
            if not (part.added and 0 in lines):
                yield path, part.start


def _is_shim(node: ast.stmt) -> bool:
    """Whether a statement is a module's `__getattr__` that does nothing but import names."""
    if not isinstance(node, ast.FunctionDef) or node.name != "__getattr__":
        return False
    *tests, last = node.body
    return isinstance(last, ast.Raise) and all(
        isinstance(test, ast.If)
        and all(isinstance(inner, ast.ImportFrom | ast.Return) for inner in test.body)
        and not test.orelse
        for test in tests
    )
