"""Counters of this process, now and then added to those of all workers in Redis."""

import os
import threading
from collections import Counter

from target_runtime import conf
from target_runtime.connections import redis_client, redis_url


class Counters:
    """Sums by name, as `runs:email`. `total` adds what other processes have sent to Redis."""

    def __init__(self) -> None:
        self._unsent: Counter[str] = Counter()
        self._own: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def add(self, name: str, amount: float = 1) -> None:
        """Counts; `amount` may be a part, as seconds are."""
        with self._lock:
            self._unsent[name] += amount  # type: ignore[assignment]
            self._own[name] += amount  # type: ignore[assignment]
            self._send_later()

    def _send_later(self) -> None:
        """Sets the timer if none runs; the lock is held."""
        if self._timer is None:
            self._timer = threading.Timer(conf.current().metrics_interval, self.send)
            self._timer.daemon = True
            self._timer.start()

    def send(self) -> None:
        """Adds what was counted here to the sums in Redis; a dead one is tried again later."""
        url = redis_url(conf.current())
        if not url:
            self._timer = None
            return
        from redis.exceptions import RedisError

        with self._lock:
            amounts, self._unsent, self._timer = self._unsent, Counter(), None
        try:
            pipe = redis_client(url, conf.current().redis_timeout * 4).pipeline(transaction=False)
            for name, amount in amounts.items():
                pipe.hincrbyfloat(self._key, name, float(amount))
            pipe.execute()
        except RedisError:
            with self._lock:
                self._unsent.update(amounts)
                self._send_later()

    def totals(self) -> dict[str, float]:
        """The sums of all processes if Redis has them, else of this one."""
        url = redis_url(conf.current())
        if url:
            from redis.exceptions import RedisError

            try:
                self.send()
                stored: dict[bytes, bytes] = redis_client(url, 1.0).hgetall(self._key)  # type: ignore[assignment]
                return {name.decode(): float(value) for name, value in sorted(stored.items())}
            except RedisError:
                pass
        with self._lock:
            return {name: float(value) for name, value in sorted(self._own.items())}

    @property
    def _key(self) -> str:
        return f"{conf.current().namespace}:counters"


COUNTERS = Counters()
"""The counters of this process."""


def _after_fork() -> None:
    """A child counts from nothing, with a lock of its own: the parent's may be held at the fork."""
    COUNTERS.__init__()  # type: ignore[misc]


os.register_at_fork(after_in_child=_after_fork)
