"""Results that a store could not take when their runs ended: kept, and tried again until it can."""

import logging
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from celery.signals import worker_process_shutdown, worker_shutdown

from target_runtime.errors import StoreUnavailableError
from target_runtime.observe.counters import COUNTERS
from target_runtime.stores.store import TOLD_EVERY, Store
from target_runtime.stores.values import Owner

PAUSE = 0.5
"""Seconds between two attempts."""
LAST = 5.0
"""Seconds for which a process that ends keeps trying."""
MOST = 2_000
"""Results that a process keeps at once; the oldest is given up for one more."""
logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Debt:
    """A result that its store is to keep until `ends`, by this process's monotonic clock."""

    store: Store
    key: str
    owner: Owner
    result: bytes | None
    ends: float


@dataclass
class Debts:
    """What this process owes to its stores, paid by a thread that begins with the first debt."""

    owed: deque[Debt] = field(default_factory=deque)
    _condition: threading.Condition = field(default_factory=threading.Condition)
    _pid: int = 0
    _told: float = -TOLD_EVERY

    def owe(self, store: Store, key: str, owner: Owner, result: bytes | None, ttl: float) -> None:
        """Keeps trying to store the result of a run that has ended, as long as it is to be known."""
        with self._condition:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self.owed.clear()
                threading.Thread(target=self._run, name="converge-debts", daemon=True).start()
            if len(self.owed) >= MOST:
                self.owed.popleft()
                COUNTERS.add("debts_given_up")
                self._tell(
                    f"more than {MOST} results wait for {store.name}: the oldest are given up"
                )
            self.owed.append(Debt(store, key, owner, result, time.monotonic() + ttl))
            self._condition.notify()

    def owes(self) -> int:
        """How many results wait for their stores."""
        return len(self.owed) if self._pid == os.getpid() else 0

    def settle(self) -> None:
        """Tries once to store what is owed, each store until it fails."""
        if self._pid != os.getpid():
            return
        away: set[int] = set()
        for debt in list(self.owed):
            if id(debt.store) in away:
                continue
            try:
                _pay(debt)
            except StoreUnavailableError:
                away.add(id(debt.store))
                continue
            except Exception as error:  # noqa: BLE001 - one debt must not stop the others
                self._tell(f"the result under {debt.key} can't be stored: {error!r}")
            with self._condition:
                if debt in self.owed:
                    self.owed.remove(debt)

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self.owed:
                    self._condition.wait()
            time.sleep(PAUSE)
            self.settle()

    def _tell(self, text: str) -> None:
        now = time.monotonic()
        if now >= self._told + TOLD_EVERY:
            self._told = now
            logger.error("%s", text)


def _pay(debt: Debt) -> None:
    left = debt.ends - time.monotonic()
    if left > 0 and not debt.store.complete(debt.key, debt.owner, debt.result, left):
        COUNTERS.add("lost_leases")
        logger.error(
            "%s: another delivery took it before %s could keep its result",
            debt.key,
            debt.store.name,
        )


DEBTS = Debts()
"""The debts of this process."""


def connect() -> None:
    """Settles what is owed before a worker's process ends; a second call changes nothing."""
    for signal in (worker_process_shutdown, worker_shutdown):
        signal.connect(_settle, weak=False, dispatch_uid="target_runtime.debts")


def _settle(**_: object) -> None:
    """Pays while there is time; a result that is lost with its process is told of."""
    end = time.monotonic() + LAST
    DEBTS.settle()
    while DEBTS.owes() and time.monotonic() < end:
        time.sleep(PAUSE)
        DEBTS.settle()
    lost = DEBTS.owes()
    if lost:
        COUNTERS.add("debts_given_up", lost)
        logger.error("%d results are lost with this process: their stores stayed away", lost)


def _after_fork() -> None:
    """A child owes nothing, and gets a lock of its own: the parent's may be held at that moment."""
    DEBTS.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_after_fork)
