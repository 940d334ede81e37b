"""Splits in the shapes that real projects have, each one found by reading the diff of one."""

from codemods.values import Note
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS

SEND = "\n\n@shared_task\ndef send_email(to):\n    return {}\n"
MAKE = "\n\n@shared_task\ndef make_report(day):\n    return {}\n"
HELPER = "\n\ndef is_enabled():\n    return False\n"


def split(files: dict[str, str]) -> tuple[dict[str, str], tuple[Note, ...]]:
    """The files after the step, and its notes."""
    done = run("split", files, SETTINGS)
    texts = {path: done.snapshot.read(path).decode() for path in done.snapshot.files}
    return texts, done.notes


def test_a_name_that_is_imported_and_then_assigned_stays_with_its_readers() -> None:
    god = "from typing import cast\n\nfrom celery import Task, shared_task\n\nfrom orders.mails import save\n\nsave = cast(Task, save)\n"
    god += SEND.format("save.delay(to)") + MAKE.format("day")
    mails = "from celery import shared_task\n\n\n@shared_task\ndef save(pk):\n    return pk\n"
    texts, notes = split({GOD: god, "orders/mails.py": mails})
    assert "def send_email" in texts[GOD]
    assert "imported and then assigned" in " ".join(note.message for note in notes)
    assert "def make_report" in texts["orders/report_tasks.py"]


def test_a_file_that_does_not_parse_and_names_the_god_file_is_told() -> None:
    test = "from unittest.mock import patch\n\n\n@patch('orders.tasks.is_enabled')\ndef test_it(m):\n    try:\n        pass\n    except A, B:\n        pass\n"
    god = IMPORTS + EMAIL + "\n\n" + REPORT
    _, notes = split({GOD: god, "tests/test_new.py": test})
    assert [(n.code, n.path) for n in notes] == [("unparsed", "tests/test_new.py")]


def test_a_file_that_does_not_parse_and_has_nothing_to_do_with_it_is_not() -> None:
    _, notes = split({GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "scripts/old.py": "print 'x'\n"})
    assert notes == ()


def test_a_patch_goes_to_the_function_that_its_test_names() -> None:
    god = (
        IMPORTS
        + HELPER
        + SEND.format("is_enabled()")
        + MAKE.format("is_enabled() and send_email(1)")
    )
    test = "from unittest.mock import patch\n\nfrom orders.tasks import make_report\n\n\n@patch('orders.tasks.is_enabled')\ndef test_it(enabled):\n    make_report(1)\n    assert enabled.called\n"
    texts, _ = split({GOD: god, "tests/test_report.py": test})
    assert "@patch('orders.report_tasks.is_enabled')" in texts["tests/test_report.py"]


def test_a_patch_stays_aimed_at_a_module_that_is_handed_around_too() -> None:
    god = IMPORTS + HELPER + SEND.format("is_enabled()") + MAKE.format("day")
    service = "def get():\n    from orders import tasks\n\n    return tasks\n"
    test = "from unittest.mock import patch\n\n\ndef test_it():\n    with patch('orders.tasks.is_enabled', return_value=1):\n        pass\n"
    texts, _ = split({GOD: god, "orders/service.py": service, "tests/test_it.py": test})
    assert "'orders.email_tasks.is_enabled'" in texts["tests/test_it.py"]
    assert "'orders.tasks.is_enabled'" in texts["tests/test_it.py"]


def test_the_patch_of_a_test_client_is_none() -> None:
    test = "def test_it(client, url):\n    client.patch(url + '3/', {'a': 1})\n    client.patch(f'{url}3/')\n"
    _, notes = split({GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "tests/test_it.py": test})
    assert notes == ()


def test_a_text_that_begins_with_another_module_is_no_note() -> None:
    test = "from unittest import mock\n\n\ndef test_it(name):\n    module = 'orders.models'\n    with mock.patch(f'orders.models.{name}'), mock.patch(f'{module}.{name}'):\n        pass\n"
    _, notes = split({GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "tests/test_it.py": test})
    assert notes == ()


def test_a_text_that_may_begin_with_the_god_file_is_a_note() -> None:
    test = "from unittest import mock\n\n\ndef test_it(name):\n    with mock.patch(f'orders.tasks.{name}'):\n        pass\n"
    _, notes = split({GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "tests/test_it.py": test})
    assert [note.code for note in notes] == ["patch-unread"]


