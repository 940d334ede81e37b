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
from codemods.inventory.walking import walk
from codemods.snapshot import Snapshot
from codemods.source.elements import after
from codemods.source.long_lines import broken_where_long
from codemods.source.text import Source, Span
from codemods.values import Change, Edit, Note, Rewrite

Holder = ast.List | ast.Tuple | ast.Set


def with_includes(
    snapshot: Snapshot, inventory: Inventory, result: Rewrite, added: Mapping[str, Sequence[str]]
) -> Rewrite:
    """A rewrite whose lists of modules follow; `added` are the new modules of each old one."""
    changes = {change.path: change for change in result.changes}
    edits, notes = list(result.edits), list(result.notes)
    for path, facts in inventory.facts.items():
        listed = _included(facts).keys() & added.keys()
        if not listed:
            continue
        if not inventory.editable(path):
            new = ", ".join(name for old in sorted(listed) for name in added[old])
            message = f"let workers import {new} too: {inventory.why_not_edited(path)}"
            notes.append(Note(path, 0, "include-by-hand", message))
            continue
        before = snapshot.read(path)
        data = changes[path].after if path in changes else before
        if data is None:
            # It becomes a package: what it lists still loads the old module, and that the new ones.
            continue
        grown, found = with_modules(path, data, added)
        grown = broken_where_long(data, grown, inventory.layout(path))
        if grown != data:
            changes[path] = Change(path, before, grown)
            edits.extend(found)
    ordered = tuple(change for _, change in sorted(changes.items()))
    return structs.replace(result, changes=ordered, edits=tuple(edits), notes=tuple(notes))


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
    for holder in walk(source.tree):
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
                quote = source.text(item)[-1]
                spans.append(after(source, holder, item, [f"{quote}{n}{quote}" for n in new]))
                what = f"workers import {', '.join(new)} too"
                last = holder.end_lineno or item.lineno
                edits.extend(Edit(path, line, what) for line in range(item.lineno, last + 1))
    return (source.edited(sorted(spans)) if spans else data), edits
