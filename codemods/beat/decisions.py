"""What each entry of the schedule lacks, and what only a person can say of it."""

from collections.abc import Collection, Iterator

from msgspec.structs import replace

from codemods.beat.entries import expiries, orphans, own_queues, queues, times_of, twice
from codemods.beat.expiring import expires
from codemods.beat.values import Orphan, Twice
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.tables.choices import choices, going, left_alone
from codemods.tables.joins import joins, why_apart
from codemods.tables.places import placed
from codemods.tables.whole import the_whole
from codemods.values import Decision, Decisions, Note

IN_ROWS = "rows of django-celery-beat, which are entries of the schedule that no count here has, have the names of their tasks"


def decide(inventory: Inventory) -> Decisions:
    """The decisions on the schedule, tables first, and notes on what stays as it is."""
    schedule, settings = inventory.schedule, inventory.settings.beat
    notes = list(in_rows(inventory))
    if not inventory.beat:
        return Decisions((), tuple(notes))
    decisions: list[Decision] = [*choices(inventory, schedule, settings.in_force, settings.dead)]
    decisions.extend(joins(inventory, schedule, decisions))
    decisions.extend(placed(inventory, schedule, decisions, settings.place, notes))
    entries = in_force(inventory, decisions)
    for asked in (orphans(inventory, entries, notes), twice(inventory, entries, notes)):
        for item in asked:
            decisions.append(item)
            _answered(entries, item)
    decisions.extend(own_queues(inventory, entries))
    decisions.extend(queues(inventory, entries))
    decisions.extend(expiries(inventory, entries))
    decisions.extend(expires(inventory, entries, notes))
    notes.extend(times_of(inventory, entries))
    notes.extend(_beside(inventory, decisions))
    notes.extend(left_alone(inventory, schedule, "beat-computed", _said))
    return Decisions(tuple(decisions), tuple(notes))


def in_rows(inventory: Inventory) -> Iterator[Note]:
    """A note for each file that has tasks of rows of django-celery-beat by name: entries that no file shows."""
    found: dict[str, dict[str, int]] = {}
    for item in inventory.references:
        if item.kind == "periodic_task" and not is_test(item.path):
            found.setdefault(item.path, {}).setdefault(item.text, item.line)
    for path, lines in found.items():
        names = ", ".join(f'"{name}"' for name in lines)
        yield Note(path, min(lines.values()), "beat-in-rows", f"{names}: {IN_ROWS}", IN_ROWS)


def _answered(entries: dict[str, Entry], item: Orphan | Twice) -> None:
    """The entries once a question about one of them is answered."""
    if isinstance(item, Twice):
        entries.pop(item.gone, None)
    elif item.target:
        entries[item.key] = replace(entries[item.key], task=item.target)
    elif item.answer == "remove":
        del entries[item.key]


def _beside(inventory: Inventory, decisions: Collection[Decision]) -> Iterator[Note]:
    """A note for each file that adds to a schedule elsewhere, and goes on doing so."""
    schedule = inventory.schedule
    gone = {source.place for source in going(schedule, decisions)}
    left = [s for s in schedule.sources if s.alive and s.place not in gone]
    if any(item.waits for item in decisions if item.id.startswith("in-force:")) or not left:
        return
    whole, first = the_whole(inventory, schedule, decisions), left[0]
    for path, holder in dict.fromkeys((s.path, s.holder) for s in left[1:]):
        if (path, holder) == (first.path, first.holder):
            continue
        why = {
            s: why_apart(inventory, schedule, whole, s) if whole is not None else "no dict has them"
            for s in left
            if (s.path, s.holder) == (path, holder)
        }
        stay = [source for source, reason in why.items() if reason]
        if stay:
            count = sum(len(source.keys) for source in stay)
            entries = "1 entry stands" if count == 1 else f"{count} entries stand"
            message = f"{entries} here by {holder}, beside {first.holder} in '{first.path}', and all of them run. What is here stays, since {why[stay[0]]}: write all into one dict to have one schedule"
            yield Note(path, stay[0].line, "second-schedule", message)


def _said(why: str) -> str:
    told = why.startswith(("is ", "stands", "has"))
    it = why if told else f"is not told by the source: {why}"
    return f"a schedule here stays as it is, since it {it}"


def in_force(inventory: Inventory, decisions: Collection[Decision]) -> dict[str, Entry]:
    """The entries in force, by key, once the tables that go are gone; none while that is open.

    Those that some statement may change later, and those in files that are never edited, are left out.
    """
    gone = {source.place for source in going(inventory.schedule, decisions)}
    values = [inventory.schedule.without(gone, side) for side in inventory.sides.sides]
    tables = [value for value in values if isinstance(value, dict)]
    alike = len(tables) == len(values) and all(table == tables[0] for table in tables)
    unclear = inventory.schedule.unclear
    return {
        key: entry
        for key, entry in (tables[0] if alike else {}).items()
        if inventory.editable(entry.path) and not any(item.may_change(key) for item in unclear)
    }
