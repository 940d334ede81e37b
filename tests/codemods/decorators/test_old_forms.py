"""`@task` of Celery 3 and 4 to `@shared_task`: in whatever way it was imported, and what keeps it as it is."""

import pytest

from codemods.notes.codes import code_of
from migrate.steps import BY_NAME
from reports.notes import counted
from tests.codemods.decorators.one_file import TASKS, change
from tests.codemods.harness import check_note, run

BODY = "def one():\n    return 1\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from celery import task\n\n\n@task\n", "from celery import shared_task\n\n\n@shared_task\n"),
        ("from celery import task\n\n\n@task()\n", "from celery import shared_task\n\n\n@shared_task()\n"),
        (
            'from celery import task\n\n\n@task(name="one", queue="low", ignore_result=True)\n',
            'from celery import shared_task\n\n\n@shared_task(name="one", queue="low", ignore_result=True)\n',
        ),
        ("from celery.task import task\n\n\n@task\n", "from celery import shared_task\n\n\n@shared_task\n"),
        ("import celery\n\n\n@celery.task\n", "import celery\n\n\n@celery.shared_task\n"),
        ("import celery as c\n\n\n@c.task.task(bind=True)\n", "import celery as c\n\n\n@c.shared_task(bind=True)\n"),
        (
            "import celery\n\nSIGNATURE = celery.signature\n\n\n@celery.task\n",
            "import celery\n\nSIGNATURE = celery.signature\n\n\n@celery.shared_task\n",
        ),
        (
            "from celery import group, task\n\nALL = group\n\n\n@task\n",
            "from celery import group, shared_task\n\nALL = group\n\n\n@shared_task\n",
        ),
        ("from celery import task as job\n\n\n@job\n", "from celery import shared_task\n\n\n@shared_task\n"),
        (
            "from celery import shared_task, task\n\n\n@shared_task\ndef two():\n    pass\n\n\n@task\n",
            "from celery import shared_task\n\n\n@shared_task\ndef two():\n    pass\n\n\n@shared_task\n",
        ),
        (
            "from celery import shared_task as st, task\n\nX = st\n\n\n@task\n",
            "from celery import shared_task as st\n\nX = st\n\n\n@st\n",
        ),
        (
            "from celery.task import task  # the old one\n\n\n# why\n@task  # once\n",
            "from celery import shared_task\n\n\n# why\n@shared_task  # once\n",
        ),
        (
            "from celery import task\n\n\ndef use(task):\n    return task\n\n\n@task\n",
            "from celery import shared_task\n\n\ndef use(task):\n    return task\n\n\n@shared_task\n",
        ),
        (
            "from celery import task\n\n\ndef use():\n    return task.current\n\n\n@task\n",
            "from celery import shared_task, task\n\n\ndef use():\n    return task.current\n\n\n@shared_task\n",
        ),
        (
            "from celery import task\nfrom celery.task import periodic_task\n\n\n@periodic_task(run_every=9)\ndef two():\n    pass\n\n\n@task\n",
            "from celery import shared_task\nfrom celery.task import periodic_task\n\n\n@periodic_task(run_every=9)\ndef two():\n    pass\n\n\n@shared_task\n",
        ),
    ],
)  # fmt: skip
def test_the_decorator_and_its_import(before: str, after: str) -> None:
    change(before + BODY, after + BODY)


def test_a_file_with_both_forms_is_converted_at_once() -> None:
    change(
        "from celery import task\n\nfrom shop.celery import app\n\n\n@app.task\ndef two():\n    pass\n\n\n@task\n"
        + BODY,
        "from celery import shared_task\n\n\n@shared_task\ndef two():\n    pass\n\n\n@shared_task\n"
        + BODY,
    )


def test_old_forms_are_converted_where_the_app_s_decorators_stay() -> None:
    change(
        "from celery import task\n\nfrom shop.celery import app\n\n\n@app.task(shared=False)\ndef two():\n    pass\n\n\n@task\n"
        + BODY,
        "from celery import shared_task\n\nfrom shop.celery import app\n\n\n@app.task(shared=False)\ndef two():\n    pass\n\n\n@shared_task\n"
        + BODY,
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("from celery import task\n\n\n@task(filter=x)\n" + BODY, "has filter=, which shared_task ignores"),
        ("from celery import task\n\n\n@task(**OPTIONS)\n" + BODY, "takes options that are computed"),
        ("from celery import task\n\n\n@task\n" + BODY + "\n\nprint(one.name)\n", "is used while"),
    ],
)  # fmt: skip
def test_what_would_change_stays_and_is_told(text: str, why: str) -> None:
    note = check_note("decorators", {TASKS: text}, "old-form")
    assert "@task of Celery 3 and 4, which Celery 5 lacks" in note.message
    assert why in note.message


def test_files_that_keep_old_forms_are_counted_as_places_not_as_tasks() -> None:
    two = "from celery import task\n\n\n@task(filter=x)\n" + BODY + BODY.replace("one", "two")
    note = check_note("decorators", {TASKS: two}, "old-form")
    assert counted(code_of(note.code), [note]) == "1 place with a form that Celery 5 lacks"


@pytest.mark.parametrize(
    "head",
    [
        "from celery.decorators import task\n\n\n@task\n",
        "from celery.task import periodic_task\n\n\n@periodic_task(run_every=3)\n",
    ],
)
def test_forms_that_mean_more_stay_and_are_told(head: str) -> None:
    found = run("decorators", {TASKS: head + BODY})
    assert found.files == []
    assert [note.code for note in found.before.notes if note.code == "old-form"] == ["old-form"]


def test_a_project_without_an_app_of_its_own_is_converted_too() -> None:
    files = {
        "manage.py": "import django\n",
        "shop/celery.py": "X = 1\n",
        TASKS: "from celery import task\n\n\n@task\n" + BODY,
    }
    found = run("decorators", files)
    assert found.snapshot.read(TASKS).decode() == (
        "from celery import shared_task\n\n\n@shared_task\n" + BODY
    )


def test_the_title_of_a_commit_says_which_form_went() -> None:
    old = "from celery import task\n\n\n@task\n" + BODY
    new = "from shop.celery import app\n\n\n@app.task\ndef two():\n    pass\n"
    step = BY_NAME["decorators"]
    assert step.says(run("decorators", {TASKS: old}).decisions) == (
        "@task of Celery 3 and 4 to @shared_task in 1 file"
    )
    assert step.says(run("decorators", {TASKS: old, "orders/more.py": new}).decisions) == ""


def test_the_old_import_goes_where_the_app_stays() -> None:
    base = "class Base(app.Task):\n    pass\n\n\n"
    change(
        f"from celery.task import task\nfrom shop.celery import app\n\n\n{base}@task\n{BODY}\n\n@app.task(base=Base)\ndef two():\n    pass\n",
        f"from celery import shared_task\nfrom shop.celery import app\n\n\n{base}@shared_task\n{BODY}\n\n@shared_task(base=Base)\ndef two():\n    pass\n",
    )
