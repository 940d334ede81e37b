"""The bytes of a file that takes units in: a new one, and one that grows."""

import pytest

from codemods.moves.files.new_home import Writer
from tests.codemods.moves.carried import HOME, OLD, SHARED, Files, settled

BODY = "\n\ndef send():\n    return %s\n"


def home(old: str | bytes, more: Files | None = None, **homes: str) -> bytes:
    """The new home of `send`, which leaves the old file."""
    found = settled({OLD: old, **(more or {})}, **(homes or {"send": "mails"}))
    return Writer(found.moves, found.arrivals[HOME], {}).write()


def new(text: str) -> bytes:
    """A new home with its title."""
    return f'"""Mails."""\n\n{text}'.encode()


@pytest.mark.parametrize(
    ("head", "read", "wanted"),
    [
        ("import os\nimport sys\n", "os.sep", "import os\n"),
        ("import os as system, sys\n", "system.sep", "import os as system\n"),
        ("import os; import sys\n", "os.sep", "import os\n"),
        ("import os.path\nimport os\n", "os.path", "import os.path\nimport os\n"),
        ("from a import b as c, d\n", "c", "from a import b as c\n"),
        ("from a import (\n    b,  # why\n    c,\n)\n", "b", "from a import (\n    b,  # why\n)\n"),
        ("from a import b, \\\n    c\n", "c", "from a import c\n"),
        ("from . import base\nfrom .base import one, two\n", "base, two", "from . import base\nfrom .base import two\n"),
        ("import os  # used\n", "os", "import os  # used\n"),
        ("import os\n\nfrom a import b\n", "os, b", "import os\n\nfrom a import b\n"),
    ],
)  # fmt: skip
def test_exactly_the_imports_that_are_read_in_their_own_words(
    head: str, read: str, wanted: str
) -> None:
    assert home(head + BODY % read) == new(wanted + BODY % read)


@pytest.mark.parametrize(
    ("choice", "read"),
    [
        ("try:\n    import a\nexcept ImportError:  # why\n    a = None\n", "a"),
        ("if True:\n    from a import b\nelse:\n    b = None\n", "b"),
        ("try:\n    import a as b\nexcept ImportError:\n    import b\n", "b"),
    ],
)
def test_a_conditional_import_comes_whole(choice: str, read: str) -> None:
    found = home("import os\n\n" + choice + BODY % f"os, {read}")
    assert found == new("import os\n\n" + choice + BODY % f"os, {read}")


def test_what_a_conditional_import_reads_is_imported_too() -> None:
    choice = "if sys.argv:\n    import a\nelse:\n    a = None\n"
    assert home("import sys\nimport os\n\n" + choice + BODY % "a") == new(
        "import sys\n\n" + choice + BODY % "a"
    )


def test_imports_for_type_checkers_come_in_their_block() -> None:
    old = (
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    # types\n    from a import (\n        B,  # b\n        C,\n    )\n    import d\n"
        "\n\ndef send(x: B):\n    return x\n"
    )
    assert home(old) == new(
        "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\n"
        "if TYPE_CHECKING:\n    # types\n    from a import (\n        B,  # b\n    )\n"
        "\n\ndef send(x: B):\n    return x\n"
    )


@pytest.mark.parametrize(
    ("old", "wanted"),
    [
        ("import logging\n\nlog = logging.getLogger(__name__)\n", 'import logging\n\nlog = logging.getLogger("shop.tasks")\n'),
        ('import logging\n\nlog = logging.getLogger("mail")  # by name\n', 'import logging\n\nlog = logging.getLogger("mail")  # by name\n'),
    ],
)  # fmt: skip
def test_a_logger_is_copied_under_the_name_that_it_has(old: str, wanted: str) -> None:
    assert home(old + BODY % "log") == new(wanted + BODY % "log")


def test_a_star_import_of_another_library_comes_along() -> None:
    old = "import sys\nfrom os.path import *\n" + BODY % "join, sys"
    assert home(old) == new("import sys\nfrom os.path import *\n" + BODY % "join, sys")


def test_a_name_of_a_star_import_in_the_project_is_imported_by_itself() -> None:
    old = "from shop.base import *\n" + BODY % "word()"
    found = home(old, {"shop/base.py": "def word():\n    return 1\n"})
    assert found == new("from shop.base import word\n" + BODY % "word()")


def test_helpers_come_in_the_order_and_distance_that_they_had() -> None:
    old = (
        "# how many\nLIMIT = 5  # five\nMORE = 6\n\n\n"
        "# helps\n@deco\ndef helper():\n    return LIMIT\n\n\nclass Box:\n    n = MORE\n"
        "\n\ndef other():\n    return 1\n" + BODY % "helper(), Box"
    )
    assert home("import x\n\n\ndef deco(f):\n    return f\n\n\n" + old) == new(
        "def deco(f):\n    return f\n\n\n# how many\nLIMIT = 5  # five\nMORE = 6\n\n\n"
        "# helps\n@deco\ndef helper():\n    return LIMIT\n\n\nclass Box:\n    n = MORE\n"
        + BODY
        % "helper(), Box"
    ).replace(b'"""\n\ndef', b'"""\n\n\ndef')


