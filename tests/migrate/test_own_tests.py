"""The project's own tests as a proof: a command that fails before a step already, or tests that fail anew."""

from pathlib import Path

import pytest

from migrate.verify.own_tests import failed_tests
from tests.command import Terminal, git, make_repository

TASK = "from shop.celery import app\n\n\n@app.task\ndef send():\n    return 1\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one file to convert."""
    files = {
        "shop/__init__.py": "from shop.celery import app as celery_app\n",
        "shop/celery.py": "from celery import Celery\n\napp = Celery('shop', include=['shop.a'])\napp.set_default()\n",
        "shop/a.py": TASK,
    }
    made = make_repository(tmp_path / "shop", files)
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize(
    ("lines", "failed"),
    [
        (["FAILED tests/test_a.py::test_b - assert 1", "1 failed in 2 s"], {"tests/test_a.py::test_b"}),
        (["ERROR tests/test_a.py - ImportError"], {"tests/test_a.py"}),
        (["FAIL: test_b (shop.tests.Case)", "ERROR: test_c (shop.tests.Case)"], {"test_b (shop.tests.Case)", "test_c (shop.tests.Case)"}),
        (["FAILED (failures=1)"], {"(failures=1)"}),
        (["OK", "  FAILED indented", "FAILURES"], set()),
    ],
)  # fmt: skip
def test_the_tests_that_failed(lines: list[str], failed: set[str]) -> None:
    assert failed_tests(lines) == failed


def test_a_command_that_fails_already_and_names_no_test_is_refused(
    shop: Path, migrate: Terminal
) -> None:
    said = migrate("apply", "--test-command", "sh -c 'echo broken; exit 3'", code=2)
    assert "ends with 3 before the step already, and names no test that fails" in said.err
    assert "broken" in said.err
    assert "migrate/head" not in git(shop, "branch", "--list", "migrate/*")


def test_a_test_that_fails_already_is_no_finding_and_a_fresh_one_is(
    shop: Path, migrate: Terminal
) -> None:
    fails = "echo FAILED tests/test_a.py::test_old - so"
    migrate("apply", "--test-command", f"sh -c '{fails}; exit 1'")
    assert "shared_task" in git(shop, "show", "migrate/head:shop/a.py")
    migrate("rollback")
    fresh = "grep -q shared_task shop/a.py && echo FAILED tests/test_a.py::test_new - so"
    migrate("apply", "--test-command", f"sh -c '{fails}; {fresh}; exit 1'", code=1)
    (note,) = (shop / ".migrate" / "notes.txt").read_text().splitlines()
    assert "ended with 1 before and 1 after: tests/test_a.py::test_new" in note
    assert "shared_task" not in git(shop, "show", "HEAD:shop/a.py")
