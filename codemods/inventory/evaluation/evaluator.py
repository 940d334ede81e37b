"""Names, attributes and calls: how one thing of the project leads to another."""

import ast
from typing import NamedTuple

from codemods.inventory.evaluation import library
from codemods.inventory.evaluation.limits import CHOICES
from codemods.inventory.evaluation.modules import Binder, Sources
from codemods.inventory.evaluation.running import Running
from codemods.inventory.evaluation.things import (
    AppThing,
    Bound,
    Choice,
    ClassThing,
    Const,
    Frame,
    FunctionThing,
    InstanceThing,
    Items,
    Maker,
    Member,
    Method,
    ModuleThing,
    Outside,
    Partial,
    Super,
    Table,
    TaskThing,
    Thing,
    Unknown,
    Wraps,
    each,
    either,
)
from codemods.inventory.project import Project
from codemods.inventory.symbols import FunctionNode, bound_by_import

HARMLESS = frozenset(
    {"append", "add", "setdefault", "wraps", "update_wrapper", "isfunction", "iscoroutinefunction"}
    | {"signature", "getfullargspec", "callable", "isinstance", "getattr", "hasattr", "print"}
)
"""Calls that may be handed a function and make no task of it."""


class Declared(NamedTuple):
    """A task that a decorator makes, and which of the function's decorators that is."""

    place: int
    task: TaskThing


