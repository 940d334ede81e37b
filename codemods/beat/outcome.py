"""The schedule that a step's decisions lead to, told from the one before: what a proof expects."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from codemods.beat.decisions import Expires, Orphan, Queue
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
            case Queue(key=key, queue=queue) if key in entries:
                entries[key] = _with(entries[key], {"queue": repr(queue)})
            case Expires(accepted=True):
                for key, seconds in item.entries.items():
                    if key in entries:
                        added = dict.fromkeys(item.names, repr(seconds))
                        entries[key] = _with(entries[key], added)
    return entries


def _with(entry: Entry, options: dict[str, str]) -> Entry:
    """The entry with options that it has none of yet."""
    return msgspec.structs.replace(entry, options={**options, **entry.options})
