"""What is known of other libraries: Celery, `functools`, lazy proxies, builtins."""

import builtins
from dataclasses import replace
from typing import Protocol

from codemods.inventory.evaluation.texts import text_method
from codemods.inventory.evaluation.things import (
    AppThing,
    Const,
    FunctionThing,
    Maker,
    Method,
    Outside,
    Partial,
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
ENUMS = frozenset({"Enum", "StrEnum", "IntEnum", "TextChoices", "Choices", "IntegerChoices"})
BUILTINS = frozenset(dir(builtins))
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


class Caller(Protocol):
    """Whoever can call a thing of the project."""

    def call(self, thing: Thing, arguments: list[Thing], named: Table) -> Thing:
        """What calling a thing gives."""


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
    return Outside(f"celery.Celery().{name}")


def method_called(method: Method, arguments: list[Thing], named: Table) -> Thing:
    """What a method of a text or a dict gives."""
    owner = method.owner
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
    if thing.name in SAME:
        return arguments[-1] if arguments else Unknown()
    if thing.name == "builtins.dict":
        if isinstance(first, Table):
            return Table(first.entries | named.entries, first.rest + named.rest)
        return named if not arguments else Unknown("dict()")
    if thing.name == "builtins.str" and isinstance(first, Const):
        return Const(str(first.value))
    if len(arguments) == 1 and isinstance(first, FunctionThing | TaskThing):
        # A decorator of another library keeps the name of what it wraps, as `functools.wraps` does.
        return first
    return Outside(f"{thing.name}()", made=True)


def _wrapped(name: str, arguments: list[Thing]) -> Thing:
    functions = [item.function if isinstance(item, TaskThing) else item for item in arguments]
    known = [item for item in functions if isinstance(item, FunctionThing)]
    if not known or len(known) < len(functions):
        return Unknown(name)
    if name.endswith("wraps"):
        return Wraps(known[0])
    inner = known[0]
    return FunctionThing(inner.node, inner.frame, known[1], inner.within) if known[1:] else inner
