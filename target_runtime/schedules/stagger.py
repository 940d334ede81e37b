"""Minutes that would spread the starts of entries that now start together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery.schedules import crontab

from target_runtime.schedules.entries import Entry
from target_runtime.schedules.ticks import MINUTE, ticks


@dataclass(frozen=True)
class Shift:
    """A proposal: let an entry start some minutes later; `minute` is what its crontab would say."""

    entry: str
    minute: str
    now: str


@dataclass(frozen=True)
class Staggered:
    """The proposals, and the most entries that start in one minute before and after them."""

    shifts: tuple[Shift, ...]
    peak_before: int
    peak_after: int


def stagger(entries: Sequence[Entry], start: datetime, days: int) -> Staggered:
    """Moves each entry, the rarest last, to the minute of its hour where the fewest others start.

    Only crontabs with one minute or with `*/n` move, and never into another hour, so that "at
    night" stays at night. The others stand where they are and are counted.
    """
    times = {
        entry.name: [m.replace(second=0, microsecond=0) for m in ticks(entry.schedule, start, days)]
        for entry in entries
    }
    before = Counter(moment for found in times.values() for moment in set(found))
    load: Counter[datetime] = Counter()
    movable = [entry for entry in entries if _room(entry)]
    for entry in entries:
        if not _room(entry):
            load.update(set(times[entry.name]))
    shifts = []
    for entry in sorted(movable, key=lambda entry: (-len(times[entry.name]), entry.name)):
        room = _room(entry)
        own = set(times[entry.name])
        costs = [(max((load[m + by * MINUTE] for m in own), default=0), by) for by in room]
        _, by = min(costs, key=lambda cost: (cost[0], abs(cost[1])))
        load.update(moment + timedelta(minutes=by) for moment in own)
        if by:
            shifts.append(Shift(entry.name, _shifted(entry, by), _minute(entry)))
    return Staggered(tuple(shifts), max(before.values(), default=0), max(load.values(), default=0))


def _minute(entry: Entry) -> str:
    return str(getattr(entry.schedule, "_orig_minute", ""))


def _room(entry: Entry) -> Sequence[int]:
    """The minutes by which an entry may move; empty if it may not."""
    if not isinstance(entry.schedule, crontab):
        return ()
    text = _minute(entry)
    if text.isdigit():
        return range(-int(text), 60 - int(text))
    step = text.removeprefix("*/")
    if text.startswith("*/") and step.isdigit() and 1 < int(step) < 60 and 60 % int(step) == 0:
        return range(int(step))
    return ()


def _shifted(entry: Entry, by: int) -> str:
    text = _minute(entry)
    if text.isdigit():
        return str(int(text) + by)
    return f"{by}-59/{text.removeprefix('*/')}"