def test_an_import_that_follows_is_sorted_past_a_long_one() -> None:
    web = "from orders.models import (\n    Invoice,\n    Order,\n    Price,\n)\nfrom orders.tasks import send_email\n\nprint(Invoice, Order, Price, send_email)\n"
    texts, _ = split({GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "web.py": web})
    assert texts["web.py"].startswith(
        "from orders.email_tasks import send_email\nfrom orders.models import (\n"
    )


def test_new_imports_of_an_unsorted_file_stand_by_those_of_their_package() -> None:
    web = "import pytest\nfrom tests.util import thing\n\nfrom orders.models import Order\nfrom orders.tasks import send_email, make_report\n\nprint(pytest, thing, Order, send_email, make_report)\n"
    files = {GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "web.py": web, "tests/util.py": "thing = 1\n"}
    texts, _ = split(files)
    assert texts["web.py"].startswith(
        "import pytest\nfrom tests.util import thing\n\nfrom orders.email_tasks import send_email\nfrom orders.models"
    )


def test_two_god_files_that_feed_one_file_name_it_once() -> None:
    from codemods.settings import Settings

    other = "orders/jobs.py"
    settings = Settings(god_files=(GOD, other), domains=SETTINGS.domains)
    second = (
        IMPORTS
        + SEND.format("2").replace("send_email", "send_email_again")
        + MAKE.format("1").replace("make_report", "make_report_again")
    )
    app = "CELERY_IMPORTS = ['orders.tasks', 'orders.jobs']\n"
    done = run(
        "split",
        {GOD: IMPORTS + EMAIL + "\n\n" + REPORT, other: second, "shop/included.py": app},
        settings,
    )
    text = done.snapshot.read("shop/included.py").decode()
    assert text.count("'orders.email_tasks'") == 1


def test_an_import_for_types_that_leads_back_holds_nothing_here() -> None:
    god = "from __future__ import annotations\n\nfrom typing import TYPE_CHECKING\n\nfrom celery import shared_task\n\nif TYPE_CHECKING:\n    from orders.models import Invoice\n\n\nclass Mailer:\n    def invoices(self) -> Invoice: ...\n"
    models = "from orders.tasks import send_email\n\n\nclass Invoice:\n    send = send_email\n"
    files = {GOD: god + SEND.format("Mailer()") + MAKE.format("day"), "orders/models.py": models}
    texts, _ = split(files)
    assert "def send_email" in texts["orders/email_tasks.py"]


def test_what_only_a_departed_optional_import_reads_goes_too() -> None:
    god = "from django.conf import settings\n\nfrom celery import shared_task\n\nif settings.AUDITED:\n    from auditlog import Entry\n"
    god += "\n\ndef left():\n    return 1\n"
    god += SEND.format("Entry(to)") + MAKE.format("day")
    texts, _ = split({GOD: god})
    assert (
        "if settings.AUDITED:\n    from auditlog import Entry\n" in texts["orders/email_tasks.py"]
    )
    assert "settings" not in texts[GOD]
    assert "Entry" not in texts[GOD]


def test_what_a_kept_optional_import_reads_stays() -> None:
    god = "from django.conf import settings\n\nfrom celery import shared_task\n\nif settings.AUDITED:\n    from auditlog import Entry\n"
    god += "\n\ndef left():\n    return Entry\n"
    god += SEND.format("Entry(to)") + MAKE.format("day")
    texts, _ = split({GOD: god})
    assert "from django.conf import settings\n" in texts[GOD]
    assert "if settings.AUDITED:\n    from auditlog import Entry\n" in texts[GOD]


def test_a_name_that_a_test_replaces_which_does_not_parse_stays_where_it_was() -> None:
    test = "from unittest.mock import patch\n\n\n@patch('orders.tasks.timezone')\ndef test_it(m):\n    print 1\n"
    god = f"{IMPORTS}from django.utils import timezone\n\n\n{EMAIL}\n\n{REPORT}".replace(
        "return 1", "return timezone.now()"
    )
    texts, _ = split({GOD: god, "orders/tests.py": test})
    assert "import timezone" in texts[GOD]
