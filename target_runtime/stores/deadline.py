"""A deadline for what waits on a socket: psycopg itself waits as long as the connection seems alive.

A proxy or a pooler that has stalled keeps the connection alive and answers nothing. A limit on the
server can't help there, and one set on a session would go to the next client of a pooler.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

IDLE = 60.0
"""Seconds between two looks of the thread while nothing waits."""


@dataclass(eq=False)
class _Wait:
    file: int
    ends: float
    is_cut: bool = False


@dataclass
class Deadlines:
    """One thread a process, which cuts the connections whose time is over."""

    _waits: set[_Wait] = field(default_factory=set)
    _condition: threading.Condition = field(default_factory=threading.Condition)
    _pid: int = 0
    _wakes: float = 0.0

    @contextmanager
    def within(self, file: int, seconds: float) -> Iterator[None]:
        """Shuts the socket down after `seconds`; whoever waits on it then gets an error."""
        wait = _Wait(file, time.monotonic() + seconds)
        with self._condition:
            if self._pid != os.getpid():
                self._pid = os.getpid()
                self._waits.clear()
                self._wakes = 0.0
                threading.Thread(target=self._run, name="converge-deadlines", daemon=True).start()
            self._waits.add(wait)
            # A thread that is woken for every statement would cost more than the statement.
            if wait.ends < self._wakes:
                self._condition.notify()
        try:
            yield
        finally:
            with self._condition:
                self._waits.discard(wait)

    def _run(self) -> None:
        with self._condition:
            while True:
                now = time.monotonic()
                for wait in [wait for wait in self._waits if wait.ends <= now and not wait.is_cut]:
                    _cut(wait)
                ends = [wait.ends for wait in self._waits if not wait.is_cut]
                self._wakes = min([*ends, now + IDLE])
                self._condition.wait(self._wakes - now)


def _cut(wait: _Wait) -> None:
    wait.is_cut = True
    with suppress(OSError), socket.socket(fileno=os.dup(wait.file)) as ours:
        ours.shutdown(socket.SHUT_RDWR)


DEADLINES = Deadlines()
"""The deadlines of this process."""


def _after_fork() -> None:
    """A child has a lock of its own: the parent's may be held at the moment of the fork."""
    DEADLINES.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_after_fork)
