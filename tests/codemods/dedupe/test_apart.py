"""Copies of a task that belong to apps or programs apart: no merge is suggested."""

import pytest

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from migrate.pipeline import StepRun, run_step
from migrate.steps import BY_NAME

APP = "from celery import Celery\n\n{0} = Celery('{0}')\n"
BY_APP = "from {0}.app import {0}\n\n\n@{0}.task(name='send')\ndef send(to):\n    return to\n"
SHARED = (
    "from celery import shared_task\n\n\n@shared_task(name='send')\ndef send(to):\n    return to\n"
)


def dedupe(files: dict[str, str], roots: tuple[str, ...] = ()) -> StepRun:
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    inventory = load(snapshot, Settings(import_roots=roots))
    return run_step(BY_NAME["dedupe"], snapshot, inventory, load, accept=True)


def told(run: StepRun) -> str:
    (note,) = [note for note in run.notes if note.code == "duplicate-stays"]
    return note.message


def test_copies_of_two_apps_stay() -> None:
    files = {
        f"{name}/{path}": text
        for name in ("mail", "shop")
        for path, text in (
            ("__init__.py", ""), ("app.py", APP.format(name)), ("tasks.py", BY_APP.format(name)),
        )
    }  # fmt: skip
    run = dedupe(files)
    assert run.decisions == ()
    assert "since mail.app.mail and shop.app.shop each have one of their own" in told(run)


@pytest.mark.parametrize(("web", "apart"), [("", True), ("import post.tasks\n", False)])
def test_copies_of_two_programs_stay_unless_one_imports_from_the_other(
    web: str, apart: bool
) -> None:
    files = {
        "one/mail/__init__.py": web,
        "one/mail/tasks.py": SHARED,
        "two/post/__init__.py": "",
        "two/post/tasks.py": SHARED,
    }
    run = dedupe(files, ("one", "two"))
    assert (run.decisions == ()) == apart
    if apart:
        assert "since 'one' and 'two' are programs that import nothing of each other" in told(run)


@pytest.mark.parametrize("decorator", ["mail.task", "(mail.task)"])
def test_one_function_that_two_decorators_declare_stays(decorator: str) -> None:
    text = f"from mail.app import mail\n\n\n@{decorator}\n@mail.task\ndef send():\n    pass\n"
    files = {"mail/__init__.py": "", "mail/app.py": APP.format("mail"), "mail/tasks.py": text}
    run = dedupe(files)
    assert run.decisions == ()
    assert "is declared twice by the decorators of one function" in told(run)
