"""The table of routes, edited in place, and the tables that go."""

import ast

from codemods.inventory.link import Inventory
from codemods.renaming.alias_module import quoted
from codemods.routes.decisions import DeadKey, Route
from codemods.snapshot import Snapshot
from codemods.source.elements import after
from codemods.source.text import Source, Span
from codemods.tables.choices import going
from codemods.tables.editing import Tables
from codemods.tables.joining import join
from codemods.tables.queues import the_table
from codemods.tables.written import literal_of, written_at
from codemods.values import Decision, Note, Rewrite


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The files of the routes with the decisions carried out."""
    tables = Tables(snapshot, inventory)
    gone = going(inventory.routing, decisions)
    tables.remove(gone, decisions)
    table = the_table(inventory)
    dead = [d for d in decisions if isinstance(d, DeadKey) and d.answer == "remove"]
    new = [d for d in decisions if isinstance(d, Route) and d.answer not in {"", "keep"}]
    whole = written_at(inventory, table) if table is not None else None
    if table is not None and whole is None and (dead or new):
        message = "these routes are not written as one dict, so keys are neither added nor taken out: write them so, then run the step again"
        tables.notes.append(Note(table.path, table.line, "routes-computed", message))
        tables.undone.update(item.id for item in (*dead, *new))
        return tables.result()
    left = [source for source in inventory.routing.sources if source not in gone]
    taken = tables.without_keys(left, {item.key for item in dead})
    tables.undone.update(item.id for item in dead if item.key not in taken)
    to = join(tables, inventory.routing, decisions)
    if whole is not None and new:
        path, name = (to.to, to.name) if to is not None else (whole.path, whole.name)
        text = tables.flush(path)
        literal = literal_of(text.tree, name)
        assert literal is not None
        span = _added(text, literal, new)
        if to is not None:
            tables.spans.setdefault(path, []).append(span)
        else:
            tables.edit(path, span, whole.node, "routes")
    return tables.result()


def _added(source: Source, holder: ast.Dict, new: list[Route]) -> Span:
    """New routes behind the last one of a table."""
    first = next((key for key in holder.keys if key is not None), holder)
    single = source.text(first).startswith("'")
    text = repr if single else quoted
    elements = [f"{text(d.name)}: {{{text('queue')}: {text(d.answer)}}}" for d in new]
    key = holder.keys[-1] if holder.keys else None
    if key is None:
        inner = "".join(f"    {element},\n" for element in elements)
        return source.replace(holder, "{\n" + inner + "}")
    keyword = ast.keyword(arg="", value=holder.values[-1])
    keyword.lineno, keyword.col_offset = key.lineno, key.col_offset
    return after(source, holder, keyword, elements)
