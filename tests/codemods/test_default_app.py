"""The app is made the default where nothing else stands between its tasks and `@shared_task`."""

import subprocess
import sys
from pathlib import Path

import pytest

from codemods.default_app import MakeDefault
from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.harness import PROJECT, Files, encoded

APP = "shop/app.py"
TASKS = "from shop.app import app\n\n\n@app.task\ndef one():\n    pass\n"
PLAIN = "from celery import Celery\n\napp = Celery('shop')\n"
LINE = "app.set_default()\n"


def accepted(
    app: str | bytes, more: Files | None = None, settings: Settings | None = None
) -> StepRun:
    """The step with its suggestion taken over a project without Django, proved and run twice."""
    files: dict[str, str | bytes] = {
        "shop/__init__.py": "", "shop/tasks.py": TASKS, APP: app, **(more or {}),
    }  # fmt: skip
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, settings or Settings())
    found = run_step(BY_NAME["default-app"], snapshot, inventory, load, accept=True)
    proof = prove(found, load)
    assert proof.holds, "\n".join(proof.findings)
    again = run_step(BY_NAME["default-app"], found.snapshot, found.after, load, accept=True)
    assert again.files == []
    return found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (PLAIN, PLAIN + LINE),
        (PLAIN.rstrip("\n"), PLAIN + LINE),
        (PLAIN + "app.conf.task_acks_late = True\n", PLAIN + LINE + "app.conf.task_acks_late = True\n"),
        (PLAIN.replace("\n", "\r\n").encode(), (PLAIN + LINE).replace("\n", "\r\n").encode()),
        (b"\xef\xbb\xbf" + PLAIN.encode(), b"\xef\xbb\xbf" + (PLAIN + LINE).encode()),
        (
            b"# coding: latin-1\n# caf\xe9\n" + PLAIN.encode(),
            b"# coding: latin-1\n# caf\xe9\n" + (PLAIN + LINE).encode(),
        ),
        (
            "from celery import Celery\n\napp = Celery(  # the one\n    'shop',\n)  # for all\n# below\n",
            "from celery import Celery\n\napp = Celery(  # the one\n    'shop',\n)  # for all\napp.set_default()\n# below\n",
        ),
        (
            "from celery import Celery\n\napp = Celery('shop'); app.conf.timezone = 'UTC'\n",
            "from celery import Celery\n\napp = Celery('shop'); app.conf.timezone = 'UTC'\napp.set_default()\n",
        ),
        ("import celery as c\n\napp: c.Celery = c.Celery()\n", "import celery as c\n\napp: c.Celery = c.Celery()\napp.set_default()\n"),
        (
            "from celery import Celery\n\n\ndef make_app(name):\n    app = Celery(name)\n    return app\n\n\napp = make_app('shop')\n",
            "from celery import Celery\n\n\ndef make_app(name):\n    app = Celery(name)\n    return app\n\n\napp = make_app('shop')\napp.set_default()\n",
        ),
        (
            "from celery import Celery\n\n\nclass Shop(Celery):\n    def init_app(self, flask):\n        pass\n\n\napp = Shop()\n",
            "from celery import Celery\n\n\nclass Shop(Celery):\n    def init_app(self, flask):\n        pass\n\n\napp = Shop()\napp.set_default()\n",
        ),
        ("from celery import Celery\n\napp = celery = Celery('shop')\n", "from celery import Celery\n\napp = celery = Celery('shop')\napp.set_default()\n"),
        (
            "from celery import Celery\n\napp = Celery(f'{__name__}' 'shop')\n\n\ndef use():\n    app = 1\n    return app\n",
            "from celery import Celery\n\napp = Celery(f'{__name__}' 'shop')\napp.set_default()\n\n\ndef use():\n    app = 1\n    return app\n",
        ),
    ],
)  # fmt: skip
def test_the_line_stands_below_the_app(before: str | bytes, after: str | bytes) -> None:
    found = accepted(before)
    assert found.files == [APP]
    assert found.snapshot.read(APP) == encoded(after)


@pytest.mark.parametrize(
    "app",
    [
        "from celery import Celery\n\nif DEBUG:\n    app = Celery('a')\nelse:\n    app = Celery('b')\n",
        "from celery import Celery\n\napp = None\napp = Celery('shop')\n",
        "from celery import Celery\n\napp = Celery('shop')\n\n\ndef renew():\n    global app\n    app = Celery('new')\n",
        "from celery import Celery\n\nfor app in [Celery('shop')]:\n    pass\n",
        "from celery import Celery\n\napp = Celery('shop')\ndel app\n",
        "from celery import Celery\nfrom werkzeug.local import LocalProxy\n\n\ndef make():\n    return Celery()\n\n\napp = LocalProxy(make)\n",
        PLAIN + LINE,
        "from celery import Celery\n\napp = (Celery('shop')\n",
    ],
)
def test_an_app_that_is_no_one_statement_or_is_the_default_stays(app: str) -> None:
    assert accepted(app).files == []


