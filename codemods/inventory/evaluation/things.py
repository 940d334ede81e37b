"""What an expression may stand for."""

import ast
from dataclasses import dataclass, field

from codemods.inventory.symbols import FunctionNode


@dataclass(frozen=True, slots=True)
class Unknown:
    """What only running the code tells; `source` says of what."""

    source: str = ""


@dataclass(frozen=True, slots=True)
class Const:
    """A text, number, truth value or nothing.

    `shown`: what `str()` makes of it where that is not its value, as of an enum's texts.
    """

    value: str | bytes | int | float | bool | None
    shown: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text that is known in part: a glob with `*` for the rest."""

    like: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list or tuple."""

    items: tuple["Thing", ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A value with the source that gives it and the place of that source."""

    value: "Thing"
    source: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A dict with text keys; `rest` are the sources behind `**` that can't be read."""

    entries: dict[str, Given] = field(default_factory=dict)
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Namespace:
    """`types.SimpleNamespace(...)`, or an object of a library that keeps what it is given."""

    of: Table


@dataclass(frozen=True, slots=True)
class ModuleThing:
    """A module of the project, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class Outside:
    """A thing of another library by its dotted name; `made`: what calling it gives."""

    name: str
    made: bool = False


@dataclass(slots=True)
class Frame:
    """The names of one running function or class body, and what lies around it."""

    path: str
    names: dict[str, "Thing"] = field(default_factory=dict)
    outer: "Frame | None" = None
    line: int = 0
    """At module level, the line that is being executed; 0 in functions, which run later."""
    within: "ClassThing | None" = None
    owner: "Thing | None" = None


@dataclass(frozen=True, slots=True, eq=False)
class FunctionThing:
    """A function of the project, or a lambda; `wraps`: whose name it bears by `functools.wraps`."""

    node: FunctionNode | ast.Lambda
    frame: Frame
    wraps: "FunctionThing | None" = None
    within: "ClassThing | None" = None
    own_name: str = ""
    own_module: str = ""
    """What code gave it as `__name__` and `__module__` by hand."""

    @property
    def named(self) -> "FunctionThing":
        """The function whose name and module it bears."""
        return self.wraps.named if self.wraps is not None else self

    @property
    def name(self) -> str:
        """Its `__name__`."""
        if self.own_name or self.named.own_name:
            return self.own_name or self.named.own_name
        node = self.named.node
        return "<lambda>" if isinstance(node, ast.Lambda) else node.name


@dataclass(frozen=True, slots=True, eq=False)
class ClassThing:
    """A class of the project."""

    node: ast.ClassDef
    frame: Frame
    dotted: str
    fields: dict[str, "Thing"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class InstanceThing:
    """What calling a class of the project gives."""

    of: ClassThing
    fields: dict[str, "Thing"] = field(default_factory=dict)
    arguments: tuple["Thing", ...] = ()
    keywords: Table = field(default_factory=Table)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A method with its object."""

    function: FunctionThing
    owner: "Thing"


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """`super()` inside a method of a class."""

    of: ClassThing
    owner: "Thing"


@dataclass(frozen=True, slots=True, eq=False)
class AppThing:
    """A Celery app; `symbol` is where it is bound, or the function that makes it, ending in `()`."""

    symbol: str
    of: ClassThing | None = None
    made_by: str = ""
    lazy: bool = False
    """Whether a proxy makes it when it is first used."""


@dataclass(frozen=True, slots=True, eq=False)
class Maker:
    """What makes a task of a function: `shared_task`, `app.task`, or a form of Celery 3 and 4 (`old`)."""

    kind: str
    app: str = ""
    options: Table = field(default_factory=Table)


@dataclass(frozen=True, slots=True, eq=False)
class TaskThing:
    """A task: the function that was registered, and what made it."""

    function: FunctionThing
    maker: Maker


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """`functools.partial(callable, ...)`."""

    of: "Thing"
    arguments: tuple["Thing", ...]
    keywords: Table


@dataclass(frozen=True, slots=True, eq=False)
class Wraps:
    """`functools.wraps(function)`, before it is applied."""

    function: FunctionThing


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method of a text, dict or library class, before it is called."""

    owner: "Thing"
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an enum that is no text itself."""

    name: str
    value: "Thing"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, by what only running the code tells."""

    options: tuple["Thing", ...]


Thing = (
    Unknown
    | Const
    | Pattern
    | Items
    | Table
    | Namespace
    | ModuleThing
    | Outside
    | FunctionThing
    | ClassThing
    | InstanceThing
    | Bound
    | Super
    | AppThing
    | Maker
    | TaskThing
    | Partial
    | Wraps
    | Method
    | Member
    | Choice
)


def either(options: list[Thing], most: int) -> Thing:
    """One thing where all are the same, a choice where they differ."""
    found: list[Thing] = []
    for option in options:
        for item in option.options if isinstance(option, Choice) else (option,):
            if item not in found:
                found.append(item)
    if not found:
        return Const(None)
    return found[0] if len(found) == 1 else Choice(tuple(found[:most]))


def each(thing: Thing) -> tuple[Thing, ...]:
    """The ways that a thing may turn out."""
    return thing.options if isinstance(thing, Choice) else (thing,)
