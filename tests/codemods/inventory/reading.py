"""The inventory of a few files of the small project, read whole and by its declarations alone."""

from collections.abc import Mapping

from codemods.inventory.declared import load_declared
from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from tests.codemods.harness import PROJECT, encoded


def read(
    files: Mapping[str, str | bytes], settings: Settings | None = None, *, bare: bool = False
) -> Inventory:
    known: dict[str, str | bytes] = {} if bare else dict(PROJECT)
    snapshot = snapshot_of({path: encoded(text) for path, text in (known | dict(files)).items()})
    found = load(snapshot, settings or Settings())
    # What `celery-audit` reads of the same files must say the same of tasks and schedules.
    quick = load_declared(snapshot, settings or Settings())
    assert quick.tasks == found.tasks
    assert quick.beat == found.beat
    assert quick.not_understood == found.not_understood
    assert quick.project.roots == found.project.roots
    return found


def names(text: str, **files: str) -> list[tuple[str | None, str, str]]:
    inventory = read({"orders/tasks.py": text, **files})
    return [
        (task.name, task.name_is, task.decorator)
        for task in inventory.tasks
        if task.path == "orders/tasks.py"
    ]


SHARED = "from celery import shared_task\n"
BODY = "\ndef one():\n    pass\n"
