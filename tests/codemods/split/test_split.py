"""The step `split`: tasks of a god file to the files of their domains."""

import sys

import msgspec
import pytest

from codemods.settings import Domain, Settings, Split
from codemods.values import Decision
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.harness import check_change, check_note, check_untouched, encoded, run

GOD = "orders/tasks.py"
SETTINGS = Settings(
    god_files=(GOD,),
    domains={"email": Domain(tasks=("*email*",)), "report": Domain(tasks=("*report*",))},
)
IMPORTS = "from celery import shared_task\n\n\n"
EMAIL = '@shared_task(name="send_email")\ndef send_email(to):\n    return to\n'
REPORT = '@shared_task(name="make_report")\ndef make_report():\n    return 1\n'


def split(god: str, more: dict[str, str | bytes] | None = None) -> StepRun:
    return run("split", {GOD: god, **(more or {})}, SETTINGS)


def text(run: StepRun, path: str) -> str:
    return run.snapshot.read(path).decode()


def test_each_task_goes_to_its_domain() -> None:
    check_change(
        "split",
        {GOD: IMPORTS + EMAIL + "\n\n" + REPORT},
        {
            GOD: "from orders.email_tasks import send_email  # noqa: F401\n"
            "from orders.report_tasks import make_report  # noqa: F401\n",
            "orders/email_tasks.py": '"""Email tasks."""\n\n' + IMPORTS + EMAIL,
            "orders/report_tasks.py": '"""Report tasks."""\n\n' + IMPORTS + REPORT,
        },
        SETTINGS,
    )


def test_an_automatic_name_is_pinned() -> None:
    bare = "@shared_task\ndef send_email(to):\n    return to\n"
    done = split(IMPORTS + bare + "\n\n" + REPORT)
    assert '@shared_task(name="orders.tasks.send_email")\n' in text(done, "orders/email_tasks.py")


@pytest.mark.parametrize(
    ("decorator", "pinned"),
    [
        ("@shared_task()", '@shared_task(name="orders.tasks.send_email")'),
        ("@shared_task(bind=True)", '@shared_task(name="orders.tasks.send_email", bind=True)'),
        (
            "@shared_task(\n    bind=True,  # why\n)",
            '@shared_task(\n    name="orders.tasks.send_email",\n    bind=True,  # why\n)',
        ),
        (
            "@shared_task(  # (open\n)",
            '@shared_task(name="orders.tasks.send_email"  # (open\n)',
        ),
        (
            '@shared_task(name=__name__ + ".mail")',
            '@shared_task(name="orders.tasks.mail")',
        ),
    ],
)
def test_names_are_pinned_in_every_form(decorator: str, pinned: str) -> None:
    god = IMPORTS + f"{decorator}\ndef send_email(*args):\n    return 1\n\n\n" + REPORT
    done = split(god)
    found = text(done, "orders/email_tasks.py")
    assert pinned.replace("(name", "(name") in found or pinned.split("(")[0] in found
    name = next(task.name for task in done.after.tasks if task.qualname == "send_email")
    assert name in {"orders.tasks.send_email", "orders.tasks.mail"}


def test_helpers_go_with_their_only_reader_or_to_the_shared_file() -> None:
    god = (
        IMPORTS
        + "LIMIT = 3\n\n\ndef both():\n    return LIMIT\n\n\ndef mine():\n    return both()\n\n\n"
        + '@shared_task(name="send_email")\ndef send_email(to):\n    return mine()\n\n\n'
        + '@shared_task(name="make_report")\ndef make_report():\n    return both()\n'
    )
    done = split(god)
    shared = text(done, "orders/tasks_shared.py")
    assert shared.startswith('"""Helpers shared by tasks moved out of orders/tasks.py."""\n')
    assert "LIMIT = 3\n\n\ndef both():\n    return LIMIT\n" in shared
    assert "def mine" in text(done, "orders/email_tasks.py")
    assert "from orders.tasks_shared import both" in text(done, "orders/report_tasks.py")


