"""The Redis that the runtime talks to, and how: every call fails soon rather than late."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from celery import current_app

from target_runtime.conf import RuntimeSettings

if TYPE_CHECKING:
    import redis

KOMBU_ONLY = frozenset({"virtual_host", "visibility_timeout", "fanout_prefix", "fanout_patterns"})
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
            return plain_url(url)
    return ""


def plain_url(url: str) -> str:
    """A URL as redis-py reads it: the first of several, without what only Kombu knows."""
    parts = urlsplit(url.split(";")[0])
    kept = []
    for name, value in parse_qsl(parts.query):
        if name == "ssl_cert_reqs":
            value = value.lower().removeprefix("cert_")
        if name not in KOMBU_ONLY:
            kept.append((name, value))
    return urlunsplit(parts._replace(query=urlencode(kept)))
