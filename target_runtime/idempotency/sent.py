"""What a message of a coalescing task is told as it is sent: the newest run that there is of its key."""

import logging
from typing import Any

from celery import current_app
from celery.signals import before_task_publish

from target_runtime.errors import RuntimeFault
from target_runtime.idempotency.coalesce import SEEN, newest
from target_runtime.idempotency.marks import COALESCE, mark_of
from target_runtime.idempotency.service import UniversalIdempotencyService

logger = logging.getLogger(__name__)


def connect() -> None:
    """Begins to stamp messages sent by this process; a second call changes nothing."""
    before_task_publish.connect(_stamp, weak=False, dispatch_uid="target_runtime.sent")


def _stamp(sender: Any = None, headers: Any = None, body: Any = None, **_: object) -> None:  # noqa: ANN401
    """Adds the newest generation, unless the message has been sent before.

    Without it the worker that takes the message looks, which is later: more runs, none too few.
    """
    if not isinstance(headers, dict) or not getattr(current_app, "finalized", False):
        return
    task = current_app.tasks.get(str(sender))
    mark = mark_of(task) if task is not None else None
    own = f"{headers.get('id')}|"
    if mark is None or mark.mode != COALESCE or str(headers.get(SEEN, "")).startswith(own):
        return
    try:
        service = UniversalIdempotencyService()
        key = service.key(task, body[0], body[1])
        headers[SEEN] = f"{own}{newest(service.store, key)}"
    except (RuntimeFault, TypeError, LookupError) as error:
        # A call that can't have a key fails in the worker, where its failure is seen.
        logger.info("%s is not told of the run under way: %s", sender, error)
