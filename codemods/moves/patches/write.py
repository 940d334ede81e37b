"""A test file with its patches rewritten, and with the imports that they need; all or nothing."""

import ast

from codemods.inventory.symbols import imported_module
from codemods.inventory.undefined import undefined_names, unused_imports
from codemods.inventory.walking import walk
from codemods.layout.layout import Layout
from codemods.moves.patches.aim import Patches
from codemods.source.import_lines import import_text
from codemods.source.import_order import add_module, add_names
from codemods.source.import_part import import_part
from codemods.source.import_statement import ends_line
from codemods.source.imports import (
    alias_text,
    bound_names,
    module_imports,
    module_text,
    without_names,
)
from codemods.source.long_lines import broken_where_long
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span
from codemods.values import Edit


def patched(patches: Patches, layout: Layout) -> bytes | None:
    """The file's new bytes; `None` if they would not parse, or would read a name that nothing binds."""
    before = patches.source.bom + patches.source.data
    try:
        inner, top = _imports(patches)
        source = Source(patches.source.edited(sorted([*patches.aim.spans, *inner])))
        whole = layout_of(source, layout)
        part, rest = import_part(source)
        for module, root in sorted(top):
            part = _with_module(patches, part, module, root, whole)
        data = _without_unread(before, part + rest, layout)
        data = broken_where_long(before, data, layout)
    except (ValueError, UnicodeError, IndexError):
        return None
    return None if undefined_names(data) - undefined_names(before) else data


def _without_unread(before: bytes, data: bytes, layout: Layout) -> bytes:
    """The file without the imports of old modules that only its patches read."""
    old, source = Source(before), Source(data)
    # What a patch read as a name and nothing reads now has gone out of use, whatever texts say.
    in_texts = b"__all__" in data
    unread = unused_imports(data, in_texts=in_texts) - unused_imports(before, in_texts=in_texts)
    spans = [
        _without_names(old, source, node, names, layout)
        for node in module_imports(source)
        if (names := set(bound_names(node)) & unread)
        or (names := set(bound_names(node)) if _has_lost_its_reads(old, source, node) else set())
    ]
    return source.edited(sorted(spans)) if spans else data


def _without_names(
    old: Source, source: Source, node: ast.Import | ast.ImportFrom, names: set[str], layout: Layout
) -> Span:
    """A statement without these names; in one line if it was in one before new names came, and fits."""
    span = without_names(source, node, names)
    if isinstance(node, ast.Import) or node.lineno == node.end_lineno or "#" in source.text(node):
        return span
    was_one = any(
        names & set(bound_names(other)) and other.lineno == other.end_lineno
        for other in module_imports(old)
    )
    left = [alias_text(a) for a in node.names if (a.asname or a.name) not in names]
    text = import_text(module_text(node), left, layout_of(old, layout)) if left else "\n"
    return Span(span.start, span.end, text + "\n") if was_one and "\n" not in text else span


def _has_lost_its_reads(old: Source, source: Source, node: ast.Import | ast.ImportFrom) -> bool:
    """Whether `import a.b` was read as `a.b` before and is no more, where another import binds `a`."""
    if isinstance(node, ast.ImportFrom) or len(node.names) > 1 or node.names[0].asname:
        return False
    dotted = node.names[0].name
    beside = any(
        other is not node and set(bound_names(other)) == set(bound_names(node))
        for other in module_imports(source)
    )
    return beside and "." in dotted and _reads(old, dotted) and not _reads(source, dotted)


def _reads(source: Source, dotted: str) -> bool:
    """Whether a file reads a module by its whole name."""
    last = dotted.rpartition(".")[2]
    return any(
        isinstance(node, ast.Attribute) and node.attr == last and ast.unparse(node) == dotted
        for node in walk(source.tree)
    )


def _imports(patches: Patches) -> tuple[list[Span], set[tuple[str, str]]]:
    """Imports beside those of the old module inside functions, and those for the top of the file."""
    spans: dict[int, Span] = {}
    top: set[tuple[str, str]] = set()
    source = patches.source
    for (module, root), places in patches.aim.modules.items():
        for place in places:
            found = _inner_import(place, root.partition(".")[0])
            if found is None:
                top.add((module, root))
                continue
            line = source.lines[found.lineno - 1]
            if line[: found.col_offset].strip() or not ends_line(source, found):
                raise ValueError("the import shares its line")
            indent = line[: found.col_offset].decode()
            package, _, stem = module.rpartition(".")
            local = patches.aim.local_name(module)
            name = stem if local == stem else f"{stem} as {local}"
            at = source.starts[found.end_lineno or found.lineno]
            text = f"{indent}from {package} import {name}\n"
            if "." in root:
                text = f"{indent}import {module}\n"
            below = (found.end_lineno or found.lineno) + 1
            what = "imports the module where a name is replaced now"
            patches.aim.edits.append(Edit(patches.path, below, what, new=text))
            known = spans.get(at)
            if known is None:
                spans[at] = Span(at, at, text)
            elif text not in known.text:
                spans[at] = Span(at, at, known.text + text)
    return list(spans.values()), top


def _inner_import(place: ast.AST, root: str) -> ast.Import | ast.ImportFrom | None:
    """The import of the old module inside a function."""
    for node in walk(place):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
            if root in bound:
                return node
    return None


def _beside(patches: Patches, node: ast.ImportFrom, old: str, package: str) -> str:
    """A package as the import of an old module spells it: of what is beside that, or in it; else whole."""
    project = patches.readers.moves.project
    base = project.canonical(imported_module(patches.path, node.module, node.level))
    if package == base:
        return module_text(node)
    dot = "." if node.module else ""
    return f"{module_text(node)}{dot}{old}" if package == f"{base}.{old}" else package


def _with_module(patches: Patches, data: bytes, module: str, root: str, layout: Layout) -> bytes:
    """What has a file's imports with a module imported at the top as the old one is."""
    package, _, stem = module.rpartition(".")
    local = patches.aim.local_name(module)
    name = stem if local == stem else f"{stem} as {local}"
    first = root.partition(".")[0]
    for node in module_imports(Source(data)) if root else ():
        old = next((a for a in node.names if (a.asname or a.name.partition(".")[0]) == first), None)
        if old is None:
            continue
        if isinstance(node, ast.ImportFrom):
            return add_names(data, _beside(patches, node, old.name, package), [name], layout)
        text = f"import {module}" if "." in root else f"import {module} as {local}"
        return add_module(data, text, layout)
    return add_names(data, package, [name], layout)