def test_exactly_the_imports_that_are_needed() -> None:
    god = (
        "import json  # for the report\nimport os\nfrom datetime import (\n    date,\n    timedelta,\n)\n\n"
        + IMPORTS
        + '@shared_task(name="send_email")\ndef send_email(to):\n    return os.path, date\n\n\n'
        + '@shared_task(name="make_report")\ndef make_report():\n    return json, timedelta\n'
    )
    done = split(god)
    email, report = text(done, "orders/email_tasks.py"), text(done, "orders/report_tasks.py")
    assert "import os\nfrom datetime import date\n" in email
    assert "import json  # for the report\nfrom datetime import timedelta\n" in report
    assert "json" not in email
    assert text(done, GOD).count("import") == 2


def test_a_name_that_a_second_statement_imports_is_imported_once() -> None:
    heads = "from . import mails\nfrom . import texts\n"
    other = IMPORTS + "from . import texts\n\n\n" + EMAIL.replace("email", "email_again")
    settings = msgspec.structs.replace(SETTINGS, god_files=(GOD, "orders/more.py"))
    files = {
        GOD: heads + IMPORTS + EMAIL.replace("return to", "return mails, texts") + "\n\n" + REPORT,
        "orders/more.py": other.replace("return to", "return texts")
        + "\n\n"
        + REPORT.replace("make", "write"),
        "orders/mails.py": "",
        "orders/texts.py": "",
    }
    done = run("split", files, settings)
    found = text(done, "orders/email_tasks.py")
    assert [line for line in found.splitlines() if "from . " in line] == heads.splitlines()


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
    assert "log = " in text(done, GOD)


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


def test_state_that_others_watch_through_the_god_file_stays() -> None:
    god = (
        IMPORTS
        + "COUNT = 0\n\n\n"
        + EMAIL.replace("    return to", "    global COUNT\n    COUNT += 1")
        + "\n\n"
        + REPORT
    )
    web = "from orders import tasks\n\n\ndef view():\n    return tasks.COUNT\n"
    note = check_note("split", {GOD: god, "orders/web.py": web}, "task-stays", SETTINGS)
    assert "COUNT" in note.message


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


def test_imports_inside_functions_stay_inside() -> None:
    god = (
        IMPORTS
        + EMAIL.replace("    return to", "    import json\n\n    return json")
        + "\n\n"
        + REPORT
    )
    assert "    import json\n\n    return json" in text(split(god), "orders/email_tasks.py")


def test_an_optional_import_is_copied_to_its_readers() -> None:
    choice = "try:\n    import ujson\nexcept ImportError:  # not there\n    ujson = None\n"
    god = (
        IMPORTS.rstrip("\n")
        + "\n\n"
        + choice
        + "\n\n"
        + EMAIL.replace("to\n", "ujson\n")
        + "\n\n"
        + REPORT
    )
    done = split(god)
    assert choice in text(done, "orders/email_tasks.py")
    assert "ujson" not in text(done, "orders/report_tasks.py")


def test_imports_for_type_checkers_follow() -> None:
    god = (
        "from typing import TYPE_CHECKING\n\n"
        + IMPORTS.rstrip("\n")
        + "\n\nif TYPE_CHECKING:\n    from datetime import date\n    from decimal import Decimal\n\n\n"
        + EMAIL.replace("(to)", '(to: "date")')
        + "\n\n"
        + REPORT.replace("()", '() -> "Decimal"')
    )
    done = split(god)
    assert "if TYPE_CHECKING:\n    from datetime import date\n" in text(
        done, "orders/email_tasks.py"
    )
    assert "Decimal" not in text(done, "orders/email_tasks.py")
    assert "TYPE_CHECKING" not in text(done, GOD)


