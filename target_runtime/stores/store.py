"""What every store of keys can do, and the breaker that keeps a dead one from being asked."""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Protocol

from target_runtime.errors import StoreUnavailableError
from target_runtime.observe.counters import COUNTERS
from target_runtime.stores.values import Answer, Owner

Held = tuple[str, Owner]
Kept = tuple[str, bytes | None, float]
"""A key, its result, and the seconds for which it is still to be known."""
TOLD_EVERY = 60.0
"""Seconds between two log lines that say that a store is away."""
logger = logging.getLogger(__name__)


class Store(Protocol):
    """Keys with a lease or a result. All times are seconds and run on the store's own clock.

    Every method raises `StoreUnavailableError` if the store does not answer in time.
    """

    name: str

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        """Takes a key that is absent, has run out, or is the owner's own already; in one step."""
        ...

    def renew(self, held: Sequence[Held], lease: float) -> list[bool]:
        """Whether each key is still its owner's; its lease starts again. A vanished one is restored."""
        ...

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        """Keeps the result for `ttl`; false if somebody else holds the key by now."""
        ...

    def release(self, key: str, owner: Owner) -> bool:
        """Forgets the key if it is the owner's."""
        ...

    def drop(self, key: str, result: bytes) -> bool:
        """Forgets a completed key if this is its result still; false if something else is known of it."""
        ...

    def look(self, key: str) -> Answer:
        """What is known of a key, changing nothing."""
        ...

    def clear(self, key: str) -> bool:
        """Forgets a key, whoever holds it; false if there was none."""
        ...


class Breaker:
    """Opens after some failures in a row, lets one call through when its time is over."""

    def __init__(self, what: str, failures: int, seconds: float) -> None:
        self.what = what
        self.failures = failures
        self.seconds = seconds
        self._failed = 0
        self._until = 0.0
        self._told = -TOLD_EVERY
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raises `StoreUnavailableError` while calls are held back."""
        if self._failed < self.failures:
            return
        with self._lock:
            self.look()
            self._until = time.monotonic() + self.seconds

    def look(self) -> None:
        """Raises as `check` does, but takes nobody's turn."""
        left = self._until - time.monotonic()
        if self._failed >= self.failures and left > 0:
            raise StoreUnavailableError(
                f"{self.what} did not answer {self._failed} times; asked again in {left:.1f} s."
            )

    def succeeded(self) -> None:
        """Closes it."""
        self._failed = 0

    def failed(self, why: str) -> None:
        """Counts a failure, and opens it after enough of them, which is told once a minute."""
        COUNTERS.add(f"away:{self.what}")
        with self._lock:
            self._failed += 1
            now = time.monotonic()
            if self._failed >= self.failures:
                self._until = now + self.seconds
            if now < self._told + TOLD_EVERY:
                return
            self._told = now
        logger.warning("%s", why)
