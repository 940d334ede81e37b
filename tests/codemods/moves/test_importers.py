"""Files that import what has moved: their bytes before and after."""

import ast

import pytest

from codemods.moves.importers import Follower
from codemods.source.import_statement import in_order
from codemods.source.imports import module_imports
from codemods.source.text import Source
from tests.codemods.moves.carried import OLD, settled

TEXT = (
    "import os\n\nLIMIT = 5\n\n\ndef send():\n    return LIMIT\n\n\ndef report():\n    return os\n"
    "\n\ndef stays():\n    return 1\n"
)
VIEWS = "shop/views.py"


def follower(data: bytes) -> Follower:
    """What follows once `send` and `report` have moved."""
    found = settled({OLD: TEXT, VIEWS: data}, send="mails", report="reports")
    return Follower(found.moves)


def followed(text: str) -> str:
    """An importing file's text afterwards."""
    return follower(text.encode()).follow(VIEWS, text.encode()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from shop.tasks import send\n", "from shop.mails import send\n"),
        ("from shop.tasks import send as mail, LIMIT\n", "from shop.mails import send as mail, LIMIT\n"),
        ("from .tasks import send\n", "from .mails import send\n"),
        ("from .tasks import send, report\n", "from .mails import send\nfrom .reports import report\n"),
        ("from shop.tasks import send, stays\n", "from shop.mails import send\nfrom shop.tasks import stays\n"),
        ("from shop.tasks import (\n    send,\n    report,\n)\n", "from shop.mails import send\nfrom shop.reports import report\n"),
        ("from shop.tasks import send, \\\n    report\n", "from shop.mails import send\nfrom shop.reports import report\n"),
        ("from shop.tasks import send  # why\n", "from shop.mails import send  # why\n"),
        ("from shop.tasks import send, report  # noqa: F401\n", "from shop.mails import send  # noqa: F401\nfrom shop.reports import report  # noqa: F401\n"),
        ("from shop.tasks import (\n    send,  # one\n    report,  # two\n)\n", "from shop.mails import (\n    send,  # one\n)\nfrom shop.reports import (\n    report,  # two\n)\n"),
        ("from shop.tasks import send, report  # why\n", "from shop.mails import send  # why\nfrom shop.reports import report  # why\n"),
        ("from shop.tasks import send, stays  # isort:skip\n", "from shop.mails import send  # isort:skip\nfrom shop.tasks import stays  # isort:skip\n"),
        ("from shop.tasks import (\n    # one\n    send,\n    # two\n    report,\n)\n", "from shop.mails import (\n    # one\n    send,\n)\nfrom shop.reports import (\n    # two\n    report,\n)\n"),
        ("from shop.base import a\nfrom shop.tasks import send\n", "from shop.base import a\nfrom shop.mails import send\n"),
        ("from shop.names import a\nfrom shop.tasks import send\n", "from shop.mails import send\nfrom shop.names import a\n"),
        ("from shop.mails import old\nfrom shop.tasks import send\n", "from shop.mails import old, send\n"),
        ("from shop.tasks import send", "from shop.mails import send"),
        ("from shop.tasks import send\r\nimport os\r\n", "from shop.mails import send\r\nimport os\r\n"),
        ("\ufefffrom shop.tasks import send\n", "\ufefffrom shop.mails import send\n"),
    ],
)  # fmt: skip
def test_an_import_at_the_top_names_the_new_home(before: str, after: str) -> None:
    assert followed(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f():\n    from shop.tasks import send\n    return send\n", "def f():\n    from shop.mails import send\n    return send\n"),
        ("def f():\n    from shop.tasks import send, report\n    return send\n", "def f():\n    from shop.mails import send\n    from shop.reports import report\n    return send\n"),
        ("def f():\n    from .tasks import stays, send as s\n    return s\n", "def f():\n    from .mails import send as s\n    from .tasks import stays\n    return s\n"),
        ("if x: from shop.tasks import send, report\n", "if x: from shop.mails import send; from shop.reports import report\n"),
        ("try:\n    from shop.tasks import send\nexcept ImportError:\n    send = None\n", "try:\n    from shop.mails import send\nexcept ImportError:\n    send = None\n"),
        ("if TYPE_CHECKING:\n    from shop.tasks import send\n", "if TYPE_CHECKING:\n    from shop.mails import send\n"),
        ("import os; from shop.tasks import send\n", "import os; from shop.mails import send\n"),
    ],
)  # fmt: skip
def test_an_import_elsewhere_is_followed_where_it_stands(before: str, after: str) -> None:
    assert followed(before) == after


