"""Who still sends a name, as far as the source and the rows of a schedule tell; others are unknown."""

import ast
from collections.abc import Collection, Iterable

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from migrate.branches.state import State
from migrate.project import Project

SENDS = {"send_task": "send_task", "signature": "a signature"}
BEAT = "django_celery_beat"


def senders_of(inventory: Inventory, names: Collection[str]) -> dict[str, list[str]]:
    """For each name the places in the code that send it: tasks that bear it, entries, texts."""
    found: dict[str, list[str]] = {name: [] for name in names}
    for task in inventory.tasks:
        if task.name in found:
            found[task.name].append(f"the task in {task.path}:{task.line} bears it")
    for entry in inventory.beat:
        if entry.task in found:
            what = f'beat entry "{entry.key}"' if entry.key else "a beat entry"
            found[entry.task].append(f"{what} in {entry.path}:{entry.line}")
    for item in inventory.references:
        if item.text in found and item.kind in SENDS and not is_test(item.path):
            found[item.text].append(f"{SENDS[item.kind]} in {item.path}:{item.line}")
    return {name: list(dict.fromkeys(places)) for name, places in found.items()}


def has_rows(inventory: Inventory) -> bool:
    """Whether the project keeps schedules in the tables of django-celery-beat."""
    return any(
        item.text == BEAT or item.text.startswith(BEAT + ".") for item in inventory.installed_apps
    )


def queues_of(inventory: Inventory) -> tuple[str, ...]:
    """The queues that routes name, with Celery's own default."""
    found = {"celery"}
    for route in inventory.routes:
        try:
            queue = ast.literal_eval(route.queue)
        except (ValueError, SyntaxError):
            queue = route.queue
        if isinstance(queue, str) and queue:
            found.add(queue)
    return tuple(sorted(found))


def longest_limit(inventory: Inventory) -> float:
    """The longest `time_limit` that a task of the source sets, in seconds; 0 where none does."""
    limits = [0.0]
    for task in inventory.tasks:
        try:
            limits.append(float(ast.literal_eval(task.options.get("time_limit", "0"))))
        except (ValueError, TypeError, SyntaxError):
            continue
    return max(limits)


def old_names(inventory: Inventory) -> list[str]:
    """The names that only aliases keep alive."""
    return sorted(inventory.aliases)


def lost_names(project: Project, target: str, tip: str = "") -> list[str]:
    """The names that workers answer to at the tip and not at an older commit."""
    now = project.inventory(tip or project.state.tip).known_names
    return sorted(now - project.inventory(target).known_names)


def new_names(project: Project, state: State) -> list[str]:
    """The names that a rollback to the start takes away, or those that aliases brought."""
    if state.base is not None:
        return lost_names(project, state.base)
    return sorted(set(project.inventory(state.tip).aliases.values()))


def shown_names(names: Iterable[str], most: int = 3) -> str:
    """Names in quotes, the first of them."""
    known = list(names)
    rest = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(f'"{name}"' for name in known[:most]) + rest
