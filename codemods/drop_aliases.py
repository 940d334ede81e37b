"""Deploy gate 3, only when named: old names go once nothing in flight bears them.

TASK_NAME_ALIASES = {"create_job()": "create_job"}      (the module goes)
register_task_aliases(app)
"""

import ast
from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.renaming.alias_module import HOOK, alias_module, made_anew
from codemods.renaming.mentions import Mention, closed_mentions, mentions_of
from codemods.renaming.route_keys import entry_lines, without_entries
from codemods.snapshot import Snapshot
from codemods.source import imports
from codemods.source.text import Source, Span
from codemods.values import Change, Decision, Decisions, Edit, Note, Rewrite


class Drop(Decision, frozen=True, tag="drop", forbid_unknown_fields=True):
    """Workers no longer answer to `old`."""

    old: str
    new: str
    path: str


def decide(inventory: Inventory) -> Decisions:
    """Every alias whose task bears the new name already."""
    return Decisions(
        tuple(
            Drop(
                f"drop:{old}", "its task bears the new name, and so do its senders", old, new, path
            )
            for path, facts in inventory.facts.items()
            for old, new in facts.aliases.items()
            if new in inventory.names and old not in inventory.names
        )
    )


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The alias module without these names, and the routes and annotations without their keys.

    A name that code still holds stays alive: a message under it would be discarded.
    """
    drops = [item for item in decisions if isinstance(item, Drop)]
    mentions = mentions_of(snapshot, inventory, {item.old: item.new for item in drops})
    held = [m for m in mentions if m.kind != "key" and not is_test(m.path)]
    closed = _closed(inventory, drops)
    notes = (*(_held(mention) for mention in held), *closed.values())
    gone = {item.old for item in drops} - {mention.old for mention in held} - closed.keys()
    undone = frozenset(item.id for item in drops if item.old not in gone)
    if not gone:
        return Rewrite(notes=notes, undone=undone)
    path = drops[0].path
    left = {old: new for old, new in inventory.facts[path].aliases.items() if old not in gone}
    after = alias_module(left, snapshot.read(path)) if left else None
    data = snapshot.read(path)
    changes = {path: Change(path, data, after)}
    edits = list(made_anew(path, data))
    keys = [m for m in mentions if m.kind == "key" and m.old in gone]
    for other in sorted({mention.path for mention in keys}):
        inside = [mention for mention in keys if mention.path == other]
        source = inside[0].source
        spans = without_entries(source, [mention.literal for mention in inside])
        changes[other] = Change(other, snapshot.read(other), source.edited(spans))
        edits.extend(
            Edit(other, line, f'"{m.old}" goes') for m in inside for line in entry_lines(m.literal)
        )
    if after is None:
        for change in _unhooked(snapshot, inventory, path, changes):
            changes[change.path] = change
            edits.append(Edit(change.path, 0, f"no longer calls {HOOK}"))
    return Rewrite(tuple(changes.values()), tuple(edits), notes, undone)


def _closed(inventory: Inventory, drops: list[Drop]) -> dict[str, Note]:
    """The names that a file which is never edited still needs, each with its note."""
    found: dict[str, Note] = {}
    for old, (path, line, why) in closed_mentions(inventory, [item.old for item in drops]).items():
        message = f'workers go on answering to "{old}": {why}'
        found[old] = Note(path, line, "still-named", message)
    for facts in inventory.unparsed:
        modules = {
            inventory.project.canonical(name)
            for item in facts.imports
            for name in (item.module, f"{item.module}.{item.name}")
        }
        for item in drops:
            if inventory.project.module_of[item.path] in modules:
                message = (
                    f"the aliases stay: {inventory.why_not_edited(facts.path)}, and it imports them"
                )
                found.setdefault(item.old, Note(facts.path, 0, "still-named", message))
    return found


def dropped_by(decisions: tuple[Decision, ...], result: Rewrite) -> set[str]:
    """The old names that workers no longer answer to."""
    return {
        item.old for item in decisions if isinstance(item, Drop) and item.id not in result.undone
    }


def _held(mention: Mention) -> Note:
    message = f'"{mention.old}" is still used here, so workers go on answering to it: write the new name of the task, then run the step again'
    return Note(mention.path, mention.line, "still-named", message)


def _unhooked(
    snapshot: Snapshot, inventory: Inventory, alias: str, changed: dict[str, Change]
) -> Iterator[Change]:
    """The modules that import the hook, without it."""
    module = inventory.project.module_of[alias]
    for path, facts in inventory.facts.items():
        if not any(inventory.project.canonical(i.module) == module for i in facts.imports):
            continue
        data = snapshot.read(path)
        current = changed[path].after if path in changed else data
        source = Source(current or data)
        spans: list[Span] = []
        for node in source.tree.body:
            call = node.value if isinstance(node, ast.Expr) else None
            called = call.func if isinstance(call, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == HOOK:
                spans.append(Span(*imports.whole_lines(source, node), ""))
        for statement in imports.module_imports(source):
            if HOOK in imports.bound_names(statement):
                spans.append(imports.without_names(source, statement, {HOOK}))
        yield Change(path, data, source.edited(spans))
