"""What makes a task idempotent: options on a class, or a mark that a decorator leaves on a function.

The decorator gives back the very object that it was given, so it works above and below
`@shared_task`. Above, it gets Celery's lazy proxy; resolving that one at import would finalize a
throw-away app, so the function is looked up in the proxy's own parts.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from celery import Task
from celery.local import Proxy

from target_runtime.errors import OptionError
from target_runtime.idempotency.keys import SCOPES, Scope

MARK = "__idempotency__"
ONCE, COALESCE = "once", "coalesce"
MODES = (ONCE, COALESCE)
BARE = "Write @with_idempotency(...) with brackets, above a task or function."
T = TypeVar("T")


@dataclass(frozen=True)
class Mark:
    """How a task is guarded.

    `ttl` are seconds, `category` names one of the settings' times to live, `name` goes into the
    key instead of the task's own, `arguments` are those that count (all when `None`), `lease` are
    seconds (the settings' when `None`). With `slots` a run that beat sends is guarded by its
    scheduled time, without them by its arguments alone, as any other.
    In the `mode` `once` a completed run answers what comes within its `ttl`; in `coalesce` only what
    was sent before it began, and what comes while a run goes on shares one run after it.
    """

    scope: Scope = "global"
    ttl: float | None = None
    category: str = ""
    name: str = ""
    arguments: tuple[str, ...] | None = None
    lease: float | None = None
    slots: bool = True
    mode: str = ONCE

    def __post_init__(self) -> None:
        for name, value in (("ttl", self.ttl), ("lease", self.lease)):
            if value is not None and (not isinstance(value, int | float) or value <= 0):
                raise OptionError(f"The {name} of an idempotent task must be more than 0 seconds.")
        if isinstance(self.arguments, str):
            raise OptionError(
                f"The arguments of an idempotent task are a tuple of names: ('{self.arguments}',)."
            )
        if isinstance(self.scope, str) and not self.scope:
            raise OptionError(f"The scope is empty: use one of {', '.join(SCOPES)}.")
        if self.mode not in MODES:
            raise OptionError(
                f"The mode of an idempotent task is {self.mode!r}: use {' or '.join(MODES)}."
            )


def with_idempotency(
    scope: Scope = "global",
    ttl: float | None = None,
    *,
    category: str = "",
    name: str = "",
    arguments: tuple[str, ...] | None = None,
    lease: float | None = None,
    slots: bool = True,
    mode: str = ONCE,
) -> Callable[[T], T]:
    """Marks a task function or a task; it is enforced by the runtime's task classes.

    `ttl` are the seconds for which a completed run answers its duplicates; the others are those of
    `Mark`. Raises `OptionError` for what is neither a function nor a task, and for a value that
    can't be; `manage.py check --tag celery` tells of a scope or an argument that the task lacks.
    """
    if issubclass(type(scope), Proxy | Task):
        raise OptionError(BARE)
    return _Marking(Mark(scope, ttl, category, name, arguments, lease, slots, mode))


class _Marking:
    """Marks a task or a function. Itself it can be neither, which tells where brackets are missing."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark

    def __call__(self, task: T) -> T:
        # isinstance asks a lazy proxy for its class, which would resolve it.
        if not callable(task) or issubclass(type(task), type):
            raise OptionError(BARE)
        setattr(function_of(task), MARK, self.mark)
        return task

    @property
    def __name__(self) -> str:
        """Asked for by whatever would make a task of this."""
        name = getattr(self.mark.scope, "__qualname__", "")
        raise OptionError(f"{BARE} It stands so at {name}." if name else BARE)


def mark_of(task: Any) -> Mark | None:  # noqa: ANN401 - any task
    """The mark of a task's function, else the options of its class if they ask for a guard."""
    for function in (getattr(task, "__wrapped__", None), getattr(task, "run", None)):
        # Other decorators between the mark and the task wrap the marked function, or are wrapped by it.
        while function is not None:
            found = getattr(getattr(function, "__func__", function), MARK, None)
            if isinstance(found, Mark):
                return found
            function = getattr(function, "__wrapped__", None)
    return mark_of_class(type(task)) if getattr(task, "idempotent", False) else None


def mark_of_class(cls: type) -> Mark:
    """What the options of a task class ask for, whether it guards its tasks or not."""
    return Mark(
        scope=_plain(cls, "idempotency_scope") or "global",
        ttl=getattr(cls, "idempotency_ttl", None),
        category=getattr(cls, "idempotency_category", ""),
        name=getattr(cls, "idempotency_name", ""),
        arguments=getattr(cls, "idempotency_arguments", None),
        lease=getattr(cls, "idempotency_lease", None),
        slots=getattr(cls, "idempotency_slots", True),
        mode=getattr(cls, "idempotency_mode", ONCE),
    )


def _plain(cls: type, name: str) -> Any:  # noqa: ANN401
    """A class attribute, not bound: a function given as scope takes the arguments alone."""
    return inspect.getattr_static(cls, name, None)


def function_of(task: object) -> Any:  # noqa: ANN401 - a function or a task
    """The function behind a task, a lazy proxy of one, or itself."""
    kind = type(task)
    if not issubclass(kind, Proxy):
        if inspect.isfunction(task):
            return task
        return getattr(task, "__wrapped__", None) or task
    try:
        maker = object.__getattribute__(task, "_Proxy__local")
        given = object.__getattribute__(task, "_Proxy__args")
    except AttributeError:
        # A promise that was kept has dropped its parts; asking it resolves nothing any more.
        return function_of(task._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001
    for value in (*given, *_closure(maker).values()):
        if inspect.isfunction(value) and value is not maker:
            return value
    raise OptionError(
        "The function of this task can't be found: write @with_idempotency(...) below the task decorator."
    )


def _closure(function: Any) -> Mapping[str, object]:  # noqa: ANN401
    code = getattr(function, "__code__", None)
    cells = getattr(function, "__closure__", None)
    if code is None or cells is None:
        return {}
    names = zip(code.co_freevars, cells, strict=True)
    found = {name: cell.cell_contents for name, cell in names}
    return {"fun": found["fun"]} if "fun" in found else found
