"""Names and attributes: how one thing of the project leads to another."""

import ast

from codemods.inventory.evaluation import library
from codemods.inventory.evaluation.calls import Calls, named_app
from codemods.inventory.evaluation.limits import CHOICES, DEPTH
from codemods.inventory.evaluation.modules import Binder, Sources, walrus_of
from codemods.inventory.evaluation.things import (
    AppThing,
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
    Pattern,
    Super,
    Table,
    TaskThing,
    Thing,
    Unknown,
    either,
)
from codemods.inventory.evidence import Evidence
from codemods.inventory.project import Project
from codemods.inventory.standard import BUILTINS
from codemods.inventory.symbols import FunctionNode, bound_by_import

IMPORTS = (ast.Import, ast.ImportFrom)


class Names(Calls):
    """Follows the names of modules, through their imports and statements, and attributes."""

    def __init__(self, project: Project, sources: Sources) -> None:
        super().__init__(project, sources)
        self.evidence = Evidence(project)
        self._names: dict[tuple[str, str, int], Thing] = {}

    def module_frame(self, path: str, line: int = 0) -> Frame:
        """The frame of a file's module level; `line` is that of the statement that asks."""
        return Frame(path, line=line)

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
            # An import that can't be is passed over; a value that is unknown may well be there.
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
