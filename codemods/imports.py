"""Import statements: a name taken out of one, a name put into one, and the place for a new one."""

import ast
import sys
from collections.abc import Iterable, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

from codemods.text import Source, Span

ImportNode = ast.Import | ast.ImportFrom


def section_of(module: str, level: int, first_party: frozenset[str]) -> int:
    """The section isort gives a module: 0 future, 1 standard, 2 third party, 3 own, 4 relative."""
    top = module.partition(".")[0]
    if level:
        return 4
    if top == "__future__":
        return 0
    if top in sys.stdlib_module_names:
        return 1
    return 3 if top in first_party else 2


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


def whole_lines(source: Source, node: ast.stmt) -> tuple[int, int]:
    """The offsets of all lines of a statement, the last line's end included."""
    return source.starts[node.lineno - 1], source.starts[node.end_lineno or node.lineno]


def without_names(source: Source, node: ImportNode, names: set[str]) -> Span:
    """The statement without these local names; its lines go if none is left."""
    if names >= set(bound_names(node)):
        return _removed(source, node)
    statement = _statement(source, node)
    found = statement.body[0]
    assert isinstance(found, cst.Import | cst.ImportFrom)
    assert not isinstance(found.names, cst.ImportStar)
    kept = [alias for alias in found.names if _bound(alias) not in names]
    kept[-1] = kept[-1].with_changes(comma=_with_comment_of(found.names[-1].comma, kept[-1].comma))
    return _replaced(source, node, statement, found.with_changes(names=kept))


def marked(source: Source, node: ImportNode) -> Span | None:
    """`# noqa: F401` behind a one-line import that only others read; nothing where a comment stands."""
    start, end = whole_lines(source, node)
    line = source.data[start:end].rstrip()
    if b"#" in line or b"\n" in line or b"\r" in line:
        return None
    return Span(start + len(line), start + len(line), "  # noqa: F401")


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


def with_names(source: Source, node: ast.ImportFrom, names: Iterable[str]) -> Span:
    """The statement with these names too, in order if its names are in order."""
    statement = _statement(source, node)
    found = statement.body[0]
    assert isinstance(found, cst.ImportFrom)
    assert not isinstance(found.names, cst.ImportStar)
    aliases = list(found.names)
    for name in sorted(names):
        aliases = _inserted(aliases, name, found)
    return _replaced(source, node, statement, found.with_changes(names=aliases))


def _inserted(
    aliases: Sequence[cst.ImportAlias], name: str, statement: cst.ImportFrom
) -> list[cst.ImportAlias]:
    keys = [_order(_bound(alias)) for alias in aliases]
    index = len(aliases)
    if keys == sorted(keys):
        index = sum(key < _order(name) for key in keys)
    new = cst.ImportAlias(name=cst.Name(name))
    between = next((_plain(alias.comma) for alias in aliases[:-1]), _between(statement))
    if index < len(aliases):
        return [*aliases[:index], new.with_changes(comma=between), *aliases[index:]]
    last = aliases[-1]
    tail = _plain(last.comma)
    return [
        *aliases[:-1],
        last.with_changes(comma=_with_comment_of(between, last.comma)),
        new.with_changes(comma=tail),
    ]


Comma = cst.Comma | cst.MaybeSentinel


def _plain(comma: Comma) -> Comma:
    """A comma with its line break and without its comment."""
    if isinstance(comma, cst.Comma) and isinstance(
        comma.whitespace_after, cst.ParenthesizedWhitespace
    ):
        return comma.with_deep_changes(
            comma.whitespace_after, first_line=cst.TrailingWhitespace(), empty_lines=()
        )
    return comma


def _with_comment_of(comma: Comma, old: Comma) -> Comma:
    """A comma with the comment that stood behind another."""
    if (
        isinstance(comma, cst.Comma)
        and isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)
        and isinstance(old, cst.Comma)
        and isinstance(old.whitespace_after, cst.ParenthesizedWhitespace)
    ):
        first = old.whitespace_after.first_line
        return comma.with_deep_changes(comma.whitespace_after, first_line=first)
    return comma


def _between(statement: cst.ImportFrom) -> cst.Comma:
    opening = statement.lpar
    if opening is not None and isinstance(opening.whitespace_after, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=opening.whitespace_after)
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _order(name: str) -> tuple[int, str]:
    """isort's order by type: constants, classes, the rest."""
    if name.isupper() and len(name) > 1:
        return 0, name
    return (1, name) if name[:1].isupper() else (2, name)


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name = get_full_name_for_node(alias.name) or ""
    return name.partition(".")[0]


