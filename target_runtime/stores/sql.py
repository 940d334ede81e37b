"""Keys in a database: the statements that PostgreSQL and SQLite share."""

import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from target_runtime.errors import KeyLockedError, StoreUnavailableError
from target_runtime.stores.store import Held, Kept
from target_runtime.stores.values import ABSENT, ACQUIRED, Answer, Owner, State

TABLE = "converge_idempotency"
CLOCKS = {
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())::float8",
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
}
"""The database's own clock in seconds since the epoch, by what Django calls the database."""

Row = Sequence[object]

CLAIM = """
INSERT INTO {table} (key, state, owner, delivery, attempt, result, ends_at)
VALUES (%s, 'P', %s, %s, %s, NULL, CASE WHEN {limited} THEN {now} + %s END)
ON CONFLICT (key) DO UPDATE SET state = 'P', owner = EXCLUDED.owner,
  delivery = EXCLUDED.delivery, attempt = EXCLUDED.attempt, result = NULL,
  ends_at = EXCLUDED.ends_at
WHERE {table}.ends_at <= {now} OR ({table}.state = 'P' AND ({table}.owner = EXCLUDED.owner
  OR ({table}.delivery = EXCLUDED.delivery AND {table}.attempt < EXCLUDED.attempt)))
RETURNING 1
"""
"""Whose a key may be is what `Owner.follows` says, here and below."""
COMPLETE = """
INSERT INTO {table} (key, state, owner, delivery, attempt, result, ends_at)
VALUES (%s, 'C', %s, %s, %s, %s, CASE WHEN {limited} THEN {now} + %s END)
ON CONFLICT (key) DO UPDATE SET state = 'C', owner = EXCLUDED.owner,
  delivery = EXCLUDED.delivery, attempt = EXCLUDED.attempt, result = EXCLUDED.result,
  ends_at = EXCLUDED.ends_at
WHERE {table}.ends_at <= {now} OR {table}.owner = EXCLUDED.owner OR ({table}.state = 'P'
  AND {table}.delivery = EXCLUDED.delivery AND {table}.attempt < EXCLUDED.attempt)
RETURNING 1
"""
RELEASE = """
DELETE FROM {table} WHERE key = %s AND (owner = %s OR (delivery = %s AND attempt < %s))
  AND state = 'P' AND {limited} RETURNING 1
"""
DROP = """
DELETE FROM {table} WHERE key = %s AND state = 'C' AND result = %s AND {limited} RETURNING 1
"""
LOOK = (
    "SELECT state, owner, result, ends_at - {now} FROM {table} WHERE key = %s AND ends_at > {now}"
)
RESULTS = """
SELECT key, result, ends_at - {now} FROM {table} WHERE state = 'C' AND ends_at > {now}
  AND substr(key, 1, %s) = %s AND key > %s ORDER BY key LIMIT %s
"""
PAGE = 200
CLEAR = "DELETE FROM {table} WHERE key = %s AND {limited} RETURNING 1"
PURGE = """
DELETE FROM {table} WHERE key IN
  (SELECT key FROM {table} WHERE ends_at < {now} - %s ORDER BY ends_at LIMIT %s)
RETURNING 1
"""
PURGED_EVERY = 500
"""One in so many completed keys has some deleted of those that have run out."""
AT_ONCE = 2_000
KEPT = 3600.0
"""Seconds for which a key that has run out is still there to be looked at."""

ROUNDS = 5
"""A key that is neither ours nor anyone's has just run out: it is claimed again, a few times."""


class Database(Protocol):
    """A connection of the store's own, that commits each statement.

    `now` is its clock; `limited` is true for it, and by being asked bounds the wait for a row.
    """

    now: str
    limited: str

    def rows(self, statement: str, arguments: Sequence[object]) -> list[Row]:
        """The rows of one statement; `StoreUnavailableError` if the database is away.

        `KeyLockedError` if another transaction has the row.
        """
        ...


class SqlStore:
    """The durable store: one statement for each step, timed by the database's own clock."""

    def __init__(self, name: str, database: Database) -> None:
        self.name = name
        self.database = database

    def _rows(self, statement: str, *arguments: object) -> list[Row]:
        database = self.database
        text = statement.format(table=TABLE, now=database.now, limited=database.limited)
        return database.rows(text, arguments)

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """Takes a key that is absent, has run out, or is the owner's own already."""
        with suppress(KeyLockedError):
            for _ in range(ROUNDS):
                if self._rows(CLAIM, key, *_who(owner), float(lease)):
                    return ACQUIRED
                found = self.look(key)
                if found.state is not State.ABSENT:
                    return found
        # An eager run in an open transaction has it: whether it ran is known when that ends.
        return Answer(State.IN_PROGRESS, remaining=1.0)

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """Renews each key, and puts back one that has vanished."""
        return [bool(self._rows(CLAIM, key, *_who(owner), float(lease))) for key, owner in held]

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Keeps the result, also where the claim was never written here."""
        kept = bool(self._rows(COMPLETE, key, *_who(owner), result, float(ttl)))
        # By chance: a process may end before it has counted so many.
        if random.random() * PURGED_EVERY < 1:  # noqa: S311 - nothing secret
            with suppress(StoreUnavailableError):
                self.purge()
        return kept

    def release(self, key: str, owner: Owner) -> bool:
        """Forgets the key if it is the owner's."""
        return bool(self._rows(RELEASE, key, *_who(owner)))

    def drop(self, key: str, result: bytes) -> bool:
        """Forgets a completed key if this is its result."""
        return bool(self._rows(DROP, key, result))

    def look(self, key: str) -> Answer:
        """What is known of a key."""
        rows = self._rows(LOOK, key)
        if not rows:
            return ABSENT
        state, owner, result, remaining = rows[0]
        return Answer(
            State.COMPLETED if state == "C" else State.IN_PROGRESS,
            owner=Owner.read(str(owner)),
            remaining=max(0.0, float(str(remaining))),
            result=_bytes(result),
        )

    def results(self, namespace: str, after: str) -> list[Kept]:
        """The results of a namespace that have not run out, a page of those behind a key."""
        prefix = f"{namespace}:"
        rows = self._rows(RESULTS, len(prefix), prefix, after, PAGE)
        return [(str(key), _bytes(result), float(str(left))) for key, result, left in rows]

    def clear(self, key: str) -> bool:
        """Forgets a key."""
        return bool(self._rows(CLEAR, key))

    def purge(self) -> int:
        """Deletes the oldest of the keys that ran out more than `KEPT` seconds ago; how many it were."""
        return len(self._rows(PURGE, KEPT, AT_ONCE))


def _bytes(result: object) -> bytes | None:
    return bytes(result) if isinstance(result, bytes | memoryview) else None


def _who(owner: Owner) -> tuple[str, str, int]:
    """The columns by which the statements tell whose a key is."""
    return owner.text, owner.delivery, owner.attempt
