"""A guarded run: claim, run, complete; or the result of the run that was there before."""

import logging
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from celery import Task
from celery.exceptions import Ignore, Retry, SoftTimeLimitExceeded
from celery.states import PROPAGATE_STATES, SUCCESS

from target_runtime.errors import StoreUnavailableError
from target_runtime.idempotency.backends import (
    can_write,
    is_readable,
    keeps_result,
    keeps_result_of,
)
from target_runtime.idempotency.deliveries import run_counted
from target_runtime.idempotency.looks import next_look, soonest
from target_runtime.idempotency.marks import Mark
from target_runtime.idempotency.resend import send_again
from target_runtime.idempotency.results import decoded, elsewhere, encoded, in_backend, replaced
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.observe.counters import COUNTERS
from target_runtime.observe.messages import OUTCOME
from target_runtime.stores.debts import DEBTS
from target_runtime.stores.renewer import RENEWER
from target_runtime.stores.values import Answer, Owner, State

RETRIED = "converge_retried"
REPLACED = "converge_replaced"
SETTLES = 60.0
"""Seconds after a run's end within which Celery has its result in the backend, unless it was lost."""
logger = logging.getLogger(__name__)


class Run:
    """One delivery of a guarded task, its key and who it is to the store."""

    def __init__(
        self,
        task: "Task[Any, Any]",
        mark: Mark,
        service: UniversalIdempotencyService,
        key: str,
        args: Any,  # noqa: ANN401
        kwargs: Any,  # noqa: ANN401
    ) -> None:
        request = task.request
        self.task, self.service, self.key = task, service, key
        self.args, self.kwargs = args, kwargs
        self.id = str(request.id)
        self.owner = Owner.of(uuid.uuid4().hex[:16], self.id, int(request.retries or 0))
        self.lease = mark.lease or service.settings.lease
        self.ttl = service.ttl(mark)

    def claimed(self) -> Any:  # noqa: ANN401
        """What comes of claiming the key; with its store away the message is sent again."""
        try:
            answer = self._claim()
        except StoreUnavailableError as error:
            COUNTERS.add("store_away")
            return self._again(self.service.settings.breaker_seconds, str(error))
        return self.answered(answer)

    def _claim(self) -> Answer:
        return self.service.claim(self.key, self.owner, self.lease)

    def answered(self, answer: Answer) -> Any:  # noqa: ANN401
        """What a claim's answer leads to: the run, the result of another one, or another look later."""
        if answer.state is State.COMPLETED:
            return self._replayed(answer)
        if not answer.acquired:
            return self._wait(answer)
        COUNTERS.add("claims")
        if not answer.guarded:
            COUNTERS.add("unguarded")
            text = "%s[%s] runs without a guard: no store answers"
            logger.warning(text, self.task.name, self.id)
            return run_counted(self.task, self.args, self.kwargs)
        return self._run()

    def _run(self) -> Any:  # noqa: ANN401
        hold = RENEWER.begin(self.service.store, self.key, self.owner, self.lease)
        try:
            result, failure = run_counted(self.task, self.args, self.kwargs), None
        except BaseException as error:  # noqa: BLE001 - whatever it was, the key must not stay held
            result, failure = None, error
        _past_the_limit(lambda: RENEWER.end(hold))
        _past_the_limit(lambda: self._stored(result, failure))
        if failure is not None:
            raise failure
        return result

    def _stored(self, result: object, failure: BaseException | None) -> None:
        try:
            self._end(result, failure)
        except StoreUnavailableError as error:
            COUNTERS.add("store_away")
            logger.warning("%s: the end of its run is not stored: %s", self.task.name, error)

    def _end(self, result: object, failure: BaseException | None) -> None:
        """Keeps the result, gives the key up after a failure, holds it for a retry."""
        request = self.task.request
        retry = failure if isinstance(failure, Retry) else getattr(request, RETRIED, None)
        other = getattr(request, REPLACED, None)
        if isinstance(failure, Ignore) and other is not None:
            # What takes its place bears this very id, and so will its result.
            self._complete(replaced(self.id, is_kept=keeps_result_of(self.task, other)))
        elif isinstance(retry, Retry):
            # The retry of this message finds the key held for it; other messages wait for it.
            held = [(self.key, self.owner)]
            self.service.store.renew(held, self.lease + _seconds_until(retry))
        elif failure is None:
            data = encoded(result, self.service.settings.max_result_bytes, self.task)
            if data is None and keeps_result(self.task):
                data = in_backend(self.id, is_writable=can_write(self.task, result))
            self._complete(data)
        else:
            self.service.release(self.key, self.owner)

    def _complete(self, data: bytes | None) -> None:
        try:
            kept = self.service.complete(self.key, self.owner, data, self.ttl)
        except StoreUnavailableError:
            if not self.task.request.is_eager:  # whose store may be this thread's connection
                DEBTS.owe(self.service.store, self.key, self.owner, data, self.ttl)
            raise
        if not kept:
            COUNTERS.add("lost_leases")
            setattr(self.task.request, OUTCOME, "lost_lease")
            logger.error("%s: another delivery holds %s by now", self.task.name, self.key)

    def _replayed(self, answer: Answer) -> Any:  # noqa: ANN401
        where = elsewhere(answer.result)
        if where is None:
            return self._duplicate(decoded(answer.result))
        request = self.task.request
        if where.is_replacement and where.task_id == self.id:
            if request.replaced_task_nesting:
                return self._anew(answer)
            self._duplicate(None)
            raise Ignore("given out again, but another task has its place, its id and its chain")
        if where.is_lost:
            return self._without_result(f"nothing could hold what {where.task_id} returned")
        if not where.is_kept or not is_readable(self.task.backend):
            return self._duplicate(None)
        known = self.task.AsyncResult(where.task_id)
        if known.state == SUCCESS:
            return self._duplicate(known.result)
        if known.state in PROPAGATE_STATES:
            if where.is_replacement:
                return self._anew(answer)
            # The run had come to its end: only its result could not be stored.
            return self._without_result(
                f"the result backend could not keep that of {where.task_id}"
            )
        may_come = where.is_replacement or self.ttl - answer.remaining < SETTLES
        if may_come and not request.is_eager:
            return self._again(self._next_look(), f"{where.task_id} has not ended")
        return self._without_result(
            f"the result backend no longer has what {where.task_id} returned"
        )

    def _without_result(self, why: str) -> None:
        """`None` for a duplicate: a completed key never runs again for want of its result."""
        if not self.task.request.is_eager:
            text = "%s[%s] has None for a result: the run before it completed, but %s"
            logger.error(text, self.task.name, self.id, why)
        self._duplicate(None)

    def _anew(self, answer: Answer) -> Any:  # noqa: ANN401
        """Runs although the key is completed: what it stands for failed, or takes its own place."""
        with suppress(StoreUnavailableError):
            self.service.store.drop(self.key, answer.result or b"")
        return self.claimed()

    def _duplicate(self, result: object) -> object:
        COUNTERS.add("duplicates")
        setattr(self.task.request, OUTCOME, "duplicate")
        text = "%s[%s] is a duplicate: %s has completed"
        logger.info(text, self.task.name, self.id, self.key)
        return result

    def _wait(self, answer: Answer) -> Any:  # noqa: ANN401
        """Looks again soon, and when the lease ends at the latest: the one who holds it may be dead."""
        COUNTERS.add("waits")
        if self.task.request.is_eager and RENEWER.holds_key(self.key):
            # A call inside the very run that holds the key could only wait for itself.
            return self._duplicate(None)
        holder = answer.owner.delivery if answer.owner is not None else "another delivery"
        delay = min(self._next_look(), max(answer.remaining, soonest(self.task)))
        return self._again(delay, f"{self.key} is held by {holder} for {answer.remaining:.0f} s")

    def _next_look(self) -> float:
        return next_look(self.task, self.service.settings.look_again)

    def _again(self, delay: float, why: str) -> Any:  # noqa: ANN401
        return send_again(self.task, self.args, self.kwargs, delay, why)


def _past_the_limit(step: Callable[[], None]) -> None:
    """A step after the run's end: a soft limit that strikes only now does not throw the result away."""
    try:
        step()
    except SoftTimeLimitExceeded:
        step()


def _seconds_until(retry: Retry) -> float:
    """Seconds until a retry is due: its `when` is a number of seconds or a time."""
    when: object = retry.when
    if isinstance(when, datetime):
        zone = when.tzinfo or timezone.utc
        return max(0.0, (when - datetime.now(zone).replace(tzinfo=when.tzinfo)).total_seconds())
    return float(when) if isinstance(when, int | float) else 0.0