def _statement(source: Source, node: ImportNode) -> cst.SimpleStatementLine:
    start, end = whole_lines(source, node)
    text = source.data[start:end].decode("utf-8").replace("\r\n", "\n").lstrip()
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def _replaced(
    source: Source,
    node: ImportNode,
    statement: cst.SimpleStatementLine,
    found: cst.Import | cst.ImportFrom,
) -> Span:
    start, end = whole_lines(source, node)
    text = source.lines[node.lineno - 1]
    indent = text[: len(text) - len(text.lstrip())].decode("utf-8")
    code = cst.Module(body=[statement.with_changes(body=[found])], has_trailing_newline=False).code
    tail = "\n" if source.data[start:end].endswith((b"\n", b"\r")) else ""
    return Span(start, end, indent + code.rstrip("\n") + tail)


def new_import(
    source: Source,
    module: str,
    names: Iterable[str],
    first_party: frozenset[str],
    gone: Iterable[ImportNode] = (),
) -> Span:
    """`from module import names` where the file's own order of imports puts it.

    `gone` are statements that leave in the same edit: the first of them gives up its place where
    the imports are in no order.
    """
    text = f"from {module} import {', '.join(sorted(names, key=_order))}"
    section, leaving = section_of(module, 0, first_party), list(gone)
    block = _best_block(source, section, leaving, first_party)
    sections = [_section(node, first_party) for node in block]
    if block and sections == sorted(sections):
        return _in_order(source, text, module, section, block, sections, leaving)
    if leaving:
        return _before(source, leaving[0], text)
    if block:
        return _after(source, block[-1], text)
    return _at_top(source, text)


def _best_block(
    source: Source, section: int, gone: list[ImportNode], first_party: frozenset[str]
) -> list[ImportNode]:
    """The run of imports that has this section already, else that which loses one, else the first."""
    blocks = import_blocks(source)
    for block in blocks:
        if any(_section(node, first_party) == section for node in block):
            return block
    for block in blocks:
        if any(node in gone for node in block):
            return block
    return blocks[0] if blocks else []


def import_blocks(source: Source) -> list[list[ImportNode]]:
    """The runs of imports above a module's first function or class, as isort sees them."""
    alone = set(module_imports(source))
    blocks: list[list[ImportNode]] = [[]]
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            break
        if isinstance(node, ImportNode) and node in alone:
            blocks[-1].append(node)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def top_block(source: Source) -> list[ImportNode]:
    """The first run of imports."""
    blocks = import_blocks(source)
    return blocks[0] if blocks else []


def _section(node: ImportNode, first_party: frozenset[str]) -> int:
    if isinstance(node, ast.ImportFrom):
        return section_of(node.module or "", node.level, first_party)
    return section_of(node.names[0].name, 0, first_party)


def _sort_key(node: ImportNode) -> str:
    return ((node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name).lower()


def _in_order(
    source: Source,
    text: str,
    module: str,
    section: int,
    block: list[ImportNode],
    sections: list[int],
    gone: list[ImportNode],
) -> Span:
    same = [n for n, place in zip(block, sections, strict=True) if place == section]
    if same:
        return _among(source, text, module, same)
    earlier = [n for n, place in zip(block, sections, strict=True) if place < section]
    if earlier:
        return _after(source, earlier[-1], "\n" + text)
    remaining = next((node for node in block if node not in gone), None)
    above = (
        source.lines[remaining.lineno - 2].strip() if remaining and remaining.lineno > 1 else b""
    )
    apart = remaining is not None and (remaining is block[0] or bool(above))
    return _before(source, block[0], text + ("\n" if apart else ""))


def _among(source: Source, text: str, module: str, same: list[ImportNode]) -> Span:
    """Among the imports of its section: plain imports first if the section has it so."""
    kinds = [isinstance(node, ast.ImportFrom) for node in same]
    apart = kinds == sorted(kinds)
    peers = [node for node in same if isinstance(node, ast.ImportFrom)] if apart else same
    before = next((node for node in peers if _sort_key(node) > module.lower()), None)
    if before is not None:
        return _before(source, before, text)
    return _after(source, same[-1], text)


def _before(source: Source, node: ast.stmt, text: str) -> Span:
    """Above a statement and the comment lines that belong to it."""
    line = node.lineno - 1
    start = source.starts[line]
    return Span(start, start, text + "\n")


def _after(source: Source, node: ast.stmt, text: str) -> Span:
    _, end = whole_lines(source, node)
    lead = "" if source.data[:end].endswith((b"\n", b"\r")) else "\n"
    return Span(end, end, lead + text + "\n")


def _at_top(source: Source, text: str) -> Span:
    """Below the docstring, or below the comments and coding line that a file begins with."""
    body = source.tree.body
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return _after(source, first, "\n" + text)
    line = 0
    while line < len(source.lines) and source.lines[line].lstrip().startswith(b"#"):
        line += 1
    tail = "" if first is None or isinstance(first, ImportNode) else "\n"
    return Span(source.starts[line], source.starts[line], text + "\n" + tail)
