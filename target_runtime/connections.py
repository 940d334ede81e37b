"""The Redis that the runtime talks to, and how: every call fails soon rather than late."""

import enum
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from celery import current_app

from target_runtime.conf import REDIS_SCHEMES, SENTINEL, RuntimeSettings

if TYPE_CHECKING:
    import redis

KOMBU_ONLY = frozenset({"virtual_host", "visibility_timeout", "fanout_prefix", "fanout_patterns"})
SENTINEL_PORT = 26379
SOCKETS = frozenset({"unix", "redis+socket"})


def redis_client(
    url: str, timeout: float, connected: Callable[[], None] | None = None
) -> "redis.Redis":
    """A client that gives up after `timeout` seconds; by itself redis-py 8 tries for seconds more.

    A `sentinel://` URL gives one of the master that the Sentinels name. `connected` is called for
    each connection that it opens.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    options: dict[str, Any] = {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": Retry(NoBackoff(), 0),
        "retry_on_timeout": False,
    }
    if connected is not None:

        def greet(connection: Any) -> None:  # noqa: ANN401 - a connection of redis-py
            connection.on_connect()
            connected()

        options["redis_connect_func"] = greet
    if url.startswith(SENTINEL):
        return _of_master(url, options)
    made: redis.Redis = redis.Redis.from_url(url, **options)
    return made


def _of_master(url: str, options: dict[str, Any]) -> "redis.Redis":
    """A client of the master, asked for anew with each connection: it is another one after a failover."""
    import redis
    from redis.sentinel import Sentinel

    places = [urlsplit(part) for part in url.split(";")]
    given = dict(parse_qsl(places[-1].query))
    own = {k: options[k] for k in ("socket_timeout", "socket_connect_timeout", "retry")}
    for name in ("username", "password"):
        if f"sentinel_{name}" in given:
            own[name] = given.pop(f"sentinel_{name}")
    if given.pop("ssl", "") == "true":
        options = options | {"ssl": True} | {k: v for k, v in given.items() if k.startswith("ssl_")}
    account = places[0]
    for name, value in (("username", account.username), ("password", account.password)):
        if value:
            options = options | {name: unquote(value)}
    database = places[-1].path.strip("/") or given.get("db", "0")
    hosts = [(place.hostname, place.port or SENTINEL_PORT) for place in places]
    sentinel: Any = Sentinel(hosts, sentinel_kwargs=own, **options, db=int(database))  # type: ignore[no-untyped-call]
    made: redis.Redis = sentinel.master_for(given["master_name"])
    return made


def redis_url(settings: RuntimeSettings) -> str:
    """The Redis of the settings, else Celery's result backend or broker if that is one; `""` if none.

    What Celery is told of TLS and of Sentinel beside its URLs goes along.
    """
    app = current_app.conf
    known = (
        (settings.redis_url, None, None),
        (app.result_backend, app.redis_backend_use_ssl, app.result_backend_transport_options),
        (app.broker_url, app.broker_use_ssl, app.broker_transport_options),
    )
    for url, tls, options in known:
        if not isinstance(url, str) or not url.startswith(REDIS_SCHEMES):
            continue
        found = (
            _sentinel_url(url, tls, options or {})
            if url.startswith(SENTINEL)
            else plain_url(url, tls)
        )
        if found:
            return found
    return ""


def _sentinel_url(url: str, tls: object, options: Mapping[str, Any]) -> str:
    """One with the master's name and the Sentinels' password in it; `""` if nobody names the master."""
    parts = urlsplit(url.split(";")[-1])
    given = dict(parse_qsl(parts.query))
    if options.get("master_name"):
        given.setdefault("master_name", str(options["master_name"]))
    own = options.get("sentinel_kwargs") or {}
    given |= {f"sentinel_{k}": str(own[k]) for k in ("username", "password") if own.get(k)}
    if tls:
        given |= {"ssl": "true", **_tls_words(tls)}
    whole = [*url.split(";")[:-1], urlunsplit(parts._replace(query=urlencode(given)))]
    return ";".join(whole) if "master_name" in given else ""


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
        given |= _tls_words(tls)
    kept = {
        name: value.lower().removeprefix("cert_") if name == "ssl_cert_reqs" else value
        for name, value in given.items()
        if name not in KOMBU_ONLY
    }
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _tls_words(tls: object) -> dict[str, str]:
    """The options of TLS that Celery was given, if it was given any."""
    return {str(k): _word(v) for k, v in tls.items()} if isinstance(tls, Mapping) else {}


def _word(value: object) -> str:
    """An option of TLS as text; `ssl.CERT_NONE` by its name."""
    return value.name if isinstance(value, enum.Enum) else str(value)
