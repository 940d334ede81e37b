"""All moves of one run as a value: homes, crossings, copied statements, and what names mean."""

import pytest

from codemods.moves.moves import Crossing, Moves
from codemods.moves.request import Drop, MoveRequest
from tests.codemods.moves.carried import HOME, OLD, SHARED, Files, inventory_of, wish

TEXT = (
    "import os\n\nLIMIT = 5\n\n\ndef send(x=LIMIT):\n    return x, os, report()\n"
    "\n\ndef report():\n    return LIMIT\n"
)
OTHER = "shop/reports.py"


def moves(files: Files, drops: tuple[Drop, ...] = (), **homes: str) -> Moves:
    """The moves of an old file's units of these names."""
    known = inventory_of(files)
    return Moves(known, MoveRequest((wish(known, **homes),), drops))


def test_homes_targets_and_names_agree() -> None:
    found = moves({OLD: TEXT}, send="mails", report="reports")
    assert found.homes == {(OLD, 1): SHARED, (OLD, 2): HOME, (OLD, 3): OTHER}
    assert found.targets == {SHARED: [(OLD, 1)], HOME: [(OLD, 2)], OTHER: [(OLD, 3)]}
    assert found.new_home == {
        ("shop.tasks", "LIMIT"): SHARED,
        ("shop.tasks", "send"): HOME,
        ("shop.tasks", "report"): OTHER,
    }
    assert found.module_name(OTHER) == "shop.reports"


def test_what_goes_for_good_leaves_too() -> None:
    found = moves({OLD: TEXT, "shop/base.py": "LIMIT = 5\n"}, (Drop((OLD, 1), "shop/base.py"),))
    assert found.homes == {}
    assert found.leaving == {(OLD, 1): "shop/base.py"}
    assert found.new_home == {("shop.tasks", "LIMIT"): "shop/base.py"}


def test_reads_of_other_homes_are_crossings_early_or_late() -> None:
    found = moves({OLD: TEXT}, send="mails", report="reports")
    assert list(found.crossings(HOME)) == [
        Crossing((OLD, 2), HOME, "LIMIT", SHARED, eager=True),
        Crossing((OLD, 2), HOME, "report", OTHER, eager=False),
    ]
    assert list(found.crossings("shop/none.py")) == []


@pytest.mark.parametrize(
    ("head", "read", "lines"),
    [
        ("import os\nimport sys\n", "os", [1]),
        ("from a import b\nfrom a import b\n", "b", [2]),
        ("import a.b\nimport a.c\n", "a", [1, 2]),
        ("import logging\nlog = logging.getLogger()\n", "log", [2, 1]),
        ("import sys\nif sys.argv:\n    import a\nelse:\n    a = None\n", "a", [2, 1]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n", "a", [2, 1]),
        ("A = 1\n", "A", []),
    ],
)
def test_the_statements_that_a_unit_needs_copied(head: str, read: str, lines: list[int]) -> None:
    found = moves({OLD: f"{head}\n\ndef send():\n    return {read}\n"}, send="mails")
    key = next(key for key in found.homes if found.unit(key).name == "send")
    assert [unit.line for _, unit in found.contexts(key)] == lines


def test_names_that_only_a_star_can_bind() -> None:
    text = "import os\nfrom a import *\n\n\ndef send():\n    return os, one, two, len, __name__\n"
    found = moves({OLD: text}, send="mails")
    assert found.from_stars((OLD, 2)) == ["one", "two"]


def test_without_a_star_no_name_is_one_of_its() -> None:
    found = moves({OLD: "def send():\n    return one\n"}, send="mails")
    assert found.from_stars((OLD, 0)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("from a import x\n", "from a import x\n", True),
        ("from a import x\n", "from b import x\n", False),
        ("from a import y as x\n", "from a import y as x\n", True),
        ("x = 1\n", "x = 1\n", True),
        ("x = 1\n", "x = 2\n", False),
        ("x = []\n", "x = []\n", False),
        ("def x():\n    return 1\n", "def x():\n    # why\n    return (1)\n", True),
        ("def x():\n    return y\ny = 1\n", "def x():\n    return y\ny = 1\n", True),
        ("def x():\n    return y\ny = 1\n", "def x():\n    return y\ny = 2\n", False),
        ("def x():\n    return x()\n", "def x():\n    return x()\n", True),
        ("x = 1\ndef f():\n    global x\n    x = 2\n", "x = 1\n", False),
        ("class x:\n    a = []\n", "class x:\n    a = []\n", False),
        ("class x:\n    a = 1\n", "class x:\n    a = 1\n", True),
        ("from shop.base import x\n", "from shop.again import x\n", True),
    ],
)
def test_when_a_name_means_the_same_in_two_files(one: str, other: str, same: bool) -> None:
    known = {"shop/base.py": "x = 1\n", "shop/again.py": "from shop.base import x\n"}
    found = moves({OLD: one, HOME: other, **known})
    assert found.same_meaning(OLD, HOME, "x") is same
    assert found.same_meaning(HOME, OLD, "x") is same


def test_relative_imports_inside_mean_other_things_in_other_files() -> None:
    text = "def x():\n    from . import y\n    return y\n"
    found = moves({OLD: text, "shop/deep/__init__.py": "", "shop/deep/mails.py": text})
    assert not found.same_meaning(OLD, "shop/deep/mails.py", "x")


def test_a_file_that_is_not_there_or_does_not_parse_is_none() -> None:
    found = moves({OLD: TEXT, HOME: "def f(:\n"})
    assert found.module(HOME) is None
    assert found.module("shop/none.py") is None
    assert found.binder("shop/none.py", "x") is None


def test_the_last_of_several_units_binds_a_name() -> None:
    found = moves({OLD: "x = 1\ny = 2\nx = 3\n"})
    unit = found.binder(OLD, "x")
    assert unit is not None
    assert unit.line == 3
    assert found.definition(OLD, "y") == (OLD, found.unit((OLD, 1)))
