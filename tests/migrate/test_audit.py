"""`celery-audit` and its hooks, on a repository as it lies there."""

import subprocess
import sys
from pathlib import Path

import pytest

from migrate.audit import RULES
from tests.codemods.harness import PROJECT
from tests.command import git

TASK = "from celery import shared_task\n\n\n@shared_task(name='send')\ndef send():\n    return 1\n"
BROKEN = {
    "orphaned-tasks": {"shop/celery.py": PROJECT["shop/celery.py"] + "app.conf.beat_schedule = {'a': {'task': 'sendd', 'schedule': 60}}\n"},
    "forbidden-decorators": {"orders/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef send():\n    return 1\n"},
    "parentheses": {"orders/tasks.py": TASK.replace("'send'", "'send()'")},
    "second-schedule": {
        "shop/celery.py": PROJECT["shop/celery.py"] + "app.conf.beat_schedule = {'a': {'task': 'send', 'schedule': 60}}\n",
        "shop/settings.py": PROJECT["shop/settings.py"] + "CELERY_BEAT_SCHEDULE = {'b': {'task': 'send', 'schedule': 60}}\n",
    },
    "god-file": {"migrate.toml": "god_files = ['orders/tasks.py']\n", "orders/tasks.py": TASK + "\n\n@shared_task\ndef late():\n    return 2\n"},
    "duplicates": {"orders/mails.py": TASK.replace("1", "2")},
}  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A committed project in which every rule is kept."""
    write(tmp_path, PROJECT | {"orders/tasks.py": TASK})
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "Shop")
    return tmp_path


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)


def audit(folder: Path, *words: str, code: int = 0) -> str:
    command = [sys.executable, "-c", "from migrate.audit import start; start()", *words]
    done = subprocess.run(
        [*command, "--project", str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_clean_project_keeps_every_rule(shop: Path) -> None:
    assert audit(shop, "--rules") == "1 task, 6 rules kept\n"
    assert audit(shop, "--duplicates-only") == "1 task, none defined twice\n"


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_can_be_broken(shop: Path, rule: str) -> None:
    write(shop, BROKEN[rule])
    assert f": {rule}: " in audit(shop, "--rules", rule, code=1)
    others = [name for name in RULES if name != rule]
    assert rule not in audit(shop, "--rules", *others)


def test_a_file_that_does_not_parse_stops_nothing_and_is_told(shop: Path) -> None:
    write(
        shop,
        {"orders/old.py": "@shared_task\ndef f():\n    print 'x'\n", "orders/x.py": "print 'x'\n"},
    )
    shown = audit(shop, "--rules")
    assert "rules kept" in shown
    assert "orders/old.py:3: is written for Python 2" in shown
    assert "orders/x.py" not in shown


def test_the_report_names_every_task_with_its_place(shop: Path) -> None:
    write(shop, BROKEN["duplicates"])
    audit(shop, "--generate-report")
    text = (shop / "CELERY_TASK_INVENTORY_REPORT.md").read_text()
    assert "2 definitions of 1 task," in text
    assert "| `send` | orders/mails.py:5 | shared_task |" in text
    assert "- `send` (semantic): orders/mails.py:5, orders/tasks.py:5" in text


@pytest.mark.parametrize(
    ("files", "says"),
    [({"migrate.toml": "god_file = 1\n"}, "god_file"), ({"migrate.toml": "= 1\n"}, "is not TOML")],
)
def test_a_wrong_configuration_is_said(shop: Path, files: dict[str, str], says: str) -> None:
    write(shop, files)
    assert says in audit(shop, code=2)


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    assert "is no folder" in audit(tmp_path / "nowhere", code=2)


def test_two_parts_of_a_schedule_in_one_file_are_one(shop: Path) -> None:
    parts = "DAILY = {'a': {'task': 'send', 'schedule': 60}}\nHOURLY = {'b': {'task': 'send', 'schedule': 60}}\n"
    write(shop, {"shop/schedule.py": parts + "CELERY_BEAT_SCHEDULE = {**DAILY, **HOURLY}\n"})
    assert "second-schedule" not in audit(shop, "--rules", "second-schedule")


def test_every_hook_is_a_rule() -> None:
    hooks = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
    entries = [line for line in hooks.read_text().splitlines() if "entry:" in line]
    checks = [line for line in entries if "celery-audit" not in line]
    assert checks == ["  entry: migrate check"]
    rules = [line.partition("--rules")[2].strip() for line in entries if line not in checks]
    assert sorted(rules) == sorted(["", *RULES])
