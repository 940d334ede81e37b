"""Names that hide each other: of two that bind one name the last is in force, before a split and after it."""

import pytest

from tests.codemods.harness import check_note, run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text

HOME = "orders/email_tasks.py"
SHARED = "orders/task_helpers.py"
ONE: dict[str, str | bytes] = {
    "orders/mails.py": "def deliver(to):\n    return 1\n",
    "orders/one.py": "def deliver(to):\n    return 2\n",
}
READING = "from orders.one import *\n\n\ndef own():\n    return deliver(3)\n"


def god(reads: str, head: str = IMPORTS) -> str:
    return f"{head}{EMAIL.replace('return to', f'return {reads}')}\n\n{REPORT}"


def importing(*lines: str) -> str:
    return "\n".join(["from celery import shared_task", "", *lines, "", "", ""])


def test_a_star_below_an_import_hides_it_from_the_moved_task_too() -> None:
    lines = ("from orders.mails import deliver", "from orders.one import *")
    after = text(split(god("deliver(to)", importing(*lines)), ONE), HOME)
    assert "from orders.one import deliver\n" in after
    assert "mails" not in after


def test_an_import_below_a_star_is_what_the_moved_task_reads() -> None:
    lines = ("from orders.one import *", "from orders.mails import deliver")
    after = text(split(god("deliver(to)", importing(*lines)), ONE), HOME)
    assert "from orders.mails import deliver\n" in after
    assert "orders.one" not in after


@pytest.mark.parametrize(
    "head",
    [
        importing("from orders.mails import deliver", "", "try:\n    from orders.one import *\nexcept ImportError:\n    pass"),
        f"{IMPORTS}def deliver(to):\n    return 4\n\n\nfrom orders.one import *  # noqa\n\n\n",
    ],
    ids=["under a condition", "below a definition"],
)  # fmt: skip
def test_a_task_stays_that_reads_what_a_star_may_hide(head: str) -> None:
    note = check_note("split", ONE | {GOD: god("deliver(to)", head)}, "task-stays", SETTINGS)
    assert note.message.endswith("deliver may be what a star import of orders.one gives")


def test_an_optional_import_comes_with_the_one_that_it_replaces() -> None:
    optional = "try:\n    from orders.one import deliver\nexcept ImportError:\n    pass"
    source = god("deliver(to)", importing("from orders.mails import deliver", "", optional))
    after = text(split(source, ONE), HOME)
    assert after.index("from orders.mails import deliver") < after.index(optional)


def test_a_star_of_the_new_file_does_not_hide_what_arrives() -> None:
    more = ONE | {HOME: READING}
    found = split(god("deliver(to)", importing("from orders.mails import deliver")), more)
    assert "from orders.mails import deliver as tasks_deliver\n" in text(found, HOME)
    assert "return tasks_deliver(to)" in text(found, HOME)


def test_what_a_star_of_the_new_file_gives_already_is_not_imported_again() -> None:
    more = ONE | {HOME: READING}
    found = split(god("deliver(to)", importing("from orders.one import deliver")), more)
    assert text(found, HOME).count("orders.one") == 1
    assert "return deliver(to)" in text(found, HOME)


def test_a_star_gives_a_name_that_the_new_file_has_otherwise() -> None:
    more = ONE | {HOME: "deliver = 1\n"}
    found = split(god("deliver(to)", importing("from orders.one import *")), more)
    assert "from orders.one import deliver as tasks_deliver\n" in text(found, HOME)


@pytest.mark.parametrize(
    ("helper", "more"),
    [("deliver", ONE | {HOME: READING}), ("open", {HOME: "def own():\n    return open('a')\n"})],
)
def test_a_helper_hides_nothing_from_the_code_of_the_new_file(
    helper: str, more: dict[str, str | bytes]
) -> None:
    source = god(f"{helper}(to)", f"{IMPORTS}def {helper}(to):\n    return 4\n\n\n")
    found = split(source, more)
    assert f"def {helper}" in text(found, SHARED)
    assert f"import {helper} as tasks_{helper}\n" in text(found, HOME)
    assert f"return tasks_{helper}(to)" in text(found, HOME)


