"""Calls: what calling a thing of the project, or of another library, gives."""

from codemods.inventory.evaluation import library
from codemods.inventory.evaluation.limits import CHOICES
from codemods.inventory.evaluation.modules import Sources
from codemods.inventory.evaluation.objects import Objects
from codemods.inventory.evaluation.things import (
    AppThing,
    Bound,
    Choice,
    ClassThing,
    Frame,
    FunctionThing,
    InstanceThing,
    Items,
    Maker,
    Method,
    Outside,
    Partial,
    Table,
    TaskThing,
    Thing,
    Unknown,
    Wraps,
    either,
)
from codemods.inventory.project import Project


class Calls(Objects):
    """Calls things; `made` are the tasks that came of it, `doubts` what may have made one unseen."""

    def __init__(self, project: Project, sources: Sources) -> None:
        super().__init__(project, sources)
        self.made: list[TaskThing] = []
        self.doubts: list[str] = []
        self.running: set[int] = set()

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
        if isinstance(function, Choice):
            # One of several apps made it: whichever did, it is the same function.
            function = function.options[0]
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
        if id(function.node) in self.running:
            return Unknown("recursion")
        names = self._arguments(function, arguments, named)
        self.running.add(id(function.node))
        try:
            thing = self.run(function, names, owner)
        finally:
            self.running.discard(id(function.node))
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
