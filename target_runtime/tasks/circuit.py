"""Circuits: after some failures in a row, calls to a host are held back for a while."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from celery.exceptions import Ignore, Reject, Retry

from target_runtime.errors import CircuitOpenError

_CALLING: ContextVar[frozenset[str]] = ContextVar("converge_calling", default=frozenset())
"""The hosts that are called at this moment."""


@dataclass
class _Circuit:
    failures: int = 0
    until: float = 0.0


class Circuits:
    """The circuits of this process, one a host."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Circuit] = {}
        self._lock = threading.Lock()

    @contextmanager
    def calling(self, host: str, failures: int, seconds: float) -> Iterator[None]:
        """Counts how calls to a host end; raises `CircuitOpenError` while it is held back.

        After `seconds` one call goes through to see whether the host is back.
        """
        if host in _CALLING.get():
            # Inside a call to this host, whose end counts.
            yield
            return
        self._check(host, failures, seconds)
        token = _CALLING.set(_CALLING.get() | {host})
        try:
            yield
        except (Ignore, Reject, CircuitOpenError):
            # Not what this host answered.
            raise
        except Retry as retry:
            # Without a cause it is no failure: the task only asked to be run later.
            cause = retry.exc or retry.__context__
            if cause is not None and not isinstance(cause, CircuitOpenError):
                self._failed(host, failures, seconds)
            raise
        except Exception:
            self._failed(host, failures, seconds)
            raise
        finally:
            _CALLING.reset(token)
        with self._lock:
            self._hosts.pop(host, None)

    def _check(self, host: str, failures: int, seconds: float) -> None:
        with self._lock:
            found = self._hosts.get(host)
            if found is None or found.failures < failures:
                return
            left = found.until - time.monotonic()
            if left > 0:
                raise CircuitOpenError(host, left)
            found.until = time.monotonic() + seconds

    def _failed(self, host: str, failures: int, seconds: float) -> None:
        with self._lock:
            found = self._hosts.setdefault(host, _Circuit())
            found.failures += 1
            if found.failures >= failures:
                found.until = time.monotonic() + seconds

    def forget(self) -> None:
        """Closes every circuit."""
        with self._lock:
            self._hosts.clear()


CIRCUITS = Circuits()
"""The circuits of this process."""