@pytest.mark.parametrize("rival", ["def send():\n    return 1", "class send:\n    pass"])
def test_an_import_that_hides_a_definition_stays_below_it(rival: str) -> None:
    head = f"from shop.base import a\n\n\n{rival}\n\n\n"
    assert followed(f"{head}from shop.tasks import send, stays\n") == (
        f"{head}from shop.mails import send\nfrom shop.tasks import stays\n"
    )


def test_a_remark_goes_along_to_a_statement_that_is_sorted_elsewhere() -> None:
    before = "from shop.names import a\nfrom shop.tasks import send, stays  # noqa: F401\n"
    assert followed(before) == (
        "from shop.mails import send  # noqa: F401\n"
        "from shop.names import a\nfrom shop.tasks import stays  # noqa: F401\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "from shop.tasks import stays\n",
        "from shop.tasks import os\n",
        "from shop.tasks import *\n",
        "from shop import tasks\n\ntasks.send()\n",
        "import shop.tasks as t\n\nt.send()\n",
        "from other.tasks import send\n",
        "from .others.tasks import send\n",
    ],
)
def test_what_names_no_moved_unit_stays(text: str) -> None:
    assert followed(text) == text


def test_a_line_that_gets_too_long_is_broken_up() -> None:
    limit = "X = '" + "x" * 78 + "'\n"
    names = [f"a_helper_with_a_long_name_{number}" for number in range(2)]
    old = "".join(f"{name} = {n}\n" for n, name in enumerate(names))
    homes = dict.fromkeys(names, "a_much_longer_name_for_mails")
    found = Follower(settled({OLD: old, VIEWS: ""}, **homes).moves)
    before = f"from shop.tasks import {', '.join(names)}\n\n{limit}"
    after = found.follow(VIEWS, before.encode()).decode()
    assert after == (
        "from shop.a_much_longer_name_for_mails import (\n"
        + "".join(f"    {name},\n" for name in names)
        + f")\n\n{limit}"
    )


def test_the_files_that_import_a_moved_name_are_known() -> None:
    files = {
        OLD: TEXT,
        VIEWS: "from .tasks import send\n",
        "shop/inner.py": "def f():\n    from shop.tasks import LIMIT\n    return LIMIT\n",
        "shop/other.py": "from shop.tasks import stays\n",
        "shop/whole.py": "import shop.tasks\n",
        "shop/broken.py": "from shop.tasks import send\ndef f(:\n",
    }
    found = Follower(settled(files, send="mails").moves)
    assert sorted(found.importers()) == ["shop/inner.py", VIEWS]


def test_imports_inside_functions_are_declared() -> None:
    text = b"from shop.tasks import send\n\n\ndef f():\n    from shop.tasks import report\n    return report\n"
    edits = list(follower(text).edits(VIEWS, text))
    assert [(edit.line, edit.what) for edit in edits] == [(5, "an import follows what it names")]


@pytest.mark.parametrize(
    ("text", "module", "may"),
    [
        ("from a import x\nfrom b import y\nfrom c import z\n", "b2", True),
        ("from a import x\nfrom b import y\nfrom c import z\n", "d", False),
        ("from c import x\nfrom b import y\nfrom a import z\n", "d", True),
        ("from a import x\n\n\n\nfrom b import y\n\n\n\nfrom c import z\n", "z", True),
        ("import os\nfrom b import y\n", "a", True),
        ("from c import x\nfrom b import y\n", "a", False),
    ],
)
def test_a_statement_may_be_renamed_where_it_stays_sorted(
    text: str, module: str, may: bool
) -> None:
    source = Source(text.encode())
    node = next(
        n for n in module_imports(source) if isinstance(n, ast.ImportFrom) and n.module == "b"
    )
    assert in_order(source, node, module) is may