class Evaluator(Running):
    """Answers what an expression of the project stands for.

    `made` are the tasks that the last question registered on the way, `doubts` the decorators that
    may have made one and can't be followed.
    """

    def __init__(self, project: Project, sources: Sources) -> None:
        super().__init__(project, sources)
        self.made: list[TaskThing] = []
        self.doubts: list[str] = []
        self._names: dict[tuple[str, str, int], Thing] = {}
        self._running: set[int] = set()

    def ask(self) -> None:
        """Begins a new question: the bounds count from here."""
        self.steps, self.depth, self.exhausted = 0, 0, False
        self.made, self.doubts = [], []
        self._running.clear()

    def module_frame(self, path: str, line: int = 0) -> Frame:
        """The frame of a file's module level; `line` is that of the statement that asks."""
        return Frame(path, line=line)

    def source(self, text: str, path: str, line: int = 0) -> Thing:
        """What an expression, given as source, stands for at a file's module level."""
        self.ask()
        try:
            node = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return Unknown(text)
        return self.evaluate(node, self.module_frame(path, line))

    def symbol(self, symbol: str | None) -> Thing:
        """What a symbol of some file stands for."""
        self.ask()
        return self.of(self.project.resolve(symbol)) if symbol else Unknown()

    def of(self, dotted: str) -> Thing:
        """What a resolved dotted name stands for."""
        module, rest = self.project.split(dotted)
        if not module:
            return library.outside(dotted)
        if not rest:
            return self.module_thing(module)
        thing = self.module_name(module, rest[0])
        for name in rest[1:]:
            thing = self.attribute(thing, name)
        return named_app(thing, dotted)

    def makes_task(self, dotted: str) -> Maker | None:
        """What a name makes of a function that it decorates, bare or called; `None`: no task."""
        for applied in (False, True):
            self.ask()
            thing = self.of(dotted)
            if isinstance(thing, Unknown | Outside | Const | ModuleThing | AppThing):
                return None
            if applied:
                thing = self.call(thing, [], Table())
            self.made = []
            self.call(thing, [FunctionThing(_SAMPLE, Frame(""))], Table())
            if self.made:
                return self.made[-1].maker
        return None

    def doubts_of(self, dotted: str) -> list[str]:
        """What a decorator hands a function to that can't be followed, and may make a task of it."""
        self.ask()
        thing = self.of(dotted)
        if isinstance(thing, Outside):
            return [thing.name]
        if isinstance(thing, Unknown | Const):
            return [dotted]
        sample = FunctionThing(_SAMPLE, Frame(""))
        self.call(thing, [sample], Table())
        self.call(self.call(thing, [], Table()), [sample], Table())
        found = [name for name in self.doubts if name.rpartition(".")[2] not in HARMLESS]
        return [*found, "too deep"] if self.exhausted else found

    def decorated(self, path: str, line: int, qualname: str) -> list[Declared]:
        """The tasks that the decorators of the function on a line make, the lowest first."""
        self.ask()
        node = self.sources.function_at(path, line)
        found: list[Declared] = []
        if node is None:
            return found
        frame = self.module_frame(path, node.lineno) if qualname == node.name else None
        if frame is None:
            return self._made_inside(node, path, qualname)
        thing: Thing = FunctionThing(node, Frame(path))
        for index in range(len(node.decorator_list) - 1, -1, -1):
            self.made = []
            thing = self.call(self.evaluate(node.decorator_list[index], frame), [thing], Table())
            found.extend(Declared(index, task) for task in self.made)
        return found

    def _made_inside(self, node: FunctionNode, path: str, qualname: str) -> list[Declared]:
        """The tasks made of a function inside another: what running the outermost one makes of it."""
        thing = self.of(f"{self.project.module_of[path]}.{qualname.partition('.')[0]}")
        self.made = []
        if isinstance(thing, ClassThing):
            frame, inner = self.class_frame(thing), FunctionThing(node, thing.frame)
            for decorator in reversed(node.decorator_list):
                self.call(self.evaluate(decorator, frame), [inner], Table())
        else:
            self.call(thing, [], Table())
        last = len(node.decorator_list) - 1
        return [Declared(last, task) for task in self.made if task.function.named.node is node]

    def module_thing(self, dotted: str) -> Thing:
        """A module, or what its package binds under the module's name."""
        parent, _, name = dotted.rpartition(".")
        path = self.project.path_of.get(parent)
        if path is not None and self.project.hides_module(parent, name):
            return self.module_name(parent, name)
        return ModuleThing(dotted)

    def module_name(self, module: str, name: str, line: int = 0) -> Thing:
        """What a module's name stands for at a line of it, or at its end."""
        path = self.project.path_of.get(module)
        if path is None:
            return library.outside(f"{module}.{name}" if module else name)
        binders = self.sources.index(path).of(name, line)
        if not binders:
            return self._not_bound(module, name)
        key = (module, name, max(item.node.lineno for item in binders))
        if key not in self._names:
            self._names[key] = Unknown(f"{module}.{name}")
            found = self._first_known(
                [self._bound_by(item, name, path) for item in binders], binders
            )
            found = named_app(self._with_changes(found, name, path), f"{module}.{name}")
            if self.exhausted:
                del self._names[key]
                return found
            self._names[key] = found
        return self._names[key]

    def _not_bound(self, module: str, name: str) -> Thing:
        dotted = self.project.resolve(f"{module}.{name}")
        if dotted != f"{module}.{name}":
            return self.of(dotted)
        if dotted in self.project.path_of:
            return ModuleThing(dotted)
        if name in library.BUILTINS:
            return Outside(f"builtins.{name}")
        return Unknown(name)

    @staticmethod
    def _first_known(ways: list[Thing], binders: list[Binder]) -> Thing:
        """Of ways under `if` and `try` the first that makes tasks or apps, else whatever they share."""
        for way in ways:
            if isinstance(way, AppThing | Maker):
                return way
        if any(item.guard == "try" for item in binders):
            known = [way for way in ways if not isinstance(way, Unknown)]
            return known[0] if known else ways[0]
        return either(ways, CHOICES)

    def _bound_by(self, item: Binder, name: str, path: str) -> Thing:
        node, frame = item.node, self.module_frame(path, item.node.lineno)
        if isinstance(node, ast.Import | ast.ImportFrom):
            symbols = dict(bound_by_import(node, path))
            if name not in symbols:
                return Unknown(name)
            dotted = self.project.resolve(self.project.symbol_from(path, symbols[name]))
            known = self.project.can_exist(dotted)
            return self.of(dotted) if known else Unknown(dotted)
        if isinstance(node, FunctionNode):
            return self.defined(node, Frame(path), None)
        if isinstance(node, ast.ClassDef):
            return ClassThing(node, Frame(path), f"{self.project.module_of[path]}.{node.name}")
        if isinstance(node, ast.With | ast.AsyncWith):
            return Unknown(name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            self.statement(node, frame, [])
        return frame.names.get(name, Unknown(name))

    def _with_changes(self, thing: Thing, name: str, path: str) -> Thing:
        """A dict with what module-level statements lay into it afterwards."""
        changes = self.sources.index(path).changes.get(name, ())
        if not changes or not isinstance(thing, Table | Items):
            return thing
        frame = Frame(path, {name: thing})
        for item in changes:
            frame.line = item.node.lineno
            before = frame.names[name]
            self.statement(item.node, frame, [])
            if item.guard and isinstance(before, Table):
                frame.names[name] = self._perhaps(before, frame.names[name], item.node)
        return frame.names[name]

    @staticmethod
    def _perhaps(before: Table, after: Thing, node: ast.stmt) -> Thing:
        """A dict after a change under a condition: what it adds may be there."""
        if not isinstance(after, Table):
            return Table(before.entries, (*before.rest, ast.unparse(node)))
        return Table(after.entries | before.entries, after.rest)

    def attribute(self, thing: Thing, name: str) -> Thing:
        """What an attribute of a thing stands for."""
        match thing:
            case ModuleThing():
                inner = f"{thing.name}.{name}"
                found = self.module_name(thing.name, name)
                if isinstance(found, Unknown) and inner in self.project.path_of:
                    return ModuleThing(inner)
                return found
            case Choice():
                return either([self.attribute(item, name) for item in thing.options], CHOICES)
            case Outside():
                return library.outside(f"{thing.name}.{name}")
            case AppThing() | InstanceThing() | ClassThing() | Super():
                return self._member(thing, name)
            case Table() | Const():
                return Method(thing, name)
            case Member():
                return {"value": thing.value, "name": Const(thing.name)}.get(name, Unknown(name))
            case FunctionThing() | TaskThing():
                return self._of_function(thing, name)
        return Unknown(name)

    def class_field(self, dotted: str, keywords: dict[str, str], path: str, name: str) -> Thing:
        """A class attribute after `__init_subclass__` of its bases ran with the class's keywords."""
        self.ask()
        cls = self.of(dotted)
        if not isinstance(cls, ClassThing):
            return Unknown(name)
        frame = self.module_frame(path, cls.node.lineno)
        given = {
            key: self.given(ast.parse(source, mode="eval").body, frame)
            for key, source in keywords.items()
        }
        method = self._member(Super(cls, cls), "__init_subclass__")
        if isinstance(method, FunctionThing):
            self.call(Bound(method, cls), [], Table(given))
        return cls.fields.get(name, Unknown(name))

    def _of_function(self, thing: FunctionThing | TaskThing, name: str) -> Thing:
        function = thing.function if isinstance(thing, TaskThing) else thing
        if name in {"__name__", "__qualname__"}:
            return Const(function.name)
        if name == "__module__":
            return Const(self.module_of(function))
        return Unknown(name)

    def module_of(self, function: FunctionThing) -> str:
        """A function's `__module__`."""
        own = function.own_module or function.named.own_module
        return own or self.project.imported_as(function.named.frame.path)

    def classes(self, cls: ClassThing, depth: int = 0) -> list[ClassThing | Outside]:
        """A class and its ancestors, its own first, each where it comes in order."""
        found: list[ClassThing | Outside] = [cls]
        for base in cls.node.bases if depth < 8 else ():
            node = base.value if isinstance(base, ast.Subscript) else base
            for thing in each(self.evaluate(node, cls.frame)):
                if isinstance(thing, ClassThing):
                    found.extend(self.classes(thing, depth + 1))
                elif isinstance(thing, Outside):
                    found.append(thing)
        return found

    def _member(self, thing: AppThing | InstanceThing | ClassThing | Super, name: str) -> Thing:
        cls = thing if isinstance(thing, ClassThing) else thing.of
        owner = thing.owner if isinstance(thing, Super) else thing
        if isinstance(thing, InstanceThing | ClassThing) and name in thing.fields:
            return thing.fields[name]
        line = self.classes(cls) if cls is not None else []
        for ancestor in line[1:] if isinstance(thing, Super) else line:
            if isinstance(ancestor, ClassThing):
                found = self._class_name(ancestor, name, owner)
                if found is not None:
                    return self._enum_value(line, found, name)
        if name in {"__name__", "__qualname__"} and isinstance(thing, ClassThing):
            return Const(thing.node.name)
        if isinstance(owner, AppThing):
            return library.app_attribute(owner, name)
        if isinstance(owner, InstanceThing):
            return self._field(owner, line, name)
        return Method(thing, name) if isinstance(thing, Super) else Unknown(name)

    def _enum_value(self, line: list[ClassThing | Outside], found: Thing, name: str) -> Thing:
        names = {item.name for item in line if isinstance(item, Outside)}
        if not any(item.rpartition(".")[2] in library.ENUMS for item in names):
            return found
        texts = names & {"builtins.str", "enum.StrEnum"} or any(
            n.endswith("Choices") for n in names
        )
        if isinstance(found, Outside) and found.name == "enum.auto()":
            found = Const(name.lower()) if texts else Unknown(name)
        if isinstance(found, Items) and texts and found.items:
            found = found.items[0]
        return found if texts else Member(name, found)

    def _class_name(self, cls: ClassThing, name: str, owner: Thing) -> Thing | None:
        """What a class's own body binds a name to, as its owner sees it."""
        for node in reversed(cls.node.body):
            if isinstance(node, FunctionNode) and node.name == name:
                return self._method(cls, node, owner)
            if isinstance(node, ast.ClassDef) and node.name == name:
                return ClassThing(node, cls.frame, f"{cls.dotted}.{name}")
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                    return self.evaluate(node.value, self.class_frame(cls, node))
        return None

    def class_frame(self, cls: ClassThing, before: ast.stmt | None = None) -> Frame:
        """The frame of a class's body, with the plain values that stand above a statement."""
        frame = Frame(cls.frame.path, {}, cls.frame, line=cls.frame.line, within=cls)
        for node in cls.node.body:
            if node is before:
                break
            if isinstance(node, ast.Assign | ast.AnnAssign):
                self.statement(node, frame, [])
        return frame

    def _method(self, cls: ClassThing, node: FunctionNode, owner: Thing) -> Thing:
        function = FunctionThing(node, cls.frame, within=cls)
        words = {
            ast.unparse(part).partition("(")[0].rpartition(".")[2] for part in node.decorator_list
        }
        if "staticmethod" in words:
            return function
        if "classmethod" in words:
            return Bound(function, cls)
        if isinstance(owner, ClassThing):
            return function
        if any(word.endswith("property") for word in words):
            return self.call(Bound(function, owner), [], Table())
        return Bound(function, owner)

    def _field(self, owner: InstanceThing, line: list[ClassThing | Outside], name: str) -> Thing:
        """An attribute that a method of the class sets."""
        owner.fields[name] = Unknown(name)
        found: list[Thing] = []
        for cls in line:
            for node in cls.node.body if isinstance(cls, ClassThing) else ():
                if isinstance(node, FunctionNode) and _sets(node, name):
                    assert isinstance(cls, ClassThing)
                    own = InstanceThing(owner.of)
                    first = node.name == "__init__"
                    arguments = list(owner.arguments) if first else []
                    function = FunctionThing(node, cls.frame, within=cls)
                    self.call(Bound(function, own), arguments, owner.keywords if first else Table())
                    found.append(own.fields.get(name, Unknown(name)))
        thing = either(found, CHOICES) if found else self._outside_field(line, name)
        owner.fields[name] = thing
        return thing

    @staticmethod
    def _outside_field(line: list[ClassThing | Outside], name: str) -> Thing:
        others = [
            item for item in line if isinstance(item, Outside) and item.name != "builtins.object"
        ]
        return Outside(f"{others[0].name}().{name}", made=True) if others else Unknown(name)

    def super_of(self, frame: Frame) -> Thing:
        """What `super()` gives in a frame."""
        scope: Frame | None = frame
        while scope is not None:
            if scope.within is not None and scope.owner is not None:
                return Super(scope.within, scope.owner)
            scope = scope.outer
        return Unknown("super()")

    def call(self, thing: Thing, arguments: list[Thing], named: Table) -> Thing:
        """What calling a thing gives; a task that it makes is remembered."""
        match thing:
            case Maker():
                return self._make(thing, arguments, named)
            case FunctionThing():
                return self._call_function(thing, arguments, named, None)
            case Bound():
                first = [thing.owner, *arguments]
                return self._call_function(thing.function, first, named, thing.owner)
            case ClassThing():
                return self._instance(thing, arguments, named)
            case InstanceThing():
                return self.call(self._member(thing, "__call__"), arguments, named)
            case Choice():
                ways = [self.call(item, list(arguments), named) for item in thing.options]
                return either(ways, CHOICES)
        return self._call_outside(thing, arguments, named)

    def _call_outside(self, thing: Thing, arguments: list[Thing], named: Table) -> Thing:
        """What calling a thing of Python's or another library's gives."""
        only = arguments[0] if len(arguments) == 1 else None
        match thing:
            case Method():
                return library.method_called(thing, arguments, named)
            case Partial():
                given = thing.keywords
                both = Table(given.entries | named.entries, given.rest + named.rest)
                return self.call(thing.of, [*thing.arguments, *arguments], both)
            case Wraps() if isinstance(only, FunctionThing):
                return FunctionThing(only.node, only.frame, thing.function, only.within)
            case Outside():
                if arguments and isinstance(arguments[0], FunctionThing | TaskThing):
                    self.doubts.append(thing.name)
                return library.called(self, thing, arguments, named)
        if isinstance(only, FunctionThing | TaskThing):
            self.doubts.append(thing.source if isinstance(thing, Unknown) else "")
            return only
        return Unknown("()")

    def _make(self, maker: Maker, arguments: list[Thing], named: Table) -> Thing:
        options = Table(maker.options.entries | named.entries, maker.options.rest + named.rest)
        bound = Maker(maker.kind, maker.app, options)
        function = arguments[0] if arguments else None
        if isinstance(function, TaskThing):
            function = function.function
        if isinstance(function, FunctionThing):
            task = TaskThing(function, bound)
            self.made.append(task)
            return task
        return bound

    def _instance(self, cls: ClassThing, arguments: list[Thing], named: Table) -> Thing:
        line = self.classes(cls)
        if any(isinstance(item, Outside) and library.is_app_class(item.name) for item in line):
            return AppThing("", cls, cls.dotted)
        if any(isinstance(i, Outside) and i.name.rpartition(".")[2] in library.ENUMS for i in line):
            return arguments[0] if arguments else Unknown(cls.dotted)
        return InstanceThing(cls, {}, tuple(arguments), named)

    def _call_function(
        self, function: FunctionThing, arguments: list[Thing], named: Table, owner: Thing | None
    ) -> Thing:
        if id(function.node) in self._running:
            return Unknown("recursion")
        names = self._arguments(function, arguments, named)
        self._running.add(id(function.node))
        try:
            thing = self.run(function, names, owner)
        finally:
            self._running.discard(id(function.node))
        made_in = f"{self.project.module_of.get(function.frame.path, '')}.{function.name}()"
        return named_app(thing, made_in)

    def _arguments(
        self, function: FunctionThing, arguments: list[Thing], named: Table
    ) -> dict[str, Thing]:
        """The parameters of a function with what a call gives them."""
        spec = function.node.args
        places = [*spec.posonlyargs, *spec.args]
        names: dict[str, Thing] = {}
        given = dict(named.entries)
        for item, value in zip(places, arguments, strict=False):
            names[item.arg] = value
        lacking = places[len(arguments) :]
        defaults = dict(
            zip([i.arg for i in reversed(places)], reversed(spec.defaults), strict=False)
        )
        defaults |= {
            item.arg: value
            for item, value in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
            if value is not None
        }
        for item in (*lacking, *spec.kwonlyargs):
            if item.arg in given:
                names[item.arg] = given.pop(item.arg).value
            elif item.arg in defaults and not named.rest:
                names[item.arg] = self.evaluate(defaults[item.arg], function.frame)
            else:
                names[item.arg] = Unknown(item.arg)
        if spec.vararg is not None:
            names[spec.vararg.arg] = Items(tuple(arguments[len(places) :]))
        if spec.kwarg is not None:
            names[spec.kwarg.arg] = Table(given, named.rest)
        return names


def named_app(thing: Thing, dotted: str) -> Thing:
    """An app, known by the name that it is bound to."""
    if isinstance(thing, AppThing) and (not thing.symbol or thing.symbol.endswith("()")):
        return AppThing(dotted, thing.of, thing.made_by, thing.lazy)
    if isinstance(thing, Choice):
        return Choice(tuple(named_app(item, dotted) for item in thing.options))
    return thing


def _sets(node: FunctionNode, name: str) -> bool:
    """Whether a method assigns an attribute of this name."""
    return any(
        isinstance(part, ast.Attribute) and part.attr == name and isinstance(part.ctx, ast.Store)
        for part in ast.walk(node)
    )


_SAMPLE = ast.FunctionDef(
    name="task",
    args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
    body=[ast.Pass()],
    decorator_list=[],
)
"""A function to try decorators on."""
