"""The questions that the rooms of the inventory ask about expressions, decorators and classes."""

import ast
from typing import NamedTuple

from codemods.inventory.evaluation.modules import local_names
from codemods.inventory.evaluation.names import Names
from codemods.inventory.evaluation.things import (
    AppThing,
    Bound,
    ClassThing,
    Const,
    Frame,
    FunctionThing,
    Items,
    Maker,
    ModuleThing,
    Outside,
    Super,
    Table,
    TaskThing,
    Thing,
    Unknown,
)
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk

HARMLESS = frozenset(
    {"append", "add", "setdefault", "wraps", "update_wrapper", "isfunction", "iscoroutinefunction"}
    | {"signature", "getfullargspec", "callable", "isinstance", "getattr", "hasattr", "print"}
)
"""Calls that may be handed a function and make no task of it."""


class Declared(NamedTuple):
    """A task that a decorator makes, and which of the function's decorators that is."""

    place: int
    task: TaskThing


class Evaluator(Names):
    """Answers what an expression of the project stands for.

    `made` are the tasks that the last question registered on the way, `doubts` the decorators that
    may have made one and can't be followed.
    """

    def ask(self) -> None:
        """Begins a new question: the bounds count from here."""
        self.steps, self.depth, self.exhausted = 0, 0, False
        self.made, self.doubts = [], []
        self.running.clear()

    def source(self, text: str, path: str, line: int = 0) -> Thing:
        """What an expression, given as source, stands for on a line of a file."""
        self.ask()
        try:
            node = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError):
            return Unknown(text)
        return self.evaluate(node, self._frame_at(path, line))

    def expression(self, node: ast.expr, path: str) -> Thing:
        """What an expression of a file's own tree stands for, where it stands."""
        self.ask()
        return self.evaluate(node, self._frame_at(path, node.lineno))

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

    def doubts_of(self, dotted: str, *, applied: bool) -> list[str]:
        """What a decorator hands a function to that can't be followed, and may make a task of it.

        One that is `applied` stands there with arguments of its own.
        """
        self.ask()
        thing = self.of(dotted)
        if isinstance(thing, Outside):
            return [thing.name]
        if isinstance(thing, Unknown | Const):
            return [dotted]
        sample = FunctionThing(_SAMPLE, Frame(""))
        decorator = self.call(thing, [], Table()) if applied else thing
        self.call(decorator, [sample], Table())
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
        return self._declared(node, node.decorator_list, frame, path)

    def _declared(
        self, node: FunctionNode, decorators: list[ast.expr], frame: Frame, path: str
    ) -> list[Declared]:
        """The tasks that decorators make of a function, the lowest first."""
        found: list[Declared] = []
        thing: Thing = FunctionThing(node, Frame(path))
        for index in range(len(decorators) - 1, -1, -1):
            self.made = []
            thing = self.call(self.evaluate(decorators[index], frame), [thing], Table())
            found.extend(Declared(index, task) for task in self.made)
        return found

    def takes_name(self, path: str, line: int, name: str) -> int | None:
        """Which decorator of a function at the top of a file takes `name=` for its one task.

        `None` where no one is sure to, or where something else of the task would be another then.
        """
        self.ask()
        node = self.sources.function_at(path, line)
        frame = self.module_frame(path, node.lineno) if node is not None else None
        before = self._declared(node, node.decorator_list, frame, path) if node and frame else []
        if len(before) != 1 or node is None or frame is None:
            return None
        (place, made), decorators = before[0], list(node.decorator_list)
        decorators[place] = _with_name(decorators[place], name)
        after = self._declared(node, decorators, frame, path)
        if len(after) != 1 or after[0].place != place or self.exhausted:
            return None
        given = after[0].task.maker.options.entries.get("name")
        value = given.value if given is not None else None
        same = _told(made.maker) == _told(after[0].task.maker)
        named = isinstance(value, Const) and value.value == name
        return place if named and same else None

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


_SAMPLE = ast.FunctionDef(
    name="task",
    args=ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]),
    body=[ast.Pass()],
    decorator_list=[],
)
"""A function to try decorators on."""


def _with_name(decorator: ast.expr, name: str) -> ast.Call:
    """A decorator that is given the name of its task."""
    keyword = ast.keyword("name", ast.Constant(name))
    call = decorator if isinstance(decorator, ast.Call) else None
    given = [item for item in call.keywords if item.arg != "name"] if call else []
    made = ast.Call(call.func if call else decorator, call.args if call else [], [*given, keyword])
    return ast.fix_missing_locations(ast.copy_location(made, decorator))


def _told(maker: Maker) -> tuple[object, ...]:
    """What a task is made with, but for its name."""
    options = maker.options
    entries = {
        key: repr(given.value.value) if isinstance(given.value, Const) else given.source
        for key, given in options.entries.items()
        if key != "name"
    }
    return maker.kind, maker.app, entries, options.rest


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
    read = {name.id for part in parts for name in walk(part) if isinstance(name, ast.Name)}
    return bool(names & read) or "self" in read


def _is_of(thing: Thing, given: FunctionThing) -> bool:
    if isinstance(thing, Items):
        return any(_is_of(item, given) for item in thing.items)
    return isinstance(thing, FunctionThing) and thing.named.node is given.node
