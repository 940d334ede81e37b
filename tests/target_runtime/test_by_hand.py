"""The runtime in a project that was never migrated, by the words of docs/runtime.md."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from target_runtime.conf import RuntimeSettings
from tests.target_runtime.conftest import ROOT

SETTINGS = """
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["django.contrib.contenttypes"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
CELERY_BROKER_URL = "memory://"
"""
TASKS = """
from celery import shared_task
from target_runtime.idempotency.marks import with_idempotency

@with_idempotency()
@shared_task(queue="email")
def remind(user_id):
    print("reminds", user_id)
    return user_id
"""
RUN = """
import django
django.setup()
from shop.tasks import remind
from target_runtime.idempotency.service import UniversalIdempotencyService
print([remind.apply((7,)).get(), remind.apply((), {"user_id": 7}).get()])
print(UniversalIdempotencyService().check_idempotency_key("shop.tasks.remind", kwargs={"user_id": 7}).state.name)
print(remind.app.conf.task_acks_late, sorted(queue.name for queue in remind.app.conf.task_queues))
"""


def section(title: str) -> str:
    """A section of the page."""
    page = (ROOT / "docs" / "runtime.md").read_text()
    found = re.search(rf"^## {title}\n(.*?)^## ", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose settings and app have the lines of the page."""
    settings, app = re.findall(r"```python\n(.*?)```", section("By hand"), re.DOTALL)
    package = tmp_path / "shop"
    package.mkdir()
    (package / "__init__.py").write_text("from .celery import app as celery_app\n")
    (package / "settings.py").write_text(SETTINGS + settings)
    (package / "celery.py").write_text(app)
    (package / "tasks.py").write_text(TASKS)
    with (package / "settings.py").open("a") as file:
        file.write('INSTALLED_APPS += ["shop"]\n')
    return tmp_path


def run(project: Path, *words: str) -> str:
    """The output of a command in the project."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=project,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONPATH": f".:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_its_commands_and_lines_work(project: Path) -> None:
    migrate, check = re.findall(r"python manage\.py (.*?)  ", section("By hand"))
    run(project, "-m", "django", *migrate.split())
    assert "no issues" in run(project, "-m", "django", *check.split())
    said = run(project, "-c", RUN).splitlines()
    assert said[0] == "reminds 7"
    assert said[1:3] == ["[7, 7]", "COMPLETED"]
    assert said[3].startswith("True ['celery', 'critical', 'email'")


def test_the_settings_are_all_told_of() -> None:
    told = set(
        re.findall(
            r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", section("Settings"), re.MULTILINE))
        )
    )
    assert told == {item.name for item in fields(RuntimeSettings)}


def test_the_checks_are_all_told_of() -> None:
    source = "".join(path.read_text() for path in (ROOT / "target_runtime" / "checks").glob("*.py"))
    told = "".join(re.findall(r"^\| ([EW].*?) \|", section("Checks"), re.MULTILINE))
    assert set(re.findall(r"[EW]\d{3}", told)) == set(
        re.findall(r"target_runtime\.([EW]\d{3})", source)
    )
