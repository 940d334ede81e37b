"""The entries of the schedule, edited in place, and the tables that go."""

import ast
from collections.abc import Collection, Iterable

from codemods.alias_module import quoted
from codemods.beat.decisions import Expires, Orphan, Queue, in_force
from codemods.elements import after
from codemods.inventory.configuration.entries import Entry
from codemods.inventory.configuration.values import Source as Table
from codemods.inventory.expressions import text_of
from codemods.inventory.link import Inventory
from codemods.inventory.schedules import entry_values
from codemods.snapshot import Snapshot
from codemods.tables.choices import going
from codemods.tables.editing import Tables
from codemods.tables.joining import join
from codemods.text import Source, Span
from codemods.values import Decision, Rewrite
from codemods.walking import walk


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The files of the schedule with the decisions carried out."""
    tables = Tables(snapshot, inventory)
    tables.remove(going(inventory.schedule, decisions), decisions)
    entries = in_force(inventory, decisions)
    options: dict[str, dict[str, str]] = {}
    gone: list[Entry] = []
    for item in decisions:
        match item:
            case Queue(key=key, queue=queue):
                options.setdefault(key, {})["queue"] = queue
            case Expires(accepted=True):
                for key, seconds in item.entries.items():
                    for name in item.names:
                        options.setdefault(key, {})[name] = str(seconds)
            case Orphan(key=key) if key in entries and item.answer == "remove":
                gone.append(entries[key])
            case Orphan(key=key) if key in entries and item.target:
                _pointed(tables, entries[key], item.target)
            case _:
                pass
    _removed(tables, gone, going(inventory.schedule, decisions))
    for key, given in options.items():
        if key in entries and entries[key] not in gone:
            _with_options(tables, entries[key], given)
    join(tables, inventory.schedule, decisions)
    return tables.result()


def node_of(source: Source, entry: Entry) -> ast.expr | None:
    """The expression of an entry in its file."""
    for node in walk(source.tree):
        if isinstance(node, ast.Dict | ast.Call) and node.lineno == entry.line:
            if entry_values(node) is not None and key_of(source.tree, node) in {entry.key, None}:
                return node
    return None


def key_of(tree: ast.Module, node: ast.expr) -> str | None:
    """The key under which a table has an expression."""
    for holder in walk(tree):
        if isinstance(holder, ast.Dict):
            for key, value in zip(holder.keys, holder.values, strict=True):
                if value is node:
                    return text_of(key)
    return None


def _pair(tree: ast.Module, node: ast.expr) -> tuple[ast.Dict, ast.expr] | None:
    for holder in walk(tree):
        if isinstance(holder, ast.Dict):
            for key, value in zip(holder.keys, holder.values, strict=True):
                if value is node and key is not None:
                    return holder, key
    return None


def _removed(tables: Tables, gone: list[Entry], going: Collection[Table]) -> None:
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
        pair = _pair(source.tree, node) if node is not None else None
        if pair is not None:
            keys.setdefault((entry.path, pair[0]), []).append(pair[1])
    for (path, holder), nodes in keys.items():
        tables.without_pairs(path, holder, nodes)


def _pointed(tables: Tables, entry: Entry, target: str) -> None:
    source = tables.source(entry.path)
    node = node_of(source, entry)
    fields = entry_values(node) if node is not None else None
    if fields is not None:
        task = fields["task"]
        text = repr(target) if source.text(task).startswith("'") else quoted(target)
        tables.edit(entry.path, source.replace(task, text), task, f'task "{target}"')


def _with_options(tables: Tables, entry: Entry, given: dict[str, str]) -> None:
    """Adds options to an entry, in the way in which it is written."""
    source = tables.source(entry.path)
    node = node_of(source, entry)
    fields = entry_values(node) if node is not None else None
    if node is None or fields is None:
        return
    given = {name: value for name, value in given.items() if name not in entry.options}
    if not given:
        return
    quoted_part = node.keys[0] if isinstance(node, ast.Dict) and node.keys[0] else fields["task"]
    single = source.text(quoted_part).startswith("'")
    texts = {
        name: _text(value, single=single) if name == "queue" else value
        for name, value in given.items()
    }
    known = fields.get("options")
    what = ", ".join(f"{name} {value}" for name, value in given.items())
    if known is not None:
        span = _added(source, known, texts, single=single)
    elif isinstance(node, ast.Dict):
        inner = ", ".join(f"{_text(name, single=single)}: {value}" for name, value in texts.items())
        element = f"{_text('options', single=single)}: {{{inner}}}"
        span = _behind(source, node, node.keys[-1], node.values[-1], [element])
    else:
        assert isinstance(node, ast.Call)
        inner = ", ".join(f"{name}={value}" for name, value in texts.items())
        span = after(source, node, node.keywords[-1], [f"options=dict({inner})"])
    if span is not None:
        tables.edit(entry.path, span, node, what)


def _added(
    source: Source, options: ast.expr, texts: dict[str, str], *, single: bool
) -> Span | None:
    """New options beside those that stand."""
    if isinstance(options, ast.Dict):
        elements = [f"{_text(name, single=single)}: {value}" for name, value in texts.items()]
        if not options.keys:
            return source.replace(options, "{" + ", ".join(elements) + "}")
        return _behind(source, options, options.keys[-1], options.values[-1], elements)
    if isinstance(options, ast.Call) and ast.unparse(options.func) == "dict" and options.keywords:
        elements = [f"{name}={value}" for name, value in texts.items()]
        return after(source, options, options.keywords[-1], elements)
    return None


def _behind(
    source: Source,
    holder: ast.Dict,
    key: ast.expr | None,
    value: ast.expr,
    elements: Iterable[str],
) -> Span:
    """These elements behind the last pair of a dict, in its layout."""
    first = key or value
    keyword = ast.keyword(arg="", value=value)
    keyword.lineno, keyword.col_offset = first.lineno, first.col_offset
    return after(source, holder, keyword, list(elements))


def _text(text: str, *, single: bool) -> str:
    return repr(text) if single else quoted(text)