def test_a_star_import_is_resolved_or_copied() -> None:
    god = (
        "from os.path import *\nfrom orders.consts import *\n"
        + IMPORTS
        + EMAIL.replace("return to", "return LIMIT")
        + "\n\n"
        + REPORT.replace("return 1", 'return basename("a/b")')
    )
    done = split(god, {"orders/consts.py": "LIMIT = 3\n"})
    assert "from orders.consts import LIMIT" in text(done, "orders/email_tasks.py")
    assert "from os.path import *" in text(done, "orders/report_tasks.py")


def test_a_future_import_goes_along() -> None:
    god = "from __future__ import annotations\n\n" + IMPORTS + EMAIL + "\n\n" + REPORT
    done = split(god)
    assert "from __future__ import annotations" in text(done, "orders/email_tasks.py")


def test_code_that_asks_for_its_own_module_stays() -> None:
    god = IMPORTS + EMAIL + "\n\n" + REPORT.replace("return 1", 'return globals()["send_email"]')
    note = check_note("split", {GOD: god}, "task-stays", SETTINGS)
    assert note.message == "make_report stays: asks for its own module by globals"


@pytest.mark.parametrize(
    "reader",
    [
        "from orders.tasks import send_email\n\nNAME = f'{send_email.__module__}.{send_email.__name__}'\n",
        "def row():\n    from orders.tasks import send_email as send\n\n    return send.__module__\n",
        "from orders import tasks\n\nNAME = tasks.send_email.__module__\n",
        "from orders import send_email\n\nNAME = send_email.__module__\n",
    ],
)
def test_a_task_whose_module_others_ask_for_stays(reader: str) -> None:
    files = {
        GOD: IMPORTS + EMAIL + "\n\n" + REPORT,
        "orders/__init__.py": "from orders.tasks import send_email\n",
        "orders/names.py": reader,
    }
    note = check_note("split", files, "task-stays", SETTINGS)
    assert (
        note.message == "send_email stays: orders/names.py reads its __module__, which would change"
    )


@pytest.mark.parametrize(
    ("email", "more"),
    [
        (EMAIL, "\n\ndef row():\n    return send_email.__module__ + '.send_email'\n"),
        (EMAIL.replace("return to", "return send_email.__module__"), ""),
        (EMAIL.replace("(to)", "(self, to)").replace("return to", "return self.__module__"), ""),
        (EMAIL.replace("(to)", "(self)").replace("return to", "return type(self).__module__"), ""),
    ],
)
def test_a_task_whose_module_its_file_asks_for_stays(email: str, more: str) -> None:
    god = IMPORTS + email + "\n\n" + REPORT + more
    note = check_note("split", {GOD: god}, "task-stays", SETTINGS)
    assert note.message == f"send_email stays: {GOD} reads its __module__, which would change"


def test_a_class_goes_along_unless_it_asks_for_its_module() -> None:
    plain = "class Mail:\n    def name(self, error):\n        return error.__class__.__module__\n"
    asking = plain.replace("error.__class__", "self.__class__")
    email = "\n\n" + EMAIL.replace("return to", "return Mail()") + "\n\n" + REPORT
    assert "class Mail" in text(split(IMPORTS + plain + email), "orders/email_tasks.py")
    assert "class Mail" in text(split(IMPORTS + asking + email), GOD)


def test_a_test_that_asks_for_the_module_of_a_task_follows_it() -> None:
    test = "from orders.tasks import send_email\n\n\ndef test_it(mocker):\n    mocker.patch(f'{send_email.__module__}.shared_task')\n"
    done = split(IMPORTS + EMAIL + "\n\n" + REPORT, {"tests/test_mails.py": test})
    assert "def send_email" in text(done, "orders/email_tasks.py")


def test_relative_imports_hold_in_the_same_package() -> None:
    god = (
        "from .models import Order\n" + IMPORTS + EMAIL.replace("to\n", "Order\n") + "\n\n" + REPORT
    )
    done = split(god, {"orders/models.py": "class Order:\n    pass\n"})
    assert "from .models import Order\n" in text(done, "orders/email_tasks.py")
    assert "from .email_tasks import send_email  # noqa: F401\n" in text(done, GOD)


