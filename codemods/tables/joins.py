"""What adds to a table from elsewhere joins the table itself, so that one literal has all of it.

CELERY_BEAT_SCHEDULE = {                   CELERY_BEAT_SCHEDULE = {
    "mail": {...},                             "mail": {...},
}                                              "clean": {...},
app.conf.beat_schedule["clean"] = {...}    }
"""

import ast
from collections.abc import Collection, Iterator

from codemods.inventory.configuration.statements import Statement
from codemods.inventory.configuration.values import InForce
from codemods.inventory.configuration.values import Source as Table
from codemods.inventory.expressions import text_of
from codemods.inventory.link import Inventory
from codemods.tables.choices import WORDS
from codemods.tables.whole import (
    is_open,
    is_told,
    names_in,
    spans_lines,
    stands_apart,
    the_whole,
)
from codemods.tables.written import Whole
from codemods.values import Decision

ADDING = frozenset({"item", "update", "join"})


class Join(Decision, frozen=True, tag="join", forbid_unknown_fields=True):
    """These keys, which `path` adds to a table, are written into the table in the file `table`."""

    path: str
    keys: tuple[str, ...]
    table: str


def joins(inventory: Inventory, found: InForce, decisions: Collection[Decision]) -> Iterator[Join]:
    """A decision for each file whose additions can stand in the table that they add to."""
    whole = the_whole(inventory, found, decisions)
    if whole is None:
        return
    for path in dict.fromkeys(source.path for source in found.sources):
        adding = [s for s in found.sources if s.path == path and s.form in ADDING]
        fit = [s for s in adding if not why_apart(inventory, found, whole, s)]
        keys = tuple(key for source in fit for key in source.keys)
        if keys:
            place = f"{whole.name} in '{whole.path}'"
            because = f"they add to {place}, and one table has all of it"
            yield Join(f"join:{WORDS[found.setting]}:{path}", because, path, keys, whole.path)


def why_apart(inventory: Inventory, found: InForce, whole: Whole, source: Table) -> str:
    """Why what a statement adds can't stand in the table, or `""`."""
    item = inventory.configuration.statement(*source.place)
    if item is None or item.value is None or source.form not in ADDING:
        return "it is added by a call"
    if item.guard or item.within or not inventory.sides.sides <= source.alive:
        return "it is not added each time"
    if source.path not in {whole.source.path, whole.path, *inventory.configuration.homes}:
        return "another file than that of the app adds it"
    if source.path != whole.source.path:
        apart = inventory.settings_without(whole.source.path)
        if apart:
            return f"'{apart}' has settings without that table"
    others = {key for s in found.sources if s.place != source.place for key in s.keys}
    if others & set(source.keys):
        return "another statement has the same key"
    pairs = pairs_of(item)
    if not pairs or not inventory.editable(source.path) or not _is_alone(inventory, source, item):
        return "it is not written as pairs of text and value"
    node = item.value
    if isinstance(node, ast.Dict) and source.form != "item" and node.lineno != node.end_lineno:
        if not stands_apart(inventory, source.path, node):
            return "its pairs do not stand on lines of their own"
    if any(spans_lines(value) for _, value in pairs):
        return "a text in it goes over several lines"
    names = {name for _, value in pairs for name in names_in(value)}
    strange = [
        n
        for n in sorted(names)
        if not is_told(inventory, source.path, n, whole.path, whole.node.lineno)
    ]
    return f"{strange[0]} can't be read there" if strange else ""


def pairs_of(item: Statement) -> list[tuple[str, ast.expr]]:
    """The pairs that a statement adds, if they are written out."""
    if item.form == "item":
        return [(item.key or "", item.value)] if item.value is not None else []
    node = item.value
    if not isinstance(node, ast.Dict):
        return []
    keys = [text_of(key) for key in node.keys]
    flat = node.lineno == node.end_lineno
    if None in keys or not (flat or (is_open(node) and _first_line(node) > node.lineno)):
        return []
    return [(key or "", value) for key, value in zip(keys, node.values, strict=True)]


def _first_line(node: ast.Dict) -> int:
    return node.keys[0].lineno if node.keys and node.keys[0] is not None else node.lineno


def _is_alone(inventory: Inventory, source: Table, item: Statement) -> bool:
    """Whether a statement has its lines for itself; behind one of several pairs no remark either."""
    node, data = item.node, inventory.files.read_many([source.path])[source.path]
    lines = data.splitlines()
    before = lines[node.lineno - 1].decode("utf-8", "replace")[: node.col_offset]
    last = lines[(node.end_lineno or node.lineno) - 1]
    behind = last[node.end_col_offset or 0 :].strip()
    if isinstance(node, ast.Assign) and len(node.targets) > 1:
        return False
    if item.value is not None and item.form != "item":
        # Remarks inside of the call, but outside of the dict.
        own, end = range(item.value.lineno, (item.value.end_lineno or 0) + 1), node.end_lineno or 0
        outer = [lines[n - 1] for n in range(node.lineno, end + 1) if n not in own]
        close = lines[(item.value.end_lineno or 0) - 1][item.value.end_col_offset or 0 :]
        if any(b"#" in line for line in (*outer, close)):
            return False
    return not before.strip() and (not behind or (item.form == "item" and behind[:1] == b"#"))


def moved_keys(decisions: Collection[Decision]) -> dict[str, set[str]]:
    """The keys that leave each file for a table elsewhere."""
    found: dict[str, set[str]] = {}
    for item in decisions:
        if isinstance(item, Join):
            found.setdefault(item.path, set()).update(item.keys)
    return found
