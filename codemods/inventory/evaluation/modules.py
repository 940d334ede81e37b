"""Which statements of a module or class bind a name, and in which order they count."""

import ast
from collections.abc import Callable, Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

from msgspec import Struct

from codemods.inventory.bindings import guarded
from codemods.inventory.symbols import FunctionNode, statements, target_names
from codemods.inventory.walking import walk

DICT_CHANGING = frozenset({"update", "setdefault", "pop", "clear"})
LIST_CHANGING = frozenset(
    {"append", "extend", "insert", "remove", "reverse", "sort", "pop", "clear"}
)


class Binder(Struct, frozen=True):
    """One statement that binds a name, and what guards it: `""`, `if`, `try` or `type_checking`."""

    node: ast.stmt
    guard: str


class ModuleIndex:
    """The statements of one body by the names they bind, and those that change a name's value."""

    def __init__(self, body: list[ast.stmt]) -> None:
        self.binders: dict[str, list[Binder]] = {}
        self.changes: dict[str, list[Binder]] = {}
        self._body = body
        for node, guard in guarded(body, ""):
            for name in bound_names(node):
                self.binders.setdefault(name, []).append(Binder(node, guard))
            name = changed_name(node)
            if name:
                self.changes.setdefault(name, []).append(Binder(node, guard))

    @cached_property
    def set_inside(self) -> set[str]:
        """The names that functions of the module set by `global`."""
        nodes = (part for node in self._body for part in walk(node))
        return {name for part in nodes if isinstance(part, ast.Global) for name in part.names}

    def of(self, name: str, line: int) -> list[Binder]:
        """The statements that may bind a name, most likely first; `line` is where it is read.

        The last one that nothing guards hides those before it; of a `try` the first way comes first.
        """
        known = self.binders.get(name, [])
        before = [item for item in known if not line or item.node.lineno < line] or known
        found: list[Binder] = []
        for item in reversed(before):
            found.insert(0, item)
            if not item.guard:
                break
        if len(found) > 1:
            found = [item for item in found if item.guard != "type_checking"] or found
        guards = [item for item in found if item.guard]
        return guards + [item for item in found if not item.guard]

    def changed(self, name: str, line: int) -> list[Binder]:
        """The statements above a line that change a name's value; all of them for line 0."""
        known = self.changes.get(name, [])
        return [item for item in known if not line or item.node.lineno < line]


_INDEXES: WeakKeyDictionary[ast.Module, ModuleIndex] = WeakKeyDictionary()


def index_of(tree: ast.Module) -> ModuleIndex:
    """The names that a module binds; of a tree that is looked at again it is known."""
    found = _INDEXES.get(tree)
    if found is None:
        found = _INDEXES[tree] = ModuleIndex(tree.body)
    return found


