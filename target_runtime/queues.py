"""The queues, their ranks and their SLAs.

A rank orders queues for people and sizes their pools. It is no message priority: Redis clamps
priorities to 0..9 with 0 first, so that "10" would run last, and RabbitMQ ignores them without
`x-max-priority`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kombu import Exchange
from kombu import Queue as KombuQueue


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
    queues: Iterable[Queue] = QUEUES, *, default: str = "", max_priority: int = 0
) -> tuple[KombuQueue, ...]:
    """What `task_queues` takes: each queue bound by its own name, and the default one if it is named.

    `max_priority` sets RabbitMQ's `x-max-priority`; on a queue that exists without it the broker
    answers 406, so it is for new queues only.
    """
    arguments = {"x-max-priority": max_priority} if max_priority else None
    names = dict.fromkeys(filter(None, [default, *(queue.name for queue in queues)]))
    return tuple(task_queue(name, arguments) for name in names)


def task_queue(name: str, arguments: Mapping[str, object] | None = None) -> KombuQueue:
    """A queue bound by its own name."""
    exchange = Exchange(name, type="direct")
    return KombuQueue(name, exchange, routing_key=name, queue_arguments=arguments)


TASK_CLS = "target_runtime.tasks.base:RuntimeTask"
"""For `Celery(task_cls=...)`: enforces `with_idempotency` on tasks without a `base=`."""