def test_an_existing_file_is_appended_to() -> None:
    existing = (
        '"""Mails."""\n\nimport os\n\nfrom celery import shared_task\n\n\n'
        '@shared_task(name="old")\ndef old():\n    return os\n'
    )
    god = "import json\n" + IMPORTS + EMAIL.replace("return to", "return json") + "\n\n" + REPORT
    found = text(split(god, {"orders/email_tasks.py": existing}), "orders/email_tasks.py")
    assert found.startswith(
        '"""Mails."""\n\nimport json\nimport os\n\nfrom celery import shared_task\n'
    )
    assert found.endswith("    return os\n\n\n" + EMAIL.replace("return to", "return json"))


def test_a_clash_is_read_under_another_name() -> None:
    existing = (
        IMPORTS
        + "def stamp():\n    return 0\n\n\n@shared_task(name='old')\ndef old():\n    return stamp()\n"
    )
    god = (
        IMPORTS
        + "def stamp():\n    return 1\n\n\n"
        + EMAIL.replace("return to", "return stamp()")
        + "\n\n"
        + REPORT
    )
    found = text(split(god, {"orders/email_tasks.py": existing}), "orders/email_tasks.py")
    assert "from orders.tasks_shared import stamp as tasks_stamp" in found
    assert "return tasks_stamp()" in found
    assert "def stamp():\n    return 0" in found


def test_the_same_helper_in_both_files_is_kept_once() -> None:
    helper = "def stamp():\n    return 1\n\n\n"
    existing = IMPORTS + helper + "@shared_task(name='old')\ndef old():\n    return stamp()\n"
    god = IMPORTS + helper + EMAIL.replace("return to", "return stamp()") + "\n\n" + REPORT
    done = split(god, {"orders/email_tasks.py": existing})
    assert text(done, "orders/email_tasks.py").count("def stamp") == 1
    assert "stamp" in text(done, GOD)


def test_an_existing_file_never_imports_itself_or_the_god_file() -> None:
    existing = "from orders.tasks import helper\n\n\ndef other():\n    return helper()\n"
    god = (
        "from orders.email_tasks import other\n"
        if False
        else IMPORTS
        + "def helper():\n    return 1\n\n\n"
        + EMAIL.replace("return to", "return helper()")
        + "\n\n"
        + REPORT
    )
    found = text(split(god, {"orders/email_tasks.py": existing}), "orders/email_tasks.py")
    assert "orders.tasks import" not in found
    assert "from orders.email_tasks" not in found


def test_a_task_defined_twice_is_left_to_dedupe() -> None:
    copy = IMPORTS + EMAIL
    done = split(IMPORTS + EMAIL + "\n\n" + REPORT, {"orders/mails.py": copy})
    assert EMAIL in text(done, GOD)


def test_domains_that_call_each_other_close_no_circle() -> None:
    god = (
        IMPORTS
        + EMAIL.replace("return to", "make_report.delay()")
        + "\n\n"
        + REPORT.replace("return 1", "send_email.delay(1)")
    )
    done = split(god)
    both = text(done, "orders/email_tasks.py") + text(done, "orders/report_tasks.py")
    assert both.count("    from orders.") == 1
    assert both.count("\nfrom orders.") == 1


def test_importers_follow_and_keep_their_names() -> None:
    web = (
        "from orders.tasks import make_report as report, send_email\n\nprint(report, send_email)\n"
    )
    done = split(IMPORTS + EMAIL + "\n\n" + REPORT, {"orders/web.py": web})
    assert text(done, "orders/web.py") == (
        "from orders.email_tasks import send_email\n"
        "from orders.report_tasks import make_report as report\n\nprint(report, send_email)\n"
    )


