"""Lists of modules that workers import: the new files join the god file that they came from.

include=["jobs.tasks"]    ->    include=["jobs.tasks", "jobs.mail_tasks"]
"""

import ast
from collections.abc import Mapping, Sequence

from msgspec import structs

from codemods.inventory.expressions import text_of
from codemods.inventory.facts import read_facts
from codemods.inventory.link import Inventory
from codemods.inventory.values import FileFacts
from codemods.snapshot import Snapshot
from codemods.text import Source, Span
from codemods.values import Change, Edit, Rewrite

Holder = ast.List | ast.Tuple | ast.Set


def with_includes(
    snapshot: Snapshot, inventory: Inventory, result: Rewrite, added: Mapping[str, Sequence[str]]
) -> Rewrite:
    """A rewrite whose lists of modules follow; `added` are the new modules of each old one."""
    changes = {change.path: change for change in result.changes}
    edits = list(result.edits)
    for path, facts in inventory.facts.items():
        if not _included(facts).keys() & added.keys():
            continue
        before = snapshot.read(path)
        data = changes[path].after if path in changes else before
        assert data is not None
        after, found = with_modules(path, data, added)
        if after != data:
            changes[path] = Change(path, before, after)
            edits.extend(found)
    ordered = tuple(change for _, change in sorted(changes.items()))
    return structs.replace(result, changes=ordered, edits=tuple(edits))


def _included(facts: FileFacts) -> dict[str, set[int]]:
    """The modules that a file tells workers to import, and the lines that say so."""
    found: dict[str, set[int]] = {}
    for reference in facts.references:
        if reference.kind == "include":
            found.setdefault(reference.text, set()).add(reference.line)
    return found


def with_modules(
    path: str, data: bytes, added: Mapping[str, Sequence[str]]
) -> tuple[bytes, list[Edit]]:
    """A file whose lists name the added modules right after the one that they came from."""
    source, places = Source(data), _included(read_facts(path, data))
    spans: list[Span] = []
    edits: list[Edit] = []
    for holder in ast.walk(source.tree):
        if not isinstance(holder, Holder):
            continue
        present = {text_of(item) for item in holder.elts}
        for item in holder.elts:
            module = text_of(item)
            if module is None or item.lineno not in places.get(module, ()):
                continue
            new = [name for name in added.get(module, ()) if name not in present]
            present.update(new)
            if new and isinstance(item, ast.Constant):
                spans.append(_inserted(source, holder, item, new))
                what = f"workers import {', '.join(new)} too"
                last = holder.end_lineno or item.lineno
                edits.extend(Edit(path, line, what) for line in range(item.lineno, last + 1))
    return (source.edited(sorted(spans)) if spans else data), edits


def _inserted(source: Source, holder: Holder, item: ast.Constant, new: list[str]) -> Span:
    """The text that adds modules after an item: on lines of their own where the item has one."""
    start, end = source.start(item), source.end(item)
    quote = source.data[start:end].decode()[-1]
    texts = [f"{quote}{name}{quote}" for name in new]
    line_start, line_end = source.starts[item.lineno - 1], source.starts[item.lineno]
    indent = source.data[line_start:start].decode()
    if indent.strip() or holder.lineno == item.lineno:
        return Span(end, end, "".join(f", {text}" for text in texts))
    rest = source.data[end:line_end].decode()
    after = rest.rstrip("\r\n")
    newline = rest[len(after) :] or "\n"
    if after.startswith(","):
        lines = "".join(f"{indent}{text},{newline}" for text in texts)
        if after.lstrip(", \t").startswith(("#", "\\")) or after.strip() == ",":
            return Span(line_end, line_end, lines)
        return Span(end, end, "".join(f", {text}" for text in texts))
    return Span(end, end, "".join(f",{newline}{indent}{text}" for text in texts))
