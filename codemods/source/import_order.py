"""The place for a new import: the run of imports, section and order that a file keeps already."""

import ast
import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from codemods.inventory.standard import MODULES
from codemods.layout.layout import HANGING, Layout
from codemods.source.file_head import below_licence, below_remarks, head_lines, is_for_tools
from codemods.source.import_lines import broken, import_text, order_in, statements_of
from codemods.source.imports import (
    ImportNode,
    alias_text,
    module_imports,
    module_text,
    named_module,
    natural,
    whole_lines,
    with_names,
)
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span


def section_of(module: str, layout: Layout) -> int:
    """The place of a module's section: future, standard, third party, own, relative, if not told otherwise."""
    sorting = layout.sorting
    section = _section_name(module, layout)
    if section not in sorting.sections:
        section = sorting.default or "third"
    return sorting.sections.index(section) if section in sorting.sections else 0


def _section_name(module: str, layout: Layout) -> str:
    top = module.partition(".")[0]
    if not top:
        return "local"
    if top == "__future__":
        return "future"
    told = [(len(name), section) for name, section in layout.sorting.known if _covers(name, module)]
    if told:
        return max(told)[1]
    if top in MODULES:
        return "standard"
    return "first" if top in layout.first_party else layout.sorting.default or "third"


def _covers(name: str, module: str) -> bool:
    """Whether a module is this one, one below it, or fits this glob."""
    return module == name or module.startswith(f"{name}.") or fnmatchcase(module, name)


def new_import(
    source: Source,
    module: str,
    names: Iterable[str],
    layout: Layout,
    gone: Iterable[ImportNode] = (),
) -> Span:
    """`from module import names` where the file's own order of imports puts it.

    `gone` are statements that leave in the same edit: the first of them gives up its place where
    the imports are in no order.
    """
    text = import_text(module, names, layout_of(source, layout))
    return new_statement(source, text, module, layout, gone)


def new_statement(
    source: Source,
    text: str,
    module: str,
    layout: Layout,
    gone: Iterable[ImportNode] = (),
) -> Span:
    """An import statement where the file's own order of imports puts it."""
    section, leaving = section_of(module, layout), list(gone)
    block = _best_block(source, section, leaving, layout)
    sections = [section_at(node, layout) for node in block]
    if block and sections == sorted(sections):
        return _in_order(source, text, section, block, sections, leaving, layout)
    if leaving:
        return _before(source, leaving[0], text)
    top = module.partition(".")[0]
    kin = [node for node in block if named_module(node).partition(".")[0] == top]
    if kin:
        return _among(source, text, kin, layout)
    if block:
        return _after(source, block[-1], text)
    return _at_top(source, text)


def _best_block(
    source: Source, section: int, gone: list[ImportNode], layout: Layout
) -> list[ImportNode]:
    """The run of imports that has this section already, else that which loses one, else the first."""
    blocks = import_blocks(source)
    for block in blocks:
        if any(section_at(node, layout) == section for node in block):
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


def section_at(node: ImportNode, layout: Layout) -> int:
    """The place of the section of what a statement imports."""
    return section_of(named_module(node), layout)


Key = tuple[str, bool, int, str]
"""Where a statement stands among those of its section."""


def _key_of(text: str, layout: Layout) -> Key:
    node = ast.parse(text).body[0]
    return _key(node, layout) if isinstance(node, ImportNode) else ("", False, 0, "")


def _key(node: ImportNode, layout: Layout) -> Key:
    """By module, then by its first name in the order of names."""
    is_from = isinstance(node, ast.ImportFrom)
    # As isort has it: what comes from further above stands first.
    module = natural(re.sub(r"^(\.+)", r"\1_", named_module(node)).lower())
    return module, is_from, *(order_in(layout)(node.names[0].name) if is_from else (0, ""))


def _in_order(
    source: Source,
    text: str,
    section: int,
    block: list[ImportNode],
    sections: list[int],
    gone: list[ImportNode],
    layout: Layout,
) -> Span:
    same = [n for n, place in zip(block, sections, strict=True) if place == section]
    if same:
        return _among(source, text, same, layout)
    earlier = [n for n, place in zip(block, sections, strict=True) if place < section]
    if earlier:
        return _after(source, earlier[-1], "\n" + text)
    remaining = next((node for node in block if node not in gone), None)
    above = (
        source.lines[remaining.lineno - 2].strip() if remaining and remaining.lineno > 1 else b""
    )
    apart = remaining is not None and (remaining is block[0] or bool(above))
    return _before(source, block[0], text + ("\n" if apart else ""))


