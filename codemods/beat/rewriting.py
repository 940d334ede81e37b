"""The entries of the schedule, edited in place, and the tables that go or join another."""

import ast
from collections.abc import Collection, Mapping

from codemods.beat.decisions import in_force
from codemods.beat.editing import add_options, change_option, node_of, pair_of, point
from codemods.beat.outcome import expected, in_seconds
from codemods.beat.values import Expires, Expiry, Orphan, OwnQueue, Queue, Twice
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.configuration.values import BOTH
from codemods.inventory.configuration.values import Source as Table
from codemods.inventory.link import Inventory
from codemods.renaming.alias_module import quoted
from codemods.rows.disabling import disabling
from codemods.snapshot import Snapshot
from codemods.tables.choices import going
from codemods.tables.editing import Tables
from codemods.tables.joining import join
from codemods.values import Decision, Note, Rewrite


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The files of the schedule with the decisions carried out."""
    tables, gone = Tables(snapshot, inventory), going(inventory.schedule, decisions)
    tables.remove(gone, decisions)
    entries = in_force(inventory, decisions)
    removed = _keys_that_go(decisions) & entries.keys()
    _remove(tables, [entries[key] for key in sorted(removed)], gone)
    left = {key: entry for key, entry in entries.items() if key not in removed}
    for item in decisions:
        if not _changed(tables, left, item):
            tables.undone.add(item.id)
    for key, given in _options(decisions).items():
        if key in left:
            add_options(tables, left[key], given)
    join(tables, inventory.schedule, decisions)
    made = [item for item in decisions if item.id not in tables.undone]
    rows = disabling(snapshot, inventory, _stopped(inventory, made))
    if isinstance(rows, Note):
        tables.notes.append(rows)
        return tables.result()
    return tables.result([rows] if rows is not None else [])


def _stopped(inventory: Inventory, decisions: Collection[Decision]) -> dict[str, set[str]]:
    """The keys that are in force and will not be, each with all names of its task."""
    found: dict[str, set[str]] = {}
    after = [expected(inventory, decisions, side) or {} for side in BOTH]
    for side in BOTH:
        before = expected(inventory, (), side) or {}
        for key, entry in before.items():
            if entry.task is not None and not any(key in entries for entries in after):
                old = {old for old, new in inventory.aliases.items() if new == entry.task}
                found.setdefault(key, set()).update({entry.task, *old})
    return found


def _keys_that_go(decisions: Collection[Decision]) -> set[str]:
    """The keys of the entries that a person takes out."""
    orphans = {d.key for d in decisions if isinstance(d, Orphan) and d.answer == "remove"}
    return orphans | {d.gone for d in decisions if isinstance(d, Twice)}


def _options(decisions: Collection[Decision]) -> dict[str, dict[str, str]]:
    """The options that entries get, by key."""
    found: dict[str, dict[str, str]] = {}
    for item in decisions:
        if isinstance(item, Queue):
            found.setdefault(item.key, {})["queue"] = item.queue
        elif isinstance(item, Expires) and item.accepted:
            for key, seconds in item.entries.items():
                found.setdefault(key, {}).update(dict.fromkeys(item.names, str(seconds)))
    return found


def _changed(tables: Tables, entries: Mapping[str, Entry], item: Decision) -> bool:
    """Changes what an entry says already, if a decision wants that; `False` where it can't."""
    match item:
        case Orphan(key=key) if key in entries and item.target:
            point(tables, entries[key], item.target)
        case OwnQueue(key=key, answer="route", route=queue) if key in entries:
            return change_option(
                tables,
                entries[key],
                "queue",
                lambda text: repr(queue) if text.startswith("'") else quoted(queue),
            )
        case Expiry(key=key, answer="seconds") if key in entries:
            return change_option(tables, entries[key], "expires", in_seconds)
        case _:
            pass
    return True


def _remove(tables: Tables, gone: list[Entry], going: Collection[Table]) -> None:
    """Takes entries out, those of one table together."""
    left = [source for source in tables.inventory.schedule.sources if source not in going]
    found = tables.without_keys(left, {entry.key for entry in gone})
    # A dict that is built from others has its entries in those.
    keys: dict[tuple[str, ast.Dict], list[ast.expr]] = {}
    for entry in gone:
        if entry.key in found:
            continue
        source = tables.source(entry.path)
        node = node_of(source, entry)
        pair = pair_of(source.tree, node) if node is not None else None
        if pair is not None:
            keys.setdefault((entry.path, pair[0]), []).append(pair[1])
    for (path, holder), nodes in keys.items():
        tables.without_pairs(path, holder, nodes)
