"""A message sent once more, for later: what waits for a lease, a store or a host."""

import logging
import time
from collections.abc import Iterator
from typing import Any

from celery import Task
from celery.exceptions import Ignore, Reject, Retry, SoftTimeLimitExceeded
from kombu import serialization
from kombu.exceptions import EncodeError
from kombu.pools import producers

from target_runtime.errors import StoreUnavailableError
from target_runtime.observe.messages import OUTCOME

AT_ONCE = 1.0
"""Seconds: what comes back sooner may end before Celery has stored that it was sent again."""
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between attempts to send a message again that the broker no longer has."""
logger = logging.getLogger(__name__)


def send_again(task: "Task[Any, Any]", args: Any, kwargs: Any, delay: float, why: str) -> Any:  # noqa: ANN401
    """Sends this very message again, none of its retries used up; raises what Celery acknowledges.

    It came before it expired, so it does not expire while it waits. An eager one can't be sent:
    `StoreUnavailableError`.
    """
    request = task.request
    setattr(request, OUTCOME, "waits")
    logger.info("%s[%s] looks again in %.1f s: %s", task.name, request.id, delay, why)
    if request.is_eager:
        raise StoreUnavailableError(f"{task.name} can't run now: {why}. Call it again later.")
    again = task.signature_from_request(
        request, args, kwargs, countdown=delay, retries=request.retries, expires=None
    )
    pauses, forms = iter((*PAUSES, None)), _forms(task)
    while True:
        try:
            _send(task, again)
            break
        except EncodeError as error:
            # It came in another form than the task's own, and the request does not say in which.
            form = next(forms, None)
            if form is None:
                _pause(task, error, None, f"{why}; it can't be written: {error}", delay)
            else:
                again.set(serializer=form)
        except SoftTimeLimitExceeded:
            # Waiting for the broker is not the task's work.
            continue
        except Exception as error:  # noqa: BLE001 - whatever the broker says
            _pause(task, error, next(pauses), f"{why}; it could not be sent again: {error}", delay)
    if delay < AT_ONCE:
        # No state is stored, which would come late and over the result of the message itself.
        raise Ignore(why)
    raise Retry(why, when=delay, sig=again)  # type: ignore[arg-type]


def _send(task: "Task[Any, Any]", again: Any) -> None:  # noqa: ANN401 - a signature
    """Sends a message; RabbitMQ has it then.

    What is written to a connection that breaks may go nowhere, while the message that it stands for
    is acknowledged on another one: so the broker is asked to confirm.
    """
    connection = task.app.connection_for_write(transport_options={"confirm_publish": True})
    if connection.transport.driver_name != "py-amqp":
        again.apply_async()
        return
    with producers[connection].acquire(block=True) as producer:
        again.apply_async(producer=producer)


def _forms(task: "Task[Any, Any]") -> Iterator[str]:
    """The serializers whose messages this app's workers take."""
    for accepted in task.app.conf.accept_content or ():
        yield serialization.registry.type_to_name.get(accepted, accepted)  # type: ignore[attr-defined]


def _pause(
    task: "Task[Any, Any]", error: Exception, pause: float | None, text: str, delay: float
) -> None:
    """Waits before the next attempt. What the broker still has is given back to it instead."""
    try:
        if _is_late(task):
            logger.error("%s[%s] goes back to the broker: %s", task.name, task.request.id, text)
            time.sleep(min(delay, 1.0))
            raise Reject(text, requeue=True) from error
        if pause is None:
            # It was acknowledged when it came, so nobody else has it: this is a failure to see.
            raise error
        time.sleep(pause)
    except SoftTimeLimitExceeded:
        if _is_late(task):
            raise Reject(text, requeue=True) from error


def _is_late(task: "Task[Any, Any]") -> bool:
    late = task.acks_late
    return bool(task.app.conf.task_acks_late if late is None else late)