@pytest.mark.parametrize("end", ["\n", ""])
def test_crlf_and_a_missing_final_newline(end: str) -> None:
    old = ("import os\n" + BODY % "os").rstrip("\n").replace("\n", "\r\n") + end.replace(
        "\n", "\r\n"
    )
    assert home(old) == new("import os\n" + BODY % "os").replace(b"\n", b"\r\n")


def test_a_file_of_one_blank_line_between_functions_stays_narrow() -> None:
    old = "import os\n\ndef send():\n    return one()\n\ndef one():\n    return os\n\ndef two():\n    return 2\n"
    assert home(old) == new(
        "import os\n\ndef send():\n    return one()\n\ndef one():\n    return os\n"
    )


def test_what_two_new_files_share_is_imported_from_the_third() -> None:
    old = "LIMIT = 5\n" + BODY % "LIMIT" + "\n\ndef report():\n    return LIMIT\n"
    found = settled({OLD: old}, send="mails", report="reports")
    data = {
        path: Writer(found.moves, arrival, {}).write() for path, arrival in found.arrivals.items()
    }
    assert data == {
        HOME: new("from shop.shared import LIMIT\n" + BODY % "LIMIT"),
        "shop/reports.py": b'"""Reports."""\n\nfrom shop.shared import LIMIT\n\n\ndef report():\n    return LIMIT\n',
        SHARED: b'"""Helpers that several files of tasks share."""\n\nLIMIT = 5\n',
    }


@pytest.mark.parametrize(
    ("grown", "wanted"),
    [
        ("import sys\n\n\ndef old():\n    return sys", "import os\nimport sys\n\n\ndef old():\n    return sys\n"),
        ('"""Words."""\n\nimport os\n', '"""Words."""\n\nimport os\n'),
        ('"""Words."""\n\nimport sys\n\nA = sys\n', '"""Words."""\n\nimport os\nimport sys\n\nA = sys\n'),
        ("# of the file\n\nimport os\n\n# the end\n", "# of the file\n\nimport os\n\n# the end\n"),
    ],
)  # fmt: skip
def test_a_file_that_exists_takes_units_at_its_end(grown: str, wanted: str) -> None:
    found = home("import os\n" + BODY % "os", {HOME: grown})
    assert found == (wanted + BODY % "os").encode()


def test_a_file_that_exists_keeps_its_line_ends_and_its_mark() -> None:
    grown = b"\xef\xbb\xbfimport sys\r\n\r\nA = sys\r\n"
    assert (
        home("import os\n" + BODY % "os", {HOME: grown})
        == b"\xef\xbb\xbf"
        + ("import os\nimport sys\n\nA = sys\n" + BODY % "os").replace("\n", "\r\n").encode()
    )


def test_a_name_that_is_taken_there_is_imported_under_another() -> None:
    found = home("from a import b\n" + BODY % "b", {HOME: "from c import d as b\n\nA = b\n"})
    assert (
        found
        == (
            "from a import b as tasks_b\nfrom c import d as b\n\nA = b\n" + BODY % "tasks_b"
        ).encode()
    )


def test_what_the_file_reads_while_it_is_imported_stands_above_that() -> None:
    grown = "import os\nfrom shop.tasks import LIMIT\n\nTWICE = LIMIT * 2\n"
    found = home("LIMIT = 5\n" + BODY % "LIMIT", {HOME: grown}, send="mails", LIMIT="mails")
    assert found.decode().index("LIMIT = 5\n") < found.decode().index("TWICE")


def test_what_that_needs_in_turn_stands_above_it_too() -> None:
    grown = "import os\nfrom shop.tasks import TWICE\n\nFOUR = TWICE * 2\n"
    old = "ONE = 1\nTWICE = ONE * 2\n" + BODY % "TWICE"
    found = home(old, {HOME: grown}, send="mails", TWICE="mails", ONE="mails").decode()
    assert found.index("ONE = 1\n") < found.index("TWICE = ONE") < found.index("FOUR =")
    assert found.index("FOUR =") < found.index("def send")


def test_a_remark_that_stays_leaves_no_blank_line_between_imports_of_one_section() -> None:
    head = "from celery import task\n\n# from celery import old\nfrom celery.utils import log\n"
    body = BODY % "task, log"
    without = "from celery import task\nfrom celery.utils import log\n"
    apart = "from celery import task\n\nfrom celery.utils import log\n"
    sorted_ = {"setup.cfg": "[isort]\nprofile = black\n"}
    assert home(head + body, sorted_) == new(without + body)
    assert home(head + body) == new(apart + body)
    groups = "import os\n\n# ours\nfrom shop import base\n"
    both = BODY % "os, base"
    assert home(groups + both, sorted_) == new("import os\n\nfrom shop import base\n" + both)
