"""Tasks as units of their files: which can move, and what keeps their registered names."""

from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.inventory.outside import names_replaced_in
from codemods.inventory.project import is_test
from codemods.inventory.task import Task
from codemods.moves.units import Module, Unit


def unit_of(module: Module, task: Task) -> Unit | None:
    """The unit that holds a task's definition."""
    return next((unit for unit in module.units if unit.line <= task.line <= unit.last), None)


def names_itself(task: Task, module: str) -> bool:
    """Whether the registered name follows from the module that the function stands in."""
    name = task.name or ""
    if task.name_is == "automatic":
        return name.startswith(module + ".")
    return name.startswith(module + ".") and "__name__" in task.options.get("name", "")


def cannot_move(inventory: Inventory, task: Task, unit: Unit) -> str:
    """Why a task has to stay in its file, or `""`."""
    if task.decorator in {"class", "register"}:
        return "it is a class or is registered by a call"
    if task.nested or unit.kind != "function" or len(unit.nodes) > 1:
        return "it does not stand by itself at the top level"
    if task.name is None and inventory.apps.project is not None:
        given = task.options.get("name", "")
        if not given or "__name__" in given:
            return "its registered name can't be told, so it can't be kept"
    if task.name_is == "automatic":
        facts = inventory.facts[task.path]
        index = decorator_index(inventory, task)
        use = next(f for f in facts.functions if f.qualname == task.qualname).decorators[index]
        maker = inventory.apps.maker_of(use.symbol, facts)
        if maker is not None and maker.wrappers and not _hands_on(maker.layers, maker.wrappers):
            return f"{use.source} leaves no way to give it the name it has now"
    return ""


def _hands_on(layers: tuple[object, ...], wrappers: tuple[str, ...]) -> bool:
    """Whether every layer of a project's own decorator passes the options it is given on."""
    return len(layers) == len(wrappers) and all(getattr(layer, "passes", False) for layer in layers)


def decorator_index(inventory: Inventory, task: Task) -> int:
    """Which of a function's decorators makes it a task."""
    facts = inventory.facts[task.path]
    function = next(
        f for f in facts.functions if f.qualname == task.qualname and f.line == task.line
    )
    for index, use in enumerate(function.decorators):
        if inventory.apps.maker_of(use.symbol, facts) is not None:
            return index
    raise AssertionError(task.qualname)


def state_of(inventory: Inventory, module: str) -> Iterator[str]:
    """Names of a module that code outside the tests assigns."""
    replaced = names_replaced_in(inventory, module)
    tests = {
        name
        for path, facts in inventory.facts.items()
        if is_test(path)
        for name in replaced
        if any(name in reference.text for reference in facts.references)
    }
    yield from replaced - tests