def _among(source: Source, text: str, same: list[ImportNode], layout: Layout) -> Span:
    """Among the imports of its section: plain imports first if the section has it so."""
    kinds = [isinstance(node, ast.ImportFrom) for node in same]
    sorting, plain = layout.sorting, text.startswith("import ")
    apart = not sorting.forms_mixed if sorting.is_told else kinds == sorted(kinds)
    peers = [node for node in same if isinstance(node, ast.ImportFrom) != plain] if apart else same
    key = _key_of(text, layout)
    keys = [_key(node, layout) for node in peers]
    if keys != sorted(keys):
        # Peers in no order as a whole: those of the same package are more likely to be in one.
        top = key[0].partition(".")[0]
        kin = [
            node for node, own in zip(peers, keys, strict=True) if own[0].partition(".")[0] == top
        ]
        keys = [_key(node, layout) for node in kin]
        if kin and keys == sorted(keys) and key > keys[-1]:
            return _after(source, kin[-1], text)
        peers = kin or peers
    before = next((node for node in peers if _key(node, layout) > key), None)
    if before is not None:
        return _before(source, before, text)
    if apart and plain and not all(kind is False for kind in kinds):
        return _after(source, peers[-1], text) if peers else _before(source, same[0], text)
    return _after(source, same[-1], text)


def _before(source: Source, node: ast.stmt, text: str) -> Span:
    """Right above a statement, below the comments that stand there."""
    line = node.lineno - 1
    start = source.starts[line]
    return Span(start, start, text + "\n")


def _after(source: Source, node: ast.stmt, text: str) -> Span:
    _, end = whole_lines(source, node)
    lead = "" if source.data[:end].endswith((b"\n", b"\r")) else "\n"
    return Span(end, end, lead + text + "\n")


def _at_top(source: Source, text: str) -> Span:
    """Below the docstring, or below the comments that a file begins with, where code follows as linters want."""
    body = source.tree.body
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if is_text and first is not None:
        line = below_remarks(source, below_licence(source, first.end_lineno or first.lineno))
        first = body[1] if len(body) > 1 else None
    else:
        line = head_lines(source)
    lead = "\n" if line and (is_text or not is_for_tools(source, line)) else ""
    if line and not source.data[: source.starts[line]].endswith((b"\n", b"\r")):
        lead += "\n"
    blanks = 0
    while line + blanks < len(source.lines) and not source.lines[line + blanks].strip():
        blanks += 1
    wanted = 2 if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else 1
    follows = line + blanks < len(source.lines)
    if isinstance(first, ImportNode) or not follows:
        wanted = blanks
    start, end = source.starts[line], source.starts[line + blanks]
    return Span(start, end, lead + text + "\n" + "\n" * wanted)


def add_names(data: bytes, module: str, names: Iterable[str], layout: Layout) -> bytes:
    """A file that also imports these names (`name` or `name as other`) from a module.

    They join a statement of the module's body that imports from it already, where the layout lets
    names share one.
    """
    source = Source(data)
    whole = layout_of(source, layout)
    known = [
        node
        for node in module_imports(source)
        if isinstance(node, ast.ImportFrom)
        and module_text(node) == module
        and node.names[0].name != "*"
    ]
    have = {alias_text(alias) for node in known for alias in node.names}
    wanted = [name for name in dict.fromkeys(names) if name not in have]
    for group in statements_of(module, wanted, whole) if wanted else ():
        source = Source(data)
        joined = _joined(source, module, group, whole)
        if joined is not None:
            data = source.edited([_wrapped(source, joined, group, whole)])
        else:
            text = import_text(module, group, whole)
            data = source.edited([new_statement(source, text, module, whole)])
    return data


def _joined(source: Source, module: str, names: list[str], layout: Layout) -> ast.ImportFrom | None:
    """The statement that these names may join."""
    sorting = layout.sorting
    alone = sorting.one_a_line and module not in sorting.joined
    renamed = any(" as " in name for name in names)
    for node in module_imports(source):
        if not isinstance(node, ast.ImportFrom) or module_text(node) != module:
            continue
        if node.names[0].name == "*" or alone or (renamed and not sorting.combines_as):
            continue
        if sorting.combines_as or not any(alias.asname for alias in node.names):
            return node
    return None


def add_module(data: bytes, text: str, layout: Layout) -> bytes:
    """A file with this `import a.b` or `import a as b` too."""
    source = Source(data)
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.Import)
    for known in module_imports(source):
        if isinstance(known, ast.Import) and ast.dump(known) == ast.dump(node):
            return data
    return source.edited([new_statement(source, text, node.names[0].name, layout)])


def _wrapped(source: Source, node: ast.ImportFrom, names: list[str], layout: Layout) -> Span:
    """A statement with these names too; broken anew where it got too long or fills its lines."""
    span = with_names(source, node, names, order_in(layout))
    text = span.text.rstrip("\n")
    fills = "\n" in text and layout.sorting.mode != HANGING
    too_long = any(len(line) > layout.import_width for line in text.split("\n"))
    if "#" in text or "\\" in text or not (fills or too_long):
        return span
    if "(" in text and layout.sorting.mode == HANGING:
        return span
    every = sorted(
        {*(alias_text(alias) for alias in node.names), *names},
        key=lambda name: (order_in(layout)(name.partition(" as ")[0]), name),
    )
    return Span(
        span.start, span.end, broken(module_text(node), every, layout) + span.text[len(text) :]
    )
