"""The tool's own code never goes through a set in an order that another run has otherwise."""

import ast
from pathlib import Path

import pytest

from tests.unordered import Known, known, unordered

HERE = Path(__file__).parents[1]
ALLOWED: dict[str, str] = {}
"""Lines of code that may use a set's order, as `path: code`, each with the reason."""


def sources() -> dict[str, ast.Module]:
    """The tool's own files, by their paths."""
    paths = [p for name in ("codemods", "migrate", "reports") for p in (HERE / name).rglob("*.py")]
    own = sorted(path for path in paths if "legacy_project" not in path.parts)
    return {path.relative_to(HERE).as_posix(): ast.parse(path.read_text()) for path in own}


def test_no_set_is_gone_through_in_the_order_of_its_hashes() -> None:
    trees = sources()
    names = known(trees.values())
    found = set()
    for path, tree in trees.items():
        lines = (HERE / path).read_text().splitlines()
        found |= {f"{path}: {lines[number - 1].strip()}" for number in unordered(tree, names)}
    assert sorted(found - ALLOWED.keys()) == [], "wrap each in sorted()"
    assert sorted(ALLOWED.keys() - found) == [], "these are allowed and gone"
    assert all(ALLOWED.values())


FOUND = (
    "for x in {1, 2}: pass",
    "for x in set(a) - b: pass",
    "for x in a.keys() & b: pass",
    "[x for x in {y for y in a}]",
    "{x: 1 for x in frozenset(a)}",
    "list(set(a))",
    "tuple(names_of(a))",
    "', '.join({str(x) for x in a})",
    "next(iter({1, 2}))",
    "Counter(x for x in set(a))",
    "dict.fromkeys(set(a))",
    "max(set(a), key=len)",
    "sorted({1, 2}, key=lambda x: x % 2)",
    "set(a).pop()",
    "[*set(a)]",
    "print(*set(a))",
    "a.chosen and [x for x in a.chosen]",
    "def f(b: set[str]):\n    for x in b: pass",
    "def f():\n    b = set[str]()\n    return [x for x in b]",
    "def f():\n    b = {1}\n    def g():\n        yield from b",
    "b = {1}\nfor x in b | c: pass",
)
FINE = (
    "for x in sorted({1, 2}): pass",
    "for x in [1, 2]: pass",
    "any(x for x in {1, 2})",
    "sorted(x for x in set(a))",
    "max({1, 2})",
    "min(set(a), key=lambda x: (len(x), x))",
    "{x for x in {1, 2}}",
    "set(x for x in {1, 2})",
    "len({*set(a)})",
    "b = {1}\nb.update(x for x in {2})",
    "b = {1}\nc = next(iter(b)) if len(b) == 1 else 0",
    "b = {1}\nif len(b) == 1 and c:\n    b.pop()",
    "for x in a.keys(): pass",
    "for x in a - b: pass",
    "b = {1}\nb = [1]\nfor x in b: pass",
    "[1].pop()",
    "def f(b: set[str]): pass\ndef g(b: list[str]):\n    for x in b: pass",
)
NAMES = Known(frozenset({"names_of"}), frozenset({"chosen"}))


@pytest.mark.parametrize("code", FOUND)
def test_an_order_that_changes_is_found(code: str) -> None:
    assert unordered(ast.parse(code), NAMES)


@pytest.mark.parametrize("code", FINE)
def test_what_is_the_same_in_every_run_is_let_alone(code: str) -> None:
    assert unordered(ast.parse(code), NAMES) == []


def test_a_name_means_a_set_only_where_every_definition_of_it_does() -> None:
    one = "class A:\n    x: set[int]\n    y: frozenset[str]\n    def z(self) -> set[int]: ...\n"
    assert known([ast.parse(one)]) == Known(frozenset({"z"}), frozenset({"x", "y"}))
    other = "class B:\n    def __init__(self):\n        self.x = ()\n    def z(self) -> list[int]: ...\n"
    assert known([ast.parse(one), ast.parse(other)]) == Known(frozenset(), frozenset({"y"}))
