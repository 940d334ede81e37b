"""The Redis that the runtime talks to, and how: every call fails soon rather than late."""

from typing import TYPE_CHECKING

from celery import current_app

from target_runtime.conf import RuntimeSettings

if TYPE_CHECKING:
    import redis

SCHEMES = ("redis://", "rediss://", "unix://")


def redis_client(url: str, timeout: float) -> "redis.Redis":
    """A client that gives up after `timeout` seconds; by itself redis-py 8 tries for seconds more."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    made: redis.Redis = redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=Retry(NoBackoff(), 0),
        retry_on_timeout=False,
    )
    return made


def redis_url(settings: RuntimeSettings) -> str:
    """The Redis of the settings, else Celery's result backend or broker if that is one; `""` if none."""
    app = current_app.conf
    for url in (settings.redis_url, app.result_backend, app.broker_url):
        if isinstance(url, str) and url.startswith(SCHEMES):
            return url
    return ""
