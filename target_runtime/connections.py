"""The Redis that the runtime talks to, and how: every call fails soon rather than late."""

import enum
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from celery import current_app

from target_runtime.conf import REDIS_SCHEMES, RuntimeSettings

if TYPE_CHECKING:
    import redis

KOMBU_ONLY = frozenset({"virtual_host", "visibility_timeout", "fanout_prefix", "fanout_patterns"})
SOCKETS = frozenset({"unix", "redis+socket"})


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
    """The Redis of the settings, else Celery's result backend or broker if that is one; `""` if none.

    What Celery is told of TLS beside its URLs goes along.
    """
    app = current_app.conf
    known = (
        (settings.redis_url, None),
        (app.result_backend, app.redis_backend_use_ssl),
        (app.broker_url, app.broker_use_ssl),
    )
    for url, tls in known:
        if isinstance(url, str) and url.startswith(REDIS_SCHEMES):
            return plain_url(url, tls)
    return ""


def plain_url(url: str, tls: object = None) -> str:
    """A URL as redis-py reads it: the first of several, without what only Kombu knows, with its TLS."""
    parts = urlsplit(url.split(";")[0])
    given = dict(parse_qsl(parts.query))
    if parts.scheme in SOCKETS:
        # Kombu has words of its own for a socket.
        database = given.get("db") or given.get("virtual_host")
        return f"unix://{parts.path}" + (f"?db={database}" if database else "")
    if tls:
        parts = parts._replace(scheme="rediss")
        given |= {str(k): _word(v) for k, v in tls.items()} if isinstance(tls, Mapping) else {}
    kept = {
        name: value.lower().removeprefix("cert_") if name == "ssl_cert_reqs" else value
        for name, value in given.items()
        if name not in KOMBU_ONLY
    }
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _word(value: object) -> str:
    """An option of TLS as text; `ssl.CERT_NONE` by its name."""
    return value.name if isinstance(value, enum.Enum) else str(value)
