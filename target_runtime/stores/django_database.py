"""Keys on Django's own connection, where a connection of the store's own would be another database.

A database in memory is seen by the connection that made it. And an eager run inside an open
transaction is part of that transaction: if it is rolled back, so must be the memory of the run.
"""

from collections.abc import Sequence

from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from target_runtime.errors import StoreUnavailableError
from target_runtime.stores.policies import FailClosed
from target_runtime.stores.sql import CLOCKS, TABLE, Row, SqlStore
from target_runtime.stores.store import Held, Store


class DjangoDatabase:
    """One of Django's connections, as the SQL store uses it."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.now = CLOCKS[connection.vendor]
        # A limit set here would hold for the rest of the project's own transaction.
        self.limited = "1 = 1"

    def rows(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        """The rows of one statement, in a savepoint of its own: a failed one would end the transaction."""
        try:
            with (
                transaction.atomic(using=self.connection.alias),
                self.connection.cursor() as cursor,
            ):
                cursor.execute(statement, tuple(arguments))  # type: ignore[arg-type]
                return list(cursor.fetchall())
        except DatabaseError as error:
            raise StoreUnavailableError(f"The database does not answer: {error}") from error


class Within(FailClosed):
    """A store that the renewer's thread can't reach, and need not: nobody else can take its keys."""

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:  # noqa: ARG002
        """True for each; nothing is asked."""
        return [True] * len(held)


def store_within(alias: str, *, is_eager: bool) -> Store | None:
    """The store on Django's connection of this thread, where the keys belong there; else `None`."""
    if alias not in connections.settings:
        return None
    connection = connections[alias]
    if connection.vendor not in CLOCKS:
        return None
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    if not in_memory and not (is_eager and connection.in_atomic_block):
        return None
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return None
    return Within(SqlStore(f"django:{alias}", DjangoDatabase(connection)))
