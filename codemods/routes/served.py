"""Queues that tasks are sent to, and that no worker of the repository takes messages from."""

import ast
import re
from collections.abc import Iterator

from codemods.in_force.destination import Destination, destination
from codemods.in_force.routing import RouteTable, prepared
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.values import Note

DECLARING = re.compile(rb"task_queues|celery_queues", re.IGNORECASE)


def unserved(inventory: Inventory) -> Iterator[Note]:
    """A note for each such queue; none where the workers, or their queues, are not told."""
    workers, default = inventory.workers, _default_queue(inventory)
    if not workers or default is None:
        return
    served = {queue for worker in workers for queue in worker.queues or (default,)}
    asked = _queues(inventory, default)
    missing = {queue: tasks for queue, tasks in asked.items() if queue not in served}
    if not missing or (not all(w.queues for w in workers) and _declares_queues(inventory)):
        return
    places = ", ".join(f"'{path}'" for path in dict.fromkeys(worker.path for worker in workers))
    for queue, tasks in sorted(missing.items()):
        more = f" and {len(tasks) - 1} more" if tasks[1:] else ""
        message = f'"{tasks[0].name}"{more} goes to the queue "{queue}", which no worker started in {places} serves: start one with -Q {queue}, if that is not done elsewhere'
        yield Note(tasks[0].path, tasks[0].line, "queue-unserved", message)


def _queues(inventory: Inventory, default: str) -> dict[str, list[Task]]:
    """The queues that calls of the tasks go to on every possible side of 5.7, with the tasks."""
    found: dict[str, list[Task]] = {}
    tables = {side: prepared(inventory.routing.values[side]) for side in inventory.sides.sides}
    for task in inventory.tasks:
        options = _options(task)
        queues: set[str | None] = set()
        for table in tables.values() if task.name is not None and options is not None else ():
            if not isinstance(table, RouteTable):
                return {}
            where = destination(table, task.name or "", default_queue=default, task=options)
            queues.add(where.queue if isinstance(where, Destination) else None)
        queue = queues.pop() if len(queues) == 1 else None
        if isinstance(queue, str):
            found.setdefault(queue, []).append(task)
    return found


def _options(task: Task) -> dict[str, object] | None:
    """The options of a task that say where its messages go; `None` where one is computed."""
    try:
        return {
            name: ast.literal_eval(task.options[name])
            for name in ("queue", "exchange", "routing_key")
            if name in task.options
        }
    except (ValueError, SyntaxError):
        return None


def _default_queue(inventory: Inventory) -> str | None:
    """The queue of what no route names; `None` where the source does not tell it."""
    found = inventory.configuration.text("task_default_queue")
    values = sorted({str(value) for value in found.values.values() if value is not None})
    if found.unclear or len(values) > 1:
        return None
    return values[0] if values else "celery"


def _declares_queues(inventory: Inventory) -> bool:
    """Whether the project lists queues, all of which a worker without `-Q` serves."""
    paths = [path for path, facts in inventory.facts.items() if facts.full]
    return any(DECLARING.search(data) for data in inventory.files.read_many(paths).values())
