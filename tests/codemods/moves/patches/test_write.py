"""The imports that rewritten patches need, where they are put, and what is left as it is."""

import pytest

from codemods.layout.layout import Layout
from codemods.moves.patches.aim import Patches
from codemods.moves.patches.lookups import Readers
from codemods.moves.patches.reach import Reaches
from codemods.moves.patches.write import patched
from codemods.source.text import Span
from tests.codemods.moves.carried import OLD, settled

TEST = "shop/tests/test_tasks.py"
OLD_TEXT = "LIMIT = 5\n\n\ndef send():\n    return LIMIT\n"
MARK = "def test(monkeypatch):\n    monkeypatch.setattr(%s, 'LIMIT', 1)\n    %s.send()\n"


def patches(test: str) -> Patches:
    """The rewritten patches of a test file once `send` has moved."""
    files = {OLD: OLD_TEXT, "shop/tests/__init__.py": "", TEST: test}
    found = settled(files, send="mails")
    spots = {k: s for arrival in found.arrivals.values() for k, s in arrival.spots.items()}
    made = Patches(Reaches(Readers(found.moves, spots)), TEST, test.encode())
    made.rewrite()
    return made


def after(test: str) -> str | None:
    """The bytes of a test file with its patches rewritten, as text."""
    data = patched(patches(test), Layout(first_party=frozenset({"shop"})))
    return data.decode() if data is not None else None


@pytest.mark.parametrize(
    ("top", "old", "wanted", "new"),
    [
        ("from shop import tasks\n", "tasks", "from shop import mails, tasks\n", "mails"),
        ("from shop import tasks as t\n", "t", "from shop import mails, tasks as t\n", "mails"),
        ("import shop.tasks\n", "shop.tasks", "import shop.mails\nimport shop.tasks\n", "shop.mails"),
        ("import shop.tasks as t\n", "t", "import shop.mails as mails\nimport shop.tasks as t\n", "mails"),
        ("from .. import tasks\n", "tasks", "from .. import mails, tasks\n", "mails"),
        ("from shop import mails, tasks\n", "tasks", "from shop import mails, tasks\n", "mails"),
        ("mails = 1\nfrom shop import tasks\n", "tasks", "mails = 1\nfrom shop import mails as mails_module, tasks\n", "mails_module"),
        ("import os\n\nfrom shop import (\n    base,  # why\n    tasks,\n)\n", "tasks", "import os\n\nfrom shop import (\n    base,  # why\n    mails,\n    tasks,\n)\n", "mails"),
    ],
)  # fmt: skip
def test_the_new_module_is_imported_as_the_old_one_is(
    top: str, old: str, wanted: str, new: str
) -> None:
    assert after(f"{top}\n\n{MARK % (old, old)}") == f"{wanted}\n\n{MARK % (new, old)}"


@pytest.mark.parametrize(
    ("inner", "old", "wanted", "new"),
    [
        ("from shop import tasks", "tasks", "from shop import tasks\n    from shop import mails", "mails"),
        ("import shop.tasks", "shop.tasks", "import shop.tasks\n    import shop.mails", "shop.mails"),
        ("from shop import tasks as t  # why", "t", "from shop import tasks as t  # why\n    from shop import mails", "mails"),
    ],
)  # fmt: skip
def test_beside_an_import_inside_a_function_stands_another(
    inner: str, old: str, wanted: str, new: str
) -> None:
    body = (
        "def test(monkeypatch):\n    %s\n    monkeypatch.setattr(%s, 'LIMIT', 1)\n    %s.send()\n"
    )
    assert after(body % (inner, old, old)) == body % (wanted, new, old)


def test_an_import_that_shares_its_line_leaves_the_file_alone() -> None:
    body = "def test(monkeypatch):\n    import os; from shop import tasks\n    monkeypatch.setattr(tasks, 'LIMIT', 1)\n"
    assert after(body) is None


def test_an_import_that_only_the_patch_read_goes() -> None:
    before = "from shop import tasks\nfrom shop.tasks import send\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(tasks, 'LIMIT', 1)\n    send()\n"
    wanted = before.replace("import tasks\n", "import mails\n").replace("(tasks,", "(mails,")
    assert after(before) == wanted


def test_an_import_that_was_unread_before_stays() -> None:
    before = "import os\nfrom shop import tasks\n\n\n" + MARK % ("tasks", "tasks")
    wanted = before.replace("import tasks", "import mails, tasks").replace("(tasks,", "(mails,")
    assert after(before) == wanted


def test_spans_that_overlap_leave_the_file_alone() -> None:
    made = patches("from shop import tasks\n\n\n" + MARK % ("tasks", "tasks"))
    made.aim.spans.append(Span(made.aim.spans[0].start - 1, made.aim.spans[0].end, "x"))
    assert patched(made, Layout(first_party=frozenset({"shop"}))) is None


def test_a_result_that_reads_what_nothing_binds_is_none() -> None:
    made = patches("from shop import tasks\n\n\n" + MARK % ("tasks", "tasks"))
    made.aim.modules.clear()
    assert patched(made, Layout(first_party=frozenset({"shop"}))) is None


def test_a_dotted_import_that_only_the_patch_read_goes() -> None:
    before = "import shop.tasks\n\n\n" + MARK % ("shop.tasks", "other")
    wanted = "import shop.mails\n\n\n" + MARK % ("shop.mails", "other")
    assert after(before) == wanted


def test_a_dotted_import_that_is_still_read_stays() -> None:
    before = "import shop.tasks\n\n\n" + MARK % ("shop.tasks", "shop.tasks")
    assert (after(before) or "").startswith("import shop.mails\nimport shop.tasks\n")


def test_a_text_with_the_word_keeps_no_import() -> None:
    before = "from shop import tasks\n\nNAME = 'shop.tasks.send'\n\n\n" + MARK % ("tasks", "other")
    assert after(before) == before.replace("import tasks", "import mails").replace(
        "(tasks,", "(mails,"
    )


def test_an_import_that_a_file_exports_stays() -> None:
    before = "from shop import tasks\n\n__all__ = ['tasks']\n\n\n" + MARK % ("tasks", "other")
    assert "from shop import mails, tasks\n" in (after(before) or "")


def test_an_import_that_loses_the_old_module_stays_in_one_line() -> None:
    others = "import_of_something_else, import_of_what_is_longer, {}more_of"
    body = "def test(monkeypatch):\n    monkeypatch.setattr({}, 'LIMIT', 1)\n    x = more_of, import_of_something_else, import_of_what_is_longer\n"
    found = after(f"from shop import {others.format('')}, tasks\n\n\n{body.format('tasks')}")
    wanted = f"from shop import {others.format('mails, ')}\n"
    assert found == f"{wanted}\n\n{body.format('mails')}"


def test_an_import_that_was_on_several_lines_stays_so() -> None:
    text = "from shop import (\n    base,\n    tasks,\n)\n\n\ndef test(monkeypatch):\n    monkeypatch.setattr(tasks, 'LIMIT', base)\n"
    assert after(text) == text.replace("tasks", "mails")
