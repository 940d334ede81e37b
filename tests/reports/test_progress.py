"""Figures against their targets: nothing is reached where there is nothing."""

from collections.abc import Mapping

import pytest

from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.settings import Settings, Targets
from codemods.snapshot import snapshot_of
from reports.absent import absent_lines
from reports.markdown import page
from reports.progress import aims_of, measure
from reports.terminal import aims_table
from tests.reports.test_terminal import shown

PLAIN = {"shop/__init__.py": "", "shop/views.py": "def view():\n    return 1\n"}
APP = {"shop/celery.py": "from celery import Celery\n\napp = Celery('shop')\n"}
TASK = {
    "shop/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef f():\n    return 1\n"
}
UNCLEAR = {
    "shop/tasks.py": "from celery import shared_task\n\nfor f in load():\n    shared_task(f)\n"
}


def read(files: Mapping[str, str], settings: Settings | None = None) -> Inventory:
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    return load(snapshot, settings or Settings())


@pytest.mark.parametrize("files", [PLAIN, PLAIN | APP])
def test_nothing_is_reached_where_there_is_no_task(files: Mapping[str, str]) -> None:
    inventory = read(files)
    metrics = measure(inventory)
    found = aims_of(inventory, metrics, Targets(), [])
    assert [aim.reached for aim in found] == [False] * 4
    assert {aim.target for aim in found} == {"-"}
    text = shown(aims_table(found))
    assert "reached" not in text
    assert "%" not in text
    assert "░" not in text
    markdown = page("Shop", found, [], absent_lines(inventory))
    assert "| shared_task | - | - | - |" in markdown
    assert "no Celery tasks found" in markdown
    assert ("no app (Celery(...))" in markdown) is (files == PLAIN)
    assert metrics.shared_task_percent == 100.0


def test_what_was_looked_for_is_said_and_what_to_check() -> None:
    settings = Settings(exclude=("old", "vendor/*"), import_roots=("src",), app="a.b:app")
    looked, check = absent_lines(read(PLAIN, settings))
    assert "no app (Celery(...)), no task (@shared_task" in looked
    assert "in 2 Python files" in looked
    assert "import_roots (imports start from src)" in check
    assert "exclude (old, vendor/* is left out)" in check
    assert "app (a.b:app)" in check
    _, check = absent_lines(read(PLAIN))
    assert "(imports start from .), exclude (nothing is left out) and app (not set)" in check


@pytest.mark.parametrize("files", [TASK, UNCLEAR])
def test_a_task_or_something_unclear_has_targets(files: Mapping[str, str]) -> None:
    inventory = read({**PLAIN, **files})
    found = aims_of(inventory, measure(inventory), Targets(), [])
    assert list(absent_lines(inventory)) == []
    assert "-" not in {aim.target for aim in found}


def test_a_file_that_became_as_long_as_the_god_file_is_told() -> None:
    long = TASK["shop/tasks.py"] + "\n" * 400
    files = {**PLAIN, **TASK, "shop/mail_tasks.py": long, "shop/views.py": long + "\n" * 99}
    inventory = read(files)

    def rows(*gods: str, target: int = 300) -> list[tuple[str, str, bool]]:
        targets = Targets(god_file_lines=target)
        found = aims_of(inventory, measure(inventory, gods), targets, list(gods))
        return [(aim.label, aim.now, aim.reached) for aim in found if ".py" in aim.label]

    assert rows("shop/tasks.py") == [
        ("shop/tasks.py", "6 lines", True),
        ("shop/mail_tasks.py", "406 lines", False),
    ]
    assert rows("shop/mail_tasks.py") == [("shop/mail_tasks.py", "406 lines", False)]
    assert rows("shop/tasks.py", target=407) == [("shop/tasks.py", "6 lines", True)]
    assert rows() == []
