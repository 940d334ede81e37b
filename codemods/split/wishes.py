"""What `split` asks for in one god file: which tasks may move, which stay, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codemods.dedupe.place import place_of
from codemods.inventory.link import Inventory
from codemods.inventory.outside import names_replaced_in
from codemods.inventory.project import is_test
from codemods.inventory.task import Task
from codemods.moves.places import Wish
from codemods.moves.units import Module, Unit, read_module
from codemods.settings import matches
from codemods.values import Note


@dataclass(slots=True)
class GodFile:
    """A god file as units, its tasks that may move, and what is known of the others."""

    module: Module
    folder: str
    tasks: list[tuple[Task, Unit]] = field(default_factory=list)
    pins: dict[int, tuple[int, str]] = field(default_factory=dict)
    fixed: dict[int, str] = field(default_factory=dict)
    future: dict[int, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    state: frozenset[str] = frozenset()
    notes: list[Note] = field(default_factory=list)

    def wish(self, shared: str, wanted: dict[int, str]) -> Wish:
        """The wish for these homes."""
        return Wish(
            module=self.module,
            shared=shared,
            wanted=dict(wanted),
            fixed=dict(self.fixed),
            future=dict(self.future),
            elsewhere=dict(self.elsewhere),
            state=self.state,
        )


def god_files(inventory: Inventory) -> Iterator[str]:
    """The god files to split: a domain file that has grown large is none unless it is configured."""
    for path in inventory.god_files:
        if path in inventory.settings.god_files or not path.endswith("_tasks.py"):
            if not any(matches(path, pattern) for pattern in inventory.settings.split.skip):
                yield path


def read_god_file(inventory: Inventory, path: str) -> GodFile:
    """A god file. Raises `ValueError` if it can't be read as units."""
    module = read_module(path, inventory.files.read(path))
    god = GodFile(module, path.rpartition("/")[0])
    groups = {group.name: group for group in inventory.duplicates}
    facts = inventory.facts[path]
    dotted = inventory.project.module_of[path]
    for task in inventory.tasks:
        if task.path != path:
            continue
        unit = unit_of(module, task)
        if unit is None:
            continue
        group = groups.get(task.name or "")
        if group is not None:
            place = place_of(inventory, group)
            god.fixed[unit.index] = "it is defined more than once, which dedupe settles first"
            if place.path != path:
                god.future[unit.index] = place.path
                if place.qualname == task.qualname:
                    god.elsewhere[task.qualname] = place.path
            continue
        why = cannot_move(inventory, task, unit)
        if why:
            god.fixed[unit.index] = why
            god.notes.append(Note(path, task.line, "task-stays", f"{task.qualname} stays: {why}"))
            continue
        if task.name_is != "dynamic" and names_itself(task, dotted):
            index = decorator_index(inventory, task)
            assert task.name is not None
            god.pins[unit.index] = (index, task.name)
        god.tasks.append((task, unit))
    god.state = frozenset(_assigned_elsewhere(inventory, dotted))
    del facts
    return god


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


def _assigned_elsewhere(inventory: Inventory, module: str) -> Iterator[str]:
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
