"""Deploy gate 3, only when named: old names go once nothing in flight bears them.

TASK_NAME_ALIASES = {"create_job()": "create_job"}      (the module goes)
register_task_aliases(app)
"""

import ast
from collections.abc import Iterator

from codemods import imports
from codemods.aliases import HOOK, alias_module, made_anew
from codemods.inventory.link import Inventory
from codemods.literals import Literal, literals_of, meaning
from codemods.names import mentioning
from codemods.snapshot import Snapshot
from codemods.text import Source, Span
from codemods.values import Change, Decision, Decisions, Edit, Rewrite


class Drop(Decision, frozen=True, tag="drop", forbid_unknown_fields=True):
    """Workers no longer answer to `old`."""

    old: str
    new: str
    path: str


def decide(inventory: Inventory) -> Decisions:
    """Every alias whose task bears the new name already."""
    return Decisions(
        tuple(
            Drop(f"drop:{old}", "its task and its senders bear the new name", old, new, path)
            for path, facts in inventory.facts.items()
            for old, new in facts.aliases.items()
            if new in inventory.names and old not in inventory.names
        )
    )


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """The alias module without these names, and the routes and annotations without their keys."""
    drops = [item for item in decisions if isinstance(item, Drop)]
    if not drops:
        return Rewrite()
    path, gone = drops[0].path, {item.old for item in drops}
    left = {old: new for old, new in inventory.facts[path].aliases.items() if old not in gone}
    after = alias_module(left) if left else None
    changes = {path: Change(path, snapshot.read(path), after)}
    edits = list(made_anew(path, snapshot.read(path)))
    for other, data in mentioning(snapshot, inventory, gone):
        if other not in inventory.facts or other == path or inventory.facts[other].error:
            continue
        source = Source(data)
        keys = [item for item in literals_of(source.tree, gone) if meaning(item) == "key"]
        spans = [span for item in keys for span in without_entry(source, item)]
        if spans:
            changes[other] = Change(other, data, source.edited(spans))
            edits.extend(Edit(other, item.node.lineno, f'"{item.value}" goes') for item in keys)
    if after is None:
        for change in _unhooked(snapshot, inventory, path, changes):
            changes[change.path] = change
            edits.append(Edit(change.path, 0, f"no longer calls {HOOK}"))
    return Rewrite(tuple(changes.values()), tuple(edits))


def without_entry(source: Source, literal: Literal) -> Iterator[Span]:
    """One entry of a dict, list or statement taken out, its comma and line with it."""
    parent = literal.parent
    first: ast.expr | ast.stmt = literal.node
    if isinstance(parent, ast.Dict):
        index = next(i for i, key in enumerate(parent.keys) if key is literal.node)
        end = source.end(parent.values[index])
    elif isinstance(parent, ast.Tuple | ast.List):
        first, end = parent, source.end(parent)
    else:
        first = next(item for item in literal.parents if isinstance(item, ast.stmt))
        end = source.end(first)
    start = source.start(first)
    tail = source.data[end:]
    end += len(tail) - len(tail.lstrip(b" ,")) if tail.lstrip(b" ").startswith(b",") else 0
    line_start = source.starts[first.lineno - 1]
    rest = source.data[end:].split(b"\n", 1)
    if not source.data[line_start:start].strip() and not rest[0].strip() and len(rest) > 1:
        start, end = line_start, end + len(rest[0]) + 1
    yield Span(start, end, "")


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
            called = (
                node.value.func
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
                else None
            )
            if isinstance(called, ast.Name) and called.id == HOOK:
                spans.append(Span(*imports.whole_lines(source, node), ""))
        for statement in imports.module_imports(source):
            if HOOK in imports.bound_names(statement):
                spans.append(imports.without_names(source, statement, {HOOK}))
        yield Change(path, data, source.edited(spans))
