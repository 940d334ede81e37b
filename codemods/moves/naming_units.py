"""The functions whose module is in the registered names of tasks that stand elsewhere.

Decorators without `functools.wraps` make such functions, and `app.task(send_now)` registers one.
"""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from codemods.inventory.evaluation.things import FunctionThing, TaskThing
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.moves.movable_tasks import unit_of
from codemods.units.units import Module, Unit


def naming_units(inventory: Inventory, module: Module) -> dict[int, set[int]]:
    """By the units of a file's tasks the other units from whose place the names of those follow."""
    found: dict[int, set[int]] = {}
    for task, unit in _named_here(inventory, module):
        own = unit_of(module, task) if task.path == module.path else None
        if own is not None and own.index != unit.index:
            found.setdefault(own.index, set()).add(unit.index)
    for task in inventory.tasks:
        own = unit_of(module, task) if task.path == module.path else None
        if own is not None and _is_untold(task):
            found.setdefault(own.index, set()).update(_functions_read(module, own))
    return found


def _is_untold(task: Task) -> bool:
    """Whether a call registers, without a name, what only running it tells."""
    return task.decorator == "register" and task.name is None and "name" not in task.options


def _functions_read(module: Module, unit: Unit) -> Iterator[int]:
    """The other functions of a file that a unit reads as the file is imported."""
    for name in sorted(unit.reads.eager):
        for index in module.binders.get(name, ()):
            if module.units[index].kind == "function" and index != unit.index:
                yield index


def naming_others(inventory: Inventory, module: Module) -> dict[int, str]:
    """The units from whose place the names of other files' tasks follow, each with such a file."""
    return {
        unit.index: task.path
        for task, unit in _named_here(inventory, module)
        if task.path != module.path
    }


def _named_here(inventory: Inventory, module: Module) -> Iterator[tuple[Task, Unit]]:
    """The tasks, each with the unit of a file that holds the function which names it."""
    if inventory not in _NAMED:
        _NAMED[inventory] = [
            (task, function.named.frame.path, function.named.node.lineno)
            for task in inventory.tasks
            for function in _registered(inventory, task)
            if not (function.own_module or function.named.own_module)
        ]
    for task, path, line in _NAMED[inventory]:
        for unit in module.units if path == module.path else ():
            if unit.line <= line <= unit.last:
                yield task, unit


def _registered(inventory: Inventory, task: Task) -> Iterator[FunctionThing]:
    """The functions that Celery names a task by, if it does and they may be other than its own."""
    evaluator = inventory.evaluator
    if task.name_is == "automatic" and task.decorator == "register":
        evaluator.ask()
        given = evaluator.of(task.symbol)
        given = given.function if isinstance(given, TaskThing) else given
        if isinstance(given, FunctionThing):
            yield given
    elif task.name_is == "automatic" and task.wrappers:
        found = evaluator.decorated(task.path, task.line, task.qualname)
        yield from (declared.task.function for declared in found)


_NAMED: WeakKeyDictionary[Inventory, list[tuple[Task, str, int]]] = WeakKeyDictionary()
"""The tasks with the path and line of what names them, found once of an inventory."""
