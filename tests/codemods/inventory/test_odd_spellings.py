"""Odd spellings, booted by Celery: each task is read with its name, or something is said; none is made up."""

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from tests.codemods.inventory.declared_projects import Made
from tests.codemods.inventory.odd_spellings import READ, SAID
from tests.codemods.inventory.test_declared_projects import boot

BASE = {
    "shop/__init__.py": "",
    "shop/celery.py": "from celery import Celery\n\napp = Celery('shop')\n",
    "orders/__init__.py": "",
    "run.py": "import orders.tasks\n",
}
SPELLINGS = READ | SAID


def project(spelling: str) -> Made:
    files = {path or "orders/tasks.py": text for path, text in SPELLINGS[spelling].items()}
    return Made(BASE | files, (".",), ("orders.tasks",), "shop.celery:app", frozenset())


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    folder: Path = tmp_path_factory.mktemp("spellings")
    found = boot([project(spelling) for spelling in SPELLINGS], folder)
    errors = [names for names in found if isinstance(names, str)]
    assert not errors, errors[0]
    return {spelling: set(names) for spelling, names in zip(SPELLINGS, found, strict=True)}


def read(spelling: str) -> tuple[Inventory, set[str]]:
    files = {path: text.encode() for path, text in project(spelling).files.items()}
    inventory = load(snapshot_of(files), Settings())
    return inventory, {task.name for task in inventory.tasks if task.name is not None}


@pytest.mark.parametrize("spelling", READ)
def test_each_name_is_read(spelling: str, registered: dict[str, set[str]]) -> None:
    inventory, names = read(spelling)
    assert names == registered[spelling]
    assert all(task.name is not None for task in inventory.tasks)
    assert inventory.not_understood == []


@pytest.mark.parametrize("spelling", SAID)
def test_no_name_is_made_up_and_something_is_said(
    spelling: str, registered: dict[str, set[str]]
) -> None:
    inventory, names = read(spelling)
    assert names <= registered[spelling]
    globs = [task.like or "*" for task in inventory.tasks if task.name is None]
    notes = [note for note in inventory.notes if note.code != "never-loaded"]
    said = inventory.not_understood or notes
    for name in registered[spelling] - names:
        assert said or any(fnmatchcase(name, glob) for glob in globs)
