"""Tasks by decorators of the project's own move where running those shows that they take the name."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codemods.harness import PROJECT, encoded, run
from tests.codemods.split.god_file import GOD, SETTINGS

TASKS = """\
from shop.tasking import made

{email}
def send_email(to):
    return to


{report}
def make_report(day):
    return day
"""

TAKING = {
    "options handed on": "def made(function=None, **options):\n    def inner(function):\n        return shared_task(function, max_retries=3, **options)\n\n    return inner(function) if function else inner\n",
    "a class": "class made:\n    def __init__(self, **options):\n        self.options = options\n\n    def __call__(self, function):\n        return shared_task(**self.options)(function)\n",
    "a name of its own": "def made(name=None, retries=2):\n    return shared_task(name=name, max_retries=retries)\n",
}
REFUSING = {
    "no options at all": "def made(retries=3):\n    def inner(function):\n        return shared_task(function, max_retries=retries)\n\n    return inner\n",
    "a name that is dropped": "def made(name=None):\n    def inner(function):\n        return shared_task(function)\n\n    return inner\n",
    "a name that changes more": "def made(name=None):\n    def inner(function):\n        return shared_task(function, name=name, max_retries=5 if name else 3)\n\n    return inner\n",
}
HEAD = "from celery import shared_task\n\n\n"
REGISTRY = """\
import json, sys
sys.path.insert(0, "")
from shop.celery import app
import orders.tasks
app.finalize()
print(json.dumps({n: [t.max_retries, t("x")] for n, t in sorted(app.tasks.items()) if "celery." not in n}))
"""


def files(decorator: str, how: str = "@made()") -> dict[str, str]:
    """A god file whose tasks are made by a decorator of the project's own."""
    return {
        "shop/tasking.py": HEAD + decorator,
        GOD: TASKS.format(email=how, report=how),
    }


def registry(folder: Path, known: dict[str, bytes]) -> str:
    """What a real Celery app has registered, with options and results."""
    for path, data in known.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / "shop" / "celery.py").write_text(
        "from celery import Celery\n\napp = Celery('shop')\napp.set_default()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", REGISTRY], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize("decorator", TAKING.values(), ids=list(TAKING))
def test_one_that_takes_the_name_is_given_it(decorator: str, tmp_path: Path) -> None:
    before = files(decorator)
    done = run("split", before, SETTINGS)
    after = {path: done.snapshot.read(path) for path in done.snapshot.files}
    assert b'@made(name="orders.tasks.send_email")' in after["orders/email_tasks.py"]
    assert b'@made(name="orders.tasks.make_report")' in after["orders/report_tasks.py"]
    old = {path: encoded(text) for path, text in (PROJECT | before).items()}
    found = registry(tmp_path / "old", old)
    assert '"orders.tasks.send_email"' in found
    assert registry(tmp_path / "new", after) == found


def test_one_without_parentheses_gets_them(tmp_path: Path) -> None:
    before = files(TAKING["options handed on"], "@made")
    done = run("split", before, SETTINGS)
    after = {path: done.snapshot.read(path) for path in done.snapshot.files}
    assert b'@made(name="orders.tasks.send_email")\ndef' in after["orders/email_tasks.py"]
    old = {path: encoded(text) for path, text in (PROJECT | before).items()}
    assert registry(tmp_path / "new", after) == registry(tmp_path / "old", old)


@pytest.mark.parametrize("decorator", REFUSING.values(), ids=list(REFUSING))
def test_one_that_may_not_take_it_keeps_its_tasks_where_they_are(decorator: str) -> None:
    done = run("split", files(decorator), SETTINGS)
    assert not any("_tasks.py" in path for path in done.files)
    assert {note.code for note in done.notes} <= {"task-stays", "dynamic-name"}
    assert done.notes
