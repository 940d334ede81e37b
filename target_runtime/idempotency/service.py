"""The service that tasks, shells and commands ask about keys, over the stores that the settings name."""

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from celery import current_app
from django.conf import settings as django_settings

from target_runtime import conf
from target_runtime.connections import redis_url
from target_runtime.errors import NoStoreError, OptionError, UnknownTaskError
from target_runtime.idempotency.keys import (
    Scope,
    bound_arguments,
    canonical_name,
    key_of,
    scope_value,
)
from target_runtime.idempotency.marks import Mark, mark_of
from target_runtime.idempotency.memory import MemoryStore
from target_runtime.idempotency.policies import FailClosed, FailOpen, RedisFirst, WriteThrough
from target_runtime.idempotency.results import decoded
from target_runtime.idempotency.sql_store import SqlStore
from target_runtime.idempotency.sqlite import CREATE, Sqlite
from target_runtime.idempotency.store import Breaker, Store
from target_runtime.idempotency.values import Answer, KeyStatus, Owner
from target_runtime.observe.counters import COUNTERS

MEMORY = MemoryStore()
"""The memory store of this process."""


class UniversalIdempotencyService:
    """Claims, results and their keys. Every method raises `StoreUnavailableError` as the policy says."""

    def __init__(
        self, store: Store | None = None, settings: conf.RuntimeSettings | None = None
    ) -> None:
        self.settings = settings or conf.current()
        self.store = store or store_for(self.settings)

    def claim(self, key: str, owner: Owner, lease: float | None = None) -> Answer:
        """Takes the key for `lease` seconds, or tells who has it or what came out."""
        return self.store.claim(key, owner, lease or self.settings.lease)

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Keeps the result for `ttl` seconds; false if the key is somebody else's by now."""
        return self.store.complete(key, owner, result, ttl)

    def release(self, key: str, owner: Owner) -> bool:
        """Gives the key up, so that the next call runs."""
        return self.store.release(key, owner)

    def check_idempotency_key(
        self,
        task: str,
        scope: str = "",
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> KeyStatus:
        """What is known of a call. Without arguments: of the call without arguments.

        Raises `UnknownTaskError` if no task of that name is registered.
        """
        key = self.key(registered(task), args, kwargs or {}, scope)
        found = self.store.look(key)
        owner = found.owner.delivery if found.owner is not None else ""
        return KeyStatus(key, found.state, owner, found.remaining, decoded(found.result))

    def clear_idempotency_key(
        self,
        task: str,
        scope: str = "",
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> bool:
        """Forgets a call, so that the next one runs; false if nothing was known of it."""
        return self.store.clear(self.key(registered(task), args, kwargs or {}, scope))

    def get_metrics(self) -> dict[str, float]:
        """Counts since the runtime first ran here: claims, duplicates, waits, lost leases and so on.

        Summed over all workers if Redis keeps them, else those of this process.
        """
        return COUNTERS.totals()

    def key(
        self,
        task: Any,  # noqa: ANN401 - any task
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        scope: str = "",
        slot: str = "",
    ) -> str:
        """The key of a call of a task; `slot` is the scheduled time of a call by beat."""
        mark = mark_of(task) or Mark()
        wanted: Scope = mark.scope if callable(mark.scope) or not scope else scope
        arguments = bound_arguments(task.run, args, kwargs)
        value = scope_value(wanted, arguments, self.settings.scope_arguments)
        if mark.arguments is not None:
            missing = [name for name in mark.arguments if name not in arguments]
            if missing:
                raise OptionError(f"{task.name} has no argument '{missing[0]}' for its key.")
            arguments = {name: arguments[name] for name in mark.arguments}
        word = getattr(wanted, "__name__", "custom") if callable(wanted) else wanted
        name = mark.name or canonical_name(task.name)
        return key_of(self.settings.namespace, name, word, value, arguments, slot)

    def ttl(self, mark: Mark) -> float:
        """Seconds that a completed run of a task so marked is remembered."""
        return mark.ttl if mark.ttl is not None else self.settings.ttl(mark.category)


def registered(name: str) -> Any:  # noqa: ANN401 - any task
    """The task of this name, loaded as a worker would load it. `UnknownTaskError` if there is none."""
    if name not in current_app.tasks:
        current_app.loader.import_default_modules()
    known = current_app.tasks
    found = known.get(name) or known.get(f"{name}()")
    if found is None:
        last = [task for task in known if task.rpartition(".")[2] == canonical_name(name)]
        hint = f" Did you mean '{last[0]}'?" if last else ""
        raise UnknownTaskError(f"No task '{name}' is registered.{hint}")
    return found


def store_for(settings: conf.RuntimeSettings) -> Store:
    """The store that the settings name, behind its policy; always the same one in a process."""
    if settings.store == "memory":
        return MEMORY
    with _LOCK:
        found = _STORES.get(os.getpid(), {}).get(id(settings))
        if found is None:
            found = _policy(settings)
            _STORES.clear()
            _STORES[os.getpid()] = {id(settings): found}
        return found


_LOCK = threading.Lock()
_STORES: dict[int, dict[int, Store]] = {}


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


def _redis(settings: conf.RuntimeSettings) -> Store | None:
    url = redis_url(settings)
    if not url:
        return None
    # Only who uses a server pays for the import of its client.
    from target_runtime.idempotency.redis_store import RedisStore

    breaker = Breaker("Redis", settings.breaker_failures, settings.breaker_seconds)
    return RedisStore(url, settings.redis_timeout, breaker)


def _database(settings: conf.RuntimeSettings) -> Store | None:
    if settings.sqlite_path:
        return SqlStore(
            "sqlite", Sqlite(lambda: settings.sqlite_path, settings.database_timeout, CREATE)
        )
    databases = getattr(django_settings, "DATABASES", {}) if django_settings.configured else {}
    engine = str(databases.get(settings.database, {}).get("ENGINE", ""))
    if "postg" in engine:
        from target_runtime.idempotency.postgres import Postgres, parameters

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
    if "sqlite" in engine and name and "memory" not in name:
        path = Sqlite(
            lambda: str(_database_entry(settings.database)["NAME"]), settings.database_timeout
        )
        return SqlStore("sqlite", path)
    return None


def _database_entry(alias: str) -> Mapping[str, object]:
    """The entry as it is now: a test run gives it another name."""
    from django.db import connections

    return dict(connections[alias].settings_dict)
