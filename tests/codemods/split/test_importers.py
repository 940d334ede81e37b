"""Importers and patches of what has moved: they follow to the files that read it now."""

import pytest

from codemods.settings import Domain, Settings, Split
from tests.codemods.harness import check_note, check_untouched, run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text


def test_a_test_that_asks_for_the_module_of_a_task_follows_it() -> None:
    test = "from orders.tasks import send_email\n\n\ndef test_it(mocker):\n    mocker.patch(f'{send_email.__module__}.shared_task')\n"
    done = split(IMPORTS + EMAIL + "\n\n" + REPORT, {"tests/test_mails.py": test})
    assert "def send_email" in text(done, "orders/email_tasks.py")


def test_importers_follow_and_keep_their_names() -> None:
    web = (
        "from orders.tasks import make_report as report, send_email\n\nprint(report, send_email)\n"
    )
    done = split(IMPORTS + EMAIL + "\n\n" + REPORT, {"orders/web.py": web})
    assert text(done, "orders/web.py") == (
        "from orders.email_tasks import send_email\n"
        "from orders.report_tasks import make_report as report\n\nprint(report, send_email)\n"
    )


def test_a_patch_finds_a_name_for_its_module_that_the_test_has_not_taken() -> None:
    god = f"from orders.mails import deliver\n\n{IMPORTS}{EMAIL.replace('return to', 'return deliver(to)')}\n\n{REPORT}"
    test = (
        "from unittest.mock import patch\n\nfrom orders import tasks\nfrom orders.tasks import send_email\n\n"
        "email_tasks_module = email_tasks = 5\n\n\n@patch.object(tasks, 'deliver')\ndef test_it(deliver):\n"
        "    assert send_email(email_tasks) == email_tasks_module\n"
    )
    mails = "def deliver(to):\n    return to\n"
    done = split(god, {"orders/mails.py": mails, "tests/test_mails.py": test})
    after = text(done, "tests/test_mails.py")
    assert "from orders import email_tasks as email_tasks_module_\n" in after
    assert "@patch.object(email_tasks_module_, 'deliver')\n" in after


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
    assert (
        note.message
        == "several modules read now now, no longer orders.tasks alone, and this patch goes to one of them, orders.email_tasks.now: where the test runs code of the others too, patch as well orders.report_tasks.now"
    )


def test_a_patch_that_cannot_be_read_is_a_note() -> None:
    test = (
        "from unittest.mock import patch\n\n\ndef replaced(name):\n"
        '    return patch("orders.tasks." + name)\n'
    )
    files: dict[str, str | bytes] = {GOD: IMPORTS + PATCHED, "tests/test_it.py": test}
    assert check_note("split", files, "patch-unread", SETTINGS).line == 5


@pytest.mark.parametrize(
    ("test", "kept"),
    [
        (
            'from tests.tools import replaced\n\n\ndef test_it():\n    with replaced(tasks, "now", 1):\n        pass\n',
            "now",
        ),
        ('def test_it(f):\n    with patch(f"orders.tasks.time.{f}"):\n        pass\n', "time"),
        (
            'def test_it(x):\n    with patch("orders.tasks.now" if x else "orders.tasks.time"):\n        pass\n',
            "now",
        ),
        ("def test_it():\n    old, tasks.now = tasks.now, 1\n    tasks.now = old\n", "now"),
    ],
)
def test_what_a_test_still_replaces_in_the_old_file_stays_there(test: str, kept: str) -> None:
    god = PATCHED.replace("def now():\n    return 1\n\n\n", "").replace(
        "now()", "now(), time.time()"
    )
    head = "from unittest.mock import patch\n\nfrom orders import tasks\n"
    more: dict[str, str | bytes] = {
        "orders/clock.py": "def now():\n    return 1\n",
        "tests/__init__.py": "",
        "tests/tools.py": "def replaced(*all):\n    return all\n",
        "tests/test_it.py": head + test,
    }
    done = split(f"import time\n{IMPORTS.strip()}\nfrom orders.clock import now\n\n\n{god}", more)
    assert kept in done.after.facts[GOD].bindings


def test_a_patch_that_both_files_need_is_told_where_the_lines_above_it_change_too() -> None:
    ours = "from orders.base import deliver, other\n"
    email = EMAIL.replace("return to", "return deliver(other(to))")
    report = REPORT.replace("return 1", "return deliver(1)")
    test = (
        "from orders import tasks\n\n\ndef test_it(mocker):\n"
        "    mocker.patch('orders.tasks.send_email.retry')\n"
        "    mocker.patch('orders.tasks.other')\n"
        "    mocker.patch('orders.tasks.deliver', return_value=2)\n"
        "    assert tasks.send_email(1) == tasks.make_report() == 2\n"
    )
    god = ours + IMPORTS + email + "\n\n" + report
    more = {"orders/base.py": "def deliver(x):\n    pass\n\n\ndef other(x):\n    pass\n"}
    done = run(
        "split",
        {GOD: god, "tests/test_mails.py": test, **more},
        Settings(god_files=(GOD,), domains={"email": Domain(tasks=("*email*",))}),
    )
    assert text(done, "tests/test_mails.py").count("deliver', return_value=2)") == 2


@pytest.mark.parametrize("reader", ["email", "old"])
def test_a_patch_that_decorates_alone_is_told_on_the_line_below_it(reader: str) -> None:
    ours = "from orders.base import deliver\n"
    email = EMAIL.replace("return to", "return deliver(to)")
    report = REPORT.replace("return 1", "return deliver(1)")
    test = (
        "from unittest import mock\n\nfrom orders import tasks\n\n\n"
        "@mock.patch(\n"
        '    "orders.tasks.deliver",\n'
        "    new=str,\n"
        ")\n"
        "def test_it():\n"
        "    assert tasks.send_email(1) == tasks.make_report() == 2\n"
    )
    god = ours + IMPORTS + email + "\n\n" + report
    more = {"orders/base.py": "def deliver(x):\n    pass\n"}
    only = ("*email*",) if reader == "email" else ("*report*",)
    done = run(
        "split",
        {GOD: god, "tests/test_mails.py": test, **more},
        Settings(god_files=(GOD,), domains={"some": Domain(tasks=only)}),
    )
    assert text(done, "tests/test_mails.py").count("new=str") == 2
