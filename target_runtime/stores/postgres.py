"""The store's own connection to PostgreSQL: kept, autocommitting, apart from any transaction of the task."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import psycopg

from target_runtime.errors import KeyLockedError, NoTableError, StoreUnavailableError
from target_runtime.stores.deadline import DEADLINES
from target_runtime.stores.sql import CLOCKS, Row
from target_runtime.stores.store import Breaker

DROPPED = ("pool", "isolation_level", "assume_role", "server_side_binding", "cursor_factory")
"""Entries of Django's `OPTIONS` that say how Django, not the server, is to be used."""


def parameters(database: Mapping[str, object]) -> dict[str, str]:
    """What psycopg needs to connect, from an entry of Django's `DATABASES`."""
    names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    found = {new: str(database[old]) for old, new in names.items() if database.get(old)}
    options = database.get("OPTIONS")
    if isinstance(options, Mapping):
        found.update({k: str(v) for k, v in options.items() if k not in DROPPED})
    return found


class Postgres:
    """One connection a process; a lost one is opened again at the next call."""

    now = CLOCKS["postgresql"]

    def __init__(
        self, connection: Callable[[], Mapping[str, str]], timeout: float, breaker: Breaker
    ) -> None:
        self._parameters = connection
        self.timeout = timeout
        # In the statement's own transaction: a pooler gives the session to others.
        wait = max(1, int(timeout * 500))
        self.limited = f"length(set_config('lock_timeout', '{wait}', true)) > 0"
        self.breaker = breaker
        self._open: psycopg.Connection[tuple[object, ...]] | None = None
        self._pid = 0
        self._lock = threading.Lock()

    def rows(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        """The rows of one statement, on a new connection if the kept one had died meanwhile."""
        with self._alone():
            was_open, began = self._is_open(), time.monotonic()
            try:
                found = self._execute(statement, arguments)
            except psycopg.errors.LockNotAvailable as error:
                raise KeyLockedError from error
            except psycopg.errors.UndefinedTable as error:
                text = "its table is missing: run manage.py migrate target_runtime"
                self._failed(error, text, NoTableError)
            except psycopg.Error as error:
                self.close()
                if not was_open or time.monotonic() - began >= self.timeout:
                    self._failed(error)
                try:
                    found = self._execute(statement, arguments)
                except psycopg.Error as again:
                    self.close()
                    self._failed(again)
        self.breaker.succeeded()
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The connection, for one thread; the others wait no longer than for an answer of its."""
        self.breaker.look()
        if not self._lock.acquire(timeout=self.timeout):
            raise StoreUnavailableError(f"PostgreSQL gave no answer for {self.timeout:g} s.")
        try:
            # It may have opened while others waited here.
            self.breaker.check()
            yield
        finally:
            self._lock.release()

    def _failed(
        self,
        error: Exception,
        why: str = "",
        kind: type[StoreUnavailableError] = StoreUnavailableError,
    ) -> NoReturn:
        text = f"PostgreSQL does not keep idempotency keys: {why or error}"
        self.breaker.failed(text)
        raise kind(text) from error

    def _is_open(self) -> bool:
        return self._open is not None and self._pid == os.getpid() and not self._open.closed

    def _execute(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        if self._open is None or not self._is_open():
            self._open = self._connected()
        with DEADLINES.within(self._open.fileno(), self.timeout):
            return list(self._open.execute(statement.encode(), arguments).fetchall())

    def _connected(self) -> "psycopg.Connection[tuple[object, ...]]":
        """A new connection. Nothing is set on its session, which a pooler gives to others."""
        given: dict[str, Any] = {"application_name": "converge-idempotency", **self._parameters()}
        given["connect_timeout"] = max(2, round(self.timeout))
        given["tcp_user_timeout"] = int(self.timeout * 1000)
        given.pop("autocommit", None)
        given.pop("prepare_threshold", None)
        self._pid = os.getpid()
        return psycopg.connect(autocommit=True, prepare_threshold=None, **given)

    def close(self) -> None:
        """Gives the connection back; the next call opens a new one."""
        if self._open is not None and self._pid == os.getpid():
            self._open.close()
        self._open = None
