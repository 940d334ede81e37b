"""The old file once its units have left: what it still reads, and what it hands on to its importers."""

import ast
from collections.abc import Collection, Iterable
from functools import partial

from codemods.inventory.walking import walk
from codemods.layout.layout import Layout
from codemods.moves.files.imports_needed import spelled
from codemods.moves.files.without_units import rebuilt
from codemods.moves.import_circles import Borders
from codemods.moves.moves import Moves
from codemods.source import import_lines
from codemods.source.comments import heads_imports
from codemods.source.import_lines import import_text, statements_of
from codemods.source.import_order import new_statement
from codemods.source.import_part import import_part
from codemods.source.imports import (
    ImportNode,
    alias_text,
    bound_names,
    marked,
    module_imports,
    module_text,
    respelled,
    settled,
    without_names,
)
from codemods.source.own_layout import layout_of, quote_of
from codemods.source.text import Source, Span
from codemods.units.units import Banner, Module, Unit, read_module

OPTIONAL = frozenset({"choice", "logger"})
"""Kinds of units, besides imports, that go where nothing reads their names any more."""


def remains(
    moves: Moves, borders: Borders, path: str, taken: set[str], banners: Iterable[Banner]
) -> bytes:
    """The old file's bytes: its units less those that left, their names imported from the new homes.

    `taken` are the names that other files read from it.
    """
    module = moves.source(path)
    gone = {index for (owner, index) in moves.leaving if owner == path}
    data = rebuilt(module, gone, {}, tuple(banners))
    return trimmed_imports(moves, borders, path, data, gone, taken)


def trimmed_imports(
    moves: Moves, borders: Borders, path: str, data: bytes, gone: set[int], taken: set[str]
) -> bytes:
    """A file without the imports that only departed units read, and with those of their names."""
    module = moves.source(path)
    departed = {n for index in gone for n in module.units[index].reads.all}
    data = _without_typing(path, data, departed, taken)
    rest = read_module(path, data)
    for unit in module.units:
        if unit.kind in {"typing", "choice", "logger"}:
            departed |= unit.reads.all
    unread = departed - _still_read(rest, departed - taken)
    spans: list[Span] = []
    layout = layout_of(rest.source, moves.inventory.layout(path))
    for node in module_imports(rest.source):
        names = set(bound_names(node))
        going = names & (unread - taken)
        if going and going < names and not _is_future(node):
            spans.append(import_lines.without_names(rest.source, node, going, layout))
    if spans:
        data = rest.source.edited(sorted(spans))
    data = _with_remarks(data, unread & taken, moves.inventory.layout(path).unread)
    rest = read_module(path, data)
    leaving = {
        unit.index
        for unit in rest.units
        if unit.kind in {"import", *OPTIONAL}
        and unit.names
        and set(bound_names_of(unit)) <= unread - taken
    }
    seated = {index: _comments_above(rest, rest.units[index], leaving) for index in sorted(leaving)}
    data = rebuilt(rest, [i for i, text in seated.items() if not text], seated)
    return with_names_of(moves, borders, path, _as_package(moves, path, data))


def _as_package(moves: Moves, path: str, data: bytes) -> bytes:
    """What remains of a file with the dots of its imports that are right where it will stand."""
    if path not in moves.packaged:
        return data
    source = Source(data)
    spelled = partial(moves.module_spelled, path, path)
    return source.edited(sorted(span for span, _ in respelled(source, walk(source.tree), spelled)))


def _still_read(rest: Module, free: set[str]) -> set[str]:
    """The names that a file reads once its optional imports and loggers are gone of names that may all go."""
    units = list(rest.units)
    while True:
        read = {name for unit in units for name in unit.reads.all} | exported(rest)
        left = [
            u
            for u in units
            if u.kind not in OPTIONAL or not u.names or set(u.names) - free or set(u.names) & read
        ]
        if len(left) == len(units):
            return read
        units = left


def _with_remarks(data: bytes, names: set[str], remark: str) -> bytes:
    """A file that tells linters which imports stand there only for others."""
    source = Source(data)
    spans = [
        span
        for node in module_imports(source)
        if set(bound_names(node)) & names and (span := marked(source, node, remark)) is not None
    ]
    return source.edited(sorted(spans)) if spans else data


def _comments_above(module: Module, unit: Unit, going: Collection[int]) -> str:
    """The comment lines above an import, which may be about its neighbours too and so stay.

    The name of a group of imports goes with the whole group.
    """
    if unit.kind in OPTIONAL or unit.first == unit.line:
        return ""
    lines = module.lines(unit.first, unit.line - 1).splitlines()
    if all(map(heads_imports, lines)) and _group(module, unit) <= set(going):
        return ""
    return module.lines(unit.first, unit.line - 1).replace("\r\n", "\n")


def _group(module: Module, unit: Unit) -> set[int]:
    """An import and those right below it, up to a blank line or a comment."""
    found = {unit.index}
    for following in module.units[unit.index + 1 :]:
        if following.lead or following.first != following.line or following.kind != "import":
            break
        found.add(following.index)
    return found


