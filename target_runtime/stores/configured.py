"""Which store keeps the keys of a process, as the settings name it, behind its policy."""

import os
import threading
from collections.abc import Mapping

from django.conf import settings as django_settings

from target_runtime import conf
from target_runtime.connections import redis_url
from target_runtime.errors import NoStoreError, OptionError, nearest
from target_runtime.stores.memory import MemoryStore
from target_runtime.stores.policies import FailClosed, FailOpen, RedisFirst, WriteThrough
from target_runtime.stores.refill import Volatile
from target_runtime.stores.sql import SqlStore
from target_runtime.stores.store import Breaker, Store

MEMORY = MemoryStore()
"""The memory store of this process."""


def store_for(settings: conf.RuntimeSettings, *, is_eager: bool = False) -> Store:
    """The store that the settings name, behind its policy; always the same one in a process.

    Django's own connection where the keys belong there: see `django_database`.
    """
    if settings.store == "memory":
        return MEMORY
    if settings.store != "redis" and django_settings.configured:
        # Only a Django project pays for the import of Django's databases.
        from target_runtime.stores.django_database import store_within

        within = store_within(settings.database, is_eager=is_eager)
        if within is not None:
            return within
    global _known
    with _LOCK:
        if _known is None or _known[0] != os.getpid() or _known[1] is not settings:
            _known = (os.getpid(), settings, _policy(settings))
        return _known[2]


def durable_stores(store: Store) -> list[Store]:
    """The databases among the stores behind a policy."""
    parts = [getattr(store, name, None) for name in ("store", "durable")]
    return [part for part in parts if isinstance(part, SqlStore)]


_LOCK = threading.Lock()
_known: tuple[int, conf.RuntimeSettings, Store] | None = None


def _after_fork() -> None:
    global _LOCK
    _LOCK = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def _policy(settings: conf.RuntimeSettings) -> Store:
    fast = _redis(settings) if settings.store != "database" else None
    durable = _database(settings) if settings.store != "redis" else None
    policy = settings.policy or ("write_through" if fast and durable else "fail_closed")
    if fast is not None and durable is not None:
        if policy == "write_through":
            return WriteThrough(fast, durable)
        if policy == "redis_first":
            return RedisFirst(fast, durable)
    store = fast or durable
    if store is None:
        raise NoStoreError(
            "No store for idempotency keys: set CONVERGE_RUNTIME['redis_url'], or a Redis broker, or a PostgreSQL or SQLite database."
        )
    if policy in {"write_through", "redis_first"}:
        raise OptionError(
            f"CONVERGE_RUNTIME['policy'] is '{policy}', which needs Redis and a database; only {store.name} is there. Set redis_url, or use fail_closed."
        )
    return FailOpen(store) if policy == "fail_open" else FailClosed(store)


def _redis(settings: conf.RuntimeSettings) -> Volatile | None:
    url = redis_url(settings)
    if not url:
        return None
    # Only who uses a server pays for the import of its client.
    from target_runtime.stores.redis import RedisStore

    breaker = Breaker("Redis", settings.breaker_failures, settings.breaker_seconds)
    return RedisStore(url, settings.redis_timeout, breaker)


def _database(settings: conf.RuntimeSettings) -> SqlStore | None:
    from target_runtime.stores.sqlite import CREATE, Sqlite

    if settings.sqlite_path:
        return SqlStore(
            "sqlite", Sqlite(lambda: settings.sqlite_path, settings.database_timeout, CREATE)
        )
    databases = getattr(django_settings, "DATABASES", {}) if django_settings.configured else {}
    if databases and settings.database not in databases:
        raise OptionError(
            f"CONVERGE_RUNTIME['database'] is '{settings.database}', which DATABASES lacks: {nearest(settings.database, set(databases))}"
        )
    engine = str(databases.get(settings.database, {}).get("ENGINE", ""))
    if "postg" in engine:
        try:
            from target_runtime.stores.postgres import Postgres, parameters
        except ImportError as error:
            raise OptionError(
                f"psycopg finds no libpq here: pip install 'psycopg[binary]', or install libpq, or set CONVERGE_RUNTIME['store'] to 'redis' ({error})."
            ) from error

        breaker = Breaker("PostgreSQL", settings.breaker_failures, settings.breaker_seconds)
        return SqlStore(
            "postgres",
            Postgres(
                lambda: parameters(_database_entry(settings.database)),
                settings.database_timeout,
                breaker,
            ),
        )
    name = str(databases.get(settings.database, {}).get("NAME", ""))
    if "sqlite" in engine and name and name != ":memory:" and "mode=memory" not in name:
        path = Sqlite(
            lambda: str(_database_entry(settings.database)["NAME"]), settings.database_timeout
        )
        return SqlStore("sqlite", path)
    return None


def _database_entry(alias: str) -> Mapping[str, object]:
    """The entry as it is now: a test run gives it another name."""
    from django.db import connections

    return dict(connections[alias].settings_dict)
