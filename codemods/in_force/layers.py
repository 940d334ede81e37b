"""The value of a setting that Celery has after all that a project does to `app.conf`, by version."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codemods.in_force import operations as ops
from codemods.in_force.names import NEW, OLD, are_old, default
from codemods.in_force.routing import Refused, Side
from codemods.in_force.view import MISSING, View

FIRST_OF = {
    "timezone": ("timezone", "TIME_ZONE"),
    "task_default_exchange": ("task_default_exchange", "task_default_queue"),
    "task_default_routing_key": ("task_default_routing_key", "task_default_queue"),
}
"""Settings that stand for the first of several that is not `None` (`celery.app.utils.Settings`)."""


def in_force(done: Iterable[ops.Operation], setting: str, celery: Side) -> Any:  # noqa: ANN401
    """The value of a setting, by its new name, once a worker or beat has started; `Refused` if it can't.

    `done` is what the modules do, in the order in which they are imported. Dicts among the values
    are copied before, so what comes back is nobody else's.
    """
    app = _App(celery)
    try:
        # All of them at once: the copies of dicts are known by the place of each in memory.
        for operation in tuple(done):
            app.do(operation)
        app.finalize()
        return app.attribute(setting)
    except _RaisedError as error:
        return Refused(str(error))


class _RaisedError(Exception):
    """Celery, or a statement of the project, raises."""


class _App:
    """What an app keeps of its settings: `before` are those assigned until they are first read."""

    def __init__(self, celery: Side) -> None:
        self.celery = celery
        self.namespace = ""
        self.source: Mapping[str, Any] | None = None
        self.before: dict[str, Any] = {}
        self.by_make: set[str] = set()
        self.view = View([self.before], "", celery)
        self.has_read = False
        self.is_final = False
        self.defaults: list[dict[str, Any]] = []
        self.periodic: list[tuple[str, Any]] = []
        self.receivers: list[tuple[ops.Operation, ...]] = []
        self.last_receivers: list[tuple[ops.Operation, ...]] = []
        self._copies: dict[int, dict[Any, Any]] = {}

    def do(self, operation: ops.Operation) -> None:
        """Carries out one operation."""
        match operation:
            case ops.Make(values, namespace):
                given = {key: value for key, value in values.items() if value is not None}
                self.before.update(self._own(given))
                self.by_make.update(given)
                self.namespace = self.view.namespace = namespace
            case ops.FromObject(values, namespace, is_forced):
                self.source = self._own(values)
                self.namespace = namespace or self.namespace
                if is_forced or self.has_read:
                    self._read()
            case ops.AfterConfigure(then):
                self.receivers.append(then)
            case ops.AfterFinalize(then):
                self.last_receivers.append(then)
            case ops.Finalize():
                self.finalize()
            case ops.Read(key):
                self.attribute(key)
            case ops.AddPeriodic(key, entry):
                self._periodic(key, entry)
            case ops.AddDefaults(values):
                self._add_defaults(self._own(values))
            case _:
                self._assign(operation)

    def finalize(self) -> None:
        """Finalizes the app, once: its tasks read the settings before anyone is told."""
        if not self.is_final:
            self.is_final = True
            if not self.has_read:
                self._read()
            self._send(self.last_receivers)

    def attribute(self, key: str) -> Any:  # noqa: ANN401
        """`conf.KEY`, which reads the settings."""
        names: tuple[str, ...] = FIRST_OF.get(key, (key,))
        if not self.has_read:
            # Each name that is tried before the settings are read is looked up in what was read.
            names = names if key in FIRST_OF else self.view.keys(key)
            self._read()
        values = [value for value in map(self.view.get, names) if value is not MISSING]
        if key in FIRST_OF:
            return next((value for value in values if value is not None), None)
        if not values:
            raise _RaisedError(f"there is no setting {key!r}")
        return values[0]

    def _assign(self, operation: ops.Operation) -> None:
        """Carries out what assigns, or changes a table in place."""
        changes = self.view.layers[0]
        match operation:
            case ops.Assign(key, value):
                changes[key] = self._copy(value)
            case ops.Update(values):
                changes.update(self._own(values))
            case ops.SetDefault(key, value):
                if not self.view.has(key):
                    changes[key] = self._copy(value)
            case ops.Change(key, values):
                _table(self.attribute(key)).update(self._own(values))
            case ops.Join(key, values):
                self._merge(key, self.attribute(key), values)
            case ops.Extend(key, values):
                self._merge(key, self.attribute(key) or {}, values)
            case ops.Copy(key, values):
                self._merge(key, dict(_table(self.attribute(key))), values)
            case _:
                raise TypeError(operation)

    def _merge(self, key: str, table: object, values: Mapping[str, Any]) -> None:
        """Puts values into a table and assigns it, to the settings as they are by then."""
        found = _table(table)
        found.update(self._own(values))
        self.view.layers[0][key] = found

    def _read(self) -> None:
        """Reads the settings; read again, they lose what was assigned since they were read first."""
        known = self.source if self.source is not None else self.before
        is_old = False if self.namespace else are_old(known.keys() - self.by_make)
        self.has_read = True
        if isinstance(is_old, Refused):
            raise _RaisedError(is_old.reason)
        convert = OLD if is_old else NEW
        changes = {convert.get(key, key): value for key, value in self.before.items()}
        last = {OLD[new] if is_old else new: default(new) for new in OLD}
        layers = [changes, dict(self.source or {}), last]
        self.view = View(layers, self.namespace, self.celery)
        while self.defaults:
            self._add_defaults(self.defaults.pop(0))
        while self.periodic:
            self._periodic(*self.periodic.pop(0))
        self._send(self.receivers)

    def _send(self, receivers: Sequence[tuple[ops.Operation, ...]]) -> None:
        """Runs receivers of a signal: an error ends the one in which it is raised."""
        for then in tuple(receivers):
            try:
                for operation in then:
                    self.do(operation)
            except _RaisedError:
                continue

    def _add_defaults(self, values: dict[str, Any]) -> None:
        if self.has_read:
            self.view.layers.insert(1, values)
        else:
            self.defaults.append(values)

    def _periodic(self, key: str, entry: object) -> None:
        """Adds to the schedule in force, or waits for the settings to be read."""
        if self.has_read:
            _table(self.attribute("beat_schedule"))[key] = entry
        else:
            self.periodic.append((key, entry))

    def _copy(self, value: Any) -> Any:  # noqa: ANN401 - any value
        """The one copy of a dict, with what has been put into it since; any other value as it is."""
        if not isinstance(value, dict):
            return value
        if id(value) not in self._copies:
            made = dict(value)
            self._copies[id(value)] = self._copies[id(made)] = made
        return self._copies[id(value)]

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._copy(value) for key, value in self._copy(values).items()}


def _table(value: object) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _RaisedError(f"{value!r} is no table")
    return value
