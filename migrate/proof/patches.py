"""A check of what tests replace: a name that a test names by text, or in a module, is still there."""

import ast
import re
from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.inventory.project import Project
from codemods.inventory.testing import is_test
from codemods.inventory.trees import parsed
from codemods.inventory.values import Import
from codemods.inventory.walking import walk
from codemods.snapshot import Snapshot
from migrate.pipeline import StepRun
from migrate.proof.lines import path_before, python_changes

DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+\.?")
"""A text that may name something in a module; one with a dot at its end goes on elsewhere."""

DEPTH = 8
"""How many imports are followed from one module to the next."""


def patch_targets(run: StepRun) -> list[str]:
    """What tests name in a module exists after the step as it did before.

    Asked is of every dotted text, and of every call that gets a module and the name of something
    in it, whichever way of patching it is for: `patch`, `patch.object`, `patch.multiple`,
    `monkeypatch`, a constant or a parameter that one of them reads.
    """
    changed = {change.path: change.before for change in python_changes(run)}
    gone = _gone(run, changed)
    found: list[str] = []
    # Whether a task's name stands for the task or for a place is for other checks to ask.
    names = {task.name for task in (*run.before.tasks, *run.after.tasks)}
    for path, data in _tests(run.after, run.snapshot, gone, changed):
        known = _targets(run.before, path, changed.get(path) or b"") if path in changed else None
        for target, line in _targets(run.after, path, data).items():
            new = known is not None and target not in known
            # What a step writes into a test is of the project: what is of none is misspelled.
            strange = new and not run.after.project.has_top(target.partition(".")[0])
            if target in names or (_exists(run.after.project, target) and not strange):
                continue
            if new or _exists(run.before.project, target):
                found.append(f"'{path}' line {line} names {target}, which is not there now")
    return found


def _gone(run: StepRun, changed: dict[str, bytes | None]) -> set[str]:
    """The names that changed files bound, and that they no longer do."""
    found: set[str] = set()
    for path in changed:
        old, new = run.before.facts.get(path_before(run, path)), run.after.facts.get(path)
        if old is not None:
            found |= old.bindings.keys() - (new.bindings.keys() if new is not None else set())
    return found


def _tests(
    inventory: Inventory, files: Snapshot, gone: set[str], changed: dict[str, bytes | None]
) -> Iterator[tuple[str, bytes]]:
    """The files of tests that changed, or that may name what is gone."""
    project = inventory.project
    touched = {project.module_of[path] for path in changed if path in project.module_of}
    plain = [name.encode() for name in sorted(gone)]
    below = [b"." + name for name in plain]
    paths = [p for p in inventory.facts if is_test(p) and (gone or p in changed)]
    contents = files.read_many(paths)
    for path in paths:
        facts = inventory.facts[path]
        near = any(
            project.canonical(f"{item.module}.{item.name}" if item.name else item.module) in touched
            for item in facts.imports
        )
        data = contents.get(path, b"")
        if path in changed or any(word in data for word in (plain if near else below)):
            yield path, data


def _targets(inventory: Inventory, path: str, data: bytes) -> dict[str, int]:
    """The dotted names of things in the project's modules that a file of tests names, each with a line."""
    tree = parsed(data)
    found: dict[str, int] = {}
    if not isinstance(tree, ast.Module):
        return found
    imports = {item.alias: item for item in inventory.facts[path].imports}
    created = {id(part) for node in walk(tree) if _creates(node) for part in walk(node)}
    for node in walk(tree):
        if id(node) in created:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if DOTTED.fullmatch(node.value):
                found.setdefault(node.value.rstrip("."), node.lineno)
        elif isinstance(node, ast.Call):
            for target in _in_call(inventory.project, node, imports):
                found.setdefault(target, node.lineno)
    return found


def _creates(node: ast.AST) -> bool:
    """Whether a patch makes what it replaces, or does without it."""
    return isinstance(node, ast.Call) and any(k.arg in {"create", "raising"} for k in node.keywords)


def _in_call(project: Project, node: ast.Call, imports: dict[str, Import]) -> Iterator[str]:
    """What a call names in a module that it gets: by a text beside it, or by the keywords of `multiple`."""
    values = [
        *node.args,
        *(k.value for k in node.keywords if k.arg in {"target", "attribute", "name"}),
    ]
    modules = [module for value in values[:2] if (module := _module(project, value, imports))]
    texts = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
    word = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for module in modules:
        for text in texts if word != "getattr" or len(values) < 3 else ():
            if text.isidentifier():
                yield f"{module}.{text}"
    if word == "multiple":
        options = {"target", "spec", "spec_set", "create", "autospec", "new_callable", None}
        for module in [*modules, *(text for text in texts if text in project.path_of)]:
            yield from (f"{module}.{k.arg}" for k in node.keywords if k.arg not in options)


def _module(project: Project, node: ast.expr, imports: dict[str, Import]) -> str:
    """The module of the project that an expression stands for by the file's imports, or `""`."""
    words: list[str] = []
    while isinstance(node, ast.Attribute):
        words.insert(0, node.attr)
        node = node.value
    item = imports.get(node.id) if isinstance(node, ast.Name) else None
    if item is None:
        return ""
    symbol = f"{item.module}.{item.name}" if item.name else item.module
    if item.name is None and item.alias == item.module.partition(".")[0]:
        symbol = item.alias
    found = project.resolve(".".join([symbol, *words]))
    return found if found in project.path_of else ""


def _exists(project: Project, dotted: str, depth: int = 0) -> bool:
    """Whether a dotted name of the project leads to something; what is no name of it does."""
    module, rest = project.split(dotted)
    if not module:
        return not project.has_top(dotted.partition(".")[0])
    facts = project.facts[project.path_of[module]]
    if not rest or facts.error is not None or facts.stars or "__getattr__" in facts.bindings:
        return True
    binding = facts.bindings.get(rest[0])
    if binding is None:
        return rest[0].startswith("__")
    if len(rest) == 1 or binding.kind != "import" or not binding.target or depth > DEPTH:
        return True
    return _exists(project, ".".join([project.canonical(binding.target), *rest[1:]]), depth + 1)
