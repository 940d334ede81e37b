"""The place for a new import: the run of imports, section and order that a file keeps already."""

import ast
from collections.abc import Iterable

from codemods.inventory.standard import MODULES
from codemods.source.imports import (
    ImportNode,
    alias_text,
    by_type,
    module_imports,
    module_text,
    whole_lines,
    with_names,
)
from codemods.source.text import Source, Span


def section_of(module: str, level: int, first_party: frozenset[str]) -> int:
    """The section isort gives a module: 0 future, 1 standard, 2 third party, 3 own, 4 relative."""
    top = module.partition(".")[0]
    if level:
        return 4
    if top == "__future__":
        return 0
    if top in MODULES:
        return 1
    return 3 if top in first_party else 2


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
    text = f"from {module} import {', '.join(sorted(names, key=by_type))}"
    return new_statement(source, text, module, first_party, gone)


def new_statement(
    source: Source,
    text: str,
    module: str,
    first_party: frozenset[str],
    gone: Iterable[ImportNode] = (),
) -> Span:
    """An import statement where the file's own order of imports puts it."""
    level = len(module) - len(module.lstrip("."))
    section, leaving = section_of(module, level, first_party), list(gone)
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
    return (module_text(node) if isinstance(node, ast.ImportFrom) else node.names[0].name).lower()


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
    apart, plain = kinds == sorted(kinds), text.startswith("import ")
    peers = [node for node in same if isinstance(node, ast.ImportFrom) != plain] if apart else same
    keys = [_sort_key(node) for node in peers]
    if keys != sorted(keys):
        # Peers in no order as a whole: those of the same package are more likely to be in one.
        top = module.lower().partition(".")[0]
        peers = [n for n in peers if _sort_key(n).partition(".")[0] == top] or peers
    before = next((node for node in peers if _sort_key(node) > module.lower()), None)
    if before is not None:
        return _before(source, before, text)
    if apart and plain and not all(kind is False for kind in kinds):
        return _after(source, peers[-1], text) if peers else _before(source, same[0], text)
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
    blanks = 0
    while line + blanks < len(source.lines) and not source.lines[line + blanks].strip():
        blanks += 1
    wanted = 2 if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else 1
    if first is None or isinstance(first, ImportNode):
        wanted = 0
    tail = "\n" * max(0, wanted - blanks)
    return Span(source.starts[line], source.starts[line], text + "\n" + tail)


def import_line(module: str, names: Iterable[str], limit: int, remark: str = "") -> str:
    """`from module import names`, one name a line where it would be longer than the limit."""
    ordered = sorted(dict.fromkeys(names), key=by_type)
    line = f"from {module} import {', '.join(ordered)}"
    tail = f"  {remark}" if remark else ""
    if len(line) <= limit:
        return line + tail
    return f"from {module} import ({tail}\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def line_limit(source: Source) -> int:
    """How long a file lets its code get: between 88 and 120 characters."""
    return min(120, max(88, source.code_width))


def add_names(data: bytes, module: str, names: Iterable[str], first_party: frozenset[str]) -> bytes:
    """A file that also imports these names (`name` or `name as other`) from a module.

    They join a statement of the module's body that imports from it already.
    """
    source = Source(data)
    joined = [
        node
        for node in module_imports(source)
        if isinstance(node, ast.ImportFrom)
        and module_text(node) == module
        and node.names[0].name != "*"
    ]
    have = {alias_text(alias) for node in joined for alias in node.names}
    wanted = [name for name in dict.fromkeys(names) if name not in have]
    if not wanted:
        return data
    if joined:
        return source.edited([_wrapped(source, with_names(source, joined[0], wanted))])
    text = import_line(module, wanted, line_limit(source))
    return source.edited([new_statement(source, text, module, first_party)])


def add_module(data: bytes, text: str, first_party: frozenset[str]) -> bytes:
    """A file with this `import a.b` or `import a as b` too."""
    source = Source(data)
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.Import)
    for known in module_imports(source):
        if isinstance(known, ast.Import) and ast.dump(known) == ast.dump(node):
            return data
    return source.edited([new_statement(source, text, node.names[0].name, first_party)])


def _wrapped(source: Source, span: Span) -> Span:
    """A statement of one line that got too long, with a line for each name."""
    text = span.text.rstrip("\n")
    if "\n" in text or "#" in text or "(" in text or len(text) <= line_limit(source):
        return span
    head, _, names = text.partition(" import ")
    listed = "".join(f"    {name.strip()},\n" for name in names.split(","))
    tail = span.text[len(text) :]
    return Span(span.start, span.end, f"{head} import (\n{listed}){tail}")
