"""What `split` asks for in one god file: which tasks may move, which stay, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codemods.domains.files import NewFiles
from codemods.domains.place import place_of
from codemods.domains.words import domain_of
from codemods.inventory.decorating import decorator_index, naming_decorator
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.moves.movable_tasks import (
    cannot_move,
    circular_imports,
    names_itself,
    state_of,
    subclassed,
    unit_of,
)
from codemods.moves.naming_units import naming_units
from codemods.moves.request import Pin, Wish
from codemods.moves.watched import watched_units
from codemods.settings import matches
from codemods.split.acting import taken_along
from codemods.split.packages import (
    apps_made,
    new_files,
    wants_package,
    why_no_package,
    why_unloaded,
)
from codemods.units.units import Module, Unit, read_module
from codemods.values import Note


@dataclass(frozen=True, slots=True)
class GodFile:
    """A god file as units, its tasks that may move, and what is known of the others."""

    module: Module
    files: NewFiles
    tasks: list[tuple[Task, Unit]] = field(default_factory=list)
    pins: dict[int, Pin] = field(default_factory=dict)
    fixed: dict[int, str] = field(default_factory=dict)
    future: dict[int, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    state: frozenset[str] = frozenset()
    subclassed: frozenset[str] = frozenset()
    circular: frozenset[int] = frozenset()
    along: frozenset[int] = frozenset()
    """What acts on other modules when the file is imported, where new files must have that too."""
    naming: dict[int, set[int]] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def leave(self, index: int, why: str) -> None:
        """Keeps a task in the file, and what it reads within its reach."""
        self.fixed[index] = why
        self.future[index] = self.module.path

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
            subclassed=self.subclassed,
            circular=set(self.circular),
            along=set(self.along),
            naming=self.naming,
        )


def god_files(inventory: Inventory) -> Iterator[str]:
    """The god files to split: a domain file that has grown large is none unless it is configured."""
    for path in inventory.god_files:
        if not _skipped(inventory, path) and not _is_of_one_domain(inventory, path):
            yield path


def left_whole(inventory: Inventory) -> Iterator[Note]:
    """Notes on the god files that are no matter for a split, since they are files of one domain."""
    for path in inventory.god_files:
        if not _skipped(inventory, path) and _is_of_one_domain(inventory, path):
            yield left_in_one(path, f"is the file of one domain, {domain_of(path)}")


def left_in_one(path: str, why: str) -> Note:
    """A note on a god file that would not be better in parts, and what splits it all the same."""
    message = f'it {why}: to split it all the same, write god_files = ["{path}"] in [tool.migrate]'
    return Note(path, 0, "god-file-stays", message)


def _skipped(inventory: Inventory, path: str) -> bool:
    return any(matches(path, pattern) for pattern in inventory.settings.split.skip)


def _is_of_one_domain(inventory: Inventory, path: str) -> bool:
    named = inventory.standing(inventory.settings.god_files)
    return path not in named and bool(domain_of(path))


def read_god_file(inventory: Inventory, path: str) -> GodFile:
    """A god file. Raises `ValueError` if it can't be read as units."""
    module = read_module(path, inventory.files.read(path))
    dotted = inventory.project.module_of[path]
    files = new_files(inventory, module)
    god = GodFile(
        module=module,
        files=files,
        along=frozenset(taken_along(inventory, module, files)),
        state=frozenset(state_of(inventory, dotted)),
        subclassed=subclassed(inventory, dotted),
        circular=frozenset(circular_imports(inventory, module)),
        naming=naming_units(inventory, module),
    )
    groups = {group.name: group for group in inventory.duplicates}
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
            message = f"{task.qualname} stays: {why}"
            god.notes.append(Note(path, task.line, "task-stays", message, why))
            continue
        if task.name_is != "dynamic" and names_itself(task, dotted):
            index = naming_decorator(inventory, task) if task.decorator == "other" else None
            index = decorator_index(inventory, task) if index is None else index
            assert task.name is not None
            god.pins[unit.index] = Pin(index, task.name)
        god.tasks.append((task, unit))
    for index, why in watched_units(inventory, module).items():
        god.fixed.setdefault(index, why)
    _hold_app(inventory, god)
    return god


def _hold_app(inventory: Inventory, god: GodFile) -> None:
    """Keeps the Celery app that a god file makes, and the tasks that could not go without it."""
    path = god.module.path
    made = apps_made(inventory, path)
    for unit in god.module.units:
        if made & set(unit.names):
            god.fixed[unit.index] = "it makes the Celery app, which workers look for here"
    unloaded = why_unloaded(inventory, god.module, god.files)
    bound = [(task, unit) for task, unit in god.tasks if unloaded or unit.reads.eager & made]
    for task, unit in bound:
        god.tasks.remove((task, unit))
        god.pins.pop(unit.index, None)
        god.leave(unit.index, "it needs the Celery app that this file makes")
    god.notes.extend(_bound_to_app(path, [task for task, _ in bound], unloaded))
    why = why_no_package(inventory, god.module) if wants_package(inventory, path) else ""
    if why and not unloaded:
        message = f"it can't become a package: {why}. Its tasks go to files beside it"
        god.notes.append(Note(path, 0, "no-package", message))


def _bound_to_app(path: str, tasks: list[Task], unloaded: str) -> Iterator[Note]:
    """A note on the tasks that need the app of the very file that makes it, and on what lets them go."""
    if tasks:
        one = len(tasks) == 1
        who = f"{tasks[0].qualname} stays" if one else f"{len(tasks)} tasks stay"
        message = f"{who}, since this file makes the Celery app that decorates {'it' if one else 'them'}: migrate apply --step decorators, then migrate apply --step split"
        if unloaded:
            message = f"{who}, since this file makes the Celery app, and a new file beside it would not load that: {unloaded}"
        yield Note(path, tasks[0].line, "task-stays", message)
