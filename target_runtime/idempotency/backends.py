"""Whether a task's result can be had from Celery's result backend later, by another task."""

from typing import Any

from celery import Task
from celery.backends.base import DisabledBackend
from celery.exceptions import SoftTimeLimitExceeded


def is_readable(backend: object) -> bool:
    """Whether others than the caller can read a result: `rpc://` sends each to its caller alone."""
    return not isinstance(backend, DisabledBackend) and type(backend).__name__ != "RPCBackend"


def keeps_result(task: "Task[Any, Any]") -> bool:
    """Whether the run under way leaves its result in the backend. What the message says wins."""
    asked = vars(task.request).get("ignore_result")
    ignored = task.ignore_result if asked is None else asked
    return not ignored and is_readable(task.backend)


def can_write(task: "Task[Any, Any]", result: object) -> bool:
    """Whether the backend can write a result down; where it can't, Celery fails the task instead."""
    backend: Any = task.backend
    try:
        backend.encode(backend.prepare_value(result))
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # noqa: BLE001 - a result's own methods may raise anything
        return False
    return True


def keeps_result_of(task: "Task[Any, Any]", signature: Any) -> bool:  # noqa: ANN401 - Celery's
    """Whether what takes a task's place leaves a result: the end of a chain, the body of a chord."""
    while True:
        inside = signature.kwargs
        if signature.task == "celery.chain" and inside.get("tasks"):
            signature = inside["tasks"][-1]
        elif signature.task == "celery.chord" and inside.get("body"):
            signature = inside["body"]
        else:
            break
    asked = signature.options.get("ignore_result")
    known = task.app.tasks.get(signature.task)
    ignored = asked if asked is not None else getattr(known, "ignore_result", False)
    return not ignored and is_readable(task.backend)
