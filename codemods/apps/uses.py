"""Every place in one file that reads the Celery app, and whether `current_app` could take its place."""

import ast

from codemods.inventory.evaluation.library import OLD_TASKS
from codemods.inventory.project import Project
from codemods.inventory.symbols import FunctionNode, Scopes
from codemods.inventory.walking import children, walk

CURRENT_APP_SAFE = frozenset({"send_task", "conf", "control", "signature", "tasks", "AsyncResult"})
"""Attributes of an app that are the same on `current_app` when a function body reads them."""

Scoped = FunctionNode | ast.ClassDef | ast.Lambda


class Use:
    """One place that reads the app.

    `node` is the expression that an edit replaces, `root` the name that the module binds, `safe`
    whether `current_app` is the same there; `call` is the decorator's, if it has arguments. An `old`
    one reads no app, but `@task` of Celery 3 and 4.
    """

    def __init__(
        self,
        node: ast.expr,
        *,
        decorates: bool = False,
        safe: bool = False,
        old: bool = False,
        call: ast.Call | None = None,
    ) -> None:
        self.node = node
        self.old = old
        self.call = call
        self.decorates = decorates
        self.safe = safe
        self.root = root_of(node)
        self.dotted = ast.unparse(node)


class Uses:
    """The uses of one app in one file, by scopes; `reads` are the other module-level names read."""

    def __init__(
        self, tree: ast.Module, path: str, app: str, tasks: set[str], project: Project
    ) -> None:
        self.scopes = Scopes(tree, path)
        self.found: list[Use] = []
        self.reads: set[str] = set()
        self._app = app
        self._tasks = tasks
        self._project = project
        for node in tree.body:
            self._visit(node, "")

    def _visit(self, node: ast.AST, prefix: str) -> None:
        if isinstance(node, Scoped):
            self._scope(node, prefix)
            return
        if isinstance(node, ast.Attribute | ast.Name) and self._is_app(node):
            self.found.append(Use(node))
            return
        if isinstance(node, ast.Attribute) and self._is_app(node.value):
            inside = self.scopes.kind == "function" and isinstance(node.ctx, ast.Load)
            self.found.append(Use(node.value, safe=inside and node.attr in CURRENT_APP_SAFE))
            return
        if isinstance(node, ast.Name) and not self.scopes.is_local(node.id):
            self.reads.add(node.id)
        for child in children(node):
            self._visit(child, prefix)

    def _scope(self, node: Scoped, prefix: str) -> None:
        """Decorators, defaults, annotations and bases are read outside; the body inside."""
        name = "" if isinstance(node, ast.Lambda) else node.name
        qualname = f"{prefix}.{name}" if prefix else name
        body = [node.body] if isinstance(node, ast.Lambda) else node.body
        inner = {id(part) for part in body}
        for child in children(node):
            if id(child) in inner:
                continue
            if not isinstance(node, ast.Lambda) and child in node.decorator_list:
                self._decorator(child, qualname, prefix)
            else:
                self._visit(child, prefix)
        self.scopes.enter(node)
        for part in body:
            self._visit(part, qualname)
        self.scopes.leave()

    def _decorator(self, decorator: ast.AST, qualname: str, prefix: str) -> None:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        of_app = self._is_task_of_app(called)
        if qualname not in self._tasks or not (of_app or self._is_old_task(called)):
            self._visit(decorator, prefix)
            return
        assert isinstance(called, ast.expr)
        call = decorator if isinstance(decorator, ast.Call) else None
        self.found.append(Use(called, decorates=True, safe=True, old=not of_app, call=call))
        if isinstance(decorator, ast.Call):
            for part in (*decorator.args, *(key.value for key in decorator.keywords)):
                self._visit(part, prefix)

    def _is_task_of_app(self, called: ast.AST) -> bool:
        """Whether this is the app's `task`."""
        if not isinstance(called, ast.Attribute) or called.attr != "task":
            return False
        return self._is_app(called.value)

    def _is_old_task(self, called: ast.AST) -> bool:
        """Whether this is the `task` of Celery 3 and 4."""
        symbol = self.scopes.resolve(called)
        here = symbol is not None and not self.scopes.is_local(root_of(called))
        return here and self._project.resolve(symbol) in OLD_TASKS

    def _is_app(self, node: ast.AST) -> bool:
        """Whether an expression is the app, reached through a name that this module binds."""
        symbol = self.scopes.resolve(node)
        if symbol is None or self.scopes.is_local(root_of(node)):
            return False
        return self._project.resolve(symbol) == self._app


def root_of(node: ast.AST) -> str:
    """The name that an attribute chain begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def bound_names(tree: ast.Module) -> set[str]:
    """Every name that anything in a file binds, in whatever scope, but by module-level imports."""
    found: set[str] = set()
    top = {id(node) for node in tree.body}
    for node in walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in top:
            found.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
    return found


def annotation_texts(tree: ast.Module) -> list[str]:
    """The annotations of a file that are written as text."""
    parts: list[ast.AST | None] = []
    for node in walk(tree):
        parts.append(getattr(node, "annotation", None))
        parts.append(getattr(node, "returns", None))
    return [
        inner.value
        for part in parts
        if part is not None
        for inner in walk(part)
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    ]
