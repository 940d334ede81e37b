"""What goes along with a task: what it alone reads, comments, the file's own bytes, a licence."""

import sys

import pytest

from codemods.settings import Settings
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text


def test_helpers_go_with_their_only_reader_or_to_the_shared_file() -> None:
    god = (
        IMPORTS
        + "LIMIT = 3\n\n\ndef both():\n    return LIMIT\n\n\ndef mine():\n    return both()\n\n\n"
        + '@shared_task(name="send_email")\ndef send_email(to):\n    return mine()\n\n\n'
        + '@shared_task(name="make_report")\ndef make_report():\n    return both()\n'
    )
    done = split(god)
    shared = text(done, "orders/task_helpers.py")
    assert shared.startswith('"""Helpers that several files of tasks share."""\n')
    assert "LIMIT = 3\n\n\ndef both():\n    return LIMIT\n" in shared
    assert "def mine" in text(done, "orders/email_tasks.py")
    assert "from orders.task_helpers import both" in text(done, "orders/report_tasks.py")


def test_comments_and_banners_go_with_their_section() -> None:
    banner = "# ---- mails ----\n"
    god = (
        IMPORTS
        + banner
        + "\n\n# above\n"
        + EMAIL
        + "    # below\n\n\n# ---- reports ----\n\n\n"
        + REPORT
        + "\n# the end\n"
    )
    done = split(god)
    assert banner + "\n\n# above\n" in text(done, "orders/email_tasks.py")
    assert text(done, "orders/email_tasks.py").endswith("    return to\n    # below\n")
    assert "# ---- reports ----" in text(done, "orders/report_tasks.py")
    assert text(done, GOD).endswith("# the end\n")


def test_tabs_quotes_and_line_ends_are_kept() -> None:
    god = (IMPORTS + EMAIL + "\n\n" + REPORT).replace("    ", "\t").replace("\n", "\r\n")
    done = run("split", {GOD: god.encode()}, SETTINGS)
    assert b"\r\n\treturn to\r\n" in done.snapshot.read("orders/email_tasks.py")
    assert b"\n" not in done.snapshot.read("orders/email_tasks.py").replace(b"\r\n", b"")


def test_a_mark_and_another_encoding_are_read() -> None:
    body = IMPORTS + EMAIL.replace("return to", 'return "é"') + "\n\n" + REPORT
    latin = ("# -*- coding: latin-1 -*-\n" + body).encode("latin-1")
    done = run("split", {GOD: latin}, SETTINGS)
    assert 'return "é"' in text(done, "orders/email_tasks.py")
    marked = b"\xef\xbb\xbf" + body.encode()
    assert run("split", {GOD: marked}, SETTINGS).snapshot.read(GOD).startswith(b"\xef\xbb\xbf")


def test_a_named_logger_is_copied_and_one_of_the_module_keeps_its_name() -> None:
    god = (
        "import logging\n\n"
        + IMPORTS.rstrip("\n")
        + '\n\nlog = logging.getLogger("mails")\nown = logging.getLogger(__name__)\n\n\n'
        + EMAIL.replace("return to", "log.info(to)")
        + "\n\n"
        + REPORT.replace("return 1", "own.info(1)")
    )
    done = split(god)
    assert 'log = logging.getLogger("mails")\n' in text(done, "orders/email_tasks.py")
    assert 'own = logging.getLogger("orders.tasks")\n' in text(done, "orders/report_tasks.py")
    assert "log" not in text(done, GOD)


@pytest.mark.parametrize(
    ("left", "more"),
    [
        ("\n\ndef stays():\n    log.info(1)\n", {}),
        ("", {"shop/views.py": "from orders.tasks import log\n"}),
        ("", {"shop/views.py": "from orders import tasks\n\nprint(tasks.log)\n"}),
        ("\n\n__all__ = ['log']\n", {}),
    ],
)
def test_a_logger_that_is_still_read_stays(left: str, more: dict[str, str | bytes]) -> None:
    head = f"import logging\n\n{IMPORTS.rstrip()}\n\nlog = logging.getLogger('mails')\n\n\n"
    done = split(head + EMAIL.replace("return to", "log.info(to)") + f"\n\n{REPORT}{left}", more)
    assert "import logging\n" in text(done, GOD)
    assert "log = logging.getLogger('mails')\n" in text(done, GOD)