def _without_typing(path: str, data: bytes, departed: set[str], taken: set[str]) -> bytes:
    """A file whose `if TYPE_CHECKING:` imports are those that what is left of it reads."""
    rest = read_module(path, data)
    read = {name for unit in rest.units for name in unit.reads.all} | exported(rest)
    gone: list[int] = []
    spans: list[Span] = []
    for unit in rest.units:
        unwanted = (departed - read - taken) & set(unit.names)
        if unit.kind != "typing" or not unwanted:
            continue
        if unwanted >= set(unit.names):
            gone.append(unit.index)
            continue
        block = unit.nodes[0]
        assert isinstance(block, ast.If)
        for node in block.body:
            if isinstance(node, ImportNode) and set(bound_names(node)) & unwanted:
                spans.append(without_names(rest.source, node, unwanted & set(bound_names(node))))
    if spans:
        return _without_typing(path, rest.source.edited(sorted(spans)), departed, taken)
    return rebuilt(rest, gone, {}) if gone else data


def bound_names_of(unit: Unit) -> list[str]:
    """The names that an import, a choice or a logger binds."""
    if unit.kind in OPTIONAL:
        return list(unit.names)
    nodes = [node for node in unit.nodes if isinstance(node, ImportNode)]
    return [name for node in nodes for name in bound_names(node)]


def _is_future(node: ImportNode) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def exported(module: Module) -> set[str]:
    """The names that a file's `__all__` lists."""
    found: set[str] = set()
    for unit in module.units:
        if "__all__" in unit.names:
            for node in unit.nodes:
                texts = (part for part in walk(node) if isinstance(part, ast.Constant))
                found.update(part.value for part in texts if isinstance(part.value, str))
    return found


def with_names_of(moves: Moves, borders: Borders, path: str, data: bytes) -> bytes:
    """A file that imports, from the new homes, every name that left it."""
    layout = layout_of(moves.source(path).source, moves.inventory.layout(path))
    rest = read_module(path, data)
    read = {name for unit in rest.units for name in unit.reads.all} | exported(rest)
    own = moves.module_name(path)
    homes: dict[str, list[str]] = {}
    for (module, name), home in moves.new_home.items():
        if module == own and home != path:
            homes.setdefault(home, []).append(name)
    part, below = import_part(rest.source)
    for home, names in sorted(homes.items()):
        dotted = spelled(moves, path, path, moves.module_name(home))
        if (path, home) not in borders.lazy:
            hidden = any(moves.star_of(path, name) for name in names) or moves.unknown_star(path)
            part = _merged(part, dotted, names, layout, read, below_stars=bool(hidden))
    data = part + below
    lazy = {moves.module_name(h): names for h, names in homes.items() if (path, h) in borders.lazy}
    return data + lazy_shim(Source(data, layout.newline), lazy, layout) if lazy else data


def lazy_shim(source: Source, names: dict[str, list[str]], layout: Layout) -> bytes:
    """A module's `__getattr__` (PEP 562) for names of modules that import this one."""
    indent, quote = layout_of(source, layout).indent, quote_of(source, layout)
    lines = ["", "", "def __getattr__(name):"]
    for module, wanted in sorted(names.items()):
        for name in sorted(wanted):
            lines += [
                f"{indent}if name == {quote}{name}{quote}:",
                f"{indent * 2}# {module} imports this module, so it is asked only when needed.",
                f"{indent * 2}from {module} import {name}",
                "",
                f"{indent * 2}return {name}",
            ]
    text = "module {__name__!r} has no attribute {name!r}"
    lines += [f"{indent}raise AttributeError(f{quote}{text}{quote})", ""]
    text = source.newline.join(lines)
    lead = "" if source.data.endswith((b"\n", b"\r")) else source.newline
    return (lead + text).encode(source.encoding)


def _merged(
    data: bytes,
    module: str,
    names: list[str],
    layout: Layout,
    read: Collection[str],
    *,
    below_stars: bool,
) -> bytes:
    """What has a file's imports with one statement for all names of a module, those that it had among them.

    It has a remark for linters unless the file's own code reads all its names, which are in `read`.
    `below_stars` says that a star import above which it stood could hide one of the names.
    """
    source = Source(data, layout.newline)
    old: list[ImportNode] = []
    every = list(names)
    for node in module_imports(source):
        starred = node.names[0].name == "*"
        if isinstance(node, ast.ImportFrom) and module_text(node) == module and not starred:
            start, end = source.start(node), source.starts[node.end_lineno or node.lineno]
            if b"#" not in source.data[start:end].replace(layout.unread.encode(), b""):
                old.append(node)
                every.extend(alias_text(alias) for alias in node.names)
    whole = layout_of(source, layout)
    lines: list[str] = []
    for group in statements_of(module, every, whole):
        own = all(name.rpartition(" as ")[2] in read for name in group)
        lines.append(import_text(module, group, whole, "" if own else layout.unread))
    text = "\n".join(lines)
    added = new_statement(source, text, module, layout, old)
    stars = [node for node in module_imports(source) if node.names[0].name == "*"]
    if below_stars and stars:
        end = source.starts[stars[-1].end_lineno or stars[-1].lineno]
        added = max(added, Span(end, end, text + "\n"), key=lambda span: span.start)
    removed = [without_names(source, node, set(bound_names(node))) for node in old]
    return source.edited(sorted(settled([added], removed)))
