"""What is told of tasks that stay in a god file: once for all that stay for the same reason."""

import re
from collections.abc import Iterator, Sequence

from codemods.inventory.graph import way
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.moves.import_circles import module_leading_back
from codemods.moves.settle import Settlement
from codemods.units.units import Module, Unit
from codemods.values import Note

LISTED = 5
"""How many tasks a note names."""
CHAIN = re.compile(r"^(?:needs [^:]+: )+")
"""What a task needs, down to what stays for a reason of its own."""


def reasons_to_stay(inventory: Inventory, settled: Settlement) -> Iterator[Note]:
    """A note for each file and reason, on the tasks that were to move and stay for it."""
    groups: dict[tuple[str, str], list[tuple[Unit, str]]] = {}
    for module, unit, why in settled.reasons():
        groups.setdefault((module.path, CHAIN.sub("", why)), []).append((unit, why))
    for (path, root), found in groups.items():
        units = [unit for unit, _ in found]
        why = found[0][1] if len(found) == 1 else root
        back = module_leading_back(root)
        if back:
            message = f"{listed(units)}: {_circle(inventory, path, back)}"
        else:
            message = f"{listed(units)}: {why}"
        yield Note(path, units[0].line, "task-stays", message, root)


def listed(units: Sequence[Unit]) -> str:
    """The names of tasks that stay, the first few of many, with their verb."""
    names = [unit.name for unit in units]
    if len(names) == 1:
        return f"{names[0]} stays"
    shown = (
        names if len(names) <= LISTED else [*names[: LISTED - 1], f"{len(names) - LISTED + 1} more"]
    )
    return f"{', '.join(shown[:-1])} and {shown[-1]} stay"


def _circle(inventory: Inventory, path: str, back: str) -> str:
    """The imports by which what a task needs leads back to its file, and which of them to move."""
    project = inventory.project
    chain = way(inventory.explicit_graph, back, project.module_of[path])
    drawn = ", which imports ".join(chain[1:])
    last = project.path_of[chain[-2]]
    return f"what {back} imports leads back to this file ({back} imports {drawn}), and a new file would stand in that circle. Let '{last}' import {chain[-1]} inside the functions that use it, then plan again"


def left_where_they_are(module: Module, tasks: Sequence[Task]) -> Iterator[Note]:
    """A note on the tasks that no new file is for."""
    names = [task.qualname for task in tasks]
    if names:
        if len(names) == 1:
            message = f"{names[0]} stays in this file: no other task is like it"
        else:
            message = f"{', '.join(names[:-1])} and {names[-1]} stay in this file: they are not alike enough for a file of their own"
        yield Note(module.path, tasks[0].line, "tasks-kept", message)
