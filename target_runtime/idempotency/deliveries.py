"""Runs that never ended: a message whose process dies each time is failed instead of run for ever.

A broker gives a message out again when its process has died, and Redis never stops: it counts no
deliveries, as RabbitMQ's quorum queues do. So a run of a message that was given out before is
counted in Redis until it ends, however it does; one whose process is killed stays counted.
"""

import logging
from collections.abc import Callable
from typing import Any

from target_runtime import conf
from target_runtime.connections import redis_client, redis_url
from target_runtime.errors import ProcessLostError
from target_runtime.idempotency.looks import give_header, own_header
from target_runtime.observe.counters import COUNTERS

REDELIVERED = "converge_redelivered"
KEPT = 72 * 3600
"""Seconds that deaths are remembered after the last one."""
logger = logging.getLogger(__name__)


def note_redelivered(request: Any) -> None:  # noqa: ANN401 - Celery's request
    """Marks a message that was given out before, so that it bears the mark when it is sent again."""
    if (request.delivery_info or {}).get("redelivered"):
        give_header(request, REDELIVERED, "1")


def run_counted(task: Any, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - any task
    """Runs the task's body, for a message that was given out before only if it may once more.

    Raises `ProcessLostError` when `max_deliveries` of its runs have not ended. Without a Redis that
    answers nothing is counted.
    """
    request = task.request
    if not own_header(request, REDELIVERED):
        return task.run(*args, **kwargs)
    settings = conf.current()
    key = f"{settings.namespace}:deaths:{request.id}:{request.retries or 0}"
    deaths = _asked(lambda client: _count(client, key))
    if deaths >= settings.max_deliveries:
        COUNTERS.add("given_up")
        error = ProcessLostError(task.name, deaths)
        logger.error("%s[%s] is given up: %s", task.name, request.id, error)
        _asked(lambda client: client.delete(key))
        raise error
    try:
        return task.run(*args, **kwargs)
    finally:
        _asked(lambda client: client.delete(key))


def _count(client: Any, key: str) -> int:  # noqa: ANN401 - a client of redis-py
    pipe = client.pipeline(transaction=True)
    pipe.incr(key)
    pipe.expire(key, KEPT)
    return int(pipe.execute()[0])


def _asked(what: Callable[[Any], Any]) -> int:
    """What Redis answers; 0 without one."""
    settings = conf.current()
    url = redis_url(settings)
    if not url:
        return 0
    from redis.exceptions import RedisError

    try:
        with redis_client(url, settings.redis_timeout * 4) as client:
            return int(what(client))
    except RedisError as error:
        logger.warning("runs that do not end are not counted: %s", error)
        return 0
