"""Class tasks registered by being defined, as function tasks are."""

import inspect
from typing import Any

from celery import Task, _state

from target_runtime.errors import OptionError, nearest
from target_runtime.idempotency.marks import mark_of_class

OPTIONS = frozenset(
    f"idempotency_{name}"
    for name in ("scope", "ttl", "category", "name", "arguments", "lease", "slots", "mode")
)


def check_options(cls: type) -> None:
    """Raises `OptionError` for an option that nobody knows or that can't be, when the task is declared."""
    for name in vars(cls):
        if name.startswith("idempotency_") and name not in OPTIONS:
            raise OptionError(
                f"The task {cls.__name__} has no option {name}: {nearest(name, OPTIONS)}"
            )
    mark_of_class(cls)


def _takes_arguments(cls: type) -> bool:
    try:
        inspect.signature(cls).bind()
    except TypeError:
        return True
    return False


def register_when_ready(cls: type) -> None:
    """Registers a task class with every app of the process, those made later included.

    Function tasks come here too, as the classes that Celery makes of them: those it registers
    itself. A class without `run` or without a name is a base for others.
    """
    own = vars(cls)
    has_run = getattr(cls, "run", Task.run) is not Task.run
    if not has_run or not isinstance(own.get("name"), str) or own.get("_decorated"):
        return
    if own.get("abstract"):
        return

    def register(app: Any) -> None:  # noqa: ANN401 - any app
        # One that takes arguments is registered by whoever has them, and a registered one stays.
        if not _takes_arguments(cls) and own["name"] not in app.tasks:
            app.register_task(cls())

    _state.connect_on_app_finalize(register)
    apps = _state._get_active_apps()  # type: ignore[attr-defined]  # noqa: SLF001 - as shared_task does
    for app in apps:
        if app.finalized:
            register(app)
