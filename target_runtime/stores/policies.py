"""What happens when a store is away, by name; each policy is itself a store."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from target_runtime.errors import NoTableError, StoreUnavailableError
from target_runtime.stores.debts import DEBTS
from target_runtime.stores.refill import Durable, Refill, Volatile
from target_runtime.stores.store import Held, Store
from target_runtime.stores.values import Answer, Owner, State

T = TypeVar("T")


class FailClosed:
    """One store; while it is away tasks wait: `StoreUnavailableError` goes through."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.name = f"fail_closed({store.name})"

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """The store's answer."""
        return self.store.claim(key, owner, lease)

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """The store's answer."""
        return self.store.renew(held, lease)

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """The store's answer."""
        return self.store.complete(key, owner, result, ttl)

    def release(self, key: str, owner: Owner) -> bool:
        """The store's answer."""
        return self.store.release(key, owner)

    def drop(self, key: str, result: bytes) -> bool:
        """The store's answer."""
        return self.store.drop(key, result)

    def look(self, key: str) -> Answer:
        """The store's answer."""
        return self.store.look(key)

    def clear(self, key: str) -> bool:
        """The store's answer."""
        return self.store.clear(key)


class FailOpen(FailClosed):
    """One store; while it is away tasks run without a guard, and may run twice."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.name = f"fail_open({store.name})"

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """The store's answer, else a claim that guards nothing."""
        try:
            return self.store.claim(key, owner, lease)
        except StoreUnavailableError:
            return Answer(State.ABSENT, acquired=True, guarded=False)


class RedisFirst:
    """Redis, and the database while Redis is away.

    What was claimed in Redis is unknown to the database and the other way round, so a key can run
    twice around each end of an outage (measured: 15 % of the keys in flight).
    """

    def __init__(self, fast: Store, durable: Store) -> None:
        self.fast = fast
        self.durable = durable
        self.name = f"redis_first({fast.name}, {durable.name})"

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """Redis' answer, else the database's."""
        return self._first(lambda store: store.claim(key, owner, lease))

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """Redis' answer, else the database's."""
        return self._first(lambda store: store.renew(held, lease))

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Redis' answer, else the database's."""
        return self._first(lambda store: store.complete(key, owner, result, ttl))

    def release(self, key: str, owner: Owner) -> bool:
        """Redis' answer, else the database's."""
        return self._first(lambda store: store.release(key, owner))

    def drop(self, key: str, result: bytes) -> bool:
        """Redis' answer, else the database's."""
        return self._first(lambda store: store.drop(key, result))

    def look(self, key: str) -> Answer:
        """Redis' answer, else the database's."""
        return self._first(lambda store: store.look(key))

    def clear(self, key: str) -> bool:
        """Whether either knew the key; both have to answer."""
        return any([self.fast.clear(key), self.durable.clear(key)])

    def _first(self, ask: Callable[[Store], T]) -> T:
        try:
            return ask(self.fast)
        except StoreUnavailableError:
            return ask(self.durable)


class WriteThrough:
    """Every claim and result stands in both stores: no key runs twice while either remembers it.

    Redis answers duplicates; a key that is new to Redis is held against the database in the same
    statement that writes it there, so a Redis that came back empty changes nothing; it is filled
    from the database then. With one store away the other decides, but no Redis that is not filled
    yet; with both away tasks wait.
    """

    def __init__(self, fast: Volatile, durable: Durable) -> None:
        self.fast = fast
        self.durable = durable
        self._refill = Refill(fast, durable)
        self.name = f"write_through({fast.name}, {durable.name})"

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """Acquired only if no store that answers says otherwise."""
        try:
            first = self.fast.claim(key, owner, lease)
        except StoreUnavailableError:
            return self.durable.claim(key, owner, lease)
        if not first.acquired:
            return first
        namespace = key.partition(":")[0]
        try:
            second = self.durable.claim(key, owner, lease)
        except NoTableError:
            # It knows no key that Redis could lack.
            if not first.is_whole:
                self.fast.refill(namespace, ())
            return first
        except StoreUnavailableError:
            if first.is_whole or self.fast.is_whole(namespace):
                return first
            with suppress(StoreUnavailableError):
                self.fast.release(key, owner)
            raise
        if not first.is_whole:
            self._refill.begin(namespace)
        if not second.acquired:
            self._both("release", key, owner)
        return second

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """False where any store that answers says that somebody else holds the key."""
        first, second = self._both("renew", held, lease)
        answers = [answer for answer in (first, second) if isinstance(answer, list)]
        return [all(told) for told in zip(*answers, strict=True)]

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """The database's answer, else that of Redis; the one that is away gets the result later."""
        answers = self._both("complete", key, owner, result, ttl)
        for store, answer in zip((self.fast, self.durable), answers, strict=True):
            if answer is None:
                DEBTS.owe(store, key, owner, result, ttl)
        fast, durable = answers
        return bool(fast if durable is None else durable)

    def release(self, key: str, owner: Owner) -> bool:
        """Whether either knew the key."""
        return any(self._both("release", key, owner))

    def drop(self, key: str, result: bytes) -> bool:
        """Whether either knew it; the database forgets it first, else a refill could bring it back."""
        return any(self._asked((self.durable, self.fast), "drop", key, result))

    def look(self, key: str) -> Answer:
        """What either knows; a result counts for more than a lease."""
        fast, durable = self._both("look", key)
        found = [answer for answer in (fast, durable) if isinstance(answer, Answer)]
        order = [State.COMPLETED, State.IN_PROGRESS, State.ABSENT]
        return min(found, key=lambda answer: order.index(answer.state))

    def clear(self, key: str) -> bool:
        """Whether either knew the key; both have to answer, else the key would come back."""
        return any([self.durable.clear(key), self.fast.clear(key)])

    def _both(self, method: str, *arguments: object) -> tuple[object, object]:
        """The answers of Redis and of the database; `None` for one that is away, not for both."""
        fast, durable = self._asked((self.fast, self.durable), method, *arguments)
        return fast, durable

    def _asked(self, stores: tuple[Store, Store], method: str, *arguments: object) -> list[object]:
        answers: list[object] = []
        missing: list[StoreUnavailableError] = []
        for store in stores:
            try:
                answers.append(getattr(store, method)(*arguments))
            except StoreUnavailableError as error:
                answers.append(None)
                missing.append(error)
        if len(missing) == len(answers):
            raise missing[-1]
        return answers


def looks(store: Store, key: str) -> list[Answer]:
    """What each store behind a policy knows of a key; `StoreUnavailableError` if none answers."""
    parts = [getattr(store, name) for name in ("fast", "durable") if hasattr(store, name)]
    found: list[Answer] = []
    missing: list[StoreUnavailableError] = []
    for part in parts or [store]:
        try:
            found.append(part.look(key))
        except StoreUnavailableError as error:
            missing.append(error)
    if not found:
        raise missing[-1]
    return found
