"""The store's own connection to SQLite, for development and for projects on one machine."""

import os
import sqlite3
import threading
from collections.abc import Callable, Sequence

from target_runtime.errors import NoTableError, StoreUnavailableError
from target_runtime.stores.sql import CLOCKS, TABLE, Row

CREATE = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  key varchar(255) NOT NULL PRIMARY KEY, state varchar(1) NOT NULL, owner varchar(255) NOT NULL,
  delivery varchar(255) NOT NULL, attempt integer NOT NULL, result BLOB NULL, ends_at real NOT NULL
)"""


class Sqlite:
    """One connection a process, shared by its threads."""

    now = CLOCKS["sqlite"]
    limited = "1 = 1"

    def __init__(self, path: Callable[[], str], timeout: float, prepare: str = "") -> None:
        """`prepare` is run on each new connection, as `CREATE` for a file of the store's own."""
        self._path = path
        self.prepare = prepare
        self.timeout = timeout
        self._open: sqlite3.Connection | None = None
        self._pid = 0
        self._lock = threading.Lock()

    def rows(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        """The rows of one statement, committed."""
        with self._lock:
            try:
                if self._open is None or self._pid != os.getpid():
                    self._connect()
                assert self._open is not None
                return self._open.execute(statement.replace("%s", "?"), arguments).fetchall()
            except sqlite3.OperationalError as error:
                text = f"SQLite does not answer: {error}"
                if "no such table" in str(error):
                    raise NoTableError(f"{text}: run manage.py migrate target_runtime") from error
                raise StoreUnavailableError(text) from error
            except sqlite3.Error as error:
                raise StoreUnavailableError(f"SQLite does not answer: {error}") from error

    def close(self) -> None:
        """Gives the connection back; the next call opens a new one."""
        if self._open is not None and self._pid == os.getpid():
            self._open.close()
        self._open = None

    def _connect(self) -> None:
        self._open = sqlite3.connect(
            self._path(), timeout=self.timeout, isolation_level=None, check_same_thread=False
        )
        if self.prepare:
            self._open.execute(self.prepare)
        self._pid = os.getpid()
