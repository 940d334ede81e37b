"""What each message carries: when it was sent, and for beat's the scheduled time that it stands for."""

import logging
import time
from datetime import datetime, timezone
from typing import Any

from celery import current_app
from celery.signals import beat_embedded_init, beat_init, before_task_publish

from target_runtime.schedules.ticks import began, slot_of

SENT = "converge_sent"
SLOT = "converge_slot"
logger = logging.getLogger(__name__)
_beat: list[Any] = []


def connect() -> None:
    """Begins to stamp messages sent by this process; a second call changes nothing."""
    uid = "target_runtime.messages"
    before_task_publish.connect(_stamp, weak=False, dispatch_uid=uid)
    beat_init.connect(_is_beat, weak=False, dispatch_uid=uid)
    beat_embedded_init.connect(_is_beat, weak=False, dispatch_uid=uid)


def _is_beat(sender: Any = None, **_: object) -> None:  # noqa: ANN401 - Celery's beat service
    _beat[:] = [sender]


def _stamp(sender: Any = None, headers: Any = None, body: Any = None, **_: object) -> None:  # noqa: ANN401
    """Adds to the message's own headers, which Celery keeps through retries."""
    if not isinstance(headers, dict):
        return
    now = time.time()
    headers[SENT] = now
    if _beat and SLOT not in headers:
        slot = _slot(str(sender), body, now)
        if slot:
            headers[SLOT] = slot


def _slot(task: str, body: object, now: float) -> str:
    """The slot of the beat entry that this message is of; `""` if beat has none such."""
    args = list(body[0]) if isinstance(body, tuple | list) and body else []
    kwargs = dict(body[1]) if isinstance(body, tuple | list) and len(body) > 1 else {}
    try:
        entries = [e for e in _beat[0].scheduler.schedule.values() if e.task == task]
        same = [e for e in entries if list(e.args or ()) == args and dict(e.kwargs or {}) == kwargs]
        if not same:
            return ""
        sent = datetime.fromtimestamp(now, timezone.utc)
        # Of several entries of one call, the one that is due last is the one that sends now.
        return slot_of(max((e.schedule for e in same), key=lambda s: began(s, sent)), sent)
    except Exception:
        logger.warning("the scheduled time of %s can't be told", task, exc_info=True)
        return ""


def queue_of(request: Any) -> str:  # noqa: ANN401 - Celery's request
    """The queue that a message came by; the routing key where the broker tells no queue."""
    info = getattr(request, "delivery_info", None) or {}
    return str(
        info.get("routing_key") or info.get("exchange") or current_app.conf.task_default_queue
    )


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
