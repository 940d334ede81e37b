"""What a project does to `app.conf`, one frozen value for each form."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Operation(Struct, frozen=True, tag=True):
    """One of them. A dict that several hold is one dict: what changes it in place is seen by all."""


class Make(Operation, frozen=True):
    """`Celery(task_routes=..., namespace=...)`; `values` are the settings among its arguments."""

    values: Mapping[str, Any] = {}
    namespace: str = ""


class FromObject(Operation, frozen=True):
    """`config_from_object(object, namespace=..., force=...)`.

    `values` has the object's names as they are written, `CELERY_BEAT_SCHEDULE` for one. Without a
    namespace all of its names that Celery knows count, since they tell whether it is read the old way.
    """

    values: Mapping[str, Any]
    namespace: str = ""
    force: bool = False


class Assign(Operation, frozen=True):
    """`conf.KEY = value` and `conf["KEY"] = value`."""

    key: str
    value: Any


class Update(Operation, frozen=True):
    """`conf.update(key=value)` and `conf.update({"key": value})`."""

    values: Mapping[str, Any]


class SetDefault(Operation, frozen=True):
    """`conf.setdefault("KEY", value)`: nothing once the settings are read, which have all keys."""

    key: str
    value: Any


class AddDefaults(Operation, frozen=True):
    """`app.add_defaults({"KEY": value})`, also of a function."""

    values: Mapping[str, Any]


class Change(Operation, frozen=True):
    """`conf.KEY.update(values)` and `conf.KEY[key] = value`: the table in force itself is changed."""

    key: str
    values: Mapping[str, Any]


class Join(Operation, frozen=True):
    """`conf.KEY |= values`: changes the table in force itself, and assigns it."""

    key: str
    values: Mapping[str, Any]


class Extend(Operation, frozen=True):
    """`table = conf.KEY or {}; table.update(values); conf.KEY = table`."""

    key: str
    values: Mapping[str, Any]


class Copy(Operation, frozen=True):
    """`conf.KEY = {**conf.KEY, **values}`, also by `dict(conf.KEY)`: the table that was stays as it is."""

    key: str
    values: Mapping[str, Any]


class Read(Operation, frozen=True):
    """`conf.KEY` read, which is when the settings are."""

    key: str


class AddPeriodic(Operation, frozen=True):
    """`app.add_periodic_task(...)`: `key` is its `name=`, else what Celery makes of the signature."""

    key: str
    entry: Any


class AfterConfigure(Operation, frozen=True):
    """A receiver of `app.on_after_configure`; Celery logs its error and goes on."""

    then: tuple[Operation, ...]


class AfterFinalize(Operation, frozen=True):
    """A receiver of `app.on_after_finalize`; Celery logs its error and goes on."""

    then: tuple[Operation, ...]


class Finalize(Operation, frozen=True):
    """`app.finalize()`, and whatever looks into the registry: `app.tasks`, a task's attribute."""
