"""When a waiting message looks again at its key: soon at first, then after ever longer times."""

from typing import Any

from celery import Task

LOOKS = "converge_looks"
SOONEST = 0.1
"""Seconds before the first look: a run that the message met may be about to end."""
WHOLE = 1.0
"""Seconds before the first look where the broker delays messages by whole seconds."""


def header_of(request: Any, name: str) -> object:  # noqa: ANN401 - Celery's request
    """A header of the message; eager requests have them in `headers` alone."""
    found: object = getattr(request, name, None)
    return found if found is not None else (request.headers or {}).get(name)


def own_header(request: Any, name: str) -> str:  # noqa: ANN401
    """What this very message was given as a header: code that hands headers on must not hand it on."""
    owner, _, value = str(header_of(request, name) or "").partition("|")
    return value if owner == request.id else ""


def give_header(request: Any, name: str, value: str) -> None:  # noqa: ANN401
    """Lets the message bear a header from now on, through retries and further looks."""
    request.headers = {**(request.headers or {}), name: f"{request.id}|{value}"}


def soonest(task: "Task[Any, Any]") -> float:
    """Seconds before the first look. Celery can't delay a message of a quorum queue by less than one."""
    app = task.app
    if app.connection_for_write().transport.driver_type != "amqp":
        return SOONEST
    arguments = [queue.queue_arguments or {} for queue in app.amqp.queues.values()]
    is_quorum = any(each.get("x-queue-type") == "quorum" for each in arguments)
    return WHOLE if is_quorum else SOONEST


def next_look(task: "Task[Any, Any]", most: float) -> float:
    """Seconds until this message looks again: twice as long each time, `most` in the end."""
    request = task.request
    looked = own_header(request, LOOKS)
    count = int(looked) if looked.isdigit() else 0
    give_header(request, LOOKS, str(count + 1))
    # A message that was sent again a thousand times has no power of two that is a float.
    return min(soonest(task) * 2.0 ** min(count, 30), most)
