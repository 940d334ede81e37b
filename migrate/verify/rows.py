"""Which rows of django-celery-beat send a task, as the project's own interpreter reads its database."""

from collections.abc import Collection
from pathlib import Path

import msgspec

from codemods.inventory.link import Inventory
from migrate.verify.registry import INSIDE, app_environment, run_inside


def rows_of(
    inventory: Inventory, folder: Path, python: Path, names: Collection[str]
) -> dict[str, list[str]]:
    """By task name, what to call each row that sends it. Raises `BootError` with its last words."""
    app, root = inventory.current_app.name, ""
    target = ":"
    if app:
        module, rest = inventory.project.split(app)
        root = inventory.project.root_of(inventory.project.path_of[module])
        target = f"{module}:{'.'.join(rest)}"
    command = [str(python), "-W", "ignore", str(INSIDE / "rows.py"), target, *sorted(names)]
    text = run_inside(command, folder / root, app_environment(folder / root))
    found: dict[str, list[str]] = {}
    for row, task, enabled in msgspec.json.decode(text, type=list[tuple[str, str, bool]]):
        state = "" if enabled else " (disabled)"
        found.setdefault(task, []).append(f'row "{row}" of django-celery-beat{state}')
    return found
