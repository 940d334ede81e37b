"""What the queues look like at this moment: depth, the oldest message's age, rates, workers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kombu.exceptions import OperationalError

from target_runtime.observe.counters import COUNTERS
from target_runtime.workers.oldest import oldest
from target_runtime.workers.pools import Pool


@dataclass(frozen=True)
class Row:
    """One queue. `oldest` are seconds, `None` where the broker does not show a waiting message.

    `rate` are runs a second since the last look, `None` at the first; `failures` and `duplicates`
    are all that were counted.
    """

    queue: str
    depth: int
    oldest: float | None
    sla: float | None
    rate: float | None
    workers: int
    failures: int
    duplicates: int

    @property
    def is_late(self) -> bool:
        """Whether the oldest message has waited longer than the SLA allows."""
        return self.oldest is not None and self.sla is not None and self.oldest > self.sla


class Watch:
    """Looks at the queues again and again."""

    def __init__(self, app: Any, pools: list[Pool]) -> None:  # noqa: ANN401 - any app
        self.app = app
        self.pools = pools
        self._seen: Mapping[str, float] | None = None
        self._at = time.monotonic()

    def rows(self) -> list[Row]:
        """The queues now. A broker that does not answer raises `OperationalError`."""
        counts, now = COUNTERS.totals(), time.monotonic()
        passed = max(now - self._at, 0.001)
        workers = self._workers()
        with self.app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
            rows = [self._row(pool, connection, counts, passed, workers) for pool in self.pools]
        self._seen, self._at = counts, now
        return rows

    def _row(
        self,
        pool: Pool,
        connection: Any,  # noqa: ANN401 - any broker's
        counts: Mapping[str, float],
        passed: float,
        workers: Mapping[str, int],
    ) -> Row:
        runs = f"runs:{pool.queue}"
        new = None if self._seen is None else counts.get(runs, 0.0) - self._seen.get(runs, 0.0)
        return Row(
            pool.queue,
            _depth(connection.default_channel, pool.queue),
            oldest(self.app, connection, pool.queue),
            pool.sla,
            None if new is None else max(0.0, new) / passed,
            workers.get(pool.queue, 0),
            int(counts.get(f"failed:{pool.queue}", 0)),
            int(counts.get(f"duplicate:{pool.queue}", 0)),
        )

    def _workers(self) -> dict[str, int]:
        """How many workers take from each queue; those that answer within a second."""
        found: dict[str, int] = {}
        try:
            told = self.app.control.inspect(timeout=1.0).active_queues() or {}
        except (OperationalError, OSError):
            return found
        for queues in told.values():
            for queue in queues:
                found[queue["name"]] = found.get(queue["name"], 0) + 1
        return found


def _depth(channel: Any, queue: str) -> int:  # noqa: ANN401
    """Messages that wait; 0 for a queue that nobody has declared yet."""
    if hasattr(channel, "_size"):
        # Kombu's own transports; those on Redis look for a queue without the prefix of its keys.
        return int(channel._size(queue))  # noqa: SLF001
    try:
        return int(channel.queue_declare(queue, passive=True).message_count)
    except channel.connection.client.channel_errors:
        return 0
