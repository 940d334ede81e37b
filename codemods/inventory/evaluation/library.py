"""What is known of other libraries: Celery, `functools`, lazy proxies, builtins."""

import ast
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from codemods.inventory.evaluation.texts import joined_text, shown, text_method
from codemods.inventory.evaluation.things import (
    AppThing,
    Bound,
    ClassThing,
    Const,
    FunctionThing,
    InstanceThing,
    Items,
    Maker,
    Method,
    Namespace,
    Outside,
    Partial,
    Pattern,
    Table,
    TaskThing,
    Thing,
    Unknown,
    Wraps,
)

APP_CLASSES = frozenset({"celery.Celery", "celery.app.Celery", "celery.app.base.Celery"})
SHARED = frozenset({"celery.shared_task", "celery.app.shared_task"})
CURRENT = frozenset({"celery.current_app", "celery._state.current_app", "celery.app.default_app"})
OLD_FORMS = frozenset(
    {
        "celery.task",
        "celery.task.task",
        "celery.task.base.task",
        "celery.decorators.task",
        "celery.task.periodic_task",
        "celery.task.base.periodic_task",
        "celery.decorators.periodic_task",
    }
)
OLD_TASKS = frozenset({"celery.task", "celery.task.task", "celery.task.base.task"})
"""Those of them that make of a function what `shared_task` makes of it since Celery 3.1."""
ENUMS = frozenset({"Enum", "StrEnum", "IntEnum", "TextChoices", "Choices", "IntegerChoices"})
PROXIES = frozenset(
    {
        "werkzeug.local.LocalProxy",
        "django.utils.functional.SimpleLazyObject",
        "lazy_object_proxy.Proxy",
        "celery.local.Proxy",
        "celery.local.PromiseProxy",
        "wrapt.ObjectProxy",
        "wrapt.LazyObjectProxy",
    }
)
SAME = frozenset({"copy.copy", "copy.deepcopy", "typing.cast"})


NAME_RULES = frozenset({f"{name}.gen_task_name" for name in {*APP_CLASSES, "celery.utils.imports"}})
FIELDS = frozenset(
    {"dataclasses.field", "attr.ib", "attrs.field", "msgspec.field", "pydantic.Field"}
)
FIELD_DECORATORS = frozenset({"dataclass", "define", "frozen", "attrs", "mutable"})
FIELD_CLASSES = frozenset({"NamedTuple", "BaseModel", "Struct"})


class Caller(Protocol):
    """Whoever can call a thing of the project."""

    def call(self, thing: Thing, arguments: list[Thing], named: Table) -> Thing:
        """What calling a thing gives."""

    def attribute(self, thing: Thing, name: str) -> Thing:
        """What an attribute of a thing stands for."""


def is_app_class(dotted: str) -> bool:
    """Whether a class of another library is a Celery app, by what it is or by its name."""
    last = dotted.rpartition(".")[2]
    return dotted in APP_CLASSES or last.endswith(("Celery", "CeleryApp"))


def outside(dotted: str) -> Thing:
    """A thing of another library."""
    if dotted in SHARED:
        return Maker("shared_task")
    if dotted in OLD_FORMS:
        return Maker("old")
    if dotted in CURRENT:
        return AppThing("celery.current_app", None, "celery.current_app")
    if dotted == "celery.current_app.task":
        return Maker("app.task", "celery.current_app")
    return Outside(dotted)


def app_attribute(app: AppThing, name: str) -> Thing:
    """An attribute of a Celery app that its own class does not have."""
    if name == "task":
        return Maker("app.task", app.symbol)
    if name == "gen_task_name":
        return Method(app, name)
    return Outside(f"celery.Celery().{name}")


def method_called(method: Method, arguments: list[Thing], named: Table) -> Thing:
    """What a method of a text or a dict gives."""
    owner = method.owner
    if isinstance(owner, AppThing):
        return task_name(arguments, named)
    if isinstance(owner, Const) and isinstance(owner.value, str):
        given = {key: item.value for key, item in named.entries.items()}
        return text_method(owner.value, method.name, arguments, given)
    if isinstance(owner, Table):
        key = arguments[0].value if arguments and isinstance(arguments[0], Const) else None
        if method.name == "copy":
            return owner
        if method.name in {"get", "pop", "setdefault"} and isinstance(key, str):
            if key in owner.entries:
                return owner.entries[key].value
            if not owner.rest:
                return arguments[1] if len(arguments) > 1 else Const(None)
    return Unknown(method.name)


def task_name(arguments: list[Thing], named: Table) -> Thing:
    """Celery's own rule for the name of a function of a module."""
    given = {key: item.value for key, item in named.entries.items()}
    given |= dict(zip(("name", "module"), arguments, strict=False))
    module = given.get("module", given.get("module_name", Unknown()))
    return joined_text([module, Const("."), given.get("name", Unknown())])


