"""One import statement as it stands among others: its place, its remarks, its names."""

import ast
from collections.abc import Iterable, Iterator

from codemods.inventory.symbols import statements, target_names
from codemods.layout.layout import Layout
from codemods.source.imports import bound_names, module_imports, module_text
from codemods.source.text import Source, Span


def must_break(source: Source, node: ast.ImportFrom, span: Span, layout: Layout) -> bool:
    """Whether an edit makes a statement too long, or its lines stand no more below each other.

    One with a remark, or beside others on its line, stays as it is.
    """
    line = source.lines[node.lineno - 1].rstrip()
    longer = len(line) + len(span.text) - (span.end - span.start)
    text = source.text(node)
    alone = not line[: node.col_offset].strip() and ends_line(source, node)
    if not alone or b"#" in line or any(mark in text for mark in "#\\"):
        return False
    if node.lineno == node.end_lineno:
        return longer > layout.import_width
    return node.names[0].lineno == node.lineno


def ends_line(source: Source, node: ast.stmt) -> bool:
    """Whether nothing but a remark follows a statement on its last line."""
    rest = source.data[source.end(node) : source.starts[node.end_lineno or node.lineno]].strip()
    return not rest or rest.startswith(b"#")


def in_its_place(source: Source, node: ast.ImportFrom, lines: list[str]) -> Span:
    """These statements in the place of one and of the remark behind it."""
    start, end = source.start(node), source.starts[node.end_lineno or node.lineno]
    tail = "\n" if source.data[:end].endswith((b"\n", b"\r")) else ""
    return Span(start, end, "\n".join(lines) + tail)


def other_bindings(source: Source, node: ast.ImportFrom) -> Iterator[str]:
    """The names that other statements than this one bind, whose order decides which is in force."""
    return bindings([other for other in source.tree.body if other is not node])


def bindings(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements of a module bind, `*` for those of a star import."""
    for node in statements(body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from bound_names(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from target_names(target)


def local_names(aliases: Iterable[ast.alias]) -> list[str]:
    """The names that parts of a statement bind."""
    return [alias.asname or alias.name for alias in aliases]


def imports_from(source: Source, module: str) -> bool:
    """Whether a statement of a module's body imports from this one."""
    return any(
        isinstance(node, ast.ImportFrom) and module_text(node) == module
        for node in module_imports(source)
    )


def in_order(source: Source, node: ast.ImportFrom, module: str) -> bool:
    """Whether a statement may name another module where it stands, its neighbours being sorted."""
    body = module_imports(source)
    place = body.index(node)
    names = [module_text(n) for n in body if isinstance(n, ast.ImportFrom)]
    if names != sorted(names, key=str.lower) and len(names) > 2:
        around = body[max(0, place - 1) : place + 2]
        names = [module_text(n) for n in around if isinstance(n, ast.ImportFrom)]
        if names != sorted(names, key=str.lower):
            return True
    before = body[place - 1] if place else None
    after = body[place + 1] if place + 1 < len(body) else None
    adjacent = [n for n in (before, after) if isinstance(n, ast.ImportFrom) and _are_near(n, node)]
    for other in adjacent:
        text = module_text(other).lower()
        if other.lineno < node.lineno and text > module.lower():
            return False
        if other.lineno > node.lineno and text < module.lower():
            return False
    return True


def _are_near(one: ast.stmt, other: ast.stmt) -> bool:
    """Whether at most one line stands between two statements."""
    upper, lower = sorted((one, other), key=lambda node: node.lineno)
    return lower.lineno - (upper.end_lineno or upper.lineno) < 3


def remark_of(source: Source, node: ast.ImportFrom) -> str:
    """The remark for linters behind an import, which goes with each of its parts."""
    line = source.lines[node.lineno - 1].decode("utf-8")
    _, mark, text = line.partition("# noqa")
    return (mark + text).strip() if mark else ""


def says_more(source: Source, node: ast.ImportFrom) -> bool:
    """Whether an import has comments besides a remark for linters, in its brackets or behind it."""
    start, end = source.starts[node.lineno - 1], source.starts[node.end_lineno or node.lineno]
    text = source.data[start:end].decode("utf-8")
    remark = remark_of(source, node)
    return "#" in (text.replace(remark, "", 1) if remark else text)


def remarked(before: bytes, data: bytes, module: str, remark: str) -> bytes:
    """A statement that is new in a file, with the remark of the one it was part of."""
    source, old = Source(data), Source(before)
    if imports_from(old, module):
        return data
    for node in module_imports(source):
        if isinstance(node, ast.ImportFrom) and module_text(node) == module:
            start = source.starts[node.lineno - 1]
            line = source.lines[node.lineno - 1].rstrip()
            if b"#" not in line:
                at = start + len(line)
                return source.edited([Span(at, at, f"  {remark}")])
    return data
