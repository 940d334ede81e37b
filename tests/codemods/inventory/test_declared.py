"""The inventory of declarations alone tells the same tasks as the whole one, of fewer files."""

from collections.abc import Iterable

import pytest

from codemods.inventory.declared import load_declared
from codemods.inventory.load import load, read_plainly
from codemods.inventory.values import FileFacts
from codemods.settings import Settings
from codemods.snapshot import Snapshot, snapshot_of
from migrate.demo.history import SOURCE
from tests.codemods.harness import PROJECT

TASK = "from celery import shared_task\n\n\n@shared_task\ndef send():\n    return 1\n"

FORMS = {
    "a shared task": {"orders/tasks.py": TASK},
    "an app that a package hands on without naming Celery": {
        "shop/app.py": "from celery import Celery\n\napp = Celery('shop')\n",
        "shop/hub.py": "from .app import app\n",
        "orders/tasks.py": "from shop.hub import app\n\n\n@app.task\ndef send():\n    return 1\n",
    },
    "an app through a star": {
        "shop/hub.py": "from .celery import *\n",
        "orders/tasks.py": "from shop.hub import app\n\n\n@app.task(name='a')\ndef send():\n    return 1\n",
    },
    "a decorator of the project's own, by another name": {
        "shop/jobs.py": "from celery import shared_task\n\n\ndef job(f):\n    return shared_task(f)\n",
        "orders/work.py": "from shop.jobs import job\n\n\n@job\ndef send():\n    return 1\n",
    },
    "that decorator handed on by a file that says nothing of tasks": {
        "shop/jobs.py": "from celery import shared_task\n\n\ndef job(f):\n    return shared_task(f)\n",
        "shop/api.py": "from shop.jobs import job\n",
        "orders/work.py": "from shop.api import job\n\n\n@job\ndef send():\n    return 1\n",
    },
    "shared_task handed on by a file that does not use it": {
        "shop/compat.py": "from celery import shared_task\n",
        "orders/work.py": "from shop.compat import shared_task as job\n\n\n@job\ndef send():\n    return 1\n",
    },
    "a name that stands elsewhere": {
        "shop/names.py": "SEND = 'send-it'\n",
        "orders/tasks.py": "from celery import shared_task\nfrom shop.names import SEND\n\n\n@shared_task(name=SEND)\ndef send():\n    return 1\n",
    },
    "a class task whose base is elsewhere": {
        "shop/base.py": "from celery import Task\n\n\nclass Root(Task):\n    abstract = True\n",
        "orders/tasks.py": "from shop.base import Root\nfrom shop.celery import app\n\n\nclass SendTask(Root):\n    name = 'send'\n\n    def run(self):\n        return 1\n\n\napp.register_task(SendTask())\n",
    },
    "a beat entry that names a task by a constant": {
        "shop/names.py": "SEND = 'send-it'\n",
        "shop/celery.py": PROJECT["shop/celery.py"]
        + "from shop.names import SEND\n\napp.conf.beat_schedule = {'a': {'task': SEND, 'schedule': 60}}\n",
        "orders/tasks.py": TASK,
    },
    "the same task in two files": {"orders/tasks.py": TASK.replace("shared_task\ndef", "shared_task(name='x')\ndef"), "orders/b.py": TASK.replace("shared_task\ndef", "shared_task(name='x')\ndef")},
}  # fmt: skip


def check_same(files: dict[str, bytes]) -> None:
    """Both inventories tell the same of tasks, duplicates, beat entries and routes."""
    snapshot = snapshot_of(files)
    whole, declared = load(snapshot, Settings()), load_declared(snapshot, Settings())
    assert declared.tasks == whole.tasks
    assert declared.duplicates == whole.duplicates
    assert declared.beat == whole.beat
    assert declared.routes == whole.routes
    assert declared.known_names == whole.known_names
    assert declared.god_files == whole.god_files


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_told_alike(form: str) -> None:
    files = {path: text.encode() for path, text in (PROJECT | FORMS[form]).items()}
    assert load(snapshot_of(files), Settings()).tasks
    check_same(files)


def test_the_demo_is_told_alike() -> None:
    files = {
        path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in SOURCE.rglob("*.py")
    }
    check_same(files)


def test_files_that_declare_nothing_are_not_read() -> None:
    quiet = {
        f"orders/view{n}.py": b"from orders.tasks import send\n\nsend.delay()\n" for n in range(5)
    }
    quiet["orders/left.py"] = b"from celery import shared_task\n\nLEFT = 1\n"
    files = {path: text.encode() for path, text in PROJECT.items()} | quiet
    files["orders/tasks.py"] = TASK.encode()
    seen: list[str] = []

    def read(
        snapshot: Snapshot, paths: Iterable[str], words: tuple[bytes, ...]
    ) -> dict[str, FileFacts]:
        seen.extend(paths)
        return read_plainly(snapshot, seen[-len(list(paths)) :], words)

    load_declared(snapshot_of(files), Settings(), read)
    assert sorted(seen) == ["orders/tasks.py", "shop/celery.py"]
