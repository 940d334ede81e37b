"""Edits of single entries, in the way in which each is written."""

import ast
from collections.abc import Callable, Iterable

from codemods.inventory.configuration.entries import Entry
from codemods.inventory.expressions import text_of
from codemods.inventory.schedules import entry_values
from codemods.inventory.walking import walk
from codemods.renaming.alias_module import quoted
from codemods.source.elements import after
from codemods.source.text import Source, Span
from codemods.tables.editing import Tables
from codemods.values import Note


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


def pair_of(tree: ast.Module, node: ast.expr) -> tuple[ast.Dict, ast.expr] | None:
    """The dict that has an expression as a value, and its key."""
    for holder in walk(tree):
        if isinstance(holder, ast.Dict):
            for key, value in zip(holder.keys, holder.values, strict=True):
                if value is node and key is not None:
                    return holder, key
    return None


def point(tables: Tables, entry: Entry, target: str) -> None:
    """Has an entry run another task."""
    source = tables.source(entry.path)
    node = node_of(source, entry)
    fields = entry_values(node) if node is not None else None
    if fields is not None:
        task = fields["task"]
        text = repr(target) if source.text(task).startswith("'") else quoted(target)
        tables.edit(entry.path, source.replace(task, text), task, f'task "{target}"')


def change_option(tables: Tables, entry: Entry, name: str, made: Callable[[str], str]) -> bool:
    """Gives an option of an entry another value, made of its source; `False` where it is not written."""
    source = tables.source(entry.path)
    node = node_of(source, entry)
    fields = entry_values(node) if node is not None else None
    options = fields.get("options") if fields is not None else None
    value = _value_of(options, name)
    if value is None:
        message = f'{name} of "{entry.key}" is not written in its options, so it stays: change it where it is made'
        tables.notes.append(Note(entry.path, entry.line, "beat-computed", message))
        return False
    text = made(source.text(value))
    tables.edit(entry.path, source.replace(value, text), value, f"{name} {text}")
    return True


def _value_of(options: ast.expr | None, name: str) -> ast.expr | None:
    """The expression of one option."""
    if isinstance(options, ast.Dict):
        pairs = zip(options.keys, options.values, strict=True)
        return next((value for key, value in pairs if text_of(key) == name), None)
    if isinstance(options, ast.Call):
        return next((item.value for item in options.keywords if item.arg == name), None)
    return None


def add_options(tables: Tables, entry: Entry, given: dict[str, str]) -> None:
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