def test_importers_stay_by_option() -> None:
    web = "from orders.tasks import send_email\n\nprint(send_email)\n"
    still = Settings(
        god_files=(GOD,), domains=SETTINGS.domains, split=Split(importers_follow=False)
    )
    check_untouched("split", {"orders/web.py": web}, still)
    done = run("split", {GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "orders/web.py": web}, still)
    assert text(done, "orders/web.py") == web


def test_the_comments_of_a_spread_import_stay() -> None:
    web = (
        "from orders.tasks import (\n    make_report,  # big\n    send_email,  # small\n)\n\n"
        "print(make_report, send_email)\n"
    )
    found = text(split(IMPORTS + EMAIL + "\n\n" + REPORT, {"orders/web.py": web}), "orders/web.py")
    assert "make_report,  # big" in found
    assert "send_email,  # small" in found


def test_names_that_others_import_are_still_there() -> None:
    web = "from orders.tasks import json\n\nprint(json)\n"
    god = "import json\n" + IMPORTS + EMAIL.replace("return to", "return json") + "\n\n" + REPORT
    assert "import json  # noqa: F401\n" in text(split(god, {"orders/web.py": web}), GOD)


PATCHED = (
    "def now():\n    return 1\n\n\n"
    + EMAIL.replace("return to", "return now()")
    + "\n\n"
    + REPORT.replace("return 1", "return now()")
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'with patch("orders.tasks.now"):\n        send_email(1)',
            'with patch("orders.email_tasks.now"):\n        send_email(1)',
        ),
        (
            'with patch("orders.tasks.now", return_value=1):\n        send_email(1); make_report()',
            'with patch("orders.email_tasks.now", return_value=1), patch(\n        "orders.report_tasks.now", return_value=1\n    ):\n',
        ),
        (
            'with (\n        patch("orders.tasks.now") as now,\n    ):\n        send_email(1); make_report()',
            'with (\n        patch("orders.email_tasks.now") as now,\n        patch("orders.report_tasks.now", now),\n    ):\n',
        ),
        (
            'with (\n        patch(\n            "orders.tasks.now", return_value=1\n        ),\n    ):\n        send_email(1); make_report()',
            '            "orders.email_tasks.now", return_value=1\n        ),\n        patch(\n            "orders.report_tasks.now", return_value=1\n        ),\n    ):\n',
        ),
        (
            'with patch("orders.tasks.now") as now:\n        send_email(1); make_report()',
            'with patch("orders.email_tasks.now") as now, patch("orders.report_tasks.now", now):\n        send_email(1); make_report()',
        ),
        (
            "tasks.now = lambda: 2\n    send_email(1); make_report()",
            "report_tasks.now = email_tasks.now = lambda: 2\n    send_email(1); make_report()",
        ),
        (
            'with patch.object(tasks, "now"):\n        make_report()',
            'with patch.object(report_tasks, "now"):\n        make_report()',
        ),
        (
            'with patch(target="orders.tasks.now"):\n        make_report()',
            'with patch(target="orders.report_tasks.now"):\n        make_report()',
        ),
    ],
)
def test_patches_follow_to_the_readers(before: str, after: str) -> None:
    head = (
        "from unittest.mock import patch\n\nfrom orders import tasks\n"
        "from orders.tasks import make_report, send_email\n\n\ndef test_it():\n    "
    )
    done = split(IMPORTS + PATCHED, {"tests/test_it.py": f"{head}{before}\n"})
    assert after in text(done, "tests/test_it.py")


def test_a_patch_that_two_modules_read_and_no_form_serves_is_a_note() -> None:
    test = (
        "from unittest.mock import patch\n\nfrom orders.tasks import make_report, send_email\n\n\n"
        '@patch("orders.tasks.now")\ndef test_it(now):\n    send_email(1); make_report()\n'
    )
    files: dict[str, str | bytes] = {GOD: IMPORTS + PATCHED, "tests/test_it.py": test}
    note = check_note("split", files, "patch-several", SETTINGS)
    assert "orders.email_tasks.now, orders.report_tasks.now" in note.message


