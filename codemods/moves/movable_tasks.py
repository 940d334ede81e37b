"""Tasks as units of their files: which can move, and what keeps their registered names."""

import ast
from bisect import bisect_right
from collections.abc import Iterator

from codemods.apps.stand_ins import stand_in
from codemods.inventory.decorating import decorator_index, naming_decorator
from codemods.inventory.link import Inventory
from codemods.inventory.outside import names_replaced_in
from codemods.inventory.task import Task
from codemods.inventory.walking import walk
from codemods.inventory.watching import watching
from codemods.moves.import_circles import reachable
from codemods.units.units import Module, Unit


def unit_of(module: Module, task: Task) -> Unit | None:
    """The unit that holds a task's definition."""
    after = bisect_right(module.units, task.line, key=lambda unit: unit.line)
    unit = module.units[after - 1] if after else None
    return unit if unit is not None and task.line <= unit.last else None


def names_itself(task: Task, module: str) -> bool:
    """Whether the registered name follows from the module that the function stands in."""
    name = task.name or ""
    if task.name_is == "automatic":
        return task.own_rule or name.startswith(module + ".")
    return name.startswith(module + ".") and "__name__" in task.options.get("name", "")


def cannot_move(inventory: Inventory, task: Task, unit: Unit) -> str:
    """Why a task has to stay in its file, or `""`."""
    if task.decorator in {"class", "register"}:
        return "it is a class or is registered by a call"
    if task.nested or unit.kind != "function" or len(unit.nodes) > 1:
        return "it does not stand by itself at the top level"
    if inventory.registrations[task.symbol] > 1:
        return "its decorators register it more than once"
    if task.name is None and inventory.apps.project is not None:
        given = task.options.get("name", "")
        if not given or "__name__" in given:
            return "its registered name is unknown, so it can't be kept"
    if task.decorator == "other" and task.name_is != "explicit":
        if naming_decorator(inventory, task) is not None:
            return ""
        return f"it is made by {task.wrappers[0] if task.wrappers else 'a decorator'}, which is not sure to take a name"
    if task.name_is == "automatic":
        other = stand_in(inventory, task.app) if task.decorator == "app.task" else None
        if other is not None:
            return f"its app may be {other[0]} ('{other[1]}' line {other[2]}), which is not sure to take a name"
        facts = inventory.facts[task.path]
        index = decorator_index(inventory, task)
        use = inventory.function_of(task).decorators[index]
        maker = inventory.apps.maker_of(use.symbol, facts)
        handed = maker is None or not maker.wrappers or _hands_on(maker.layers, maker.wrappers)
        if not handed and naming_decorator(inventory, task) != index:
            return f"{use.source} leaves no way to give it the name it has now"
    return ""


def _hands_on(layers: tuple[object, ...], wrappers: tuple[str, ...]) -> bool:
    """Whether every layer of a project's own decorator passes the options it is given on."""
    return len(layers) == len(wrappers) and all(getattr(layer, "passes", False) for layer in layers)


def state_of(inventory: Inventory, module: str) -> set[str]:
    """Names of a module that code outside the tests assigns."""
    return names_replaced_in(inventory, module, tests=False)


def subclassed(inventory: Inventory, module: str) -> frozenset[str]:
    """The classes of a module of which other code asks for the subclasses."""
    return frozenset(watching(inventory).asked_for_subclasses.get(module, {}))


def asks_for_itself(inventory: Inventory, path: str, unit: Unit) -> bool:
    """Whether a unit imports the very module that it stands in."""
    own = inventory.project.module_of[path]
    for item in inventory.facts[path].imports:
        if unit.line <= item.line <= unit.last:
            base = inventory.project.canonical(item.module)
            if base == own or (item.name and f"{base}.{item.name}" == own):
                return True
    return False


def asks_for_module_of(unit: Unit) -> set[str]:
    """The names whose `__module__` a unit reads; its own where it asks `self` or `cls`."""
    owners = {
        name.id
        for node in unit.nodes
        for part in walk(node)
        if isinstance(part, ast.Attribute) and part.attr == "__module__"
        for name in walk(part.value)
        if isinstance(name, ast.Name)
    }
    return owners | (set(unit.names) if owners & {"self", "cls"} else set())


def circular_imports(inventory: Inventory, module: Module) -> Iterator[int]:
    """The import units of a file that lead, through other modules, back to the file."""
    project, own = inventory.project, inventory.project.module_of[module.path]
    graph = {name: set(targets) for name, targets in inventory.explicit_graph.items()}
    back: dict[str, bool] = {}
    for item in inventory.facts[module.path].imports:
        if item.scope != "module":
            continue
        base = project.canonical(item.module)
        inner = f"{base}.{item.name}" if item.name else base
        for name in sorted({inner} & graph.keys() or {base} & graph.keys()):
            if name not in back:
                back[name] = own in reachable(graph, name)
            if back[name]:
                for unit in module.units:
                    # What stands under TYPE_CHECKING never runs.
                    if unit.line <= item.line <= unit.last and unit.kind != "typing":
                        yield unit.index
