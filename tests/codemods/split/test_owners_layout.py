"""What a split writes is as the project's own configuration wants it: real ruff finds nothing to change."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codemods.harness import PROJECT, run
from tests.codemods.split.god_file import GOD, SETTINGS, text

RUFF = Path(sys.executable).with_name("ruff")
GOD_FILE = """\
import json
import logging
from datetime import timedelta

import requests
from celery import shared_task
from django.conf import settings
from django.utils import timezone

from orders.models import Order, OrderItem, ShippingAddress

logger = logging.getLogger(__name__)

ADDRESS = "shop@example.com"


def helper(x):
    return json.dumps(x)


@shared_task(bind=True, max_retries=3)
def send_email_of_the_order_that_was_shipped(self, pk):
    logger.info("mail %s", pk)
    return helper(Order.objects.get(pk=pk)), timezone.now(), ADDRESS, settings.DEBUG


@shared_task
def send_email_reminder(pk):
    return OrderItem, ShippingAddress, Order, requests.get(ADDRESS)


@shared_task
def make_report(pk):
    send_email_reminder.delay(pk)
    return helper(timedelta(days=1)), timezone.now()


@shared_task
def make_report_of_the_last_month_of_this_year(pk):
    return helper(timedelta(days=1))


@shared_task
def make_report_of_the_last_year_of_the_customer(pk):
    return helper(timedelta(days=1))
"""
VIEWS = """\
from django.shortcuts import render

from orders.models import Order
from orders.tasks import make_report, make_report_of_the_last_month_of_this_year, make_report_of_the_last_year_of_the_customer as yearly, send_email_reminder


def view(request):
    from orders.tasks import make_report_of_the_last_month_of_this_year, make_report_of_the_last_year_of_the_customer

    make_report_of_the_last_year_of_the_customer.delay(1)
    make_report_of_the_last_month_of_this_year.delay(1)
    yearly.delay(send_email_reminder)
    return render(request, make_report, Order)
"""
TESTS = """\
from unittest.mock import patch

from orders import tasks


@patch("orders.tasks.timezone.now", return_value=5)
def test_it(now):
    with patch("orders.tasks.timezone"), patch("orders.tasks.helper", return_value=dict(a=1, b=2, c=3)) as h:
        tasks.make_report(1)
        tasks.send_email_reminder(2)
"""
FILES = {
    **PROJECT,
    GOD: GOD_FILE,
    "shop/settings.py": 'INSTALLED_APPS = ["orders"]\n\nCELERY_IMPORTS = ("orders.tasks", "orders.signals")\n',
    "orders/models.py": "",
    "orders/signals.py": "",
    "orders/views.py": VIEWS,
    "orders/tests/__init__.py": "",
    "orders/tests/test_tasks.py": TESTS,
}
SORTS = "[lint]\nselect = ['I']\n"


def ruff(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [RUFF, *words, "--no-cache", "."], cwd=folder, capture_output=True, text=True
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "configuration",
    [
        "line-length = 100\n" + SORTS,
        "line-length = 60\n" + SORTS,
        "line-length = 79\n[format]\nquote-style = 'single'\n" + SORTS,
        "line-length = 90\n" + SORTS + "[lint.isort]\nforce-sort-within-sections = true\ncombine-as-imports = true\nknown-third-party = ['shop']\n",
        "line-length = 90\n" + SORTS + "[lint.isort]\nsection-order = ['future', 'standard-library', 'django', 'third-party', 'first-party', 'local-folder']\n[lint.isort.sections]\ndjango = ['django']\n",
        "line-length = 90\n" + SORTS + "[lint.isort]\nno-sections = true\norder-by-type = false\n",
    ],
)  # fmt: skip
def test_ruff_has_nothing_to_change(configuration: str, tmp_path: Path) -> None:
    for path, content in {**FILES, "ruff.toml": configuration}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    ruff(tmp_path, "check", "--quiet", "--fix")
    ruff(tmp_path, "format", "--quiet")
    before = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in sorted(tmp_path.rglob("*"))
        if path.is_file()
    }
    found = run("split", dict(before), SETTINGS, bare=True)
    assert {"orders/email_tasks.py", "orders/views.py", "shop/settings.py"} <= set(found.files)
    for path in found.files:
        (tmp_path / path).write_bytes(found.snapshot.read(path))
    assert ruff(tmp_path, "check", "--quiet", "--diff") == ""
    assert ruff(tmp_path, "format", "--quiet", "--diff") == ""


def test_where_nothing_is_configured_the_quotes_of_the_file_count() -> None:
    god = GOD_FILE.replace('"', "'")
    assert "name='orders.tasks.send_email_reminder'" in text(
        run("split", {**FILES, GOD: god}, SETTINGS), "orders/email_tasks.py"
    )


def test_one_import_a_line_stays_one_a_line() -> None:
    god = GOD_FILE.replace(
        "from orders.models import Order, OrderItem, ShippingAddress",
        "from orders.models import Order\nfrom orders.models import OrderItem\nfrom orders.models import ShippingAddress",
    )
    after = text(run("split", {**FILES, GOD: god}, SETTINGS), GOD)
    assert "from orders.report_tasks import make_report  # noqa: F401\n" in after
    assert "from orders.email_tasks import send_email_reminder  # noqa: F401\n" in after


ISORT = str(Path(sys.executable).with_name("isort"))


@pytest.mark.parametrize(
    "options",
    [
        "profile = black\nline_length = 100\n",
        "multi_line_output = 3\ninclude_trailing_comma = true\nline_length = 88\n",
        "multi_line_output = 3\nline_length = 60\n",
        "multi_line_output = 5\nline_length = 70\n",
        "force_single_line = true\nline_length = 120\n",
        "force_sort_within_sections = true\ncombine_as_imports = true\nknown_third_party = shop\nline_length = 110\n",
        "line_length = 110\norder_by_type = false\nno_sections = true\n",
    ],
)
def test_isort_has_nothing_to_change(options: str, tmp_path: Path) -> None:
    models = "AddressOfTheCustomer, Basket, BasketLine, CustomerOfTheShop, DiscountOfTheCustomer, Order, OrderItem"
    god = GOD_FILE.replace(
        "import Order, OrderItem, ShippingAddress", f"import {models}, ShippingAddress"
    )
    banner = '\n\nKEPT = (Basket, OrderItem, Order)\n\n# Mails\n\n\n@shared_task(name="first_email")\ndef first_email():\n    return AddressOfTheCustomer, BasketLine, CustomerOfTheShop, DiscountOfTheCustomer\n'
    head, mark, tail = god.partition("\n\n\n")
    files = {**FILES, GOD: head + banner + mark + tail, ".isort.cfg": f"[settings]\n{options}"}
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(content)
    subprocess.run([ISORT, "-q", "."], cwd=tmp_path, check=True)
    before = {
        str(path.relative_to(tmp_path)): path.read_bytes()
        for path in sorted(tmp_path.rglob("*"))
        if path.is_file()
    }
    found = run("split", dict(before), SETTINGS, bare=True)
    assert {GOD, "orders/email_tasks.py", "orders/views.py"} <= set(found.files)
    for path in found.files:
        (tmp_path / path).write_bytes(found.snapshot.read(path))
    done = subprocess.run([ISORT, "--diff", "."], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == ""
