"""Decorators above a task's that mark the task itself, as in `task.check = ...`.

@marked              marked() runs while the file is imported. A shared task is then looked up in the
@shared_task         app that is current, which may be Celery's own fallback: the mark would be lost.
"""

import ast

from codemods.inventory.link import Inventory
from codemods.inventory.symbols import FunctionNode, statements
from codemods.inventory.task import Task
from codemods.inventory.walking import walk


def marked_above(inventory: Inventory, task: Task) -> str | None:
    """What the project's own decorator above a task does to it, or `None`."""
    facts = inventory.facts[task.path]
    for function in facts.functions:
        if (function.qualname, function.line) != (task.qualname, task.line):
            continue
        for use in function.decorators:
            dotted = inventory.project.resolve(use.symbol)
            if inventory.apps.maker_of(use.symbol, facts) is not None:
                return None
            if _assigns(inventory, dotted):
                return f"is marked by @{use.source} above it (line {use.line}), which a shared task would lose where the app is not loaded yet: keep the mark elsewhere, or convert it by hand"
    return None


def _assigns(inventory: Inventory, dotted: str) -> bool:
    """Whether a function of the project sets an attribute of something."""
    module, rest = inventory.project.split(dotted)
    node: ast.AST | None = inventory.tree(inventory.project.path_of[module]) if module else None
    for name in rest:
        body = getattr(node, "body", [])
        named = (
            part
            for part in statements(body)
            if isinstance(part, FunctionNode | ast.ClassDef) and part.name == name
        )
        node = next(named, None)
    return isinstance(node, FunctionNode | ast.ClassDef) and any(map(_is_mark, walk(node)))


def _is_mark(part: ast.AST) -> bool:
    if isinstance(part, ast.Call):
        return isinstance(part.func, ast.Name) and part.func.id == "setattr"
    targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
    return any(
        isinstance(target, ast.Attribute)
        and isinstance(target.value, ast.Name)
        and target.value.id not in {"self", "cls"}
        for target in targets
    )