@pytest.mark.parametrize(
    "more",
    [
        {"shop/tasks.py": TASKS.replace("@app.task", "@shared_task").replace("shop.app import app", "celery import shared_task")},
        {"shop/tasks.py": "def one():\n    pass\n"},
        {"shop/other.py": "from celery import Celery\n\nother = Celery('other')\n", "shop/use.py": "from shop.other import other\n"},
        {"shop/boot.py": "from shop.app import app\n\napp.set_default()\n"},
        {"shop/tasks.py": TASKS + "\n\nprint(one.name)\n"},
        {"shop/tasks.py": TASKS.replace("@app.task", "@app.task(shared=False)")},
        {"manage.py": "import django\n", "shop/settings.py": "INSTALLED_APPS = ['shop']\n"},
    ],
)  # fmt: skip
def test_nothing_is_asked_where_the_line_would_settle_nothing(more: dict[str, str]) -> None:
    found = accepted(PLAIN, more)
    assert (found.files, found.decisions) == ([], ())


@pytest.mark.parametrize("options", ["fixups=[]", "set_as_current=False"])
def test_in_django_an_app_that_other_threads_may_not_find_is_asked_about(options: str) -> None:
    app = PROJECT["shop/celery.py"].replace('"shop")', f'"shop", {options})')
    files = {**PROJECT, "shop/celery.py": app, "shop/tasks.py": TASKS.replace(".app", ".celery")}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    found = run_step(BY_NAME["default-app"], snapshot, load(snapshot, Settings()), load)
    (decision,) = found.decisions
    assert decision.waits
    assert found.files == []


def test_without_an_answer_all_stays_and_the_question_tells_what_comes_of_it() -> None:
    files = {"shop/__init__.py": "", "shop/tasks.py": TASKS, APP: PLAIN}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    found = run_step(BY_NAME["default-app"], snapshot, load(snapshot, Settings()), load)
    assert found.files == []
    (decision,) = found.waiting
    assert isinstance(decision, MakeDefault)
    assert decision.asks.name == "shop.app.app"
    assert "so that 1 task can become @shared_task" in decision.asks.suggestion
    assert not decision.taken().waits


def test_only_tasks_that_can_be_shared_are_counted_and_the_rest_tells_why_it_stays() -> None:
    more = {"shop/early.py": TASKS + "\n\n@app.task\ndef two():\n    pass\n\n\nprint(one.name)\n"}
    files = {"shop/__init__.py": "", "shop/tasks.py": TASKS, APP: PLAIN, **more}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, Settings())
    (decision,) = run_step(BY_NAME["default-app"], snapshot, inventory, load).decisions
    assert isinstance(decision, MakeDefault)
    assert decision.tasks == 1
    notes = {
        note.path: note for note in run_step(BY_NAME["decorators"], snapshot, inventory, load).notes
    }
    assert "is used while" in notes["shop/early.py"].message
    assert "set_default()" in notes["shop/tasks.py"].message


LOADING = PLAIN + "import shop.plumbing\n"
"""An app whose package can't import it: every process would load more of the project."""


def test_tasks_that_would_no_longer_load_the_app_are_not_counted() -> None:
    alone = accepted(LOADING, {"shop/plumbing.py": ""})
    assert (alone.files, alone.decisions) == ([], ())
    more = {
        "shop/plumbing.py": "",
        "shop/queues.py": "from shop.app import app\n\nFAST = app.main\n",
        "shop/mails.py": "from shop.queues import FAST\n"
        + TASKS.replace("task", "task(queue=FAST)"),
    }
    found = accepted(LOADING, more)
    (decision,) = found.decisions
    assert isinstance(decision, MakeDefault)
    assert decision.tasks == 1
    converted = run_step(BY_NAME["decorators"], found.snapshot, found.after, load)
    assert converted.files == ["shop/mails.py"]


def test_an_accepted_app_of_yesterday_is_not_made_the_default_of_another() -> None:
    files = {"shop/__init__.py": "", "shop/tasks.py": TASKS, APP: PLAIN}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    other = MakeDefault("default:shop.old.app", "why", "shop/old.py", "shop.old.app", 1, "", True)
    inventory = load(snapshot, Settings())
    found = run_step(BY_NAME["default-app"], snapshot, inventory, load, (other,))
    assert found.files == []


def test_the_tasks_of_the_default_app_are_shared_then() -> None:
    first = accepted(PLAIN)
    found = run_step(BY_NAME["decorators"], first.snapshot, first.after, load)
    assert "shop/tasks.py" in found.files
    assert [task.decorator for task in found.after.tasks] == ["shared_task"]


THREADS = """\
import threading
import shop.app
from celery import current_app
found = []
thread = threading.Thread(target=lambda: found.append(current_app.main))
thread.start()
thread.join()
print(found[0])
"""


def test_every_thread_of_celery_finds_the_app_behind_the_line_alone(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    found = accepted(PLAIN)
    told = []
    for snapshot in (found.before.files, found.snapshot):
        for path in snapshot.files:
            (tmp_path / path).write_bytes(snapshot.read(path))
        command = [sys.executable, "-B", "-c", THREADS]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        told.append(done.stdout.strip())
    assert told == ["default", "shop"]
