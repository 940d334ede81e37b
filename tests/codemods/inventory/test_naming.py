"""The name that each task is registered under, and the names that only running tells."""

import pytest

from tests.codemods.inventory.reading import BODY, SHARED, names, read


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("'jobs'", "jobs"),
        ("'jo' 'bs'", "jobs"),
        ("'save-order now'", "save-order now"),
        ("NAME", "from-a-constant"),
        ("__name__ + '.short'", "orders.tasks.short"),
        ("f'{__name__}.short'", "orders.tasks.short"),
        ("constants.OTHER", "from-elsewhere"),
    ],
)
def test_explicit_names(name: str, registered: str) -> None:
    text = f"{SHARED}from orders import constants\nNAME = 'from-a-constant'\n\n\n@shared_task(name={name}){BODY}"
    found = names(text, **{"orders/constants.py": "OTHER = 'from-elsewhere'\n"})
    assert found == [(registered, "explicit", "shared_task")]


@pytest.mark.parametrize("name", ["make()", "f'{PREFIX}.one'", "settings.NAME"])
def test_computed_names_are_dynamic_with_a_note(name: str) -> None:
    text = f"{SHARED}from django.conf import settings\n\n\n@shared_task(name={name}){BODY}"
    assert names(text) == [(None, "dynamic", "shared_task")]
    assert "dynamic-name" in {note.code for note in read({"orders/tasks.py": text}).notes}


def test_a_decorator_below_that_hides_the_functions_name() -> None:
    text = (
        f"{SHARED}\n\ndef quiet(f):\n    def wrapper(*a):\n        return f(*a)\n    return wrapper\n\n\n"
        f"@shared_task\n@quiet{BODY}"
    )
    assert names(text) == [("orders.tasks.wrapper", "automatic", "shared_task")]


def test_a_decorator_below_that_wraps() -> None:
    text = (
        f"import functools\n{SHARED}\n\ndef quiet(f):\n    @functools.wraps(f)\n    def wrapper(*a):\n        return f(*a)\n"
        f"    return wrapper\n\n\n@shared_task\n@quiet{BODY}"
    )
    assert names(text) == [("orders.tasks.one", "automatic", "shared_task")]


def test_an_app_that_computes_names() -> None:
    app = "from celery import Celery\n\n\nclass Shop(Celery):\n    def gen_task_name(self, name, module):\n        return name\n\n\napp = Shop('shop')\n"
    inventory = read({"shop/celery.py": app, "orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}"})
    assert [(task.name, task.name_is) for task in inventory.tasks] == [("one", "automatic")]


def test_a_class_tasks_name_from_a_keyword_that_its_base_takes() -> None:
    base = "from celery import Task\n\n\nclass Own(Task):\n    def __init_subclass__(cls, name=None):\n        cls.name = name\n"
    text = (
        "from orders.base import Own\nfrom shop.celery import app\nfrom orders.names import SYNC\n\n\n"
        "class Sync(Own, name=SYNC):\n    def run(self):\n        pass\n\n\napp.register_task(Sync())\n"
    )
    files = {
        "orders/base.py": base,
        "orders/names.py": "SYNC = 'app.' + 'sync'\n",
        "orders/tasks.py": text,
    }
    assert [(task.name, task.name_is) for task in read(files).tasks] == [("app.sync", "explicit")]
