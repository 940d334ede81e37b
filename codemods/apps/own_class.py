"""Whether tasks of a project's own subclass of `Celery` stay what they are as `@shared_task`."""

import ast

from codemods.inventory.evaluation.library import APP_CLASSES
from codemods.inventory.link import Inventory
from codemods.inventory.symbols import FunctionNode, statements
from codemods.inventory.values import Class

DECIDING = frozenset(
    [
        "task", "task_cls", "registry_cls", "_task_from_fun", "tasks", "_tasks", "finalize", "set_current", "set_default",
        "__init__", "__new__", "__init_subclass__", "__getattr__", "__getattribute__",
    ]
)  # fmt: skip
"""What an app makes and keeps its tasks by, and by which threads find it: `shared_task` calls
`_task_from_fun` once the app is finalized, and `task` does the same. A class of tasks of its own is
what people choose the app for: whoever else asks for a shared task must not get another."""


def why_unlike_celery(inventory: Inventory, app: str) -> str:
    """What may make a task otherwise than `Celery` does, in an app's class or above it; `""` for nothing."""
    project = inventory.project
    thing = inventory.apps.app(app)
    assert thing is not None
    assert thing.of is not None
    for dotted in project.bases(thing.of.dotted):
        known = project.class_(dotted)
        if dotted in APP_CLASSES:
            continue
        if known is None:
            return f"comes of {dotted}, which is not in the source"
        if known.decorators or known.metaclass or known.keywords:
            return "is made in a way of its own"
        path = project.path_of[project.split(dotted)[0]]
        node = _definition(inventory.tree(path), known)
        found = _deciding(node) if node is not None else "a body that can't be read"
        if found:
            return f"has {found} of its own"
    return ""


def _definition(tree: ast.Module | None, known: Class) -> ast.ClassDef | None:
    """The class statement that a fact is about."""
    for node in statements(tree.body) if tree is not None else ():
        if isinstance(node, ast.ClassDef) and (node.name, node.lineno) == (known.name, known.line):
            return node
    return None


def _deciding(node: ast.ClassDef) -> str:
    """What a class body binds that decides about tasks, or a statement that may bind anything."""
    for part in node.body:
        if isinstance(part, FunctionNode):
            names = [part.name]
        elif isinstance(part, ast.Assign | ast.AnnAssign):
            targets = part.targets if isinstance(part, ast.Assign) else [part.target]
            names = [target.id if isinstance(target, ast.Name) else "" for target in targets]
        elif isinstance(part, ast.Pass) or (
            isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
        ):
            continue
        else:
            names = [""]
        for name in names:
            if name in DECIDING or not name:
                called = f"{name}()" if isinstance(part, FunctionNode) else name
                return called or f"a statement (line {part.lineno})"
    return ""