def test_an_import_hides_no_builtin_from_the_code_of_the_new_file() -> None:
    more: dict[str, str | bytes] = {HOME: "def own():\n    return open('a')\n"}
    found = split(god("open(to)", importing("from codecs import open")), more)
    assert "from codecs import open as tasks_open\n" in text(found, HOME)


def test_a_star_of_another_library_keeps_what_arrives_out_of_the_file() -> None:
    more: dict[str, str | bytes] = {
        HOME: "from os.path import *\n\n\ndef own():\n    return join\n"
    }
    found = split(god("to"), more)
    assert "def send_email" not in text(found, HOME)
    assert "def send_email" in text(found, "orders/more_email_tasks.py")


def test_the_god_file_imports_what_left_it_below_a_star_that_has_another() -> None:
    more: dict[str, str | bytes] = {"orders/one.py": "def send_email():\n    return 9\n"}
    after = text(split(god("to", importing("from orders.one import *")), more), GOD)
    assert after.index("from orders.one import *") < after.index("from orders.email_tasks")


@pytest.mark.parametrize(
    ("line", "reads", "taken"),
    [
        ("import orders.mails", "orders.mails.deliver(to)", "orders = 1\n"),
        ("import os.path", "os.path.join(to)", "os = 1\n"),
        ("try:\n    import ujson as json\nexcept ImportError:\n    json = None", "json", "json = 1\n"),
    ],
)  # fmt: skip
def test_an_import_that_can_take_no_other_name_keeps_its_task(
    line: str, reads: str, taken: str
) -> None:
    files = ONE | {GOD: god(reads, importing(line)), HOME: taken}
    note = check_note("split", files, "task-stays", SETTINGS)
    assert note.message.endswith(
        f"{taken[:-5]} is taken in {HOME}, and its import can't take another name"
    )


def test_an_import_loads_its_module_where_another_binds_the_same_package() -> None:
    more: dict[str, str | bytes] = {HOME: "import xml.sax\n\n\ndef own():\n    return xml.sax\n"}
    after = text(split(god("xml.dom", importing("import xml.dom")), more), HOME)
    assert "import xml.dom\nimport xml.sax\n" in after


@pytest.mark.parametrize(
    "other", ["from orders.mails import deliver as send_email", "send_email = None", "from orders.one import *"]
)  # fmt: skip
def test_an_importer_keeps_the_order_of_what_binds_a_name_twice(other: str) -> None:
    web = f"{other}\nfrom orders.tasks import send_email\n\n\ndef view():\n    return send_email\n"
    found = split(god("to"), ONE | {"orders/web.py": web})
    assert text(found, "orders/web.py") == web.replace("orders.tasks", "orders.email_tasks")


@pytest.mark.parametrize("shown", ["{deliver=}", "{deliver(to) = !s:>9}"])
def test_a_name_that_an_f_string_shows_is_not_changed(shown: str) -> None:
    source = god(f'f"{shown}"', importing("from orders.mails import deliver"))
    files = ONE | {GOD: source, HOME: "deliver = 1\n"}
    note = check_note("split", files, "task-stays", SETTINGS)
    assert "an f-string shows deliver by its name" in note.message


def test_a_name_in_an_f_string_is_changed_where_only_its_value_shows() -> None:
    source = god('f"deliver={deliver}"', importing("from orders.mails import deliver"))
    assert 'f"deliver={tasks_deliver}"' in text(split(source, ONE | {HOME: "deliver = 1\n"}), HOME)


def test_a_star_that_gives_what_is_imported_already_hides_nothing() -> None:
    god = (
        "from celery import shared_task\nfrom celery.utils.log import get_task_logger\n\nfrom orders.common import *\n\n"
        "logger = get_task_logger(__name__)\n\n\n"
        "@shared_task\ndef send_email(to):\n    logger.info(to)\n\n\n@shared_task\ndef make_report(day):\n    logger.info(day)\n"
    )
    common = "from celery.utils.log import get_task_logger\n\nlog = get_task_logger(__name__)\n"
    done = run("split", {GOD: god, "orders/common.py": common}, SETTINGS)
    text = done.snapshot.read("orders/email_tasks.py").decode()
    assert "from celery.utils.log import get_task_logger\n" in text
    assert 'logger = get_task_logger("orders.tasks")\n' in text
