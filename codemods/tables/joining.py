"""Writes what adds to a table into the table itself, with its remarks and what it imports."""

import ast
from collections.abc import Collection
from textwrap import dedent

from codemods.imports import alias_text, bound_names, module_imports, module_text
from codemods.inventory.configuration.values import InForce
from codemods.inventory.configuration.values import Source as Table
from codemods.tables.choices import WORDS
from codemods.tables.editing import Tables, literal_of
from codemods.tables.joins import Join, Whole, the_whole, why_apart
from codemods.text import Source, Span
from codemods.values import Decision
from codemods.walking import walk


def join(tables: Tables, found: InForce, decisions: tuple[Decision, ...]) -> None:
    """Writes what these decisions name into the table, and takes it out where it stood.

    Edits inside what moves have to be made before.
    """
    inventory = tables.inventory
    word = WORDS[found.setting]
    made = [d for d in decisions if isinstance(d, Join) and d.id == f"join:{word}:{d.path}"]
    whole = the_whole(inventory, found, decisions) if made else None
    if whole is None:
        tables.kept.update(item.id for item in made)
        return
    lines: list[str] = []
    for item in made:
        for source in found.sources:
            if source.path != item.path or source.place in tables.gone:
                continue
            if set(source.keys) <= set(item.keys) and not why_apart(
                inventory, found, whole, source
            ):
                lines += _taken_out(tables, whole.source, source)
    if lines:
        _written(tables, whole, lines)


def _taken_out(tables: Tables, table: Table, source: Table) -> list[str]:
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
    if source.path != table.path:
        names = {n.id for n in walk(statement.value) if isinstance(n, ast.Name)}
        known = tables.inventory.facts[table.path].bindings
        _import(tables, source.path, table.path, names - known.keys())
    tables.drop(source)
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
    for node in module_imports(tables.source(path)):
        for alias, name in zip(node.names, bound_names(node), strict=True):
            if name in names and isinstance(node, ast.ImportFrom):
                tables.import_name(into, module_text(node), alias_text(alias))
            elif name in names:
                tables.import_name(into, "", alias_text(alias))


def _written(tables: Tables, whole: Whole, lines: list[str]) -> None:
    """Writes pairs at the end of the table, in its layout."""
    path, holder = whole.source.path, whole.source.holder
    source = tables.flush(path)
    node = literal_of(source, holder)
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
