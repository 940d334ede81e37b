"""When a schedule starts tasks: how many crontabs are due in each five minutes of a day."""

from collections.abc import Mapping

from msgspec import Struct

from codemods.beat.times import schedule_of
from codemods.in_force.gaps import Crontab, times_of
from codemods.in_force.routing import Refused
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.link import Inventory

SLOTS = 12
"""Five minutes each, in an hour."""


class Starts(Struct, frozen=True):
    """The starts of a day on which every crontab of the schedule in force runs.

    `counts` has 24 rows of 12: in each five minutes the most entries that start in one minute.
    `keys` names the entries of each slot. An interval counts from when beat was started, and what
    the source does not tell has no time, so both are apart.
    """

    counts: tuple[tuple[int, ...], ...]
    keys: dict[tuple[int, int], tuple[str, ...]]
    intervals: tuple[tuple[str, str], ...]
    untold: tuple[tuple[str, str], ...]

    @property
    def most(self) -> int:
        """The most entries that start in one minute."""
        return max((count for row in self.counts for count in row), default=0)


def starts_of(inventory: Inventory) -> Starts:
    """The starts of the schedule in force; an empty day where there is none."""
    side = next(iter(inventory.sides.sides), None)
    value = inventory.schedule.values.get(side) if side is not None else None
    minutes: dict[tuple[int, int], list[str]] = {}
    intervals: list[tuple[str, str]] = []
    untold: list[tuple[str, str]] = []
    for key, entry in sorted(value.items()) if isinstance(value, Mapping) else ():
        if not isinstance(entry, Entry):
            continue
        found = schedule_of(inventory, entry)
        times = times_of(found) if isinstance(found, Crontab) else None
        if times is None or isinstance(times, Refused):
            told = found is not None and times is None
            (intervals if told else untold).append((str(key), entry.schedule))
            continue
        for hour in times.hours:
            for minute in times.minutes:
                minutes.setdefault((hour, minute), []).append(str(key))
    return _by_slot(minutes, intervals, untold)


def _by_slot(
    minutes: Mapping[tuple[int, int], list[str]],
    intervals: list[tuple[str, str]],
    untold: list[tuple[str, str]],
) -> Starts:
    counts = [[0] * SLOTS for _ in range(24)]
    keys: dict[tuple[int, int], list[str]] = {}
    for (hour, minute), known in sorted(minutes.items()):
        slot = minute // (60 // SLOTS)
        counts[hour][slot] = max(counts[hour][slot], len(known))
        keys.setdefault((hour, slot), []).extend(known)
    return Starts(
        tuple(map(tuple, counts)),
        {place: tuple(sorted(set(known))) for place, known in keys.items()},
        tuple(intervals),
        tuple(untold),
    )
