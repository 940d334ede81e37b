"""How long the message of each entry may wait: what is suggested, and what only a person can say."""

from collections.abc import Iterator, Mapping

from codemods.beat.times import gaps_of_entry, is_called, is_literal, runs_each_minute
from codemods.beat.values import Expires
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.expiry import may_expire
from codemods.inventory.link import Inventory
from codemods.inventory.timetable import BeatEntry
from codemods.values import Note


def expires(
    inventory: Inventory, entries: Mapping[str, Entry], notes: list[Note]
) -> Iterator[Expires]:
    """The seconds for each entry that has no expiry and whose gaps are known, as one decision."""
    zone = _zone(inventory)
    if inventory.settings.beat.expires is False:
        return
    if zone is None and any(
        is_called(inventory, e, e.schedule, "crontab")
        for e in entries.values()
        if _lacks_expiry(inventory, e)
    ):
        notes.extend(_zone_open(inventory))
    seconds: dict[str, int] = {}
    notes.extend(_by_hand(inventory, entries, zone))
    for key, entry in entries.items():
        gaps = gaps_of_entry(inventory, entry, zone) if _lacks_expiry(inventory, entry) else None
        if gaps is None or gaps.longest < 1 or not is_literal(inventory, entry):
            continue
        if runs_each_minute(inventory, entry):
            # A minute is the gap of what was likely to run once an hour.
            continue
        seconds[key] = int(gaps.longest)
        everywhere = gaps_of_entry(inventory, entry, "UTC")
        # A clock that is put back makes one gap a year longer: that alone is no news.
        if everywhere is not None and not everywhere.is_regular:
            message = f'the runs of "{key}" are {gaps.shortest:,.0f} to {gaps.longest:,.0f} seconds apart, so it expires after the longest'
            notes.append(Note(entry.path, entry.line, "expires-irregular", message))
    if not seconds:
        return
    rows = any(item.text == "django_celery_beat" for item in inventory.installed_apps)
    yield Expires(
        "expires",
        "messages of these entries pile up while no worker is free",
        seconds,
        inventory.settings.beat.expires is True,
        ("expires", "expire_seconds") if rows else ("expires",),
    )


def _lacks_expiry(inventory: Inventory, entry: Entry) -> bool:
    """Whether nothing says how long a run of an entry may wait, and its task is one of the project's."""
    given = entry.options.keys() & {"expires", "expire_seconds", "*"}
    task = next((task for task in inventory.tasks if task.name == entry.task), None)
    named = task is not None and "expires" not in task.options
    return named and not given and bool(entry.schedule)


def _by_hand(
    inventory: Inventory, entries: Mapping[str, Entry], zone: str | None
) -> Iterator[Note]:
    """A note for each file and reason, on the entries that have no expiry and are offered none."""
    found: dict[tuple[str, str], list[BeatEntry]] = {}
    for item in inventory.beat:
        why = _why_by_hand(inventory, item, entries.get(item.key or ""), zone)
        if why and item.in_force is not False and inventory.editable(item.path):
            found.setdefault((item.path, why), []).append(item)
    for (path, why), items in found.items():
        one = len(items) == 1
        which = f'"{items[0].key or items[0].task}" has' if one else f"{len(items)} entries have"
        message = f"{which} no expires, so {'its' if one else 'their'} messages pile up while no worker is free. None is suggested, since {why}"
        yield Note(path, items[0].line, "expires-by-hand", message, why)


def _why_by_hand(
    inventory: Inventory, item: BeatEntry, entry: Entry | None, zone: str | None
) -> str:
    """Why an entry that has no expiry is offered none; `""` for one that has, or is offered one."""
    if entry is None or entry.path != item.path:
        made = item.holder.endswith("add_periodic_task")
        why = (
            "add_periodic_task takes it: write expires=seconds in each call"
            if made
            else "only running the code tells which schedule is in force"
        )
        return "" if may_expire(inventory, item) else why
    if not _lacks_expiry(inventory, entry):
        return ""
    if gaps_of_entry(inventory, entry, zone) is None:
        crontab = is_called(inventory, entry, entry.schedule, "crontab")
        # Without a time zone no crontab has known gaps, which has a note of its own.
        return "" if crontab and zone is None else "only running the code tells when they are due"
    if not is_literal(inventory, entry):
        return "they are not written as one dict"
    each = runs_each_minute(inventory, entry)
    return "they run at each minute of their hours, which may not be meant" if each else ""


def _zone_open(inventory: Inventory) -> Iterator[Note]:
    """A note where the time zone is not told, and so no gap between two runs."""
    found = inventory.configuration.text("timezone")
    place = next(iter(found.unclear), None)
    if place is not None:
        message = f"the time zone of the schedule is not told by the source, so entries with a crontab get no expires: here {place.why}. Write timezone as a text, or their expires by hand"
        yield Note(place.path, place.line, "beat-computed", message)


def _zone(inventory: Inventory) -> str | None:
    """The time zone of the schedule; `None` where the source does not tell it."""
    found = inventory.configuration.text("timezone")
    values = set(map(str, found.values.values()))
    if found.unclear or len(values) != 1:
        return None
    (zone,) = sorted(values)
    return "UTC" if zone in {"None", ""} else zone
