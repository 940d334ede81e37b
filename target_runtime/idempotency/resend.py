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

from target_runtime.errors import RetryArgumentError, StoreUnavailableError
from target_runtime.idempotency.came import kept_arguments
from target_runtime.observe.messages import OUTCOME

AGAIN = "converge_again"
"""The message that a retry was to send, on the request of the one that it stands for."""
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
    deliver(task, again, delay, why)
    if delay < AT_ONCE:
        # No state is stored, which would come late and over the result of the message itself.
        raise Ignore(why)
    raise Retry(why, when=delay, sig=again)  # type: ignore[arg-type]


def send_retry(task: "Task[Any, Any]", *, is_given: bool) -> Any:  # noqa: ANN401
    """The message of a retry that Celery could not send and would let go; it is sent by now.

    `is_given` says that the task named the arguments of the retry itself: there are no others then.
    """
    again = getattr(task.request, AGAIN)
    wait = again.options.get("countdown")
    delay = max(AT_ONCE, float(wait)) if isinstance(wait, int | float) else AT_ONCE
    if wait:
        # Celery refuses a shorter one where RabbitMQ delays messages, by whole seconds.
        again.set(countdown=delay)
    deliver(task, again, delay, "its retry was not sent", is_given=is_given)
    return again


def deliver(
    task: "Task[Any, Any]",
    again: Any,  # noqa: ANN401 - a signature
    delay: float,
    why: str,
    *,
    is_given: bool = False,
) -> None:
    """Sends a message, whatever it takes; raises what gives it back to a broker that still has it."""
    pauses, forms = iter((*PAUSES, None)), _forms(task, again, is_given=is_given)
    while True:
        try:
            _send(task, again)
            break
        except EncodeError as error:
            if next(forms, None) is not None:
                continue
            if is_given:
                raise RetryArgumentError(_advice(task, error)) from error
            _pause(task, error, None, f"{why}; it can't be written: {error}", delay)
        except SoftTimeLimitExceeded:
            # Waiting for the broker is not the task's work.
            continue
        except Exception as error:  # noqa: BLE001 - whatever the broker says
            _pause(task, error, next(pauses), f"{why}; it could not be sent again: {error}", delay)


def _advice(task: "Task[Any, Any]", error: Exception) -> str:
    """What to do about arguments that a message can't hold."""
    form = task.serializer or "json"
    return f"{task.name}[{task.request.id}] can't be retried with the arguments that it names: {error}. A message has to be written: give self.retry() what '{form}' can hold, such as ids."


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


def _forms(task: "Task[Any, Any]", again: Any, *, is_given: bool) -> Iterator[str]:  # noqa: ANN401
    """Gives a message that can't be written another form, step by step, and tells its serializer.

    It came in another one than the task's own, and the request does not say in which; or its task
    has changed the arguments, and has those again then that it came with.
    """
    own = again.options.get("serializer") or task.serializer
    accepted = task.app.conf.accept_content or ()
    known = [serialization.registry.type_to_name.get(each, each) for each in accepted]  # type: ignore[attr-defined]
    for form in known:
        again.set(serializer=form)
        yield form
    came = kept_arguments(task.request)
    if came is None or is_given:
        return
    again.update(args=tuple(came[0]), kwargs=came[1])
    text = "%s[%s] is sent again with the arguments that it came with: what it made of them can't be written"
    logger.warning(text, task.name, task.request.id)
    for form in (own, *known):
        again.set(serializer=form)
        yield form


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
