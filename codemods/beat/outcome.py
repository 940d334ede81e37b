"""The schedule that a step's decisions lead to, told from the one before: what a proof expects."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from codemods.beat.values import Expires, Expiry, Orphan, OwnQueue, Queue, Twice
from codemods.in_force.routing import Side
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.link import Inventory
from codemods.tables.choices import going
from codemods.values import Decision


def expected(
    inventory: Inventory, decisions: Collection[Decision], side: Side
) -> dict[str, Entry] | None:
    """The entries by key, once the decisions are carried out; `None`: there is no table."""
    gone = {source.place for source in going(inventory.schedule, decisions)}
    table = inventory.schedule.without(gone, side)
    if not isinstance(table, Mapping):
        return None
    entries: dict[str, Any] = dict(table)
    for item in decisions:
        match item:
            case Orphan(key=key) if key in entries and item.answer == "remove":
                del entries[key]
            case Orphan(key=key) if key in entries and item.target:
                entries[key] = msgspec.structs.replace(entries[key], task=item.target)
            case Twice(gone=key) if key in entries:
                del entries[key]
            case OwnQueue(key=key, answer="route", route=queue) if key in entries:
                entries[key] = _with(entries[key], {"queue": repr(queue)}, replaces=True)
            case Expiry(key=key, answer="seconds") if key in entries:
                number = in_seconds(entries[key].options["expires"])
                entries[key] = _with(entries[key], {"expires": number}, replaces=True)
            case Queue(key=key, queue=queue) if key in entries:
                entries[key] = _with(entries[key], {"queue": repr(queue)})
            case Expires(accepted=True):
                for key, seconds in item.entries.items():
                    if key in entries:
                        added = dict.fromkeys(item.names, repr(seconds))
                        entries[key] = _with(entries[key], added)
    return entries


def in_seconds(source: str) -> str:
    """An expiry as a number: of a text of digits those, of a `timedelta` its seconds."""
    return source.strip("'\"") if source[:1] in "'\"" else f"{source}.total_seconds()"


def _with(entry: Entry, options: dict[str, str], *, replaces: bool = False) -> Entry:
    """The entry with these options, by default only those that it has none of yet."""
    both = {**entry.options, **options} if replaces else {**options, **entry.options}
    return msgspec.structs.replace(entry, options=both)
