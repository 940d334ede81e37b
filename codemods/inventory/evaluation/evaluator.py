"""Names, attributes and calls: how one thing of the project leads to another."""

import ast
from typing import NamedTuple

from codemods.inventory.evaluation import library
from codemods.inventory.evaluation.limits import CHOICES, DEPTH
from codemods.inventory.evaluation.modules import Binder, Sources, local_names, walrus_of
from codemods.inventory.evaluation.objects import Objects
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
    Namespace,
    Outside,
    Partial,
    Pattern,
    Super,
    Table,
    TaskThing,
    Thing,
    Unknown,
    Wraps,
    either,
)
from codemods.inventory.evidence import Evidence
from codemods.inventory.project import Project
from codemods.inventory.standard import BUILTINS
from codemods.inventory.symbols import FunctionNode, bound_by_import

HARMLESS = frozenset(
    {"append", "add", "setdefault", "wraps", "update_wrapper", "isfunction", "iscoroutinefunction"}
    | {"signature", "getfullargspec", "callable", "isinstance", "getattr", "hasattr", "print"}
)
"""Calls that may be handed a function and make no task of it."""
IMPORTS = (ast.Import, ast.ImportFrom)


class Declared(NamedTuple):
    """A task that a decorator makes, and which of the function's decorators that is."""

    place: int
    task: TaskThing


