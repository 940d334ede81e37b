"""The text of a unit in its new file, with the declared edits that the move makes inside it."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk
from codemods.layout.layout import Layout
from codemods.moves.files.own_name import written_out
from codemods.moves.request import Pin
from codemods.source.import_lines import inner_import_text
from codemods.source.imports import module_text, respelled
from codemods.source.text import Source, Span
from codemods.units.read_places import (
    Function,
    first_statement,
    global_reads,
    is_shown_by_name,
)
from codemods.units.reads import reads_of
from codemods.units.units import Module, Unit
from codemods.values import Edit

PLAIN = Layout(width=88, quote='"', indent="    ")
"""The layout of a file that tells nothing of it."""


class CannotEditError(Exception):
    """An edit that a move needs can't be made in this code; the words say which."""


@dataclass(frozen=True, slots=True)
class Adjust:
    """What a unit needs inside its text in the new place.

    `renamed` are global names that it reads under another name there; `inner` names that its
    functions import themselves, with the module; `pin` the task's registered name;
    `spelled` gives the module of a relative import as it is written there. `layout` is whole, quotes too.
    """

    renamed: dict[str, str] = field(default_factory=dict)
    inner: dict[str, str] = field(default_factory=dict)
    pin: Pin | None = None
    own_name: str = ""
    spelled: Callable[[ast.ImportFrom], str] = module_text
    layout: Layout = PLAIN


def text_of(module: Module, unit: Unit, adjust: Adjust) -> tuple[str, list[Edit]]:
    """The unit's lines with its comments, edited. Raises `CannotEditError`."""
    spans, edits = list[Span](), list[Edit]()
    clash = sorted(adjust.renamed.keys() & unit.reads.eager)
    if clash:
        raise CannotEditError(f"{clash[0]}, which it reads while it is imported, is taken there")
    edited = [*adjust.renamed, *(["__name__"] if adjust.own_name else [])]
    shown = sorted(name for name in edited if is_shown_by_name(module.source, unit.nodes, name))
    if shown:
        raise CannotEditError(f"an f-string shows {shown[0]} by its name, which would be another")
    for span, line, what in _edits(module, unit, adjust):
        spans.append(span)
        old = module.source.covered(span)
        edits.append(Edit(module.path, line, what, old=old, new=span.text))
    if adjust.pin is not None:
        edits.extend(_pinned(module, unit, adjust.pin))
    start, end = module.source.starts[unit.first - 1], module.source.starts[unit.last]
    parts, position = list[bytes](), start
    for span in sorted(spans):
        if span.start < position:
            raise CannotEditError("two of its edits overlap")
        parts.extend((module.source.data[position : span.start], span.text.encode("utf-8")))
        position = span.end
    parts.append(module.source.data[position:end])
    text = b"".join(parts).decode("utf-8").replace("\r\n", "\n")
    if not text.endswith("\n"):
        text += "\n"
    _check(text, adjust, unit)
    return text, edits


def _pinned(module: Module, unit: Unit, pin: Pin) -> Iterator[Edit]:
    """The lines of a decorator that gets a task's name, each declared."""
    decorator = _decorator(unit, pin.decorator)
    keyword = _name_keyword(decorator)
    old = module.source.text(keyword.value) if keyword is not None else ""
    for line in range(decorator.lineno, (decorator.end_lineno or decorator.lineno) + 1):
        what = f"pins the name {pin.name}"
        yield Edit(module.path, line, what, old=old, new=repr(pin.name))


def _check(text: str, adjust: Adjust, unit: Unit) -> None:
    """Whether the edits did what they had to, as Python's own compiler sees it."""
    try:
        tree = ast.parse(text)
        reads = reads_of(text, tree.body)
    except SyntaxError as error:
        raise CannotEditError(f"its edited text does not parse: {error.msg}") from None
    left = (set(adjust.renamed) | set(adjust.inner)) & reads.all
    if left:
        raise CannotEditError(
            f"a read of {sorted(left)[0]} is ambiguous: another name is spelled the same"
        )
    missing = set(adjust.renamed.values()) - reads.all
    if missing and set(adjust.renamed) & unit.reads.all:
        raise CannotEditError(f"{sorted(missing)[0]} is hidden by a name of its own")


