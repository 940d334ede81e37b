"""What adds to a table from elsewhere joins the table itself, so that one literal has all of it.

CELERY_BEAT_SCHEDULE = {                   CELERY_BEAT_SCHEDULE = {
    "mail": {...},                             "mail": {...},
}                                              "clean": {...},
app.conf.beat_schedule["clean"] = {...}    }
"""

import ast
import builtins
from collections.abc import Collection, Iterator

from msgspec import Struct

from codemods.inventory.configuration.statements import Statement
from codemods.inventory.configuration.values import InForce
from codemods.inventory.configuration.values import Source as Table
from codemods.inventory.expressions import text_of
from codemods.inventory.facts import parsed
from codemods.inventory.link import Inventory
from codemods.inventory.values import Binding, ParseError
from codemods.tables.choices import WORDS, going
from codemods.values import Decision
from codemods.walking import walk

ADDING = frozenset({"item", "update", "join"})


class Join(Decision, frozen=True, tag="join", forbid_unknown_fields=True):
    """These keys, which `path` adds to a table, are written into the table in the file `table`."""

    path: str
    keys: tuple[str, ...]
    table: str


class Whole(Struct, frozen=True):
    """The one table of a setting that is written as a dict, and where."""

    source: Table
    node: ast.Dict


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
            place = f"{whole.source.holder} in '{whole.source.path}'"
            because = f"they add to {place}, and one table has all of it"
            yield Join(
                f"join:{WORDS[found.setting]}:{path}", because, path, keys, whole.source.path
            )


def the_whole(
    inventory: Inventory, found: InForce, decisions: Collection[Decision]
) -> Whole | None:
    """The table that is in force on all sides, if it is one dict with its closing brace on a line."""
    if not found.is_known:
        return None
    gone = {source.place for source in going(found, decisions)}
    alive = [s for s in found.sources if s.place not in gone and inventory.sides.sides <= s.alive]
    bases = [source for source in alive if source.form in {"name", "assign"}]
    if len(bases) != 1 or not inventory.editable(bases[0].path):
        return None
    written = inventory.configuration.statement(*bases[0].place)
    if written is None or written.guard or written.within or not _is_open(written.value):
        return None
    assert isinstance(written.value, ast.Dict)
    return Whole(bases[0], written.value) if isinstance(written.node, ast.Assign) else None


def _is_open(node: ast.expr | None) -> bool:
    """Whether a dict is empty, or has its last pair on other lines than its closing brace."""
    if not isinstance(node, ast.Dict) or None in node.keys:
        return False
    return not node.keys or (node.values[-1].end_lineno or 0) < (node.end_lineno or 0)


def why_apart(inventory: Inventory, found: InForce, whole: Whole, source: Table) -> str:
    """Why what a statement adds can't stand in the table, or `""`."""
    item = inventory.configuration.statement(*source.place)
    if item is None or item.value is None or source.form not in ADDING:
        return "it is added by a call"
    if item.guard or item.within or not inventory.sides.sides <= source.alive:
        return "it is not added each time"
    if source.path not in {whole.source.path, *inventory.configuration.homes}:
        return "another file than that of the app adds it"
    others = {key for s in found.sources if s.place != source.place for key in s.keys}
    if others & set(source.keys):
        return "another statement has the same key"
    pairs = pairs_of(item)
    if not pairs or not inventory.editable(source.path) or not _is_alone(inventory, source, item):
        return "it is not written as pairs of text and value"
    if any(_spans_lines(value) for _, value in pairs):
        return "a text in it goes over several lines"
    names = {n.id for _, v in pairs for n in walk(v) if isinstance(n, ast.Name)}
    strange = [n for n in sorted(names) if not _is_told(inventory, whole.source, source.path, n)]
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
    if None in keys or not (flat or (_is_open(node) and _first_line(node) > node.lineno)):
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
    return not before.strip() and (not behind or (item.form == "item" and behind[:1] == b"#"))


def _spans_lines(value: ast.expr) -> bool:
    """Whether a text in an expression would change by being moved to another column."""
    texts = (node for node in walk(value) if isinstance(node, ast.Constant | ast.JoinedStr))
    return any(node.lineno != node.end_lineno for node in texts)


def _is_told(inventory: Inventory, table: Table, path: str, name: str) -> bool:
    """Whether a name of one file is the same thing where the table stands, or can be imported there."""
    here = inventory.facts[path].bindings.get(name)
    there = inventory.facts[table.path].bindings.get(name)
    if here is None:
        return hasattr(builtins, name) and there is None
    if path == table.path:
        once = here.kind == "import" or _stores(inventory, path, name) == 1
        return once and not here.guard and here.line < table.line
    if here.kind != "import" or here.guard or here.others:
        return False
    if there is not None:
        same = there.kind == "import" and there.target == here.target
        return same and not there.guard and there.line < table.line
    return not _is_own(inventory, here)


def _is_own(inventory: Inventory, binding: Binding) -> bool:
    """Whether an import takes something of the project, which settings could not always import."""
    target = binding.target or ""
    return target.startswith("/") or inventory.project.has_top(target.partition(".")[0])


def _stores(inventory: Inventory, path: str, name: str) -> int:
    tree = parsed(inventory.files.read_many([path])[path])
    if isinstance(tree, ParseError):
        return 0
    names = (node for node in walk(tree) if isinstance(node, ast.Name) and node.id == name)
    return sum(not isinstance(node.ctx, ast.Load) for node in names)


def moved_keys(decisions: Collection[Decision]) -> dict[str, set[str]]:
    """The keys that leave each file for a table elsewhere."""
    found: dict[str, set[str]] = {}
    for item in decisions:
        if isinstance(item, Join):
            found.setdefault(item.path, set()).update(item.keys)
    return found