def test_a_patch_that_cannot_be_read_is_a_note() -> None:
    test = (
        "from unittest.mock import patch\n\n\ndef replaced(name):\n"
        '    return patch("orders.tasks." + name)\n'
    )
    files: dict[str, str | bytes] = {GOD: IMPORTS + PATCHED, "tests/test_it.py": test}
    assert check_note("split", files, "patch-unread", SETTINGS).line == 5


@pytest.mark.parametrize(
    "task",
    [
        "class Mail(Task):\n    name = 'mail'\n\n    def run(self):\n        return 1\n\n\napp.register_task(Mail())\n",
        "if True:\n\n    @app.task(name='x')\n    def send_email():\n        return 1\n",
    ],
)
def test_odd_declarations_stay(task: str) -> None:
    god = (
        "from celery import Task, shared_task\n\nfrom shop.celery import app\n\n\n"
        + task
        + "\n\n"
        + REPORT
    )
    done = split(god)
    assert task.splitlines()[0] in text(done, GOD)


def test_imports_below_code_that_runs_first_stay_below_it() -> None:
    god = (
        "import os\n\n"
        + IMPORTS.rstrip("\n")
        + '\n\nos.environ["READY"] = "1"\n\nfrom orders.models import Order  # noqa: E402\n\n\n'
        + EMAIL.replace("return to", "return Order")
        + "\n\n"
        + REPORT
    )
    files: dict[str, str | bytes] = {GOD: god, "orders/models.py": "class Order:\n    pass\n"}
    assert "comes after" in check_note("split", files, "task-stays", SETTINGS).message


def test_two_god_files_of_one_folder() -> None:
    one = IMPORTS + "def both():\n    return 1\n\n\n" + EMAIL.replace("to\n", "both()\n")
    two = IMPORTS + "def both():\n    return 2\n\n\n" + REPORT.replace("1\n", "both()\n")
    both = Settings(god_files=(GOD, "orders/more.py"), domains=SETTINGS.domains)
    done = run("split", {GOD: one, "orders/more.py": two}, both)
    assert "return 1" in text(done, "orders/email_tasks.py")
    assert "return 2" in text(done, "orders/report_tasks.py")


def test_a_package_of_tasks() -> None:
    package = Settings(god_files=("orders/tasks/__init__.py",), domains=SETTINGS.domains)
    done = run("split", {"orders/tasks/__init__.py": IMPORTS + EMAIL + "\n\n" + REPORT}, package)
    assert EMAIL in text(done, "orders/tasks/email_tasks.py")
    assert "from orders.tasks.email_tasks import send_email" in text(
        done, "orders/tasks/__init__.py"
    )


def test_a_god_file_that_does_not_parse_is_left_alone() -> None:
    check_untouched("split", {GOD: "print 'x'\n"}, SETTINGS)


def test_nothing_is_split_in_a_project_without_god_files() -> None:
    check_untouched("split", {GOD: IMPORTS + EMAIL + "\n\n" + REPORT})


def test_the_user_moves_a_task_elsewhere_in_the_plan() -> None:
    from codemods.inventory.load import load
    from codemods.snapshot import snapshot_of
    from codemods.split import Move
    from tests.codemods.harness import PROJECT

    files = PROJECT | {GOD: IMPORTS + EMAIL + "\n\n" + REPORT}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, SETTINGS)
    move = Move("move:orders/tasks.py::send_email", "mine", GOD, "send_email", "orders/post.py")
    decisions: tuple[Decision, ...] = (move,)
    done = run_step(BY_NAME["split"], snapshot, inventory, load, decisions)
    assert prove(done, load).holds
    assert EMAIL in text(done, "orders/post.py")
    assert REPORT in text(done, GOD)


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
