"""The one thread of a process that keeps the leases of all tasks running in it."""

import logging
import os
import threading
import time
from dataclasses import dataclass, field

from target_runtime.stores.store import Store
from target_runtime.stores.values import Owner

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Hold:
    """A key that this process holds. `is_lost` once somebody else has it."""

    store: Store
    key: str
    owner: Owner
    lease: float
    due: float
    is_lost: bool = False
    thread: int = field(default_factory=threading.get_ident)


@dataclass
class Renewer:
    """Renews each lease when a third of it has passed; begins with the first hold, ends never."""

    holds: set[Hold] = field(default_factory=set)
    _under_way: set[Hold] = field(default_factory=set)
    _condition: threading.Condition = field(default_factory=threading.Condition)
    _wakes: float = 0.0
    _pid: int = 0

    def begin(self, store: Store, key: str, owner: Owner, lease: float) -> Hold:
        """Keeps a lease from now on, until `end`."""
        hold = Hold(store, key, owner, lease, time.monotonic() + lease / 3)
        with self._condition:
            if self._pid != os.getpid():
                self._start()
            self.holds.add(hold)
            if hold.due < self._wakes:
                self._condition.notify()
        return hold

    def end(self, hold: Hold) -> None:
        """Lets a lease go; a second call, after a first one that was interrupted, is fine."""
        with self._condition:
            self.holds.discard(hold)
            # A renewal under way would put back the lease that its holder now gives up.
            while hold in self._under_way:
                self._condition.wait()

    def holds_key(self, key: str) -> bool:
        """Whether a task of this thread runs under a key."""
        own = threading.get_ident()
        return any(hold.key == key and hold.thread == own for hold in list(self.holds))

    def _start(self) -> None:
        """Starts again in a forked process: threads don't survive a fork, and no hold is this one's."""
        self._pid = os.getpid()
        self.holds.clear()
        self._under_way.clear()
        self._wakes = 0.0
        threading.Thread(target=self._run, name="converge-leases", daemon=True).start()

    def _run(self) -> None:
        while True:
            with self._condition:
                self._wakes = min((hold.due for hold in self.holds), default=time.monotonic() + 60)
                wait = self._wakes - time.monotonic()
                if wait > 0:
                    self._condition.wait(wait)
                now = time.monotonic()
                due = [hold for hold in self.holds if hold.due <= now]
                self._under_way.update(due)
            try:
                self._renew(due)
            finally:
                with self._condition:
                    self._under_way.difference_update(due)
                    self._condition.notify_all()

    def _renew(self, due: list[Hold]) -> None:
        groups: dict[tuple[int, float], list[Hold]] = {}
        for hold in due:
            groups.setdefault((id(hold.store), hold.lease), []).append(hold)
        for (_, lease), group in groups.items():
            try:
                told = group[0].store.renew([(hold.key, hold.owner) for hold in group], lease)
            except Exception as error:  # noqa: BLE001 - the one thread of all leases must not end
                logger.warning("%d leases could not be renewed: %r", len(group), error)
                told = [True] * len(group)
                pause = min(1.0, lease / 10)
            else:
                pause = lease / 3
            for hold, kept in zip(group, told, strict=True):
                hold.due = time.monotonic() + pause
                if not kept and not hold.is_lost and hold in self.holds:
                    hold.is_lost = True
                    logger.error("the lease of %s was lost while its task runs", hold.key)


RENEWER = Renewer()
"""The renewer of this process."""


def _after_fork() -> None:
    """A child gets a lock of its own: the parent's may be held at the moment of the fork."""
    RENEWER._condition = threading.Condition()  # noqa: SLF001
    RENEWER._pid = 0  # noqa: SLF001


os.register_at_fork(after_in_child=_after_fork)
