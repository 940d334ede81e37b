"""Redis that came back without its results gets them from the database, by one process at a time.

Leases are not among them: one that is given up at that moment would come back, and those of running
tasks are put back as they are renewed.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Protocol

from target_runtime.errors import StoreUnavailableError
from target_runtime.stores.store import Kept, Store
from target_runtime.stores.values import State

PAUSE = 1.0
"""Seconds between two attempts of a process: another one may be at it."""
logger = logging.getLogger(__name__)


class Volatile(Store, Protocol):
    """A store that may come back without what it knew, and tells so in what it answers to a claim."""

    def is_whole(self, namespace: str) -> bool:
        """Whether it has been filled since it started."""
        ...

    def refill(self, namespace: str, pages: Iterable[list[Kept]]) -> bool:
        """Takes what it lacks; false if another process is at it, or it was lost meanwhile."""
        ...

    def drop(self, key: str, result: bytes | None) -> bool:
        """Forgets a completed key if this is its result still."""
        ...


class Durable(Store, Protocol):
    """A store that keeps what it knows."""

    def results(self, namespace: str, after: str) -> list[Kept]:
        """The results that have not run out, a page of those behind a key."""
        ...


class Refill:
    """What brings one store up to the other, in a thread of its own that ends when that is done."""

    def __init__(self, fast: Volatile, durable: Durable) -> None:
        self.fast = fast
        self.durable = durable
        self._pid = 0
        self._next = 0.0

    def begin(self, namespace: str) -> None:
        """Begins, unless this process did so a moment ago."""
        now = time.monotonic()
        if self._pid == os.getpid() and now < self._next:
            return
        self._pid, self._next = os.getpid(), now + PAUSE
        threading.Thread(
            target=self._run, args=(namespace,), name="converge-refill", daemon=True
        ).start()

    def _run(self, namespace: str) -> None:
        try:
            if self.fast.refill(namespace, self._pages(namespace)):
                logger.info("%s has all results of %s", self.fast.name, namespace)
        except StoreUnavailableError as error:
            logger.info("%s is not filled yet: %s", self.fast.name, error)

    def _pages(self, namespace: str) -> Iterator[list[Kept]]:
        after = ""
        while page := self.durable.results(namespace, after):
            yield page
            # By now the page is in, with what was cleared since it was read.
            known = {key for key, _, _ in self.durable.results(namespace, after)}
            for key, result, _ in page:
                if key not in known and self.durable.look(key).state is State.ABSENT:
                    self.fast.drop(key, result)
            after = page[-1][0]
