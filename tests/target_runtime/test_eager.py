"""Eager runs inside a transaction, and databases in memory, as a project's own tests have them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.target_runtime.conftest import ROOT, manage
from tests.target_runtime.servers import SITE, PostgresServer

INSIDE = """
import django
from django.conf import settings

django.setup()
from django.db import transaction
from django.test.utils import get_runner
from django.test import TestCase, TransactionTestCase

import shop_site.celery
from shop_site.tasks import work
from target_runtime.stores.debts import DEBTS
from target_runtime.models import IdempotencyKey

app = shop_site.celery.app
app.conf.task_always_eager = True
app.conf.task_eager_propagates = True


class InATransaction(TestCase):
    def test_a_duplicate_gets_the_result(self):
        IdempotencyKey.objects.count()
        first = work.delay("a").get()
        assert work.delay("a").get() == first
        assert IdempotencyKey.objects.count() == 1

    def test_the_next_test_starts_anew(self):
        assert IdempotencyKey.objects.count() == 0
        assert work.delay("a").get()["key"] == "a"

    def test_a_broken_transaction_owes_nothing(self):
        with transaction.atomic():
            work.apply(("broken",), throw=True, kwargs={"breaks": True})
            transaction.set_rollback(True)
        assert not DEBTS.owed

    def test_what_is_rolled_back_may_run_again(self):
        IdempotencyKey.objects.create(key="k", state="C", owner="o", delivery="d", attempt=0, ends_at=0)
        try:
            with transaction.atomic():
                first = work.delay("b").get()
                raise KeyError
        except KeyError:
            pass
        assert work.delay("b").get() != first


class Outside(TransactionTestCase):
    def test_keys_go_with_the_other_rows(self):
        first = work.delay("c").get()
        assert work.delay("c").get() == first

    def test_of_every_test(self):
        work.delay("c").get()


runner = get_runner(settings)(verbosity=0, interactive=False)
runner.setup_test_environment()
databases = runner.setup_databases()
import unittest
suite = unittest.TestSuite(
    unittest.defaultTestLoader.loadTestsFromTestCase(kind) for kind in KINDS
)
result = unittest.TextTestRunner(verbosity=2).run(suite)
runner.teardown_databases(databases)
raise SystemExit(0 if result.wasSuccessful() and result.testsRun else 1)
"""


def check_tests(folder: Path, kinds: str, **environment: str) -> None:
    """The test cases pass in a process of their own, and leave no file behind."""
    record = folder / "record"
    record.touch()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", INSIDE.replace("KINDS", f"({kinds},)")],
        env=os.environ
        | {"PYTHONPATH": f"{SITE}:{ROOT}", "DJANGO_SETTINGS_MODULE": "shop_site.settings"}
        | {"SITE_RECORD": str(record)}
        | environment,
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in folder.iterdir()} <= {"record", "db.sqlite3", "postgres"}


@pytest.mark.parametrize("name", ["db.sqlite3", ":memory:"])
@pytest.mark.parametrize("kind", ["InATransaction", "Outside"])
def test_a_project_s_tests_on_sqlite(name: str, kind: str, tmp_path: Path) -> None:
    check_tests(tmp_path, kind, SITE_SQLITE=name)


def test_a_project_s_tests_on_postgresql(postgres: PostgresServer, tmp_path: Path) -> None:
    check_tests(tmp_path, "InATransaction", SITE_PG_PORT=str(postgres.port))


def test_an_eager_run_in_a_transaction_on_a_file_does_not_wait_for_itself(tmp_path: Path) -> None:
    """SQLite has one writer: a connection of the store's own would wait for the open transaction."""
    database = {"SITE_SQLITE": str(tmp_path / "db.sqlite3")}
    manage(database, "migrate")
    record = tmp_path / "record"
    record.touch()
    code = """
import django
django.setup()
from django.db import transaction
import shop_site.celery
from shop_site.tasks import work
from target_runtime.models import IdempotencyKey
with transaction.atomic():
    IdempotencyKey.objects.create(key="k", state="C", owner="o", delivery="d", attempt=0, ends_at=0)
    first = work.apply(("a",), throw=True).get()
assert work.apply(("a",), throw=True).get() == first
print("once")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ
        | {"PYTHONPATH": f"{SITE}:{ROOT}", "DJANGO_SETTINGS_MODULE": "shop_site.settings"}
        | {"SITE_RECORD": str(record)}
        | database,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == "once\n", done.stdout + done.stderr
    assert record.read_text().count("begin a") == 1
