"""What Celery makes of programs of operations on `app.conf`: pickles in and out. Runs in any version."""

import logging
import pickle
import sys
from types import SimpleNamespace
from typing import Any

import celery
from celery import Celery

from codemods.in_force import operations as ops


def do(app: Any, operation: ops.Operation) -> None:  # noqa: C901 - one branch for each form
    """The operation, as a project writes it."""
    match operation:
        case ops.FromObject(values, namespace, is_forced):
            # Half of them as modules are, half as dicts; of an empty dict Celery makes nothing at all.
            given = values if values and len(values) % 2 == 0 else SimpleNamespace(**values)
            app.config_from_object(given, namespace=namespace or None, force=is_forced)
        case ops.Assign(key, value) if key.isupper():
            setattr(app.conf, key, value)
        case ops.Assign(key, value):
            app.conf[key] = value
        case ops.Update(values) if len(values) == 1:
            app.conf.update(**values)
        case ops.Update(values):
            app.conf.update(values)
        case ops.SetDefault(key, value):
            app.conf.setdefault(key, value)
        case ops.AddDefaults(values):
            app.add_defaults(values)
        case ops.Change(key, values) if len(values) == 1:
            ((item, value),) = values.items()
            getattr(app.conf, key)[item] = value
        case ops.Change(key, values):
            getattr(app.conf, key).update(values)
        case ops.Join(key, values):
            app.conf[key] |= values
        case ops.Extend(key, values):
            table = getattr(app.conf, key) or {}
            table.update(values)
            setattr(app.conf, key, table)
        case ops.Copy(key, values):
            app.conf[key] = {**getattr(app.conf, key), **values}
        case ops.Read(key):
            getattr(app.conf, key)
        case ops.AddPeriodic(key, entry):
            app.add_periodic_task(entry["schedule"], app.signature(entry["task"]), name=key)
        case ops.AfterConfigure(then):
            app.on_after_configure.connect(receiver(then), weak=False)
        case ops.AfterFinalize(then):
            app.on_after_finalize.connect(receiver(then), weak=False)
        case ops.Finalize():
            app.finalize()


def receiver(then: tuple[ops.Operation, ...]) -> Any:
    """A receiver of a signal that does all of them."""

    def receive(sender: Any, **_: Any) -> None:
        for operation in then:
            do(sender, operation)

    return receive


def value_of(program: list[ops.Operation], setting: str) -> Any:
    """The setting when a worker has started, or the error's class in a list."""
    made = program[0]
    assert isinstance(made, ops.Make)
    try:
        app = Celery("x", set_as_current=False, namespace=made.namespace or None, **made.values)
        for operation in program[1:]:
            do(app, operation)
        app.finalize()
        return ("value", getattr(app.conf, setting))
    except Exception as error:  # noqa: BLE001 - whichever it is
        return ("error", f"{type(error).__name__}: {error}")


def main() -> None:
    logging.disable(logging.CRITICAL)
    cases = pickle.load(sys.stdin.buffer)
    found = [value_of(*case) for case in cases]
    pickle.dump((celery.__version__, found), sys.stdout.buffer)


main()