def _edits(module: Module, unit: Unit, adjust: Adjust) -> Iterator[tuple[Span, int, str]]:
    source = module.source
    for old, new in adjust.renamed.items():
        for read in global_reads(unit.nodes, old):
            yield source.replace(read.node, new), read.node.lineno, f"reads {old} as {new}"
    if adjust.own_name:
        skipped = set(_pinned_nodes(unit, adjust))
        quote = adjust.layout.quote
        for node, span in written_out(source, unit.nodes, adjust.own_name, quote):
            if node not in skipped:
                yield span, node.lineno, f"__name__ is {adjust.own_name}"
    if adjust.pin is not None:
        span, line, what = _pin(module, unit, adjust.pin, _quoted(adjust, adjust.pin.name))
        decorator = _decorator(unit, adjust.pin.decorator)
        for part in _laid_out(module.source, decorator, span, adjust.layout):
            yield part, line, what
    nodes = (part for top in unit.nodes for part in walk(top))
    for span, line in respelled(source, nodes, adjust.spelled):
        yield span, line, "a relative import is spelled as it is from here"
    yield from _inner_imports(module, unit, adjust.inner, adjust.layout)


def _quoted(adjust: Adjust, text: str) -> str:
    quote = adjust.layout.quote
    return f"{quote}{text}{quote}"


def _pinned_nodes(unit: Unit, adjust: Adjust) -> Iterator[ast.AST]:
    """The nodes inside a name that is about to be replaced whole."""
    if adjust.pin is None:
        return
    keyword = _name_keyword(_decorator(unit, adjust.pin[0]))
    if keyword is not None:
        yield from walk(keyword.value)


def _decorator(unit: Unit, index: int) -> ast.expr:
    node = unit.nodes[0]
    assert isinstance(node, FunctionNode)
    return node.decorator_list[index]


def _name_keyword(decorator: ast.expr) -> ast.keyword | None:
    if not isinstance(decorator, ast.Call):
        return None
    return next((item for item in decorator.keywords if item.arg == "name"), None)


def _pin(module: Module, unit: Unit, pin: Pin, quoted: str) -> tuple[Span, int, str]:
    """`name="..."` in a task's decorator, so that its registered name stays what it was."""
    source, decorator = module.source, _decorator(unit, pin.decorator)
    text, what = f"name={quoted}", f"pins the name {pin.name}"
    if not isinstance(decorator, ast.Call):
        end = source.end(decorator)
        return Span(end, end, f"({text})"), decorator.lineno, what
    keyword = _name_keyword(decorator)
    if keyword is not None:
        return source.replace(keyword.value, quoted), keyword.value.lineno, what
    inside = [*decorator.args, *(item.value for item in decorator.keywords)]
    if not inside:
        opening = source.data.index(b"(", source.end(decorator.func))
        return Span(opening + 1, opening + 1, text), decorator.lineno, what
    opening = source.data.index(b"(", source.end(decorator.func)) + 1
    places = [(node.lineno, source.start(node)) for node in decorator.args]
    places += [(n.lineno, source.offset(n.lineno, n.col_offset)) for n in decorator.keywords]
    line, start = min(places)
    stars = next((item for item in decorator.keywords if item.arg is None), None)
    if stars is not None and source.start(stars.value) <= start:
        start = source.data.rindex(b"**", opening, source.start(stars.value))
    gap = source.data[opening:start]
    joint = ", " if b"\n" not in gap else ",\n" + _indent(source.lines[line - 1])
    return Span(start, start, text + joint), decorator.lineno, what


