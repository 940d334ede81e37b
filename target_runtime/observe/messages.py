"""What each message carries: when it was sent, and for beat's the scheduled time that it stands for."""

import re
import time
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any

from celery import current_app
from celery.signals import beat_embedded_init, beat_init, before_task_publish

from target_runtime.schedules.ticks import slot_number, slot_of, slot_text

SENT = "converge_sent"
SLOT = "converge_slot"
OUTCOME = "converge_outcome"
"""How a run ended, on its request, where its state does not tell."""
DELAYED = re.compile(r"^(?:[01]\.){2,}(?=.)")
"""What a delay on RabbitMQ's quorum queues puts before a routing key: its length in bits."""

_sending: ContextVar[Any] = ContextVar("converge_entry", default=None)
"""The entry that beat sends at this moment."""
_numbers: dict[str, tuple[str, int]] = {}
"""The interval of each entry that has one, and the slot that it had last."""


def connect() -> None:
    """Begins to stamp messages sent by this process; a second call changes nothing."""
    uid = "target_runtime.messages"
    before_task_publish.connect(_stamp, weak=False, dispatch_uid=uid)
    beat_init.connect(_is_beat, weak=False, dispatch_uid=uid)
    beat_embedded_init.connect(_is_beat, weak=False, dispatch_uid=uid)


def _is_beat(sender: Any = None, **_: object) -> None:  # noqa: ANN401 - Celery's beat service
    """Lets the scheduler say which entry it sends: its name, task and arguments may change on the way."""
    scheduler = sender.scheduler
    send = scheduler.apply_async

    def apply_async(entry: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Celery has it
        token = _sending.set(entry)
        try:
            return send(entry, *args, **kwargs)
        finally:
            _sending.reset(token)

    if not hasattr(send, "stamps"):
        apply_async.stamps = True  # type: ignore[attr-defined]
        scheduler.apply_async = apply_async


def _stamp(headers: Any = None, **_: object) -> None:  # noqa: ANN401
    """Adds to the message's own headers, which Celery keeps through retries."""
    if not isinstance(headers, dict):
        return
    now = time.time()
    headers[SENT] = now
    entry = _sending.get()
    if entry is not None and SLOT not in headers:
        headers[SLOT] = _slot(entry.name, entry.schedule, now)


def _slot(name: str, schedule: Any, now: float) -> str:  # noqa: ANN401 - any schedule
    """The slot of a run that beat sends now; never that of the entry's run before.

    Two runs of an interval may be sent a moment less than the interval apart, when sending the
    first one took its time.
    """
    number = slot_number(schedule, now)
    if number is None:
        return slot_of(schedule, datetime.fromtimestamp(now, timezone.utc))
    # An interval that was changed counts its slots again.
    interval, last = _numbers.get(name, ("", 0))
    if interval == repr(schedule):
        number = max(number, last + 1)
    _numbers[name] = (repr(schedule), number)
    return slot_text(schedule, number)


def queue_of(request: Any) -> str:  # noqa: ANN401 - Celery's request
    """The queue that a message came by: that of its routing key, else the key, as queues are bound by their names."""
    info = getattr(request, "delivery_info", None) or {}
    key = DELAYED.sub("", str(info.get("routing_key") or info.get("exchange") or ""))
    queues = current_app.amqp.queues
    if key and key not in queues:
        bound = (name for name, queue in queues.items() if queue.routing_key == key)
        return next(bound, key)
    return key or str(current_app.conf.task_default_queue)


def waited(request: Any, now: float) -> float | None:  # noqa: ANN401
    """Seconds from when a message was due until now; `None` for one that was not stamped."""
    sent = getattr(request, SENT, None)
    if not isinstance(sent, int | float):
        return None
    eta = getattr(request, "eta", None)
    if isinstance(eta, str):
        try:
            due = datetime.fromisoformat(eta.replace("Z", "+00:00"))
        except ValueError:
            return max(0.0, now - sent)
        if due.tzinfo is None:
            due = due.replace(tzinfo=timezone.utc)
        return max(0.0, now - max(sent, due.timestamp()))
    return max(0.0, now - sent)
