"""New files that would import each other: what is read across goes to its reader's file, or the reader to its.

Without this, one of the two could import the other only inside a function.
"""

from collections.abc import Collection, Iterator

from codemods.moves.moves import Crossing, Moves
from codemods.moves.settle import Settlement
from codemods.units.units import Key


def brought_together(settled: Settlement, bound: Collection[Key]) -> dict[Key, tuple[str, str]]:
    """The tasks that go to another file than was wished, each with that file and the reason.

    `bound` are tasks that must not go elsewhere (again).
    """
    moves = settled.moves
    found: dict[Key, tuple[str, str]] = {}
    for target, home, name in sorted(settled.borders.inner):
        if home not in moves.targets:
            continue
        for crossing in moves.crossings(target):
            if (crossing.home, crossing.name) != (home, name):
                continue
            tasks = list(_tasks_around(settled, crossing.reader, target))
            alone = _read_by_others_alone(settled, crossing) if len(tasks) > 1 else None
            if alone is not None and alone not in bound:
                why = f"{target} reads it, and two new files would import each other"
                found.setdefault(alone, (target, why))
            elif not any(key in bound for key in tasks):
                why = f"it reads {name}, and two new files would import each other"
                found.update({key: (home, why) for key in tasks if key not in found})
    return found


def _read_by_others_alone(settled: Settlement, crossing: Crossing) -> Key | None:
    """The task that is read across, if nothing of its own file needs it, and no third file reads it."""
    path = crossing.reader[0]
    moves = settled.moves
    places = moves.places[path]
    binder = moves.binder(path, crossing.name)
    if (
        binder is None
        or binder.index not in places.wish.wanted
        or len(places.members(binder.index)) > 1
    ):
        return None
    for index, home in places.homes.items():
        needs = places.needs(places.module.units[index])
        if index != binder.index and binder.index in needs and home != crossing.target:
            return None
    return path, binder.index


def _tasks_around(settled: Settlement, reader: Key, target: str) -> Iterator[Key]:
    """The tasks of a new file that are a unit, or need it, with what must stay beside them."""
    path, index = reader
    places = settled.moves.places[path]
    wanted = places.wish.wanted
    seen: set[int] = set()
    for candidate in sorted(wanted):
        if places.homes.get(candidate) == target and index in _needed(
            settled.moves, path, candidate
        ):
            seen.update(member for member in places.members(candidate) if member in wanted)
    yield from ((path, member) for member in sorted(seen))


def _needed(moves: Moves, path: str, start: int) -> set[int]:
    """A unit and all of its new file that it needs, also through others."""
    places = moves.places[path]
    seen, waiting = {start}, [start]
    while waiting:
        for needed in places.needs(places.module.units[waiting.pop()]):
            if needed not in seen and places.homes.get(needed) == places.homes.get(start):
                seen.add(needed)
                waiting.append(needed)
    return seen
