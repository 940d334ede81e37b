"""Writes what adds to a table into the table itself, with its remarks and what it imports."""

import ast
from collections.abc import Collection
from textwrap import dedent

from codemods.inventory.configuration.values import InForce
from codemods.inventory.configuration.values import Source as Table
from codemods.source.imports import alias_text, bound_names, module_imports, module_text
from codemods.source.text import Source, Span
from codemods.tables.choices import WORDS
from codemods.tables.editing import Tables
from codemods.tables.joins import Join, why_apart
from codemods.tables.places import ABOUT, Placed, place_of
from codemods.tables.whole import names_in, the_whole
from codemods.tables.written import Whole, literal_of
from codemods.values import Decision


def join(tables: Tables, found: InForce, decisions: tuple[Decision, ...]) -> Placed | None:
    """Writes what these decisions name into the table, or all of it into the file that is given back.

    Edits inside what moves have to be made before.
    """
    inventory = tables.inventory
    made = [
        d
        for d in decisions
        if isinstance(d, Join) and d.id == f"join:{WORDS[found.setting]}:{d.path}"
    ]
    to = place_of(found, decisions)
    whole = the_whole(inventory, found, decisions) if made or to is not None else None
    if whole is None:
        tables.undone.update(item.id for item in (*made, *([to] if to is not None else [])))
        return None
    lines: list[str] = []
    for item in made:
        for source in found.sources:
            if source.path != item.path or source.place in tables.gone:
                continue
            if set(source.keys) <= set(item.keys) and not why_apart(
                inventory, found, whole, source
            ):
                lines += _taken_out(tables, to.to if to is not None else whole.path, source)
    if to is not None:
        _placed(tables, whole, lines, to)
    elif lines:
        _written(tables, whole, lines)
    return to


def _placed(tables: Tables, whole: Whole, lines: list[str], to: Placed) -> None:
    """Writes the whole table into another file, and takes it from there."""
    own = _pairs_of(tables, whole.path, whole.node).splitlines() if whole.node.keys else []
    block = "".join(f"    {line}".rstrip() + "\n" for line in (*own, *lines))
    if to.to not in tables.snapshot:
        tables.add_below(to.to, f'"""{ABOUT[to.name]}"""\n\n{to.name} = {{\n{block}}}\n')
    else:
        tables.add_below(to.to, f"{to.name} = {{\n{block}}}\n")
    _import(tables, whole.path, to.to, names_in(whole.node))
    source = tables.source(whole.path)
    what = f"the table stands in '{to.to}'"
    tables.edit(whole.path, source.replace(whole.node, to.name), whole.node, what)
    tables.import_name(whole.path, to.module, to.name)


def _taken_out(tables: Tables, into: str, source: Table) -> list[str]:
    """The lines of what a statement adds, with its remarks; the statement goes."""
    statement = tables.inventory.configuration.statement(*source.place)
    assert statement is not None
    assert statement.value is not None
    text, node = tables.source(source.path), statement.node
    first = node.lineno
    while first > 1 and text.lines[first - 2].lstrip().startswith(b"#"):
        first -= 1
    remarks = [line.decode().strip() for line in text.lines[first - 1 : node.lineno - 1]]
    if statement.form == "item":
        assert isinstance(node, ast.Assign)
        assert isinstance(node.targets[0], ast.Subscript)
        value = tables.cut(source.path, text.start(statement.value), text.end(statement.value))
        key, end = text.text(node.targets[0].slice), text.starts[node.end_lineno or node.lineno]
        remark = text.data[text.end(node) : end].decode().strip()
        found = f"{key}: {value}," + (f"  {remark}" if remark else "")
    else:
        assert isinstance(statement.value, ast.Dict)
        found = _pairs_of(tables, source.path, statement.value)
    _import(tables, source.path, into, names_in(statement.value))
    tables.drop(source, loses_remarks=False)
    return [*remarks, *found.splitlines()]


def _pairs_of(tables: Tables, path: str, node: ast.Dict) -> str:
    """The text of a dict between its braces, each pair with a comma behind it."""
    text = tables.source(path)
    if node.lineno == node.end_lineno:
        inner = tables.cut(path, text.start(node) + 1, text.end(node) - 1)
        whole = Source(f"{{{inner}}}".encode())
        pairs = literal(whole)
        return "\n".join(
            f"{whole.text(key)}: {whole.text(value)},"
            for key, value in zip(pairs.keys, pairs.values, strict=True)
            if key is not None
        )
    inner = tables.cut(path, text.starts[node.lineno], text.starts[(node.end_lineno or 1) - 1])
    block = dedent(inner.replace("\r\n", "\n")).rstrip()
    whole = Source(f"{{\n{block}\n}}".encode())
    pairs = literal(whole)
    return _with_comma(whole, pairs)[2:-2] if pairs.keys else block


def literal(source: Source) -> ast.Dict:
    """The dict that a text is."""
    node = source.tree.body[0]
    assert isinstance(node, ast.Expr)
    assert isinstance(node.value, ast.Dict)
    return node.value


def _with_comma(source: Source, node: ast.Dict) -> str:
    """A text with a comma behind the last pair of a dict in it."""
    end = source.end(node.values[-1])
    comma = "" if source.data[end:].lstrip().startswith(b",") else ","
    return (source.data[:end] + comma.encode() + source.data[end:]).decode()


def _import(tables: Tables, path: str, into: str, names: Collection[str]) -> None:
    """Has the file of the table import what the pairs of another file read."""
    facts = tables.inventory.facts.get(into)
    if path == into:
        return
    names = set(names) - (facts.bindings.keys() if facts is not None else set())
    for node in module_imports(tables.source(path)):
        for alias, name in zip(node.names, bound_names(node), strict=True):
            if name in names and isinstance(node, ast.ImportFrom):
                tables.import_name(into, module_text(node), alias_text(alias))
            elif name in names:
                tables.import_name(into, "", alias_text(alias))


def _written(tables: Tables, whole: Whole, lines: list[str]) -> None:
    """Writes pairs at the end of the table, in its layout."""
    path, holder = whole.path, whole.name
    source = tables.flush(path)
    node = literal_of(source.tree, holder)
    assert node is not None
    first = next((key for key in node.keys if key is not None), None)
    column = first.col_offset if first is not None else 4
    indent = source.lines[first.lineno - 1][:column].decode() if first is not None else "    "
    block = "".join(f"{indent}{line}".rstrip() + "\n" for line in lines)
    what = f"pairs join {holder}"
    if first is None:
        tables.edit(path, source.replace(node, f"{{\n{block}}}"), whole.node, what)
        return
    end, close = source.end(node.values[-1]), source.starts[(node.end_lineno or 1) - 1]
    comma = "" if source.data[end:].lstrip().startswith(b",") else ","
    between = source.data[end:close].decode()
    tables.edit(path, Span(end, close, f"{comma}{between}{block}"), whole.node, what)
