"""The guard around a task's run: claim, run, complete; or the result of the run that was there before."""

import logging
import secrets
import time
from datetime import datetime, timezone
from typing import Any

from celery import Task
from celery.exceptions import Ignore, Reject, Retry

from target_runtime.errors import StoreUnavailableError
from target_runtime.idempotency.marks import Mark
from target_runtime.idempotency.renewer import RENEWER
from target_runtime.idempotency.results import decoded, encoded
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.idempotency.values import Answer, Owner, State
from target_runtime.observe.counters import COUNTERS
from target_runtime.observe.messages import SLOT

OUTCOME = "converge_outcome"
RETRIED = "converge_retried"
REPLACED = "converge_replaced"
PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between attempts to send a message again that the broker no longer has."""
logger = logging.getLogger(__name__)


def run_guarded(task: "Task[Any, Any]", mark: Mark, args: Any, kwargs: Any) -> Any:  # noqa: ANN401
    """What the task returns, or returned to the delivery that ran first.

    A duplicate returns the stored result: `Ignore` would hang chords and chains. While another
    delivery runs, this one is sent again for when the lease ends, with its own id, chain and chord.
    """
    request = task.request
    service = UniversalIdempotencyService(is_eager=bool(request.is_eager))
    if request.is_eager and not service.settings.enforce_eager:
        return task.run(*args, **kwargs)
    slot = getattr(request, SLOT, None) or "" if mark.slots else ""
    key = service.key(task, args, kwargs, slot=slot)
    owner = Owner(secrets.token_hex(8), str(request.id), int(request.retries or 0))
    lease = mark.lease or service.settings.lease
    try:
        answer = service.claim(key, owner, lease)
    except StoreUnavailableError as error:
        COUNTERS.add("store_away")
        return send_again(task, args, kwargs, service.settings.breaker_seconds, str(error))
    if answer.state is State.COMPLETED:
        return _replayed(task, key, answer)
    if not answer.acquired:
        return _wait(task, args, kwargs, service, key, answer)
    COUNTERS.add("claims")
    if not answer.guarded:
        COUNTERS.add("unguarded")
        logger.warning("%s[%s] runs without a guard: no store answers", task.name, request.id)
        return task.run(*args, **kwargs)
    return _run(task, mark, service, key, owner, args, kwargs)


def _run(
    task: "Task[Any, Any]",
    mark: Mark,
    service: UniversalIdempotencyService,
    key: str,
    owner: Owner,
    args: Any,  # noqa: ANN401
    kwargs: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    lease = mark.lease or service.settings.lease
    with RENEWER.holding(service.store, key, owner, lease):
        try:
            result, failure = task.run(*args, **kwargs), None
        except BaseException as error:  # noqa: BLE001 - whatever it was, the key must not stay held
            result, failure = None, error
    retry = failure if isinstance(failure, Retry) else getattr(task.request, RETRIED, None)
    if isinstance(failure, Ignore) and getattr(task.request, REPLACED, False):
        # What takes its place runs under this very message; nobody may start it a second time.
        service.complete(key, owner, None, service.ttl(mark))
        raise failure
    try:
        if isinstance(retry, Retry):
            # The retry of this message finds the key held for it; other messages wait for it.
            service.store.renew([(key, owner)], lease + _seconds_until(retry))
        elif failure is None:
            data = encoded(result, service.settings.max_result_bytes, task.name)
            if not service.complete(key, owner, data, service.ttl(mark)):
                COUNTERS.add("lost_leases")
                setattr(task.request, OUTCOME, "lost_lease")
                logger.error("%s: another delivery holds %s by now", task.name, key)
        else:
            service.release(key, owner)
    except StoreUnavailableError as error:
        COUNTERS.add("store_away")
        logger.error("%s: the end of its run could not be stored: %s", task.name, error)  # noqa: TRY400
    if failure is not None:
        raise failure
    return result


def _seconds_until(retry: Retry) -> float:
    """Seconds until a retry is due: its `when` is a number of seconds or a time."""
    when: object = retry.when
    if isinstance(when, datetime):
        zone = when.tzinfo or timezone.utc
        return max(0.0, (when - datetime.now(zone).replace(tzinfo=when.tzinfo)).total_seconds())
    return float(when) if isinstance(when, int | float) else 0.0


def _replayed(task: "Task[Any, Any]", key: str, answer: Answer) -> Any:  # noqa: ANN401
    COUNTERS.add("duplicates")
    setattr(task.request, OUTCOME, "duplicate")
    logger.info("%s[%s] is a duplicate: %s has completed", task.name, task.request.id, key)
    return decoded(answer.result)


def _wait(
    task: "Task[Any, Any]",
    args: Any,  # noqa: ANN401
    kwargs: Any,  # noqa: ANN401
    service: UniversalIdempotencyService,
    key: str,
    answer: Answer,
) -> Any:  # noqa: ANN401
    """Looks again when the lease ends: the one who holds it may be dead."""
    COUNTERS.add("waits")
    holder = answer.owner.delivery if answer.owner is not None else "another delivery"
    if task.request.is_eager:
        # An eager call inside the very run that holds the key could only wait for itself.
        setattr(task.request, OUTCOME, "duplicate")
        COUNTERS.add("duplicates")
        return None
    delay = min(max(answer.remaining, 1.0), service.settings.look_again)
    return send_again(task, args, kwargs, delay, f"{key} is held by {holder}")


def send_again(task: "Task[Any, Any]", args: Any, kwargs: Any, delay: float, why: str) -> Any:  # noqa: ANN401
    """Sends this very message again, none of its retries used up; raises what Celery acknowledges."""
    request = task.request
    setattr(request, OUTCOME, "waits")
    logger.info("%s[%s] looks again in %.1f s: %s", task.name, request.id, delay, why)
    if request.is_eager:
        raise StoreUnavailableError(why)
    again = task.signature_from_request(
        request, args, kwargs, countdown=delay, retries=request.retries
    )
    for pause in (*PAUSES, None):
        try:
            again.apply_async()
            break
        except Exception as error:
            if _is_late(task):
                # The broker keeps the message and gives it out once more.
                time.sleep(min(delay, 1.0))
                text = f"{why}; it could not be sent again: {error}"
                raise Reject(text, requeue=True) from error
            if pause is None:
                # It was acknowledged when it came, so nobody else has it: this is a failure to see.
                raise
            time.sleep(pause)
    raise Retry(why, when=delay, sig=again)  # type: ignore[arg-type]


def _is_late(task: "Task[Any, Any]") -> bool:
    late = task.acks_late
    return bool(task.app.conf.task_acks_late if late is None else late)
