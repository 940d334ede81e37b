"""The queues, their ranks and their SLAs, and the Celery settings that go with them.

A rank orders queues for people and sizes their pools. It is no message priority: Redis clamps
priorities to 0..9 with 0 first, so that "10" would run last, and RabbitMQ ignores them without
`x-max-priority`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from kombu import Exchange
from kombu import Queue as KombuQueue

MARGIN = 600
"""Seconds that the visibility timeout exceeds the longest that a message can stay with a worker."""


@dataclass(frozen=True)
class Queue:
    """A queue: `sla` are seconds from send to start, `concurrency` the processes of its pool."""

    name: str
    rank: int
    sla: float
    purpose: str
    concurrency: int = 2


QUEUES: tuple[Queue, ...] = (
    Queue("critical", 10, 2, "Crisis alerts, security events", 4),
    Queue("high_priority", 8, 3, "User-facing operations", 4),
    Queue("email", 7, 5, "Email sending", 4),
    Queue("reports", 6, 60, "Report generation, ML processing", 2),
    Queue("external_api", 5, 10, "MQTT, third-party integrations", 4),
    Queue("maintenance", 3, 300, "Cleanup, cache warming", 1),
)
"""Six queues, the first in rank first."""

BY_NAME: Mapping[str, Queue] = {queue.name: queue for queue in QUEUES}
SLA_SECONDS: Mapping[str, float] = {queue.name: queue.sla for queue in QUEUES}


def task_queues(
    queues: Iterable[Queue] = QUEUES, *, default: str = "default", max_priority: int = 0
) -> tuple[KombuQueue, ...]:
    """What `task_queues` takes: each queue bound by its own name, and the default one.

    `max_priority` sets RabbitMQ's `x-max-priority`; on a queue that exists without it the broker
    answers 406, so it is for new queues only.
    """
    arguments = {"x-max-priority": max_priority} if max_priority else None
    names = [default, *(queue.name for queue in queues if queue.name != default)]
    return tuple(
        KombuQueue(name, Exchange(name, type="direct"), routing_key=name, queue_arguments=arguments)
        for name in names
    )


def visibility_timeout(
    *, longest_limit: float = 1800, longest_countdown: float = 3600, longest_backoff: float = 3600
) -> int:
    """Seconds for which Redis must not give a message out again.

    The longest time limit, after the longest countdown or backoff, and a margin: with 4 s and a
    body of 14 s one message ran four times at once.
    """
    return int(longest_limit + max(longest_countdown, longest_backoff) + MARGIN)


def safe_defaults(**timeout: float) -> dict[str, Any]:
    """Celery settings, in lower case, that lose no message; the reason is beside each."""
    return {
        # A message is acknowledged when its task has ended: a killed worker's comes back.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A worker holds no message that another one could start now.
        "worker_prefetch_multiplier": 1,
        # Redis gives a message out again after this time, whether or not its task still runs.
        "broker_transport_options": {"visibility_timeout": visibility_timeout(**timeout)},
        "result_backend_transport_options": {"visibility_timeout": visibility_timeout(**timeout)},
        # A lost connection stops the tasks whose messages will come back, else they run twice.
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "broker_connection_retry_on_startup": True,
        "task_track_started": True,
    }


def limits(hard: float = 600) -> dict[str, float]:
    """Limits in seconds for tasks that set none; a soft one too, so that a task can clean up.

    Only where no task sets just one of the two: prefork starts the clock of the hard limit when the
    soft one has run out, so a task's own hard limit under this soft one would come too late.
    """
    return {"task_soft_time_limit": round(hard * 0.9), "task_time_limit": hard}


def queue_of_task(app: Any, task: Any) -> str:  # noqa: ANN401 - any app and task
    """The queue that a message of this task goes to: its own `queue`, else its route, else the default."""
    queue = getattr(task, "queue", None)
    if not queue:
        # Not `route`, which raises where the app may not make the queue that is asked for.
        found = app.amqp.router.lookup_route(task.name, (), {}, {}, task) or {}
        queue = found if isinstance(found, str) else found.get("queue")
    return str(getattr(queue, "name", queue) or app.conf.task_default_queue)


TASK_CLS = "target_runtime.tasks.base:RuntimeTask"
"""For `Celery(task_cls=...)`: enforces `with_idempotency` on tasks without a `base=`."""