def bound_names(node: ast.stmt) -> Iterator[str]:
    """The names that one statement binds itself."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        plain = isinstance(node, ast.Import)
        for alias in node.names:
            yield alias.asname or (alias.name.partition(".")[0] if plain else alias.name)
    elif isinstance(node, FunctionNode | ast.ClassDef):
        yield node.name
        yield from (part.target.id for part in walrus_of(node))
    else:
        for target in _targets(node):
            yield from target_names(target)
        for part in walrus_of(node):
            yield part.target.id


def walrus_of(node: ast.stmt) -> Iterator[ast.NamedExpr]:
    """The `name := value` of a statement itself, not of those inside it."""
    parts = [node.test] if isinstance(node, ast.If | ast.While) else []
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
        parts = [node.value] if node.value is not None else []
    if isinstance(node, FunctionNode | ast.ClassDef):
        parts = list(node.decorator_list)
    for value in parts:
        yield from (part for part in walk(value) if isinstance(part, ast.NamedExpr))


def _targets(node: ast.stmt) -> Iterator[ast.expr]:
    """The targets of an assignment, a loop or a `with`."""
    match node:
        case ast.Assign():
            yield from node.targets
        case ast.AnnAssign() if node.value is not None:
            yield node.target
        case ast.For() | ast.AsyncFor():
            yield node.target
        case ast.With() | ast.AsyncWith():
            yield from (item.optional_vars for item in node.items if item.optional_vars)


def changed_name(node: ast.stmt) -> str:
    """The name whose value a statement changes: `X["k"] = v`, `X.k = v`, `X |= y`, `X.update(...)`."""
    target: ast.expr | None = None
    if isinstance(node, ast.AugAssign):
        target = node.target
    elif isinstance(node, ast.Assign) and isinstance(
        node.targets[0], ast.Subscript | ast.Attribute
    ):
        target = node.targets[0].value
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        target = _changed_by(node.value)
    return target.id if isinstance(target, ast.Name) else ""


def _changed_by(node: ast.Call) -> ast.expr | None:
    """What a call changes, if it is known to."""
    if isinstance(node.func, ast.Attribute):
        known = node.func.attr in DICT_CHANGING | LIST_CHANGING
        return node.func.value if known else None
    known = isinstance(node.func, ast.Name) and node.func.id == "setattr"
    return node.args[0] if known and node.args else None


Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _holds(node: ast.stmt, line: int) -> bool:
    """Whether a line is in the body of a class or function, and no decorator or default of it."""
    return isinstance(node, Scope) and node.body[0].lineno - _head(node.body[0]) <= line <= (
        node.end_lineno or 0
    )


def _head(node: ast.stmt) -> int:
    """How many lines of decorators stand above a statement."""
    lines = [part.lineno for part in node.decorator_list] if isinstance(node, Scope) else []
    return node.lineno - min([node.lineno, *lines])


def local_names(node: FunctionNode) -> Iterator[str]:
    """The names that a function binds: its parameters, and what its body assigns."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [part for part in (arguments.vararg, arguments.kwarg) if part is not None]
    yield from (part.arg for part in every)
    for statement in statements(node.body):
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            yield from bound_names(statement)


class Sources:
    """The syntax trees of a project's files, read when they are asked for."""

    def __init__(
        self,
        read: Callable[[str], ast.Module | None],
        having: Callable[[str], list[str]] = lambda text: [],
    ) -> None:
        """`having` gives the paths of the files with a text in them."""
        self.having = having
        self._read = read
        self._trees: dict[str, ast.Module | None] = {}
        self._indexes: dict[str, ModuleIndex] = {}
        self._functions: dict[str, dict[int, FunctionNode]] = {}

    def tree(self, path: str) -> ast.Module | None:
        """The tree of one file, `None` where it can't be had."""
        if path not in self._trees:
            self._trees[path] = self._read(path)
        return self._trees[path]

    def index(self, path: str) -> ModuleIndex:
        """The names that a file binds."""
        if path not in self._indexes:
            tree = self.tree(path)
            self._indexes[path] = ModuleIndex([]) if tree is None else index_of(tree)
        return self._indexes[path]

    def around(self, path: str, line: int) -> Iterator[tuple[Scope, ast.stmt]]:
        """The classes and functions around a line, outermost first, each with its statement there."""
        tree = self.tree(path)
        body: list[ast.stmt] = tree.body if tree is not None else []
        while body:
            inner = next((n for n in statements(body) if _holds(n, line)), None)
            if inner is None:
                return
            assert isinstance(inner, Scope)
            body = inner.body
            last = inner.body[-1]
            yield inner, next((n for n in inner.body if line <= (n.end_lineno or 0)), last)

    def function_at(self, path: str, line: int) -> FunctionNode | None:
        """The function whose `def` stands on a line."""
        if path not in self._functions:
            tree = self.tree(path)
            nodes = walk(tree) if tree is not None else iter(())
            self._functions[path] = {n.lineno: n for n in nodes if isinstance(n, FunctionNode)}
        return self._functions[path].get(line)
