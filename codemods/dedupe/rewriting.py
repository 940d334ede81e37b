"""Accepted merges written: the kept text in its place, import shims where the other copies stood."""

from collections.abc import Iterator
from dataclasses import dataclass

from codemods.dedupe.copies import Copy
from codemods.dedupe.decisions import Merge, cannot_merge, copies_of
from codemods.domains.files import helpers_of
from codemods.domains.place import place_of
from codemods.inventory.decorating import decorator_index
from codemods.inventory.duplicates import Duplicate
from codemods.inventory.link import Inventory
from codemods.moves.movable_tasks import names_itself, state_of, subclassed, unit_of
from codemods.moves.moves import Moves
from codemods.moves.naming_units import naming_units
from codemods.moves.request import Drop, MoveRequest, Pin, Wish
from codemods.moves.settle import Settlement, settle
from codemods.moves.watched import watched_units
from codemods.moves.write import Carry
from codemods.snapshot import Snapshot
from codemods.units.units import Key
from codemods.values import Decision, Dropped, Note, Rewrite


@dataclass(frozen=True, slots=True)
class Group:
    """One merge that is to be made: its copies, the one whose place stays, the one whose text does."""

    merge: Merge
    copies: list[Copy]
    place: Copy
    text: Copy

    def key(self, copy: Copy) -> Key:
        """The unit of a copy."""
        return copy.task.path, copy.unit.index


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The merges that are accepted and fit; a note for each that waits."""
    merges = {item.name: item for item in decisions if isinstance(item, Merge)}
    groups, notes, undone = _groups(inventory, merges)
    while groups:
        settled = settle(inventory, _asked(inventory, groups))
        waiting = [(group, reason) for group in groups if (reason := _waits(settled, group))]
        if not waiting:
            result = Carry(snapshot, settled, follow=inventory.settings.split.importers_follow)
            written = result.write()
            gone = tuple(_dropped(group) for group in groups)
            dropped = tuple(item for items in gone for item in items)
            lost = [note for group in groups for note in _lost(group)]
            every = (*written.notes, *notes, *lost)
            return Rewrite(written.changes, written.edits, every, frozenset(undone), dropped)
        for group, reason in waiting:
            task = group.place.task
            message = f'"{task.name}" waits: {reason}'
            notes.append(Note(task.path, task.line, "duplicate-stays", message))
            undone.add(group.merge.id)
            groups.remove(group)
    return Rewrite(notes=tuple(notes), undone=frozenset(undone))


def _lost(group: Group) -> list[Note]:
    """The comments that leave with the copies, for a person to see."""
    if not group.merge.comments:
        return []
    task = group.place.task
    shown = " | ".join(group.merge.comments)
    message = f'one copy of "{task.name}" stays, and comments that only the others had went away. Write those worth keeping above it: {shown}'
    return [Note(task.path, task.line, "comments-dropped", message)]


def _dropped(group: Group) -> list[Dropped]:
    return [
        Dropped(copy.task.path, copy.unit.first, copy.unit.last)
        for copy in group.copies
        if copy is not group.text
    ]


def _groups(
    inventory: Inventory, merges: dict[str, Merge]
) -> tuple[list[Group], list[Note], set[str]]:
    moves = Moves(inventory, MoveRequest())
    groups: list[Group] = []
    notes: list[Note] = []
    undone: set[str] = set()
    for duplicate in inventory.duplicates:
        merge = merges.get(duplicate.name)
        if merge is None:
            continue
        found = _group(inventory, moves, duplicate, merge)
        if isinstance(found, Note):
            notes.append(found)
            undone.add(merge.id)
        else:
            groups.append(found)
    return groups, notes, undone


def _group(inventory: Inventory, moves: Moves, duplicate: Duplicate, merge: Merge) -> Group | Note:
    first = duplicate.copies[0]
    if not merge.accepted:
        kept = (
            f"{merge.place} as it is"
            if merge.text == merge.place
            else f"the text of {merge.text} at {merge.place}"
        )
        message = f'the copies of "{merge.name}" differ in a way that a person decides on ({merge.difference}). Suggested: keep {kept}. Write accepted = true in .migrate/plan.toml, or type migrate plan --accept'
        return Note(first.path, first.line, "duplicate-open", message)
    copies = copies_of(moves, duplicate) or []
    by_id = {copy.id: copy for copy in copies}
    place, text = by_id.get(merge.place), by_id.get(merge.text)
    if place is None or text is None:
        message = f'the plan keeps "{merge.name}" at {merge.place} with the text of {merge.text}, which are not both copies of it: correct the entry in .migrate/plan.toml, or type migrate plan'
        return Note(first.path, first.line, "duplicate-stays", message)
    refused = cannot_merge(inventory, duplicate, text)
    if refused:
        message = f'"{merge.name}" waits: {refused}'
        return Note(first.path, first.line, "duplicate-stays", message)
    return Group(merge, copies, place, text)


def _asked(inventory: Inventory, groups: list[Group]) -> MoveRequest:
    """What the merges ask of the files that hold the copies."""
    paths = sorted({copy.task.path for group in groups for copy in group.copies})
    wishes = {path: _wish(inventory, groups, path) for path in paths}
    drops: list[Drop] = []
    seats: dict[Key, Key] = {}
    kept: dict[Key, Key] = {}
    for group in groups:
        text, place = group.key(group.text), group.key(group.place)
        for copy in group.copies:
            key = group.key(copy)
            if key == text:
                continue
            kept[key] = text
            wishes[key[0]].fixed[key[1]] = ""
            wishes[key[0]].naming.pop(key[1], None)
            wishes[key[0]].elsewhere[copy.task.qualname] = place[0]
            if key == place:
                seats[text] = place
            else:
                drops.append(Drop(key, place[0]))
        if text != place:
            wishes[text[0]].wanted[text[1]] = place[0]
            why = watched_units(inventory, wishes[text[0]].module).get(text[1])
            wishes[text[0]].fixed.pop(text[1], None)
            if why:
                wishes[text[0]].fixed[text[1]] = why
    pins = dict(pin for group in groups for pin in _pins(inventory, group))
    return MoveRequest(tuple(wishes.values()), tuple(drops), seats, kept, pins)


def _pins(inventory: Inventory, group: Group) -> Iterator[tuple[Key, Pin]]:
    """A text that gets its name from its module gets it by its decorator in another."""
    task, text = group.text.task, group.key(group.text)
    if text != group.key(group.place) and task.name:
        if names_itself(task, inventory.project.module_of[task.path]):
            yield text, Pin(decorator_index(inventory, task), task.name)


def _wish(inventory: Inventory, groups: list[Group], path: str) -> Wish:
    """A file that holds copies: its other tasks stay, and are imported from it where need be."""
    module = next(c.module for group in groups for c in group.copies if c.task.path == path)
    folder, slash, _ = path.rpartition("/")
    wish = Wish(
        module=module,
        shared=inventory.settings.split.shared_file or f"{folder}{slash}{helpers_of(path)}",
        keeps_reading=path not in inventory.god_files,
        state=frozenset(state_of(inventory, inventory.project.module_of[path])),
        subclassed=subclassed(inventory, inventory.project.module_of[path]),
        naming=naming_units(inventory, module),
    )
    wish.fixed.update(watched_units(inventory, module))
    open_places = _open_places(inventory, groups)
    for task in inventory.tasks:
        if task.path != path:
            continue
        unit = unit_of(module, task)
        if unit is None:
            continue
        wish.fixed[unit.index] = "it is a task that stays in its file"
        if wish.keeps_reading:
            wish.elsewhere[task.qualname] = path
        elif task.name in open_places and open_places[task.name] != path:
            wish.elsewhere[task.qualname] = open_places[task.name]
    return wish


def _open_places(inventory: Inventory, groups: list[Group]) -> dict[str, str]:
    """Where the tasks stand best whose copies stay for now."""
    merged = {group.merge.name for group in groups}
    return {
        item.name: place_of(inventory, item).path
        for item in inventory.duplicates
        if item.name not in merged
    }


def _waits(settled: Settlement, group: Group) -> str:
    """Why a merge can't be made now, or `""`."""
    home = group.place.task.path
    if home in settled.banned:
        return settled.banned[home]
    text, place = group.key(group.text), group.key(group.place)
    if text == place or settled.moves.homes.get(text) == home:
        return ""
    return settled.moves.places[text[0]].stays.get(text[1], "") or "its text can't be moved"


def merged_by(decisions: tuple[Decision, ...], result: Rewrite) -> set[str]:
    """The names that have one definition now."""
    return {
        item.name
        for item in decisions
        if isinstance(item, Merge) and item.accepted and item.id not in result.undone
    }
