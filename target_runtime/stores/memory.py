"""Keys in this process, for tests: nothing is shared and nothing survives."""

import threading
import time
from collections.abc import Sequence

from target_runtime.stores.store import Held
from target_runtime.stores.values import ABSENT, ACQUIRED, Answer, Owner, State


class MemoryStore:
    """A dict behind a lock, with the same rules as the other stores."""

    name = "memory"

    def __init__(self) -> None:
        self._keys: dict[str, tuple[float, Owner, State, bytes | None]] = {}
        self._lock = threading.Lock()

    def _alive(self, key: str) -> tuple[float, Owner, State, bytes | None] | None:
        found = self._keys.get(key)
        return found if found is not None and found[0] > time.monotonic() else None

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """Takes a key that is absent, has run out, or is the owner's own already."""
        with self._lock:
            found = self._alive(key)
            if found is not None and not (
                found[2] is State.IN_PROGRESS and owner.follows(found[1])
            ):
                return self._answer(found)
            self._keys[key] = (time.monotonic() + lease, owner, State.IN_PROGRESS, None)
            return ACQUIRED

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """Renews each key, and puts back one that has vanished."""
        return [self.claim(key, owner, lease).acquired for key, owner in held]

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Keeps the result."""
        with self._lock:
            found = self._alive(key)
            if found is not None and not (
                found[1].token == owner.token
                or (found[2] is State.IN_PROGRESS and owner.follows(found[1]))
            ):
                return False
            self._keys[key] = (time.monotonic() + ttl, owner, State.COMPLETED, result)
            return True

    def release(self, key: str, owner: Owner) -> bool:
        """Forgets the key if it is the owner's."""
        with self._lock:
            found = self._alive(key)
            if found is None or found[2] is State.COMPLETED or not owner.follows(found[1]):
                return False
            del self._keys[key]
            return True

    def drop(self, key: str, result: bytes) -> bool:
        """Forgets a completed key if this is its result."""
        with self._lock:
            found = self._alive(key)
            if found is None or found[2:] != (State.COMPLETED, result):
                return False
            del self._keys[key]
            return True

    def look(self, key: str) -> Answer:
        """What is known of a key."""
        with self._lock:
            found = self._alive(key)
            return ABSENT if found is None else self._answer(found)

    def clear(self, key: str) -> bool:
        """Forgets a key."""
        with self._lock:
            return self._keys.pop(key, None) is not None

    def forget(self) -> None:
        """Forgets every key, as between two tests."""
        with self._lock:
            self._keys.clear()

    @staticmethod
    def _answer(found: tuple[float, Owner, State, bytes | None]) -> Answer:
        ends, owner, state, result = found
        return Answer(state, owner=owner, remaining=ends - time.monotonic(), result=result)
