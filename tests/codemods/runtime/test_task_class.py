"""The task class in the app's call: where it is written, and where the app has its own."""

import pytest

from tests.codemods.harness import APP, check_change, check_note, check_untouched, run
from tests.codemods.runtime.wanted import CLASS, TASK, only


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('app = Celery("shop")\n', f'app = Celery("shop", {CLASS})\n'),
        ("app = Celery()\n", f"app = Celery({CLASS})\n"),
        (
            'app = Celery(\n    "shop",\n    broker="redis://",\n)\n',
            f'app = Celery(\n    "shop",\n    broker="redis://",\n    {CLASS},\n)\n',
        ),
        (
            'app = Celery(\n    "shop",  # name\n    include=[\n        "a",\n    ],\n)\n',
            f'app = Celery(\n    "shop",  # name\n    include=[\n        "a",\n    ],\n    {CLASS},\n)\n',
        ),
    ],
)
def test_the_app_gets_the_task_class(before: str, after: str) -> None:
    head = "from celery import Celery\n\nMORE = {}\n"
    check_change(
        "runtime",
        {"shop/celery.py": head + before},
        {"shop/celery.py": head + after},
        only("task-class"),
    )


def test_an_app_with_its_own_task_class_keeps_it() -> None:
    files = {
        "shop/celery.py": APP.replace('"shop"', '"shop", task_cls=Mine').replace(
            "\n\n", "\n\nMine = 'a:B'\n", 1
        )
    }
    check_note("runtime", files, "runtime-task-class", only("task-class"))


@pytest.mark.parametrize(
    ("app", "word"),
    [
        (
            'from celery import Celery\n\n\nclass ShopCelery(Celery):\n    task_cls = "a:B"\n\n\napp = ShopCelery("shop")\n',
            '"a:B"',
        ),
        (
            'from celery import Celery\n\n\nclass ShopCelery(Celery):\n    pass\n\n\napp = ShopCelery("shop")\n',
            "shop.celery.ShopCelery",
        ),
        (
            'from celery import Celery\n\n\ndef makeCelery(name):\n    return Celery(name)\n\n\napp = makeCelery("shop")\n',
            "shop.celery.makeCelery",
        ),
        (APP + "app.Task = Logged\n", "Logged"),
    ],
)
def test_a_task_class_only_for_a_plain_app(app: str, word: str) -> None:
    files = {"shop/celery.py": app, "orders/tasks.py": TASK}
    note = check_note("runtime", files, "runtime-task-class", only("task-class"))
    assert word in note.message
    check_untouched("runtime", files, only("task-class"))


def test_an_app_of_two_names_is_one_app() -> None:
    before = 'from celery import Celery\n\ncelery = app = Celery("shop")\n'
    after = before.replace('"shop"', f'"shop", {CLASS}')
    check_change(
        "runtime", {"shop/celery.py": before}, {"shop/celery.py": after}, only("task-class")
    )


@pytest.mark.parametrize(
    "tail", ["app = wrap(app)\n", "celery_app = app\ndel app\n", "app = Celery('again')\n"]
)
def test_an_app_that_is_bound_again_is_left(tail: str) -> None:
    app = APP.replace("app = Celery", "def wrap(a):\n    return a\n\n\napp = Celery") + tail
    wanted = only("task-class", "settings", "in-force", in_force=True)
    done = run("runtime", {"shop/celery.py": app}, wanted)
    assert "shop/celery.py" not in done.files
    assert {note.code for note in done.notes} == {"runtime-task-class", "runtime-in-force"}


def test_an_app_made_of_unknown_options_is_a_note() -> None:
    files = {
        "shop/celery.py": APP.replace('Celery("shop")', 'Celery("shop", **MORE)').replace(
            "\n\n", "\n\nMORE = {}\n", 1
        )
    }
    check_note("runtime", files, "runtime-task-class", only("task-class"))


def test_an_app_made_under_an_alias_gets_the_task_class() -> None:
    before = 'from celery import Celery as C\n\napp = C("shop")\n'
    after = before.replace('"shop"', f'"shop", {CLASS}')
    check_change(
        "runtime", {"shop/celery.py": before}, {"shop/celery.py": after}, only("task-class")
    )
