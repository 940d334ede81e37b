"""Classes, their objects and what an attribute of either stands for."""

import ast
from weakref import WeakKeyDictionary

from codemods.inventory.evaluation import library
from codemods.inventory.evaluation.limits import CHOICES
from codemods.inventory.evaluation.running import Running
from codemods.inventory.evaluation.things import (
    AppThing,
    Bound,
    ClassThing,
    Const,
    Frame,
    FunctionThing,
    InstanceThing,
    Items,
    Member,
    Method,
    Outside,
    Super,
    Table,
    Thing,
    Unknown,
    each,
    either,
)
from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import walk

Line = list[ClassThing | Outside]
"""A class and its ancestors, in the order in which they are asked for an attribute."""


class Objects(Running):
    """Answers what an attribute of a class or of an object of the project stands for."""

    def classes(self, cls: ClassThing, depth: int = 0) -> Line:
        """A class and its ancestors, its own first, each where it comes in order."""
        found: Line = [cls]
        for base in cls.node.bases if depth < 8 else ():
            node = base.value if isinstance(base, ast.Subscript) else base
            for thing in each(self.evaluate(node, cls.frame)):
                if isinstance(thing, ClassThing):
                    found.extend(self.classes(thing, depth + 1))
                elif isinstance(thing, Outside):
                    found.append(thing)
        return found

    def member(self, thing: AppThing | InstanceThing | ClassThing | Super, name: str) -> Thing:
        """What an attribute of a class, an object, an app or `super()` stands for."""
        cls = thing if isinstance(thing, ClassThing) else thing.of
        owner = thing.owner if isinstance(thing, Super) else thing
        if isinstance(thing, InstanceThing | ClassThing) and name in thing.fields:
            return thing.fields[name]
        line = self.classes(cls) if cls is not None else []
        if isinstance(thing, InstanceThing):
            given = self._given_field(thing, line, name)
            if given is not None:
                return given
        for ancestor in line[1:] if isinstance(thing, Super) else line:
            if isinstance(ancestor, ClassThing):
                found = self._class_name(ancestor, name, owner)
                if found is not None:
                    return self._enum_value(line, found, name)
        return self._not_in_class(thing, owner, line, name)

    def _not_in_class(self, thing: Thing, owner: Thing, line: Line, name: str) -> Thing:
        """An attribute that no class of the project has."""
        if name in {"__name__", "__qualname__"} and isinstance(thing, ClassThing):
            return Const(thing.node.name)
        if name == "__class__" and isinstance(owner, InstanceThing):
            return owner.of
        if isinstance(owner, AppThing):
            return library.app_attribute(owner, name)
        if isinstance(owner, InstanceThing):
            return self._field(owner, line, name)
        return Method(thing, name) if isinstance(thing, Super) else Unknown(name)

    def _given_field(self, thing: InstanceThing, line: Line, name: str) -> Thing | None:
        """A field that the object's own making gave it, over what its class says."""
        kinds = library.generated_fields(line)
        if kinds is None:
            return self._begun(thing, line, name)
        fields = [
            node.target.id
            for item in reversed(line)
            if isinstance(item, ClassThing)
            for node in item.node.body
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
        ]
        places = dict(zip(dict.fromkeys(fields), thing.arguments, strict=False))
        if name not in fields:
            return None
        if name in places:
            return places[name]
        if name in thing.keywords.entries:
            return thing.keywords.entries[name].value
        # Settings are read from the environment, a spread dict may hold anything.
        return Unknown(name) if thing.keywords.rest or kinds == "environment" else None

    def _enum_value(self, line: Line, found: Thing, name: str) -> Thing:
        names = {item.name for item in line if isinstance(item, Outside)}
        if not any(item.rpartition(".")[2] in library.ENUMS for item in names):
            return found
        plain = "enum.StrEnum" in names or any(n.endswith("Choices") for n in names)
        if isinstance(found, Outside) and found.name == "enum.auto()":
            texts = "enum.StrEnum" in names
            found = Const(name.lower()) if texts else Unknown(name)
        if not (plain or "builtins.str" in names):
            return Member(name, found)
        if isinstance(found, Items) and found.items:
            found = found.items[0]
        if isinstance(found, Const) and not plain:
            own = [item for item in line if isinstance(item, ClassThing)]
            return Const(found.value, _shown(own, name))
        return found

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
        # A class's body runs where it stands, its methods later.
        line = cls.frame.line or (cls.node.lineno if cls.frame.outer is None else 0)
        frame = Frame(cls.frame.path, {}, cls.frame, line=line, within=cls)
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
            asked = owner.of if isinstance(owner, InstanceThing) else owner
            return Bound(function, asked if isinstance(asked, ClassThing) else cls)
        if isinstance(owner, ClassThing):
            return function
        if any(word.endswith("property") for word in words):
            return self.call(Bound(function, owner), [], Table())
        return Bound(function, owner)

    def _field(self, owner: InstanceThing, line: Line, name: str) -> Thing:
        """An attribute that a method of the class sets."""
        owner.fields[name] = Unknown(name)
        found: list[Thing] = []
        begun = self._begun(owner, line, name)
        if begun is not None:
            found.append(begun)
        for cls in line:
            for node in cls.node.body if isinstance(cls, ClassThing) else ():
                if (
                    isinstance(node, FunctionNode)
                    and node.name != "__init__"
                    and name in _set_by(node)
                ):
                    assert isinstance(cls, ClassThing)
                    own = InstanceThing(owner.of)
                    self.call(Bound(FunctionThing(node, cls.frame, within=cls), own), [], Table())
                    found.append(own.fields.get(name, Unknown(name)))
        thing = either(found, CHOICES) if found else self._outside_field(line, name)
        owner.fields[name] = thing
        return thing

    def _begun(self, owner: InstanceThing, line: Line, name: str) -> Thing | None:
        """What an object's `__init__` sets an attribute to, those of its ancestors included."""
        own = [item for item in line if isinstance(item, ClassThing)]
        inits = [(cls, node) for cls in own if (node := _method_of(cls, "__init__")) is not None]
        if not any(name in _set_by(node) for _, node in inits):
            return None
        made = InstanceThing(owner.of)
        cls, node = inits[0]
        method = Bound(FunctionThing(node, cls.frame, within=cls), made)
        self.call(method, list(owner.arguments), owner.keywords)
        return made.fields.get(name)

    @staticmethod
    def _outside_field(line: Line, name: str) -> Thing:
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


def _method_of(cls: ClassThing, name: str) -> FunctionNode | None:
    body = cls.node.body
    return next((n for n in body if isinstance(n, FunctionNode) and n.name == name), None)


def _shown(classes: list[ClassThing], name: str) -> str | None:
    """What a text of an enum is shown as; `None` where that is its value."""
    for cls in classes:
        for method in ("__str__", "__format__"):
            node = _method_of(cls, method)
            if node is not None:
                return None if ".value" in ast.unparse(node) else "*"
        if "__str__ = str.__str__" in ast.unparse(cls.node):
            return None
    return f"{classes[0].node.name}.{name}"


_SET_BY: WeakKeyDictionary[FunctionNode, frozenset[str]] = WeakKeyDictionary()


def _set_by(node: FunctionNode) -> frozenset[str]:
    """The attributes that a method assigns, gone through once."""
    if node not in _SET_BY:
        _SET_BY[node] = frozenset(
            part.attr
            for part in walk(node)
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store)
        )
    return _SET_BY[node]
