"""What `split` asks for in one god file: which tasks may move, which stay, and why."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codemods.domains.place import place_of
from codemods.domains.words import domain_of
from codemods.inventory.decorating import decorator_index
from codemods.inventory.link import Inventory
from codemods.inventory.module_writes import ANY
from codemods.inventory.outside import asked_for_module, asked_for_subclasses, names_set_in
from codemods.inventory.task import Task
from codemods.moves.movable_tasks import (
    asks_for_itself,
    asks_for_module_of,
    cannot_move,
    circular_imports,
    names_itself,
    observed,
    state_of,
    unit_of,
)
from codemods.moves.moves import COPIED
from codemods.moves.request import PLACED, Pin, Wish
from codemods.settings import matches
from codemods.units.units import Module, Unit, read_module
from codemods.values import Note


@dataclass(frozen=True, slots=True)
class GodFile:
    """A god file as units, its tasks that may move, and what is known of the others."""

    module: Module
    folder: str
    tasks: list[tuple[Task, Unit]] = field(default_factory=list)
    pins: dict[int, Pin] = field(default_factory=dict)
    fixed: dict[int, str] = field(default_factory=dict)
    future: dict[int, str] = field(default_factory=dict)
    elsewhere: dict[str, str] = field(default_factory=dict)
    state: frozenset[str] = frozenset()
    subclassed: frozenset[str] = frozenset()
    circular: frozenset[int] = frozenset()
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
    return path not in inventory.settings.god_files and bool(domain_of(path))


def read_god_file(inventory: Inventory, path: str) -> GodFile:
    """A god file. Raises `ValueError` if it can't be read as units."""
    module = read_module(path, inventory.files.read(path))
    dotted = inventory.project.module_of[path]
    god = GodFile(
        module=module,
        folder=path.rpartition("/")[0],
        state=frozenset(state_of(inventory, dotted)),
        subclassed=asked_for_subclasses(inventory, dotted),
        circular=frozenset(circular_imports(inventory, module)),
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
            index = decorator_index(inventory, task)
            assert task.name is not None
            god.pins[unit.index] = Pin(index, task.name)
        god.tasks.append((task, unit))
    _fix_what_is_watched(inventory, god)
    god.notes.extend(_effects(god))
    return god


def _fix_what_is_watched(inventory: Inventory, god: GodFile) -> None:
    """Keeps what others watch through this file or ask for its module, and what imports this file itself."""
    path = god.module.path
    dotted = inventory.project.module_of[path]
    seen = observed(inventory, dotted)
    changed = names_set_in(inventory, dotted)
    asked = asked_for_module(inventory, dotted)
    for unit in god.module.units:
        asked.update(dict.fromkeys(sorted(asks_for_module_of(unit)), path))
    kinds = {
        name: {god.module.units[index].kind for index in indexes}
        for name, indexes in god.module.binders.items()
    }
    imported_then_bound = {name for name, own in kinds.items() if own & COPIED and own & PLACED}
    for unit in god.module.units:
        if asks_for_itself(inventory, path, unit) and unit.kind in {"function", "class", "handler"}:
            god.fixed.setdefault(unit.index, "it imports its own module")
        askers = sorted({asked[name] for name in unit.names if name in asked})
        if askers and unit.kind in PLACED:
            why = f"{askers[0]} reads its __module__, which would change"
            god.fixed.setdefault(unit.index, why)
        rebound = sorted((unit.reads.all | set(unit.names)) & imported_then_bound)
        if rebound and unit.kind in PLACED:
            why = f"it reads {rebound[0]}, which is imported and then assigned again"
            god.fixed.setdefault(unit.index, why)
        if ANY in changed and unit.kind in PLACED:
            why = f"{changed[ANY]} may change any name here while it runs"
            god.fixed.setdefault(unit.index, why)
        theirs = sorted((unit.reads.all | set(unit.names)) & changed.keys())
        if theirs and unit.kind in PLACED:
            why = f"{changed[theirs[0]]} changes {theirs[0]} here while it runs"
            god.fixed.setdefault(unit.index, why)
        watched = sorted(unit.reads.rebinds & seen)
        if watched:
            why = f"it assigns {watched[0]}, which other files read here while it changes"
            god.fixed.setdefault(unit.index, why)


def _effects(god: GodFile) -> Iterator[Note]:
    """Notes on what runs when the god file is imported: it still does, and only there."""
    for unit in god.module.units:
        harmless = "__all__" in unit.names or (unit.kind == "effect" and not unit.reads.all)
        if unit.kind == "effect" and not harmless:
            message = "this runs when the god file is imported, and stays there: importing a domain file alone doesn't run it. If tasks need it, move it to a module that every process imports"
            yield Note(god.module.path, unit.line, "effect-stays", message)