def generated_fields(line: Iterable[ClassThing | Outside]) -> str | None:
    """How a class's fields become arguments; `None` where its own `__init__` takes them.

    `environment`: what is not given may come from there.
    """
    found: str | None = None
    for item in line:
        if isinstance(item, Outside):
            last = item.name.rpartition(".")[2]
            if last == "BaseSettings":
                return "environment"
            found = "fields" if last in FIELD_CLASSES else found
        else:
            words = [ast.unparse(part).partition("(")[0] for part in item.node.decorator_list]
            if any(word.rpartition(".")[2] in FIELD_DECORATORS for word in words):
                found = "fields"
    return found


def called(caller: Caller, thing: Outside, arguments: list[Thing], named: Table) -> Thing:
    """What calling a thing of another library gives."""
    first = arguments[0] if arguments else Unknown()
    if is_app_class(thing.name) and not thing.made:
        return AppThing("", None, thing.name)
    if thing.name in {"functools.partial", "functools.partialmethod"} and arguments:
        return Partial(first, tuple(arguments[1:]), named)
    if thing.name in {"functools.wraps", "functools.update_wrapper"}:
        return _wrapped(thing.name, arguments)
    if thing.name in PROXIES or thing.name.endswith((".LocalProxy", ".SimpleLazyObject")):
        found = caller.call(first, [], Table())
        return replace(found, lazy=True) if isinstance(found, AppThing) else found
    if thing.name in NAME_RULES:
        return task_name(arguments[1:], named)
    if thing.name in FIELDS:
        return _field_default(caller, arguments, named)
    if thing.name == "types.SimpleNamespace" and not arguments:
        return Namespace(named)
    if thing.name.startswith("builtins.") and not thing.made:
        return _builtin(caller, thing.name.removeprefix("builtins."), arguments, named)
    if thing.name in SAME:
        return arguments[-1] if arguments else Unknown()
    if len(arguments) == 1 and isinstance(first, FunctionThing | TaskThing):
        # A decorator of another library keeps the name of what it wraps, as `functools.wraps` does.
        return first
    return Outside(f"{thing.name}()", made=True)


def _field_default(caller: Caller, arguments: list[Thing], named: Table) -> Thing:
    """What a field holds where an object is made without it."""
    given = named.entries
    if "default" in given:
        return given["default"].value
    for key in ("default_factory", "factory"):
        if key in given:
            return caller.call(given[key].value, [], Table())
    return arguments[0] if arguments else Unknown("a field")


def _builtin(caller: Caller, name: str, arguments: list[Thing], named: Table) -> Thing:
    """What a function of Python's own gives."""
    first = arguments[0] if arguments else Unknown()
    match name:
        case "dict":
            if isinstance(first, Table):
                return Table(first.entries | named.entries, first.rest + named.rest)
            return named if not arguments else Unknown("dict()")
        case "str" if isinstance(first, Const | Pattern):
            return shown(first)
        case "list" | "tuple" if isinstance(first, Items):
            return first
        case "len" if isinstance(first, Items):
            return Const(len(first.items))
        case "callable":
            sure = _is_callable(first)
            return Unknown("callable()") if sure is None else Const(sure)
        case "isinstance" if len(arguments) == 2 and arguments[1] == Outside("builtins.str"):
            sure = isinstance(first.value, str) if isinstance(first, Const) else None
            sure = False if _is_callable(first) else sure
            return Unknown("isinstance()") if sure is None else Const(sure)
        case "getattr" | "setattr" if len(arguments) > 1 and isinstance(arguments[1], Const):
            values = arguments[2:] if name == "setattr" else []
            return _by_name(caller, first, str(arguments[1].value), values)
        case "type" if len(arguments) == 1:
            return caller.attribute(first, "__class__")
    if len(arguments) == 1 and isinstance(first, FunctionThing | TaskThing):
        return first
    return Outside(f"builtins.{name}()", made=True)


def _by_name(caller: Caller, thing: Thing, name: str, values: list[Thing]) -> Thing:
    """What `getattr` gives of a thing, or `setattr` leaves in it."""
    if values and isinstance(thing, ClassThing | InstanceThing):
        thing.fields[name] = values[0]
    return caller.attribute(thing, name)


def _is_callable(thing: Thing) -> bool | None:
    """Whether a thing can be called; `None` where that is unknown."""
    if isinstance(thing, Const | Pattern | Table | Items):
        return False
    known = isinstance(thing, FunctionThing | TaskThing | ClassThing | Bound | Maker | Partial)
    return True if known else None


def _wrapped(name: str, arguments: list[Thing]) -> Thing:
    functions = [item.function if isinstance(item, TaskThing) else item for item in arguments]
    known = [item for item in functions if isinstance(item, FunctionThing)]
    if not known or len(known) < len(functions):
        return Unknown(name)
    if name.endswith("wraps"):
        return Wraps(known[0])
    inner = known[0]
    return FunctionThing(inner.node, inner.frame, known[1], inner.within) if known[1:] else inner
