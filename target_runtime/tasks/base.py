"""The base classes of tasks: retries, limits, and the guard against duplicates.

    @shared_task(base=IdempotentTask, bind=True)
    def auto_close_jobs(self): ...

A class's options are defaults: what a decorator or a subclass says wins. Retries are of any exception
but a soft time limit and Celery's own `Reject`. Waiting times are spread from a second to what is named here, and the same for
`autoretry_for` and for a bare `self.retry()`, which in Celery itself waits 180 s whatever the backoff
says.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from celery.contrib.django.task import DjangoTask
from celery.exceptions import Reject, Retry, SoftTimeLimitExceeded
from celery.utils.time import get_exponential_backoff_interval

from target_runtime.errors import CircuitOpenError
from target_runtime.idempotency import sent
from target_runtime.idempotency.came import keep_arguments
from target_runtime.idempotency.deliveries import note_redelivered, run_counted
from target_runtime.idempotency.guard import REPLACED, RETRIED
from target_runtime.idempotency.guarded import run_guarded
from target_runtime.idempotency.keys import Scope
from target_runtime.idempotency.marks import ONCE, mark_of
from target_runtime.idempotency.resend import AGAIN, send_again, send_retry
from target_runtime.observe import messages, runs
from target_runtime.stores import debts
from target_runtime.tasks.answers import retry_after
from target_runtime.tasks.circuit import CIRCUITS
from target_runtime.tasks.registration import check_options, register_when_ready

GUARDED = "converge_guarded"
SOONEST = 1.0
"""Seconds before the next attempt at the least. Celery stores that a task is retried after it has sent
the retry: one that ran at once would have its result overwritten, and whoever waits for it would for ever."""


class RuntimeTask(DjangoTask):  # type: ignore[type-arg]
    """Celery's task, with what `with_idempotency` asked for enforced. Meant as an app's `task_cls`.

    A `DjangoTask`, as Celery gives to Django projects by itself: they may use `delay_on_commit`.
    """

    abstract = True
    Strategy = "target_runtime.tasks.strategy:default"
    idempotent: ClassVar[bool] = False
    retry_backoff: ClassVar[float]
    backs_off: ClassVar[bool] = False
    """Whether a bare `self.retry()` waits as the backoff says. Not here: Celery's does not."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        own = vars(cls)
        fixed = "default_retry_delay" in own or "countdown" in (own.get("retry_kwargs") or {})
        if fixed and "retry_backoff" not in own and getattr(cls, "retry_backoff", False):
            # Whoever names a fixed delay wants that, not the backoff of the base.
            cls.retry_backoff = 0.0
        check_options(cls)
        register_when_ready(cls)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any task
        """Runs the task: guarded if a worker (or `apply`) does, plainly if it is called as a function."""
        request = self.request
        if request.called_directly or getattr(request, GUARDED, False):
            return super().__call__(*args, **kwargs)
        setattr(request, GUARDED, True)
        if not request.is_eager:
            keep_arguments(request, args, kwargs)
            note_redelivered(request)
        mark = mark_of(self)
        if mark is None:
            return run_counted(self, args, kwargs)
        return run_guarded(self, mark, args, kwargs)

    def retry(
        self,
        args: Any = None,  # noqa: ANN401
        kwargs: Any = None,  # noqa: ANN401
        exc: Any = None,  # noqa: ANN401
        throw: bool = True,
        eta: Any = None,  # noqa: ANN401
        countdown: Any = None,  # noqa: ANN401
        max_retries: Any = None,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Celery's `retry`; without a time of its own it waits as the base class's backoff says.

        Where Celery would drop a message whose retry it can't send, it is sent as it came.
        """
        if eta is None:
            countdown = self.wait(exc or sys.exc_info()[1], countdown)
        asked = None
        try:
            asked = super().retry(args, kwargs, exc, throw, eta, countdown, max_retries, **options)
        except Retry as thrown:
            asked = thrown
            raise
        except Reject as unsent:
            if unsent is exc:
                raise
            again = send_retry(self, is_given=args is not None or kwargs is not None)
            asked = Retry(exc=exc, when=eta or countdown, sig=again)
        finally:
            # The run may go on, and its end is not the end of the message.
            setattr(self.request, RETRIED, asked)
        if throw:
            raise asked
        return asked

    def signature_from_request(self, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Celery's; what it makes stays at hand, in case that it can't be sent."""
        made = super().signature_from_request(*args, **options)
        setattr(self.request, AGAIN, made)
        return made

    def replace(self, sig: Any) -> Any:  # noqa: ANN401 - Celery's own signature
        """Celery's `replace`; the key stays with the message whose place the other task takes."""
        setattr(self.request, REPLACED, sig)
        return super().replace(sig)

    def wait(self, error: Any, asked: float | None) -> float | None:  # noqa: ANN401, ARG002 - subclasses look at it
        """Seconds before the next attempt, as asked or as the backoff says, which never says 0.

        Celery's automatic retry asks for the backoff that it computed itself, 0 among others.
        """
        own = self.backoff(int(self.request.retries or 0))
        if asked is None:
            return own if self.backs_off else None
        return SOONEST if asked == 0 and own is not None else asked

    def backoff(self, retries: int) -> float | None:
        """Seconds before the next attempt, at least 1; `None` leaves it to `default_retry_delay`."""
        factor = float(getattr(self, "retry_backoff", 0) or 0)
        if not factor:
            return None
        found = get_exponential_backoff_interval(
            factor=int(max(1.0, factor)),
            retries=retries,
            maximum=int(getattr(self, "retry_backoff_max", 600)),
            full_jitter=bool(getattr(self, "retry_jitter", True)),
        )
        return max(SOONEST, found)


class IdempotentTask(RuntimeTask):
    """At most one effective run a key: 3 retries after up to 10, 20, 40 s, the app's limits."""

    abstract = True
    backs_off = True
    idempotent = True
    idempotency_scope: ClassVar[Scope] = "global"
    idempotency_ttl: ClassVar[float | None] = None
    idempotency_category: ClassVar[str] = ""
    idempotency_name: ClassVar[str] = ""
    idempotency_arguments: ClassVar[tuple[str, ...] | None] = None
    idempotency_lease: ClassVar[float | None] = None
    idempotency_slots: ClassVar[bool] = True
    idempotency_mode: ClassVar[str] = ONCE
    max_retries = 3
    autoretry_for: tuple[type[BaseException], ...] = (Exception,)
    dont_autoretry_for: tuple[type[BaseException], ...] = (SoftTimeLimitExceeded, Reject)
    retry_backoff = 10
    retry_backoff_max = 600
    retry_jitter = True


class EmailTask(RuntimeTask):
    """E-mail: 5 retries after up to 5 to 80 s, 110 s soft and 2 min hard limit. No guard of its own."""

    abstract = True
    backs_off = True
    max_retries = 5
    autoretry_for: tuple[type[BaseException], ...] = (Exception,)
    dont_autoretry_for: tuple[type[BaseException], ...] = (SoftTimeLimitExceeded, Reject)
    retry_backoff = 5
    retry_backoff_max = 120
    retry_jitter = True
    soft_time_limit = 110
    time_limit = 120


class ReportTask(RuntimeTask):
    """Reports: 2 retries after up to 5, 10 min, 29 min soft and 30 min hard limit. No guard of its own."""

    abstract = True
    backs_off = True
    max_retries = 2
    autoretry_for: tuple[type[BaseException], ...] = (Exception,)
    dont_autoretry_for: tuple[type[BaseException], ...] = (SoftTimeLimitExceeded, Reject)
    retry_backoff = 300
    retry_backoff_max = 3600
    retry_jitter = True
    soft_time_limit = 29 * 60
    time_limit = 30 * 60


class MaintenanceTask(RuntimeTask):
    """Cleanup of low priority: no retry, the app's limits. No guard of its own."""

    abstract = True
    backs_off = True
    max_retries = 0


class ExternalAPITask(RuntimeTask):
    """Calls to third parties: 3 retries after up to 10, 20, 40 s, 9.5 min soft and 10 min hard limit.

    A `Retry-After` of the answer is waited for. A host named by `api_host`, or by
    `with self.calling(host):`, is held back after `breaker_failures` failures in a row: its tasks
    look again later, which uses up none of their retries.
    """

    abstract = True
    backs_off = True
    max_retries = 3
    autoretry_for: tuple[type[BaseException], ...] = (Exception,)
    dont_autoretry_for = (SoftTimeLimitExceeded, Reject, CircuitOpenError)
    retry_backoff = 10
    retry_backoff_max = 600
    retry_jitter = True
    soft_time_limit = 570
    time_limit = 600
    api_host: ClassVar[str] = ""
    breaker_failures: ClassVar[int] = 5
    breaker_seconds: ClassVar[float] = 30.0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Runs the task; while its host is held back it is sent again for later."""
        try:
            if self.api_host and not self.request.called_directly:
                with self.calling(self.api_host):
                    return super().__call__(*args, **kwargs)
            return super().__call__(*args, **kwargs)
        except CircuitOpenError as error:
            if self.request.called_directly or self.request.is_eager:
                raise
            return send_again(self, args, kwargs, max(1.0, error.seconds), str(error))

    @contextmanager
    def calling(self, host: str) -> Iterator[None]:
        """Counts how the block ends for this host; raises `CircuitOpenError` while it is held back."""
        with CIRCUITS.calling(host, self.breaker_failures, self.breaker_seconds):
            yield

    def wait(self, error: Any, asked: float | None) -> float | None:  # noqa: ANN401
        """The base's seconds, not fewer than the answer's `Retry-After` asks."""
        own = super().wait(error, asked)
        least = retry_after(error)
        return max(least, own or 0.0) if least else own


messages.connect()
sent.connect()
debts.connect()
runs.connect()
