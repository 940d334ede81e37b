"""The load that the queues are for: quick messages beside slow reports, in pools and in one naive pool."""

import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from celery import Celery

from target_runtime.observe import messages
from target_runtime.queues import QUEUES
from tests.target_runtime.servers import RedisServer, Worker, until

SLOW = {"reports": 1.0, "maintenance": 1.0}
"""Seconds of a slow body; the others take 2 ms."""
QUICK = ("critical", "high_priority", "email", "external_api")
MEANT = re.compile(r"meant=(\S+) waited_s=([0-9.]+)")


@dataclass(frozen=True)
class Waits:
    """What one queue's messages waited, in seconds."""

    queue: str
    count: int
    p50: float
    p99: float
    worst: float
    sla: float

    @property
    def holds(self) -> bool:
        """Whether the slowest hundredth still was in time."""
        return self.p99 <= self.sla


def plan(total: int, seconds: float, reports: int, maintenance: int) -> list[tuple[float, str]]:
    """When which queue gets a message: the slow ones all at once, the quick ones evenly."""
    slow = [(0.0, "reports")] * reports + [(0.0, "maintenance")] * maintenance
    quick = total - len(slow)
    return sorted([*slow, *((n * seconds / quick, QUICK[n % len(QUICK)]) for n in range(quick))])


def measure(folder: Path, load: list[tuple[float, str]], *, naive: bool) -> dict[str, Waits]:
    """The waits of each queue under a load, in a pool a queue or in one pool for all."""
    with _running(folder, naive=naive) as (app, logs):
        start = time.monotonic()
        with app.connection_for_write() as connection:
            for due, queue in load:
                pause = start + due - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                body = SLOW.get(queue, 0.002)
                where = "celery" if naive else queue
                app.send_task(
                    "plain_sleep",
                    (queue, body),
                    queue=where,
                    connection=connection,
                    ignore_result=True,
                )
        until(lambda: _ran(logs) >= len(load), 600, "the load is not worked off")
        return _waits(folder)


@contextmanager
def _running(folder: Path, *, naive: bool) -> Iterator[tuple[Celery, list[Path]]]:
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(folder / "redis").start()
    record = folder / "record"
    record.touch()
    environment = {
        "SITE_BROKER": server.url,
        "SITE_BACKEND": server.url,
        "SITE_RECORD": str(record),
        "SITE_CELERY": json.dumps({"task_queues": None}),
    }
    processes = sum(queue.concurrency for queue in QUEUES)
    pools = (
        [("all", "celery", processes)]
        if naive
        else [(q.name, q.name, q.concurrency) for q in QUEUES]
    )
    workers = [
        Worker(folder, environment, "-Q", queue, "-c", str(count), "--without-heartbeat", name=name)
        for name, queue, count in pools
    ]
    messages.connect()
    app = Celery(broker=server.url, set_as_current=False)
    try:
        for worker in workers:
            worker.start()
        yield app, [worker.log for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
        app.close()
        server.stop()


def _ran(logs: list[Path]) -> int:
    return sum(log.read_bytes().count(b"run task=plain_sleep") for log in logs)


def _summary(queue: str, waits: list[float], sla: float) -> Waits:
    last = len(waits) - 1
    return Waits(queue, len(waits), waits[last // 2], waits[round(last * 0.99)], waits[-1], sla)


def _waits(folder: Path) -> dict[str, Waits]:
    """The waits by the queue that each message was meant for."""
    found: dict[str, list[float]] = {}
    for log in folder.glob("*.log"):
        for line in log.read_text().splitlines():
            match = MEANT.search(line)
            if match:
                found.setdefault(match[1], []).append(float(match[2]))
    return {
        q.name: _summary(q.name, sorted(found[q.name]), q.sla) for q in QUEUES if q.name in found
    }


def _shown(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.3g} s"


def table(pools: dict[str, Waits], naive: dict[str, Waits]) -> str:
    """Both runs beside each other, as Markdown."""
    lines = [
        "| queue | messages | SLA | p50 | p99 | one pool for all: p99 |",
        "|---|---|---|---|---|---|",
    ]
    for name, own in pools.items():
        other = naive[name]
        verdict = "" if other.holds else " **late**"
        lines.append(
            f"| `{name}` | {own.count:,} | {own.sla:g} s | {own.p50:.3f} s | {own.p99:.3f} s{'' if own.holds else ' **late**'} | {other.p99:.3f} s{verdict} |"
        )
    return "\n".join(lines) + "\n"


def picture(pools: dict[str, Waits], naive: dict[str, Waits]) -> str:
    """The slowest hundredth of each queue in parts of its SLA, on a scale of powers of ten."""
    left, width, row = 150, 420, 46
    height = 50 + row * len(pools)

    def x(waits: Waits) -> float:
        part = max(waits.p99 / waits.sla, 0.0001)
        return max(2.0, width * (math.log10(part) + 4) / 6)

    limit = left + width * 4 / 6
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + width + 110} {height + 20}" font-family="system-ui, sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        '<text x="12" y="22" font-size="14" fill="#1f2933">Wait of the slowest hundredth, against the SLA (line)</text>',
        f'<line x1="{limit:.1f}" x2="{limit:.1f}" y1="34" y2="{height}" stroke="#1f2933" stroke-dasharray="5 4"/>',
    ]
    for place, name in enumerate(pools):
        y = 42 + place * row
        parts.append(f'<text x="12" y="{y + 18}" fill="#1f2933">{name}</text>')
        for step, (waits, words) in enumerate(
            [(pools[name], "own pool"), (naive[name], "one pool")]
        ):
            colour = "#0b6e4f" if waits.holds else "#be123c"
            at, long = y + step * 17, x(waits)
            parts.append(
                f'<rect x="{left}" y="{at}" width="{long:.1f}" height="14" fill="{colour}"/>'
            )
            # The line of the SLA stops around the words.
            for look in ('stroke="#ffffff" stroke-width="4"', 'fill="#52606d"'):
                parts.append(
                    f'<text x="{left + long + 6:.1f}" y="{at + 11}" {look}>{_shown(waits.p99)}, {words}</text>'
                )
    return "\n".join([*parts, "</svg>"]) + "\n"