def _laid_out(source: Source, decorator: ast.expr, pin: Span, layout: Layout) -> list[Span]:
    """A pin with the line breaks of a decorator that it makes too long, as black sets them.

    All arguments stand on a line of their own where they fit, else each on one.
    """
    line, end = source.lines[decorator.lineno - 1], source.end(decorator)
    limit, indent = layout.width, layout.indent
    grown = len(pin.text) - (pin.end - pin.start)
    one_line = decorator.end_lineno == decorator.lineno and b"#" not in line
    if not one_line or len(line.rstrip()) + grown <= limit:
        return [pin]
    if not isinstance(decorator, ast.Call):
        return [Span(end, end, f"(\n{indent}{pin.text[1:-1]}\n)")]
    opening = source.data.index(b"(", source.end(decorator.func)) + 1
    items: list[ast.expr | ast.keyword] = [*decorator.args, *decorator.keywords]
    spots = sorted((_place(source, item), source.end(_value(item))) for item in items)
    edges = [opening, *(spot for pair in spots for spot in pair), end - 1]
    outer = {(edges[0], edges[1]), (edges[-2], edges[-1])}
    gaps = list(zip(edges[2:-2:2], edges[3:-2:2], strict=True))
    tidy = all(start == stop for start, stop in outer)
    if not tidy or any(source.data[left:right] != b", " for left, right in gaps):
        return [pin]
    first, last = Span(opening, opening, f"\n{indent}"), Span(end - 1, end - 1, "\n")
    is_alone = not gaps and not pin.text.endswith(", ")
    if len(indent) + end - 1 - opening + grown <= limit or is_alone:
        return [first, pin, last]
    joint = f",\n{indent}"
    joined = pin.text.removesuffix(", ") + joint if pin.text.endswith(", ") else pin.text
    parted = [Span(left, right, joint) for left, right in gaps]
    return [first, Span(pin.start, pin.end, joined), *parted, Span(end - 1, end - 1, ",\n")]


def _value(item: ast.expr | ast.keyword) -> ast.expr:
    return item.value if isinstance(item, ast.keyword) else item


def _place(source: Source, item: ast.expr | ast.keyword) -> int:
    return source.offset(item.lineno, item.col_offset)


def _indent(line: bytes) -> str:
    return line[: len(line) - len(line.lstrip())].decode("utf-8")


def _inner_imports(
    module: Module, unit: Unit, inner: Mapping[str, str], layout: Layout
) -> Iterator[tuple[Span, int, str]]:
    """An import at the top of each function that reads a name which the file can't import."""
    wanted: dict[Function, dict[str, list[str]]] = {}
    for name, target in inner.items():
        for read in global_reads(unit.nodes, name):
            if read.function is None:
                raise CannotEditError(f"{name} is read while the module is imported")
            names = wanted.setdefault(read.function, {}).setdefault(target, [])
            if name not in names:
                names.append(name)
    for function, targets in wanted.items():
        place = first_statement(function)
        if place is None:
            raise CannotEditError(f"{function.name} has its body on the line of its def")
        at = module.source.starts[_above_comments(module, place) - 1]
        indent = _indent(module.source.lines[function.body[0].lineno - 1])
        text = "".join(
            f"{indent}{inner_import_text(target, names, layout, indent)}\n"
            for target, names in sorted(targets.items())
        )
        if not module.source.data[:at].endswith((b"\n", b"\r")):
            text = "\n" + text
        what = f"{function.name} imports {', '.join(sorted(targets))} itself"
        yield Span(at, at, text), _following(function).lineno, what


def _above_comments(module: Module, line: int) -> int:
    """The line, or the first of the comments that stand right above it and speak of it."""
    while module.source.lines[line - 2].lstrip().startswith(b"#"):
        line -= 1
    return line


def _following(function: Function) -> ast.stmt:
    """The statement below a function's own import, where a proof sees the difference."""
    first = function.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return function.body[1] if is_text and len(function.body) > 1 else first
