"""What an expression stands for in a frame."""

import ast
from abc import abstractmethod

from codemods.inventory.evaluation.limits import CHOICES, DEPTH, STEPS
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.evaluation.texts import formatted, joined_text, operated
from codemods.inventory.evaluation.things import (
    ClassThing,
    Const,
    Frame,
    FunctionThing,
    Given,
    Items,
    Pattern,
    Table,
    Thing,
    Unknown,
    each,
    either,
)
from codemods.inventory.project import Project
from codemods.inventory.symbols import joined, module_symbol


class Expressions:
    """Evaluates expressions; names and calls are for the classes below."""

    def __init__(self, project: Project, sources: Sources) -> None:
        self.project = project
        self.sources = sources
        self.steps = 0
        self.depth = 0
        self.exhausted = False
        """Whether a bound was met, so that what came out may not be all there is."""

    @abstractmethod
    def module_name(self, module: str, name: str, line: int = 0) -> Thing:
        """What a module's name stands for."""

    @abstractmethod
    def attribute(self, thing: Thing, name: str) -> Thing:
        """What an attribute of a thing stands for."""

    @abstractmethod
    def call(self, thing: Thing, arguments: list[Thing], named: Table) -> Thing:
        """What calling a thing gives."""

    @abstractmethod
    def after_method(self, node: ast.Call, frame: Frame) -> None:
        """Keeps in mind what a method of a local dict changed in it."""

    @abstractmethod
    def super_of(self, frame: Frame) -> Thing:
        """What `super()` gives in a frame."""

    def evaluate(self, node: ast.AST | None, frame: Frame) -> Thing:
        """What an expression stands for; never an error."""
        self.steps += 1
        if node is None:
            return Const(None)
        if self.steps > STEPS or self.depth > DEPTH:
            self.exhausted = True
            return Unknown("too deep")
        self.depth += 1
        try:
            method = getattr(self, f"_{type(node).__name__.lower()}", None)
            found: Thing = method(node, frame) if method else Unknown(ast.unparse(node))
        finally:
            self.depth -= 1
        return found

    def name_in(self, name: str, frame: Frame) -> Thing:
        """What a plain name stands for where it is read."""
        scope: Frame | None = frame
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        if name in {"__name__", "__package__"}:
            module = self.project.imported_as(frame.path)
            inner = name == "__package__" and not frame.path.endswith("__init__.py")
            return Const(module.rpartition(".")[0] if inner else module)
        return self.module_name(self.project.module_of.get(frame.path, ""), name, frame.line)

    def _constant(self, node: ast.Constant, _frame: Frame) -> Thing:
        value = node.value
        return (
            Const(value)
            if isinstance(value, str | bytes | int | float | bool | None)
            else Unknown()
        )

    def _name(self, node: ast.Name, frame: Frame) -> Thing:
        return self.name_in(node.id, frame)

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Thing:
        chain = _dotted(node)
        if chain is not None and not self._is_local(chain[0], frame):
            # A chain through packages: `import a.b.c` binds `a` alone.
            dotted = self.project.resolve(joined(module_symbol(frame.path), ".".join(chain)))
            module, rest = self.project.split(dotted)
            if module and not rest:
                return self.module_thing(dotted)
        owner = self.evaluate(node.value, frame)
        if isinstance(owner, Const) and owner.shown is not None and node.attr == "name":
            return Const(ast.unparse(node.value).rpartition(".")[2])
        return self.attribute(owner, node.attr)

    @abstractmethod
    def module_thing(self, dotted: str) -> Thing:
        """A module, or what its package binds under the module's name."""

    def _is_local(self, name: str, frame: Frame) -> bool:
        scope: Frame | None = frame
        while scope is not None:
            if name in scope.names:
                return True
            scope = scope.outer
        return False

    def _joinedstr(self, node: ast.JoinedStr, frame: Frame) -> Thing:
        parts: list[Thing] = []
        for value in node.values:
            if isinstance(value, ast.FormattedValue):
                plain = value.conversion in {-1, ord("s")} and value.format_spec is None
                found = formatted(self.evaluate(value.value, frame))
                known = isinstance(found, Const | Pattern) and plain
                parts.append(found if known else Pattern("*"))
            else:
                parts.append(self.evaluate(value, frame))
        return joined_text(parts)

    def _binop(self, node: ast.BinOp, frame: Frame) -> Thing:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        if isinstance(node.op, ast.BitOr) and isinstance(left, Table) and isinstance(right, Table):
            return Table(left.entries | right.entries, left.rest + right.rest)
        found: list[Thing] = [
            operated(one, node.op, other, ast.unparse(node))
            for one in each(left)
            for other in each(right)
        ]
        return either(found, CHOICES)

    def _boolop(self, node: ast.BoolOp, frame: Frame) -> Thing:
        found: list[Thing] = []
        is_or = isinstance(node.op, ast.Or)
        for value in node.values:
            thing = self.evaluate(value, frame)
            sure = truth(thing)
            last = value is node.values[-1]
            if sure is None or sure is is_or or last:
                found.append(thing)
            if sure is is_or:
                break
        return either(found, CHOICES)

    def _unaryop(self, node: ast.UnaryOp, frame: Frame) -> Thing:
        thing = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            sure = truth(thing)
            return Unknown(ast.unparse(node)) if sure is None else Const(not sure)
        if isinstance(node.op, ast.USub) and isinstance(thing, Const):
            if isinstance(thing.value, int | float):
                return Const(-thing.value)
        return Unknown(ast.unparse(node))

    def _ifexp(self, node: ast.IfExp, frame: Frame) -> Thing:
        sure = truth(self.evaluate(node.test, frame))
        if sure is not None:
            return self.evaluate(node.body if sure else node.orelse, frame)
        ways = [self.evaluate(node.body, frame), self.evaluate(node.orelse, frame)]
        return either(ways, CHOICES)

    def _compare(self, node: ast.Compare, frame: Frame) -> Thing:
        left = self.evaluate(node.left, frame)
        right = self.evaluate(node.comparators[0], frame)
        if len(node.ops) > 1:
            return Unknown(ast.unparse(node))
        same = left == right if isinstance(left, Const) and isinstance(right, Const) else None
        if same is None and Const(None) in (left, right):
            # A function, class or object is something.
            other = right if left == Const(None) else left
            same = None if isinstance(other, Unknown | Pattern) or len(each(other)) > 1 else False
        match node.ops[0]:
            case ast.Eq() | ast.Is() if same is not None:
                return Const(same)
            case ast.NotEq() | ast.IsNot() if same is not None:
                return Const(not same)
            case ast.In() | ast.NotIn():
                return self._contains(node, left, right)
        return Unknown(ast.unparse(node))

    def _contains(self, node: ast.Compare, left: Thing, right: Thing) -> Thing:
        found: bool | None = None
        if isinstance(left, Const):
            if isinstance(right, Table) and not right.rest:
                found = left.value in right.entries
            elif isinstance(right, Items) and all(isinstance(item, Const) for item in right.items):
                found = left in right.items
            elif isinstance(right, Const) and isinstance(left.value, str):
                found = left.value in right.value if isinstance(right.value, str) else None
        if found is None:
            return Unknown(ast.unparse(node))
        return Const(found is isinstance(node.ops[0], ast.In))

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Thing:
        return FunctionThing(node, frame)

    def _tuple(self, node: ast.Tuple | ast.List | ast.Set, frame: Frame) -> Thing:
        items: list[Thing] = []
        for part in node.elts:
            if isinstance(part, ast.Starred):
                thing = self.evaluate(part.value, frame)
                if not isinstance(thing, Items):
                    return Unknown(ast.unparse(node))
                items.extend(thing.items)
            else:
                items.append(self.evaluate(part, frame))
        return Items(tuple(items))

    _list = _tuple
    _set = _tuple

    def _dict(self, node: ast.Dict, frame: Frame) -> Thing:
        entries: dict[str, Given] = {}
        rest: list[str] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                self._spread(value, frame, entries, rest)
                continue
            name = self.evaluate(key, frame)
            if isinstance(name, Const) and isinstance(name.value, str):
                entries[name.value] = self.given(value, frame)
            else:
                rest.append(ast.unparse(key))
        return Table(entries, tuple(rest))

    def given(self, node: ast.expr, frame: Frame) -> Given:
        """An expression's value with its source."""
        thing = self.evaluate(node, frame)
        return Given(thing, ast.unparse(node), frame.path, getattr(node, "lineno", 0))

    def _spread(
        self, node: ast.expr, frame: Frame, entries: dict[str, Given], rest: list[str]
    ) -> None:
        """What `**x` lays into a dict or call: of several dicts, whatever any of them holds."""
        ways = each(self.evaluate(node, frame))
        if not all(isinstance(way, Table) for way in ways):
            rest.append(ast.unparse(node))
            return
        tables = [way for way in ways if isinstance(way, Table)]
        for table in tables:
            rest.extend(table.rest)
            for key, given in table.entries.items():
                values = [t.entries[key].value if key in t.entries else Const(None) for t in tables]
                value = either(values, CHOICES) if len(tables) > 1 else given.value
                entries[key] = Given(value, given.source, given.path, given.line)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Thing:
        thing = self.evaluate(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            return self._sliced(thing, node, frame)
        index = self.evaluate(node.slice, frame)
        if isinstance(index, Const):
            if isinstance(thing, Table) and index.value in thing.entries:
                return thing.entries[str(index.value)].value
            if isinstance(thing, Items) and isinstance(index.value, int):
                if -len(thing.items) <= index.value < len(thing.items):
                    return thing.items[index.value]
            if isinstance(thing, ClassThing) and isinstance(index.value, str):
                return self.attribute(thing, index.value)
        if isinstance(thing, Table) and isinstance(index, Pattern | Unknown):
            return either([item.value for item in thing.entries.values()], CHOICES)
        return Unknown(ast.unparse(node))

    def _sliced(self, thing: Thing, node: ast.Subscript, frame: Frame) -> Thing:
        part = node.slice
        assert isinstance(part, ast.Slice)
        bounds = [self.evaluate(item, frame) for item in (part.lower, part.upper, part.step)]
        values = [item.value for item in bounds if isinstance(item, Const)]
        if isinstance(thing, Const) and isinstance(thing.value, str) and len(values) == 3:
            lower, upper, step = (value if isinstance(value, int) else None for value in values)
            if step != 0:
                return Const(thing.value[lower:upper:step])
        return Unknown(ast.unparse(node))

    def _namedexpr(self, node: ast.NamedExpr, frame: Frame) -> Thing:
        thing = self.evaluate(node.value, frame)
        frame.names[node.target.id] = thing
        return thing

    def _await(self, node: ast.Await, frame: Frame) -> Thing:
        return self.evaluate(node.value, frame)

    def _call(self, node: ast.Call, frame: Frame) -> Thing:
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return self.super_of(frame)
        called = self.evaluate(node.func, frame)
        arguments: list[Thing] = []
        for part in node.args:
            thing = self.evaluate(part.value if isinstance(part, ast.Starred) else part, frame)
            if not isinstance(part, ast.Starred):
                arguments.append(thing)
            elif isinstance(thing, Items):
                arguments.extend(thing.items)
        entries: dict[str, Given] = {}
        rest: list[str] = []
        for item in node.keywords:
            if item.arg is None:
                self._spread(item.value, frame, entries, rest)
            else:
                entries[item.arg] = self.given(item.value, frame)
        found = self.call(called, arguments, Table(entries, tuple(rest)))
        self.after_method(node, frame)
        return found


def truth(thing: Thing) -> bool | None:
    """Whether a thing counts as true; `None` where that is unknown."""
    if isinstance(thing, Const):
        return bool(thing.value)
    if isinstance(thing, Items):
        return bool(thing.items)
    if isinstance(thing, Table) and (thing.entries or not thing.rest):
        return bool(thing.entries)
    return True if isinstance(thing, FunctionThing | ClassThing) else None


def _dotted(node: ast.expr) -> list[str] | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return [node.id, *parts] if isinstance(node, ast.Name) else None