class Evaluator(Objects):
    """Answers what an expression of the project stands for.

    `made` are the tasks that the last question registered on the way, `doubts` the decorators that
    may have made one and can't be followed.
    """

    def __init__(self, project: Project, sources: Sources) -> None:
        super().__init__(project, sources)
        self.made: list[TaskThing] = []
        self.doubts: list[str] = []
        self.evidence = Evidence(project)
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
        """What an expression, given as source, stands for on a line of a file."""
        self.ask()
        try:
            node = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return Unknown(text)
        return self.evaluate(node, self._frame_at(path, line))

    def _frame_at(self, path: str, line: int) -> Frame:
        """The frame of a line: of a module, a class, or a function whose names nobody gives."""
        frame = self.module_frame(path, line)
        for node, before in self.sources.around(path, line) if line else ():
            if isinstance(node, ast.ClassDef):
                dotted = f"{self.project.module_of[path]}.{node.name}"
                frame = self.class_frame(ClassThing(node, frame, dotted), before)
            else:
                names: dict[str, Thing] = {name: Unknown(name) for name in local_names(node)}
                frame = Frame(path, names, frame)
        return frame

    def symbol(self, symbol: str | None) -> Thing:
        """What a symbol of some file stands for."""
        self.ask()
        return self.of(self.project.resolve(symbol)) if symbol else Unknown()

    def of(self, dotted: str) -> Thing:
        """What a resolved dotted name stands for."""
        module, rest = self.project.split(dotted)
        if not module:
            return self._by_use(library.outside(dotted), dotted)
        if not rest:
            return self.module_thing(module)
        thing = self.module_name(module, rest[0])
        for name in rest[1:]:
            thing = self.attribute(thing, name)
        return self._by_use(named_app(thing, dotted), dotted)

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
            sample = FunctionThing(_SAMPLE, Frame(""))
            self.call(thing, [sample], Table())
            if self.made and _stands_for(self.made[-1].function, sample):
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
            frame, inner = self.class_frame(thing), FunctionThing(node, thing.frame, within=thing)
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
        changes = self.sources.index(path).changed(name, line)
        last = max(item.node.lineno for item in (*binders, *changes))
        key = (module, name, last)
        if key not in self._names:
            self._names[key] = Unknown(f"{module}.{name}")
            found = self._first_known(
                [self._bound_by(item, name, path) for item in binders], binders
            )
            found = named_app(self._with_changes(found, name, path, changes), f"{module}.{name}")
            found = self._by_use(found, f"{module}.{name}")
            if (
                isinstance(found, Const)
                and found.value
                and name in self.sources.index(path).set_inside
            ):
                found = either([found, Unknown(name)], CHOICES)
            if self.exhausted:
                del self._names[key]
                return found
            self._names[key] = found
        return self._names[key]

    def _by_use(self, thing: Thing, dotted: str) -> Thing:
        """A thing that nothing shows to be an app but its use, as the app that it is."""
        if not isinstance(thing, Outside | Unknown):
            return thing
        if not self.evidence.of(self.project.resolve(dotted)):
            return thing
        source = thing.name if isinstance(thing, Outside) else dotted
        return thing if self.evidence.is_foreign(source) else AppThing(dotted, None, source)

    def _not_bound(self, module: str, name: str) -> Thing:
        dotted = self.project.resolve(f"{module}.{name}")
        if dotted != f"{module}.{name}" and self.depth < DEPTH:
            # Names may lead in a circle.
            self.depth += 1
            found = self.of(dotted)
            self.depth -= 1
            return found
        if dotted in self.project.path_of:
            return ModuleThing(dotted)
        if name in BUILTINS:
            return Outside(f"builtins.{name}")
        path = self.project.path_of[module]
        if name.startswith("__"):
            return Unknown(name)
        if self.sources.index(path).of("__getattr__", 0):
            return self.call(self.module_name(module, "__getattr__"), [Const(name)], Table())
        return self._by_star(path, name)

    def _by_star(self, path: str, name: str) -> Thing:
        """What a name stands for that a star import brings and that is bound by no plain statement."""
        for star in self.project.facts[path].stars if self.depth < DEPTH else ():
            source = self.project.resolve(star)
            if source in self.project.path_of and self.project.path_of[source] != path:
                self.depth += 1
                found = self.module_name(source, name)
                self.depth -= 1
                if not isinstance(found, Unknown | ModuleThing):
                    return found
        return Unknown(name)

    @staticmethod
    def _first_known(ways: list[Thing], binders: list[Binder]) -> Thing:
        """Of ways under `if` and `try` the first that makes tasks or apps, else whatever they share."""
        for way in ways:
            if isinstance(way, AppThing | Maker):
                return way
        if any(item.guard == "try" for item in binders):
            # An import that can't be is passed over; a value that can't be told may well be there.
            pairs = zip(ways, binders, strict=True)
            known = [
                way
                for way, item in pairs
                if not (isinstance(way, Unknown) and isinstance(item.node, IMPORTS))
            ]
            # A way into the project tells more than one into a library that may not be there.
            here = [way for way in known if not isinstance(way, Outside)]
            return (here or known or ways)[0]
        return either(ways, CHOICES)

    def _bound_by(self, item: Binder, name: str, path: str) -> Thing:
        node, frame = item.node, self.module_frame(path, item.node.lineno)
        if isinstance(node, ast.Import | ast.ImportFrom):
            symbols = dict(bound_by_import(node, path))
            if name not in symbols:
                return Unknown(name)
            dotted = self.project.resolve(self.project.symbol_from(path, symbols[name]))
            found = self.of(dotted)
            # Nothing can be imported that is neither bound there nor another library's.
            lost = isinstance(found, Outside) and not self.project.can_exist(dotted)
            return Unknown(dotted) if lost else found
        if isinstance(node, FunctionNode):
            return self.defined(node, Frame(path), None)
        if isinstance(node, ast.ClassDef):
            return ClassThing(node, Frame(path), f"{self.project.module_of[path]}.{node.name}")
        if isinstance(node, ast.With | ast.AsyncWith):
            return Unknown(name)
        if isinstance(node, ast.Assign | ast.AnnAssign):
            self.statement(node, frame, [])
        if name not in frame.names:
            for part in walrus_of(node):
                if part.target.id == name:
                    return self.evaluate(part.value, frame)
        return frame.names.get(name, Unknown(name))

    def _with_changes(self, thing: Thing, name: str, path: str, changes: list[Binder]) -> Thing:
        """A thing with what module-level statements do to it afterwards: `X["k"] = v`, `X += y`."""
        changing = isinstance(thing, Table | Items | Const | Pattern | ClassThing | InstanceThing)
        if not changes or not changing:
            return thing
        frame = Frame(path, {name: thing})
        for item in changes:
            frame.line = item.node.lineno
            before = frame.names[name]
            self.statement(item.node, frame, [])
            if item.guard and isinstance(before, Table):
                frame.names[name] = self._perhaps(before, frame.names[name], item.node)
            elif item.guard:
                frame.names[name] = either([before, frame.names[name]], CHOICES)
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
                return self.member(thing, name)
            case Namespace():
                return thing.of.entries[name].value if name in thing.of.entries else Unknown(name)
            case Const() if name == "value":
                # A text of an enum.
                return thing
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
        method = self.member(Super(cls, cls), "__init_subclass__")
        if isinstance(method, FunctionThing):
            self.call(Bound(method, cls), [], Table(given))
        return cls.fields.get(name, Unknown(name))

    def _of_function(self, thing: FunctionThing | TaskThing, name: str) -> Thing:
        function = thing.function if isinstance(thing, TaskThing) else thing
        if name == "__name__":
            return Const(function.name)
        if name == "__qualname__" and function.named.frame.outer is None:
            cls, node = function.named.within, function.named.node
            own = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            return Const(f"{cls.node.name}.{own}" if cls is not None else own)
        if name == "__module__":
            return Const(self.module_of(function))
        return Unknown(name)

    def module_of(self, function: FunctionThing) -> str:
        """A function's `__module__`."""
        own = function.own_module or function.named.own_module
        return own or self.project.imported_as(function.named.frame.path)

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
                return self.call(self.member(thing, "__call__"), arguments, named)
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
        if isinstance(function, InstanceThing):
            # It bears the name of the function that it was made of, or Celery takes it not.
            given = (item for item in function.arguments if isinstance(item, FunctionThing))
            function = next(given, function)
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
        begun, line = function.frame, getattr(function.node, "lineno", 0)
        if begun.outer is None:
            # Defaults are worked out where the function stands.
            begun = Frame(begun.path, begun.names, line=line)
        for item in (*lacking, *spec.kwonlyargs):
            if item.arg in given:
                names[item.arg] = given.pop(item.arg).value
            elif item.arg in defaults and not named.rest:
                names[item.arg] = self.evaluate(defaults[item.arg], begun)
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


def _stands_for(function: FunctionThing, given: FunctionThing) -> bool:
    """Whether a function that became a task is the given one, or one around it that calls it."""
    scope: Frame | None = function.frame
    if function.named.node is given.node or function.frame.outer is None:
        return True
    names: set[str] = set()
    while scope is not None:
        names.update(name for name, thing in scope.names.items() if _is_of(thing, given))
        scope = scope.outer
    body = function.node.body
    parts: list[ast.AST] = [*(body if isinstance(body, list) else [body]), function.node.args]
    read = {name.id for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)}
    return bool(names & read) or "self" in read


def _is_of(thing: Thing, given: FunctionThing) -> bool:
    if isinstance(thing, Items):
        return any(_is_of(item, given) for item in thing.items)
    return isinstance(thing, FunctionThing) and thing.named.node is given.node


_SAMPLE = ast.FunctionDef(
    name="task",
    args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
    body=[ast.Pass()],
    decorator_list=[],
)
"""A function to try decorators on."""
