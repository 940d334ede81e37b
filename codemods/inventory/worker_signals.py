"""Modules that a file loads in workers by walking over a package, or where one of Celery's signals comes.

@app.on_after_finalize.connect
def load(sender, **kwargs):
    import shop.late_tasks                      and so does  load_below("shop.tasks"),  a function
                                                with pkgutil.walk_packages() and import_module()
"""

import ast
from collections.abc import Iterable, Iterator

from codemods.inventory.project import Project
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import children, walk

SIGNALS = frozenset(
    {"on_after_configure", "on_after_finalize", "import_modules", "celeryd_init"}
    | {"celeryd_after_setup", "worker_init"}
)
"""What comes in every worker before it asks which tasks there are."""
WALKS = frozenset({"walk_packages", "iter_modules"})
IMPORTS = frozenset({"import_module", "__import__"})


def may_load(data: bytes) -> bool:
    """Whether a file's text has the words of what is looked for."""
    return b"walk_packages" in data or b"iter_modules" in data or b".connect" in data


def loaded_in_workers(project: Project, path: str, tree: ast.Module) -> set[str]:
    """The modules that a worker has loaded once this file is, besides those of its imports."""
    functions = [node for node in tree.body if isinstance(node, FunctionNode)]
    walkers = {node.name for node in functions if _walks(node)}
    handlers = [node for node in functions if any(map(_is_signal, node.decorator_list))]
    found: set[str] = set()
    handled = (part for handler in handlers for part in walk(handler))
    for node in (*_at_import(tree.body), *handled):
        if isinstance(node, ast.Call) and _last(node.func) in walkers:
            for text in _texts(node):
                found |= _below(project, project.canonical(text))
        elif isinstance(node, ast.For) and _walks(node) and "__path__" in _names(node):
            found |= _below(project, project.module_of[path])
    for item in project.facts[path].imports:
        if any(node.lineno <= item.line <= (node.end_lineno or 0) for node in handlers):
            found.update(project.loaded_by(item.module, item.name))
    return found


def _at_import(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """What runs while the file is imported."""
    for node in body:
        if not isinstance(node, FunctionNode | ast.Lambda | ast.If):
            yield node
            yield from _at_import(children(node))


def _is_signal(decorator: ast.expr) -> bool:
    """Whether this is the `connect` of a signal that comes in every worker."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (
        isinstance(called, ast.Attribute)
        and called.attr == "connect"
        and _last(called.value) in SIGNALS
    )


def _walks(node: ast.AST) -> bool:
    """Whether code goes through the modules of a package and imports them."""
    called = {_last(part.func) for part in walk(node) if isinstance(part, ast.Call)}
    return bool(called & WALKS) and bool(called & IMPORTS)


def _texts(call: ast.Call) -> Iterator[str]:
    for value in (*call.args, *(item.value for item in call.keywords)):
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in walk(node) if isinstance(part, ast.Name)}


def _below(project: Project, package: str) -> set[str]:
    """A package and all that stands below it."""
    return {name for name in project.path_of if f"{name}.".startswith(f"{package}.")}


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
