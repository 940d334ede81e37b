"""Which tasks of a file may move, what keeps their names, and what others see of the file."""

import pytest

from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.inventory.watching import watching
from codemods.moves.movable_tasks import (
    asks_for_itself,
    asks_for_module_of,
    cannot_move,
    circular_imports,
    names_itself,
    state_of,
    unit_of,
)
from codemods.units.units import Module, read_module
from tests.codemods.moves.carried import OLD, inventory_of, module

APP = {
    "shop/celery.py": "from celery import Celery\n\napp = Celery('shop')\napp.autodiscover_tasks(['shop'])\n"
}
HEAD = "from celery import shared_task\nfrom shop.celery import app\n\n\n"


def task(text: str) -> tuple[Inventory, Module, Task]:
    """The first task of a file beside an app."""
    known = inventory_of({**APP, OLD: HEAD + text})
    found = next(task for task in known.tasks if task.path == OLD)
    return known, read_module(OLD, known.files.read(OLD)), found


@pytest.mark.parametrize(
    "text",
    [
        "@shared_task\ndef send():\n    pass\n",
        "# why\n@shared_task(\n    bind=True,\n)\n# between\ndef send(self):\n    pass\n",
        "@app.task(name='send')\nasync def send():\n    pass\n",
    ],
)
def test_a_plain_task_is_a_unit_that_may_move(text: str) -> None:
    known, units, found = task(text)
    unit = unit_of(units, found)
    assert unit is not None
    assert (unit.name, unit.kind) == ("send", "function")
    assert cannot_move(known, found, unit) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("def make():\n    @shared_task\n    def send():\n        pass\n    return send\n", "it does not stand by itself at the top level"),
        ("if HEAD:\n    @shared_task\n    def send():\n        pass\n", "it does not stand by itself at the top level"),
        ("class Send(app.Task):\n    name = 'send'\n\n    def run(self):\n        pass\n\n\napp.register_task(Send())\n", "it is a class or is registered by a call"),
        ("@shared_task(name=make(__name__))\ndef send():\n    pass\n", "its registered name is unknown, so it can't be kept"),
        ("@app.task(name='a')\n@app.task(name='b')\ndef send():\n    pass\n", "its decorators register it more than once"),
    ],
)  # fmt: skip
def test_an_odd_task_stays_with_its_reason(text: str, why: str) -> None:
    known, units, found = task(text)
    unit = unit_of(units, found)
    assert unit is not None
    assert cannot_move(known, found, unit) == why


@pytest.mark.parametrize(
    ("decorator", "itself"),
    [
        ("@shared_task", True),
        ("@app.task(bind=True)", True),
        ("@shared_task(name='send')", False),
        ("@shared_task(name='shop.tasks.send')", False),
        ("@shared_task(name=__name__ + '.send')", True),
        ("@shared_task(name=f'{__name__}.send')", True),
    ],
)
def test_which_names_follow_from_the_module(decorator: str, itself: bool) -> None:
    _, _, found = task(f"{decorator}\ndef send():\n    pass\n")
    assert names_itself(found, "shop.tasks") is itself


STATE = "LIMIT = 5\nOTHER = 6\n\n\ndef send():\n    return LIMIT, OTHER\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from shop import tasks as t\n\n\ndef f():\n    setattr(t, 'OTHER', 1)\n", {"OTHER"}),
        ("import shop.tasks\n\nsetattr(shop.tasks, 'LIMIT', 1)\n", {"LIMIT"}),
        ("from shop import tasks\n\nprint(tasks.LIMIT)\n", set()),
        ("from shop.tasks import LIMIT\n\nLIMIT = 1\n", set()),
    ],
)
def test_names_that_other_files_set(text: str, names: set[str]) -> None:
    assert state_of(inventory_of({OLD: STATE, "shop/views.py": text}), "shop.tasks") == names


def test_what_tests_assign_is_no_state() -> None:
    files = {OLD: STATE, "shop/tests/__init__.py": "", "shop/tests/test_it.py": "from shop import tasks\n\ntasks.LIMIT = 1\n"}  # fmt: skip
    assert state_of(inventory_of(files), "shop.tasks") == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from shop import tasks\n\n\ndef f():\n    return tasks.LIMIT\n", {"LIMIT"}),
        ("import shop.tasks\n\nprint(shop.tasks.send.delay)\n", {"send"}),
        ("def f():\n    from .tasks import OTHER\n    return OTHER\n", {"OTHER"}),
        ("from shop.tasks import OTHER\n", set()),
        ("from shop import other\n\nprint(other.LIMIT)\n", set()),
    ],
)
def test_names_that_other_files_look_up_each_time(text: str, names: set[str]) -> None:
    known = watching(inventory_of({OLD: STATE, "shop/views.py": text}))
    assert known.seen.get("shop.tasks", {}).keys() == names


@pytest.mark.parametrize(
    ("body", "asks"),
    [
        ("from shop import tasks", True),
        ("from shop.tasks import LIMIT", True),
        ("from . import tasks", True),
        ("import shop.tasks", True),
        ("from shop import other", False),
        ("import shop", False),
    ],
)
def test_a_unit_that_imports_its_own_module(body: str, asks: bool) -> None:
    text = f"LIMIT = 5\n\n\ndef send():\n    {body}\n"
    known = inventory_of({OLD: text})
    units = module(text)
    assert asks_for_itself(known, OLD, units.units[1]) is asks
    assert not asks_for_itself(known, OLD, units.units[0])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f():\n    return Box.__module__\n", {"Box"}),
        ("class Box:\n    def f(self):\n        return self.__module__\n", {"Box", "self"}),
        ("def f():\n    return type(x).__module__\n", {"type", "x"}),
        ("def f():\n    return x.__name__\n", set()),
    ],
)
def test_whose_module_a_unit_asks_for(text: str, names: set[str]) -> None:
    assert asks_for_module_of(module(text).units[0]) == names


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        ("import os\nfrom shop import back\n", [2]),
        ("import os\nimport shop.back\n", [2]),
        ("from .back import x\nfrom shop import free\n", [1]),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from shop import back\n", []),
        ("def f():\n    from shop import back\n    return back\n", []),
        ("from shop import free\n", []),
    ],
)
def test_imports_that_lead_back_to_the_file(head: str, lines: list[int]) -> None:
    text = head + "\n\ndef send():\n    return 1\n"
    files = {
        OLD: text,
        "shop/back.py": "from shop import between\n\nx = 1\n",
        "shop/between.py": "from shop.tasks import send\n",
        "shop/free.py": "",
    }
    units = module(text)
    found = circular_imports(inventory_of(files), units)
    assert [units.units[index].line for index in found] == lines
