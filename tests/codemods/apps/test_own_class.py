"""The step `decorators` where the app is made of a subclass of `Celery` of the project's own."""

import pytest

from codemods.settings import Settings
from tests.codemods.harness import check_note, check_untouched, run

TASKS = "orders/tasks.py"
TASK = "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n"


def files(body: str, base: str = "Celery", head: str = "") -> dict[str, str]:
    """A project whose app is of a class with this body."""
    made = f"from celery import Celery\n{head}\n\nclass Shop({base}):\n{body}\n\n\napp = Shop('shop')\napp.autodiscover_tasks()\n"
    return {"shop/celery.py": made, TASKS: TASK}


@pytest.mark.parametrize(
    "body",
    [
        "    pass",
        '    """Ours."""',
        "    def on_configure(self):\n        self.conf.task_acks_late = True",
        "    result_cls = 'shop.base:Result'\n\n    def send_task(self, *args, **kwargs):\n        return super().send_task(*args, **kwargs)",
    ],
)
def test_a_class_that_leaves_tasks_alone_is_no_reason_to_stay(body: str) -> None:
    assert TASKS in run("decorators", files(body)).files


def test_a_class_between_is_looked_at_too() -> None:
    middle = "\n\nclass Middle(Celery):\n    {}\n"
    plain = files("    pass", "Middle", middle.format("pass"))
    assert TASKS in run("decorators", plain).files
    own = "def task(self, *args, **options):\n        return super().task(*args, **options)"
    check_untouched("decorators", files("    pass", "Middle", middle.format(own)))
    check_untouched("decorators", files(f"    {own}"))


@pytest.mark.parametrize(
    ("body", "base", "why"),
    [
        (
            "    def __init__(self, *args, **options):\n        super().__init__(*args, set_as_current=False)",
            "Celery",
            "has __init__() of its own",
        ),
        ("    task = make_task()", "Celery", "has task of its own"),
        (
            "    def task(self, *args, **options):\n        return super().task(*args, **options)",
            "Celery",
            "has task() of its own",
        ),
        ("    task_cls = 'shop.base:Task'", "Celery", "has task_cls of its own"),
        (
            "    if True:\n        def task(self, function):\n            return function",
            "Celery",
            "has a statement (line 6) of its own",
        ),
        ("    pass", "Celery, Mixed", "comes of mixes.Mixed, which is not in the source"),
    ],
)
def test_a_class_that_may_make_tasks_otherwise_stays_unless_configured(
    body: str, base: str, why: str
) -> None:
    head = "from mixes import Mixed, make_task\n"
    found = files(body, base, head)
    check_untouched("decorators", found)
    assert why in check_note("decorators", found, "app-unknown").message
    assert TASKS in run("decorators", found, Settings(convert_own_app_class=True)).files
