"""What a unit changes beside itself while its file is imported: registries that it enters, caches that it fills."""

import ast
from collections.abc import Collection, Iterator

from codemods.inventory.import_time import import_time_nodes
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import children, walk
from codemods.units.reads import changed_by, last_word, root_of
from codemods.units.units import Module, Unit

OF_INSTANCE = frozenset({"__init__", "__new__", "__post_init__"})
"""The methods that run when a class is called; a decorator that is an instance runs `__call__` too."""

APPLYING = frozenset({"map", "filter", "reduce", "sorted", "min", "max", "starmap"})
"""Functions that call what they are given."""


WRAPPING = frozenset(
    {"cache", "cached", "count", "limit", "measure", "memoize", "retry", "time", "timed", "timer"}
    | {"task", "periodic_task", "trace", "wrap"}
)
"""Decorators of a value that only put something around a function, or are Celery's own."""


def filled_in(module: Module, asked: frozenset[str] = frozenset()) -> dict[int, frozenset[str]]:
    """For each unit the names that it changes at import, worked out once.

    `asked` are the classes of which code elsewhere asks for the subclasses.
    """
    if module.filled is None:
        filled = Filled(module, asked)
        units = (unit for unit in module.units if unit.kind != "handler")
        found = {unit.index: frozenset(filled.by(unit)) for unit in units}
        module.filled = {index: names for index, names in found.items() if names}
    return module.filled


class Filled:
    """The names of a file that its units change at import, each found by following what runs then."""

    def __init__(self, module: Module, asked: Collection[str] = ()) -> None:
        """`asked` are the classes of which code elsewhere asks for the subclasses."""
        self.module = module
        self.asked = {*asked, *_asked_for_subclasses(module)}

    def by(self, unit: Unit) -> set[str]:
        """The names that a unit changes while it is imported, but for its own."""
        run = _Run(self, set(), set())
        for node in unit.nodes:
            run.follow(list(import_time_nodes([node])), unit)
        return run.changed - set(unit.names)

    def defining(self, name: str) -> tuple[ast.stmt, Unit] | None:
        """The function or class of the file that bears a name, with its unit."""
        for index in reversed(self.module.binders.get(name, ())):
            unit = self.module.units[index]
            for node in unit.nodes:
                if isinstance(node, FunctionNode | ast.ClassDef) and node.name == name:
                    return node, unit
        return None

    def is_own(self, name: str) -> bool:
        """Whether a name stands for what the file makes itself."""
        kinds = {self.module.units[index].kind for index in self.module.binders.get(name, ())}
        return bool(kinds & {"value", "function", "class"})


class _Run:
    """One unit's import: the code that runs in it, called from it, and what that changes."""

    def __init__(self, filled: Filled, changed: set[str], seen: set[tuple[str, int]]) -> None:
        self.filled = filled
        self.changed = changed
        self.seen = seen

    def follow(self, nodes: list[ast.AST], unit: Unit) -> None:
        """Takes up what some nodes of a unit do, and what they call."""
        self._change(changed_by(nodes), unit)
        for node in nodes:
            if isinstance(node, ast.Global):
                self._change(node.names, unit)
            elif isinstance(node, ast.Call):
                self._call(node.func, 1)
                if last_word(node.func) in APPLYING and node.args:
                    self._call(node.args[0], 1)
            elif isinstance(node, ast.ClassDef):
                for base in (*node.bases, *(item.value for item in node.keywords)):
                    self._derive(base)
            for decorator in getattr(node, "decorator_list", ()):
                self._decorate(decorator)

    def _change(self, names: Collection[str], unit: Unit) -> None:
        own = unit.reads.all | set(unit.names)
        self.changed.update(name for name in names if name in own)

    def _decorate(self, decorator: ast.expr) -> None:
        """What a decorator does to what it stands above; one of a value of this file registers there."""
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        root = root_of(called)
        if (
            isinstance(called, ast.Attribute)
            and self.filled.is_own(root)
            and called.attr not in WRAPPING
        ):
            self.changed.add(root)
        self._call(called, 2 if isinstance(decorator, ast.Call) else 1)

    def _call(self, called: ast.expr, levels: int) -> None:
        """A call of a function or class of the file; `levels` is how often its result is called too."""
        if isinstance(called, ast.Call):
            self._call(called.func, levels + 1)
            return
        if not isinstance(called, ast.Name) or (called.id, levels) in self.seen:
            return
        self.seen.add((called.id, levels))
        found = self.filled.defining(called.id)
        if found is None:
            return
        node, unit = found
        if isinstance(node, ast.ClassDef):
            wanted = OF_INSTANCE | {"__call__"} if levels > 1 else OF_INSTANCE
            self._methods(node, unit, wanted)
            for base in node.bases:
                self._call(base, levels)
        elif isinstance(node, FunctionNode):
            self.follow(list(_running(node, levels)), unit)

    def _methods(self, node: ast.ClassDef, unit: Unit, wanted: Collection[str]) -> None:
        for method in node.body:
            if isinstance(method, FunctionNode) and method.name in wanted:
                self.follow(list(_running(method, 1)), unit)

    def _derive(self, base: ast.expr) -> None:
        """What becomes known to a class of the file, or its metaclass, of one derived from it."""
        found = self.filled.defining(base.id) if isinstance(base, ast.Name) else None
        node, unit = found or (None, None)
        if not isinstance(node, ast.ClassDef) or unit is None:
            return
        hooks = {"__init_subclass__", "__set_name__"}
        metaclass = [item.value for item in node.keywords if item.arg == "metaclass"]
        is_told = any(last_word(meta) != "ABCMeta" for meta in metaclass) or any(
            isinstance(part, FunctionNode) and part.name in hooks for part in node.body
        )
        if is_told or node.name in self.filled.asked:
            self.changed.add(node.name)
        self._methods(node, unit, {*hooks, *OF_INSTANCE} if _is_meta(node) else hooks)
        for above in (*node.bases, *metaclass):
            self._derive(above)


def _is_meta(node: ast.ClassDef) -> bool:
    return any(
        last_word(base) in {"type", "ABCMeta", "EnumMeta", "ModelBase"} for base in node.bases
    )


def _running(function: ast.AST, levels: int) -> Iterator[ast.AST]:
    """The nodes of a function that run when it is called, and its result again; not those of its wrappers."""
    waiting = list(getattr(function, "body", ()))
    inner: list[ast.AST] = []
    called: set[str] = set()
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FunctionNode):
            inner.append(node)
            waiting.extend([*node.decorator_list, *node.args.defaults])
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called.add(node.func.id)
        waiting.extend(children(node))
    for node in inner:
        if levels > 1 or getattr(node, "name", "") in called:
            yield from _running(node, max(levels - 1, 1))


def _asked_for_subclasses(module: Module) -> Iterator[str]:
    """The classes whose subclasses the file asks for; those that ask it of `cls` or `self` themselves too."""
    for unit in module.units:
        for node in unit.nodes:
            for part in walk(node):
                if isinstance(part, ast.Attribute) and part.attr == "__subclasses__":
                    yield from [root_of(part.value), *unit.names]