def test_what_is_assigned_at_run_time_stays_with_its_readers() -> None:
    god = (
        IMPORTS
        + "CLIENT = None\n\n\ndef connect():\n    global CLIENT\n    CLIENT = object()\n\n\n"
        + EMAIL.replace("return to", "return connect()")
        + "\n\n"
        + REPORT.replace("return 1", "return CLIENT")
    )
    done = split(god)
    found = text(done, "orders/report_tasks.py")
    assert "CLIENT = None" in found
    assert "global CLIENT" in found
    assert "from orders.report_tasks import connect" in text(done, "orders/email_tasks.py")


def test_a_signal_handler_goes_with_what_it_reads_once() -> None:
    god = (
        "from celery.signals import task_failure\n"
        + IMPORTS
        + EMAIL
        + "\n\n@task_failure.connect(sender=send_email)\ndef failed(**kwargs):\n    pass\n\n\n"
        + REPORT
    )
    done = split(god)
    assert "@task_failure.connect(sender=send_email)" in text(done, "orders/email_tasks.py")
    assert "@task_failure" not in text(done, GOD) + text(done, "orders/report_tasks.py")


def test_a_class_goes_along_unless_it_asks_for_its_module() -> None:
    plain = "class Mail:\n    def name(self, error):\n        return error.__class__.__module__\n"
    asking = plain.replace("error.__class__", "self.__class__")
    email = "\n\n" + EMAIL.replace("return to", "return Mail()") + "\n\n" + REPORT
    assert "class Mail" in text(split(IMPORTS + plain + email), "orders/email_tasks.py")
    assert "class Mail" in text(split(IMPORTS + asking + email), GOD)


def test_a_licence_goes_with_the_code() -> None:
    head = "#!/usr/bin/env python\n# Copyright the shop\n# SPDX-License-Identifier: MIT\n\n"
    found = text(split(head + IMPORTS + EMAIL + "\n\n" + REPORT), "orders/email_tasks.py")
    assert found.startswith(
        '# Copyright the shop\n# SPDX-License-Identifier: MIT\n\n"""Email tasks'
    )


@pytest.mark.skipif(sys.version_info < (3, 12), reason="Python 3.12 has `type X = int`")
def test_a_type_alias_moves_like_a_constant() -> None:
    god = "from celery import shared_task\n\ntype Pks = list[int]\n\n\n@shared_task\ndef close_ticket(pks: Pks):\n    return pks\n\n\n@shared_task\ndef send_email(to):\n    return to\n"
    found = run("split", {"orders/tasks.py": god}, Settings(god_files=("orders/tasks.py",)))
    assert [note.message for note in found.notes] == []
    (path,) = (p for p in found.files if b"def close_ticket" in found.snapshot.read(p))
    assert b"type Pks = list[int]\n" in found.snapshot.read(path)
    assert b"type Pks" not in found.snapshot.read("orders/tasks.py")


@pytest.mark.parametrize(
    ("chain", "home"),
    [
        ("send_email.s(1) | more_email.s()", "orders/email_tasks.py"),
        ("(send_email, more_email)", "orders/email_tasks.py"),
        ("send_email.s(1) | make_report.s()", GOD),
        ("send_email.s(1) | stays()", GOD),
    ],
)
def test_what_is_made_of_tasks_goes_with_them_where_they_have_one_home(
    chain: str, home: str
) -> None:
    more = EMAIL.replace('"send_email"', '"more"').replace("def send_email", "def more_email")
    stays = "def stays():\n    return globals()\n\n\n"
    god = f"{IMPORTS}{stays}{EMAIL}\n\n{more}\n\n{REPORT}\n\nBOTH = {chain}\n"
    found = split(god, {"orders/web.py": "from orders.tasks import BOTH\n\nprint(BOTH)\n"})
    assert f"BOTH = {chain}\n" in text(found, home)
    module = home.removesuffix(".py").replace("/", ".")
    assert f"from {module} import BOTH" in text(found, "orders/web.py")


def test_tasks_that_assign_one_global_go_where_most_of_them_go() -> None:
    state = "COUNT = 0\n\n\n"
    task = '@shared_task(name="{0}")\ndef {0}():\n    global COUNT\n    COUNT += 1\n    return COUNT\n\n\n'
    names = ("send_email", "send_email_again", "make_report")
    god = IMPORTS + state + "".join(map(task.format, names)) + REPORT.replace("make_report", "other_report")  # fmt: skip
    done = split(god)
    found = text(done, "orders/email_tasks.py")
    assert [name for name in names if f"def {name}(" in found] == list(names)
    assert "COUNT = 0" in found
    (move,) = [d for d in done.decisions if d.id.endswith("::make_report")]
    assert move.because == "shares COUNT, which is assigned at run time"
