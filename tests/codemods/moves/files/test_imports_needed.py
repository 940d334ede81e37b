"""The imports of a new home: which statements are copied, in which words, and where names come from."""

import pytest

from codemods.moves.files.arrival import Arrival
from codemods.moves.files.imports_needed import Header, code_lines, spelled, trimmed
from codemods.moves.files.unit_text import PLAIN
from codemods.moves.moves import Moves
from codemods.moves.request import MoveRequest
from tests.codemods.moves.carried import HOME, OLD, Files, inventory_of, module, settled, wish


def header(old: str, more: Files | None = None) -> Header:
    """The header of the new home of `send`."""
    found = settled({OLD: old, **(more or {})}, send="mails")
    return Header(found.moves, found.arrivals[HOME])


def moves(files: Files) -> Moves:
    """The moves that take `send` to its new home."""
    known = inventory_of(files)
    return Moves(known, MoveRequest((wish(known, send="mails"),)))


@pytest.mark.parametrize(
    ("text", "names", "found"),
    [
        ("from a import b, c, d\n", {"b", "d"}, "from a import b, d\n"),
        ("from a import b as c, d as e\n", {"e"}, "from a import d as e\n"),
        ("from a import (\n    b,\n    c,\n)\n", {"c"}, "from a import c\n"),
        ("from a import (\n    b,  # one\n    c,  # two\n)\n", {"c"}, "from a import (\n    c,  # two\n)\n"),
        ("import os, sys as system\n", {"system"}, "import sys as system\n"),
        ("import os  # why\r\n", {"os"}, "import os  # why\n"),
        ("import os  # noqa: E402\n", {"os"}, "import os\n"),
        ("import os  # noqa\n", {"os"}, "import os  # noqa\n"),
        ("import os", {"os"}, "import os\n"),
    ],
)  # fmt: skip
def test_a_statement_is_cut_to_the_names_that_are_needed(
    text: str, names: set[str], found: str
) -> None:
    units = module(text)
    assert trimmed(units, units.units[0], names, PLAIN) == found


def test_the_code_of_a_unit_is_without_the_comments_above_it() -> None:
    units = module("A = 1\n# why\nB = (\r\n    2\r\n)")
    assert code_lines(units, units.units[1]) == "B = (\n    2\n)\n"


def test_future_imports_come_below_a_blank_line() -> None:
    old = "from __future__ import annotations\nfrom __future__ import division\n\n\ndef send():\n    return 1\n"
    found = header(old)
    assert list(found.futures(found.moves.source(OLD))) == [
        "\nfrom __future__ import annotations\n",
        "from __future__ import division\n",
    ]


def test_slices_keep_the_groups_of_the_old_file() -> None:
    old = "import os\nimport sys\n\nfrom a import b, c\n\n\nfrom shop import base\nimport x\n\n\ndef send():\n    return os, c, base\n"
    found = header(old)
    assert list(found.slices(found.moves.source(OLD))) == [
        (0, "import os\n"),
        (1, "from a import c\n"),
        (1, "from shop import base\n"),
    ]


def test_a_late_remark_is_declared_where_the_import_stood() -> None:
    old = "A = 1\nimport os  # noqa: E402\n\n\ndef send():\n    return os\n"
    found = header(old)
    found.declare_late()
    assert [(edit.line, edit.what) for edit in found.arrival.edits] == [
        (2, "the import stands at the top now")
    ]


@pytest.mark.parametrize(
    ("old", "before", "after"),
    [
        ("from a import b\n\n\ndef send():\n    return b\n", "from a import c\n\nA = c\n", "from a import b, c\n\nA = c\n"),
        ("import os\n\n\ndef send():\n    return os\n", "import sys\n\nA = sys\n", "import os\nimport sys\n\nA = sys\n"),
        ("from .base import b\n\n\ndef send():\n    return b\n", "from . import c\n\nA = c\n", "from . import c\nfrom .base import b\n\nA = c\n"),
        ("from a import b as c, d\n\n\ndef send():\n    return c\n", "import os\n\nA = os\n", "import os\n\nfrom a import b as c\n\nA = os\n"),
        ("import a as b\n\n\ndef send():\n    return b\n", "import os\n\nA = os\n", "import os\n\nimport a as b\n\nA = os\n"),
    ],
)  # fmt: skip
def test_imports_join_those_of_a_file_that_exists(old: str, before: str, after: str) -> None:
    assert header(old, {HOME: before}).with_imports(before.encode()) == after.encode()


@pytest.mark.parametrize(
    ("head", "target", "of", "found"),
    [
        ("from . import base\n", "shop/mails.py", "shop.base", ".base"),
        ("from .base import word\n", "shop/mails.py", "shop.base", ".base"),
        ("from shop import base\n", "shop/mails.py", "shop.base", "shop.base"),
        ("from . import base\nfrom shop.base import word\n", "shop/mails.py", "shop.base", "shop.base"),
        ("from . import base\n", "shop/deep/mails.py", "shop.base", "shop.base"),
        ("from . import base\n", "shop/other.py", "shop.mails", ".mails"),
    ],
)  # fmt: skip
def test_a_module_is_spelled_as_its_neighbours_are(
    head: str, target: str, of: str, found: str
) -> None:
    old = head + "\n\ndef send():\n    return 1\n"
    made = moves({OLD: old, "shop/base.py": "word = 1\n"})
    assert spelled(made, OLD, target, of) == found


def test_nothing_is_added_to_a_file_that_takes_no_imports() -> None:
    made = moves({OLD: "def send():\n    return 1\n"})
    assert Header(made, Arrival(HOME)).with_imports(b"A = 1\n") == b"A = 1\n"
