"""Lines that an edit made too long, broken inside their brackets as black breaks them."""

import ast
from collections.abc import Iterator

from codemods.inventory.walking import walk
from codemods.layout.layout import Layout
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span

ROUNDS = 4
"""How deep brackets in brackets are broken."""

Holder = ast.Call | ast.List | ast.Tuple | ast.Dict | ast.Set


def broken_where_long(before: bytes, data: bytes, layout: Layout) -> bytes:
    """A file whose lines that it did not have before fit, as far as breaking brackets makes them.

    Lines with a remark stay as they are.
    """
    old = Source(before)
    whole = layout_of(old, layout)
    known = set(old.lines)
    for _ in range(ROUNDS):
        source = Source(data)
        long = [
            number
            for number, line in enumerate(source.lines, 1)
            if line not in known and b"#" not in line and _columns(line) > whole.width
        ]
        spans = [span for number in long for span in _broken(source, number, whole)]
        if not spans:
            return data
        changed = source.edited(spans)
        if ast.dump(Source(changed).tree) != ast.dump(source.tree):
            return data
        data = changed
    return data


def _columns(line: bytes) -> int:
    return len(line.rstrip().decode("utf-8").expandtabs(4))


def _broken(source: Source, line: int, layout: Layout) -> Iterator[Span]:
    around = _around(source, line)
    if around is not None:
        start, end = source.starts[line - 1], source.starts[line]
        text = source.lines[line - 1]
        lead = text[: len(text) - len(text.lstrip())].decode()
        pieces = [source.data[left:right].decode() for left, right in _edges(source, around)]
        yield Span(start, end, "".join(f"{lead}{piece},\n" for piece in pieces))
        return
    holder = _holder(source, line)
    if holder is None:
        return
    start, end = _inside(source, holder)
    text = source.lines[line - 1]
    outer = text[: len(text) - len(text.lstrip())].decode()
    inner = source.data[start:end].decode().strip()
    fits = _columns(f"{outer}{layout.indent}{inner}".encode()) <= layout.width
    is_one = isinstance(holder, ast.Call) or len(_items(holder)) == 1
    if fits and is_one and not inner.endswith(","):
        yield Span(start, end, f"\n{outer}{layout.indent}{inner}\n{outer}")
        return
    edges = list(_edges(source, holder))
    pieces = [source.data[left:right].decode() for left, right in edges]
    lines = "".join(f"{outer}{layout.indent}{piece},\n" for piece in pieces)
    yield Span(start, end, f"\n{lines}{outer}")


def _holder(source: Source, line: int) -> Holder | None:
    """The last of the outermost brackets that begin and end on a line, with what can be parted."""
    found: list[Holder] = []
    covered = 0
    for node in _on(source.tree, line):
        if source.start(node) < covered or not _can_part(source, node):
            continue
        found.append(node)
        covered = source.end(node)
    return found[-1] if found else None


def _around(source: Source, line: int) -> Holder | None:
    """The brackets whose elements, several of them, all stand on this line and nothing else does."""
    for node in walk(source.tree):
        if isinstance(node, Holder) and node.lineno < line < (node.end_lineno or 0):
            items = _items(node)
            start, end = _inside(source, node)
            begins, ends = source.starts[line - 1], source.starts[line]
            alone = not source.data[start:begins].strip() and not source.data[ends:end].strip()
            if len(items) > 1 and alone and _can_part(source, node):
                return node
    return None


def _on(tree: ast.Module, line: int) -> list[Holder]:
    """The bracketed expressions that stand on a line alone, the outer before the inner."""
    in_texts = {
        id(part) for node in walk(tree) if isinstance(node, ast.JoinedStr) for part in walk(node)
    }
    found = [
        node
        for node in walk(tree)
        if isinstance(node, Holder) and node.lineno == node.end_lineno == line
        if id(node) not in in_texts
    ]
    return sorted(found, key=lambda node: (node.col_offset, -(node.end_col_offset or 0)))


def _can_part(source: Source, node: Holder) -> bool:
    """Whether an expression has brackets of its own with elements that a comma may follow."""
    items = _items(node)
    if not items or any(isinstance(item, ast.GeneratorExp) for item in items):
        return False
    closing = source.data[source.end(node) - 1 : source.end(node)]
    return closing in {b")", b"]", b"}"} and (
        not isinstance(node, ast.Tuple) or source.data[source.start(node) :].startswith(b"(")
    )


def _items(node: Holder) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        given = [*node.args, *(item.value for item in node.keywords)]
        return sorted(given, key=lambda item: (item.lineno, item.col_offset))
    return list(node.values) if isinstance(node, ast.Dict) else list(node.elts)


def _inside(source: Source, node: Holder) -> tuple[int, int]:
    """The offsets between the brackets."""
    start = source.start(node)
    if isinstance(node, ast.Call):
        start = source.data.index(b"(", source.end(node.func))
    return start + 1, source.end(node) - 1


def _edges(source: Source, node: Holder) -> Iterator[tuple[int, int]]:
    """Where each element begins and ends, its key, name or stars among it."""
    begin, last = _inside(source, node)
    for item in _items(node):
        end = source.end(item)
        comma = source.data.find(b",", end, last)
        stop = comma if comma >= 0 else last
        text = source.data[begin:stop]
        lead = len(text) - len(text.lstrip())
        yield begin + lead, begin + len(text.rstrip())
        begin = stop + 1
