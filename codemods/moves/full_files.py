"""New files that get too long with the helpers of their tasks: the largest helpers go to the shared file."""

from collections.abc import Iterator, Mapping

from codemods.moves.files.arrival import Arrival
from codemods.moves.files.new_home import Writer
from codemods.moves.homes import Places
from codemods.moves.moves import Moves
from codemods.units.units import Key, Unit

MOST_LINES = 1000
"""Lines that a new file may have at most."""
HELPERS = frozenset({"function", "class"})


def too_much(moves: Moves, arrivals: Mapping[str, Arrival]) -> Iterator[Key]:
    """The helpers that leave new files of more lines for the shared file, as far as there is room in that."""
    for path, places in sorted(moves.places.items()):
        shared = places.wish.shared
        room = MOST_LINES - _lines(moves, arrivals, shared)
        for target in sorted({*places.homes.values()} - {shared}):
            over = _lines(moves, arrivals, target) - MOST_LINES
            for unit in _helpers(places, target) if over > 0 else ():
                size = unit.last - unit.first + 1 + unit.lead
                if over > 0 and size <= room:
                    over, room = over - size, room - size
                    yield path, unit.index


def _lines(moves: Moves, arrivals: Mapping[str, Arrival], target: str) -> int:
    """The lines of a new file; 0 where there is none, or one that stands already."""
    if target not in arrivals or moves.module(target) is not None:
        return 0
    return Writer(moves, arrivals[target], {}).write().count(b"\n")


def _helpers(places: Places, target: str) -> list[Unit]:
    """The helpers of a file, the largest first, that can go without one of its tasks or what else stands there."""
    units = [places.module.units[index] for index, home in places.homes.items() if home == target]
    found = [
        unit
        for unit in units
        if unit.kind in HELPERS
        and unit.index not in places.wish.wanted
        and len(places.members(unit.index)) == 1
        and not any(places.homes.get(index) == target for index in places.needs(unit))
    ]
    return sorted(found, key=lambda unit: (unit.first - unit.last, unit.index))
