"""Which projects get the runtime, and what is said to those that do not."""

import pytest
from celery import Task

from codemods.runtime.decisions import DEFAULTED
from codemods.settings import Runtime, Settings
from migrate.message import commit_message
from target_runtime import defaults
from tests.codemods.harness import APP, run
from tests.codemods.runtime.wanted import ON, TASK, only, text


def test_what_safe_defaults_give_to_tasks_is_known_to_the_proof() -> None:
    given = {name.removeprefix("task_") for name in defaults.safe_defaults() | defaults.limits()}
    assert {name for name in given if hasattr(Task, name)} == DEFAULTED


def test_a_project_that_has_it_all_is_told_nothing() -> None:
    settings = Settings(runtime=Runtime(install=True, in_force=True, bases={"*send": "EmailTask"}))
    first = run("runtime", {"orders/tasks.py": TASK, "requirements.txt": "celery\n"}, settings)
    files = {path: first.snapshot.read(path) for path in first.snapshot.files}
    again = run("runtime", files, settings, bare=True)
    assert (again.changes, again.notes) == ((), ())


def test_nothing_without_a_decision() -> None:
    assert run("runtime", {"orders/tasks.py": TASK}).changes == ()


def test_nothing_without_a_celery_app() -> None:
    done = run("runtime", {"a.py": "x = 1\n"}, ON, bare=True)
    assert done.changes == ()


def test_a_commit_does_not_tell_of_what_ended_as_a_note() -> None:
    files = {"shop/settings.py": "BASE = ['orders']\nINSTALLED_APPS = BASE + ['web']\n"}
    done = run("runtime", files, only("installed-app", "keys"))
    text = commit_message(done)
    assert "- keys: " in text
    assert "installed-app" not in text


KEPT_OUT = {
    "no app": (
        {"shop/__init__.py": "", "shop/celery.py": "from other import make_app\n"},
        "runtime-app",
    ),
    "several apps": (
        {"shop/__init__.py": "", "shop/celery.py": APP, "shop/other.py": APP.replace("shop", "b")},
        "runtime-app",
    ),
    "no Django": (
        {
            "shop/__init__.py": "",
            "shop/celery.py": "from celery import Celery\n\napp = Celery('shop', broker='redis://')\n",
        },
        "runtime-django",
    ),
    "an old redis": (
        {
            "requirements.txt": "celery\nredis>=4.6,<5\n",
            "shop/__init__.py": "",
            "shop/celery.py": APP,
        },
        "runtime-requirement",
    ),
}


@pytest.mark.parametrize("kind", KEPT_OUT)
def test_a_project_that_the_runtime_can_t_be_put_into_is_told_why(kind: str) -> None:
    files, code = KEPT_OUT[kind]
    done = run("runtime", files, ON, bare=True)
    assert done.changes == ()
    assert [note.code for note in done.notes] == [code]


def test_with_several_apps_a_configured_place_gets_its_modules() -> None:
    files = {
        "shop/other.py": APP,
        "shop/celery.py": APP.replace("shop", "more"),
        "orders/tasks.py": TASK,
    }
    done = run("runtime", files, only("base", "task-class", bases={"*send": "EmailTask"}))
    assert "from apps.core.tasks.base import EmailTask" in text(done, "orders/tasks.py")
    assert [note.code for note in done.notes] == ["runtime-task-class"]
