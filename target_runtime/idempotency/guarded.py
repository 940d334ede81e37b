"""The guard around a task, in the mode that its mark asks for."""

from typing import Any

from celery import Task

from target_runtime.idempotency.coalesce import CoalescedRun
from target_runtime.idempotency.guard import Run
from target_runtime.idempotency.looks import give_header, header_of, own_header
from target_runtime.idempotency.marks import COALESCE, Mark
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.observe.messages import SLOT

KEY = "converge_key"


def run_guarded(task: "Task[Any, Any]", mark: Mark, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
    """What the task returns, or returned to the delivery that ran first.

    A duplicate returns the stored result: `Ignore` would hang chords and chains. While another
    delivery runs, this one is sent again for later, with its own id, chain and chord.
    """
    request = task.request
    service = UniversalIdempotencyService(is_eager=bool(request.is_eager))
    if request.is_eager and not service.settings.enforce_eager:
        return task.run(*args, **kwargs)
    key = _key(task, mark, service, args, kwargs)
    kind = CoalescedRun if mark.mode == COALESCE else Run
    return kind(task, mark, service, key, args, kwargs).claimed()


def _key(
    task: "Task[Any, Any]",
    mark: Mark,
    service: UniversalIdempotencyService,
    args: Any,  # noqa: ANN401
    kwargs: Any,  # noqa: ANN401
) -> str:
    """The key of a message: that of its first attempt, also where a retry has other arguments."""
    request = task.request
    key = own_header(request, KEY)
    if not key:
        slot = header_of(request, SLOT) if mark.slots else None
        key = service.key(task, args, kwargs, slot=str(slot or ""))
    give_header(request, KEY, key)
    return key
