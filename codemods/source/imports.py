"""Import statements: a name taken out of one, or put into one, comments and commas kept."""

import ast
import re
from collections.abc import Callable, Iterable

from codemods.source import plain_names
from codemods.source.plain_names import Order
from codemods.source.text import Source, Span

ImportNode = ast.Import | ast.ImportFrom

NARROW = 79
"""Columns that any project's lines may fill."""


def by_letters(name: str) -> tuple[int, str]:
    """The order of names by their letters alone."""
    return 0, natural(name.lower())


def named_module(node: ImportNode) -> str:
    """The module that a statement names first."""
    return module_text(node) if isinstance(node, ast.ImportFrom) else node.names[0].name


def by_type(name: str) -> tuple[int, str]:
    """isort's order by type: constants, classes, the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, natural(name.lower())


def natural(text: str) -> str:
    """A text whose numbers sort by their size."""
    return re.sub(r"\d+", lambda number: number[0].zfill(9), text)


def module_imports(source: Source) -> list[ImportNode]:
    """The import statements that stand directly in the module's body, alone on their lines."""
    body = source.tree.body
    shared = {
        line
        for left, right in zip(body, body[1:], strict=False)
        if (left.end_lineno or left.lineno) == right.lineno
        for line in (left.lineno, right.lineno)
    }
    return [node for node in body if isinstance(node, ImportNode) and node.lineno not in shared]


def bound_names(node: ImportNode) -> list[str]:
    """The local names that a statement binds."""
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    return [alias.asname or alias.name for alias in node.names]


def module_text(node: ast.ImportFrom) -> str:
    """The module of a statement as written, with its dots."""
    return "." * node.level + (node.module or "")


def renamed_module(source: Source, node: ast.ImportFrom, module: str) -> Span:
    """The span that makes a statement import from another module, all else kept."""
    start, text = source.start(node), source.text(node)
    head = len(text) - len(text[len("from") :].lstrip())
    size = len(text[head:]) - len(text[head:].lstrip("."))
    tail = head + size
    if node.module:
        tail = text.index(node.module.partition(".")[0], tail) + 0
        while tail < len(text) and (text[tail].isalnum() or text[tail] in "_."):
            tail += 1
    gap = "" if text[tail : tail + 1].isspace() or text[tail : tail + 1] == "\\" else " "
    first = start + len(text[:head].encode())
    return Span(first, start + len(text[:tail].encode()), module + gap)


def respelled(
    source: Source, nodes: Iterable[ast.AST], spelled: Callable[[ast.ImportFrom], str]
) -> list[tuple[Span, int]]:
    """The spans that make relative imports name their modules as they are `spelled`, with their lines."""
    found = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
    return [
        (renamed_module(source, node, spelled(node)), node.lineno)
        for node in found
        if spelled(node) != module_text(node)
    ]


def alias_text(alias: ast.alias) -> str:
    """One imported name as written: `name` or `name as other`."""
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def whole_lines(source: Source, node: ast.stmt) -> tuple[int, int]:
    """The offsets of all lines of a statement, the last line's end included."""
    return source.starts[node.lineno - 1], source.starts[node.end_lineno or node.lineno]


def without_names(source: Source, node: ImportNode, names: set[str]) -> Span:
    """The statement without these local names; its lines go if none is left."""
    if names >= set(bound_names(node)):
        return _removed(source, node)
    short = _on_one_line(source, node, names)
    return _replaced(source, node, short or plain_names.without_names(_text(source, node), names))


def _on_one_line(source: Source, node: ImportNode, names: set[str]) -> str:
    """What is left of a statement of several lines on one, `""` where it doesn't belong there.

    Several names that stand a line each keep that, as black does by the comma behind the last.
    """
    text = _text(source, node)
    if isinstance(node, ast.Import) or node.end_lineno == node.lineno or "#" in text:
        return ""
    kept = [
        alias_text(alias)
        for alias, bound in zip(node.names, bound_names(node), strict=True)
        if bound not in names
    ]
    line = f"from {module_text(node)} import {', '.join(kept)}"
    fills = node.names[0].lineno == node.lineno
    fits = node.col_offset + len(line) <= NARROW
    return line if fits and (fills or len(kept) == 1) else ""


def with_names(source: Source, node: ast.ImportFrom, names: Iterable[str], order: Order) -> Span:
    """The statement with these names too, in this order if its names are in order."""
    text = _text(source, node)
    return _replaced(source, node, plain_names.with_names(text, names, order))


def with_other_names(
    source: Source, node: ast.ImportFrom, gone: Iterable[str], names: Iterable[str], order: Order
) -> Span:
    """The statement with names in the place of those that go, which are not all that it has or will have."""
    text = plain_names.with_names(_text(source, node), names, order)
    lost = set(gone)
    return _replaced(source, node, plain_names.without_names(text, lost) if lost else text)


def marked(source: Source, node: ImportNode, remark: str) -> Span | None:
    """A linter's remark, as `# noqa: F401`, behind the first line of an import that only others read.

    It comes behind a comment that stands there. Nothing where that silences a linter already.
    """
    start, _ = whole_lines(source, node)
    first = source.lines[node.lineno - 1].rstrip()
    if first.endswith(b"\\") or b"noqa" in first or b"disable=" in first:
        return None
    return Span(start + len(first), start + len(first), f"  {remark}")


def settled(added: Iterable[Span], removed: Iterable[Span]) -> list[Span]:
    """Both kinds of spans, where a removal leaves alone the blank lines above an addition in it."""
    new = list(added)
    result = list(new)
    for span in removed:
        inner = [item.start for item in new if span.start < item.start < span.end]
        result.append(Span(inner[0], span.end, span.text) if inner else span)
    return result


def _removed(source: Source, node: ImportNode) -> Span:
    """All lines of a statement; where it stood between blank lines, those above it too."""
    start, end = whole_lines(source, node)
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    following = source.lines[last : last + 1]
    if following and not following[0].strip():
        while first and not source.lines[first - 1].strip():
            first -= 1
            start = source.starts[first]
    return Span(start, end, "")


def _text(source: Source, node: ImportNode) -> str:
    """A statement as it is written, without its indentation."""
    start, end = whole_lines(source, node)
    return source.data[start:end].decode("utf-8").replace("\r\n", "\n").lstrip()


def _replaced(source: Source, node: ImportNode, code: str) -> Span:
    start, end = whole_lines(source, node)
    text = source.lines[node.lineno - 1]
    indent = text[: len(text) - len(text.lstrip())].decode("utf-8")
    tail = "\n" if source.data[start:end].endswith((b"\n", b"\r")) else ""
    return Span(start, end, indent + code.rstrip("\n") + tail)
