"""What a guard costs: round trips, ratios to a bare `SET NX`, and a curve over the length of the body."""

import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import redis

from target_runtime.connections import redis_client
from target_runtime.idempotency.keys import bound_arguments, key_of
from target_runtime.stores.redis import RedisStore
from target_runtime.stores.store import Breaker
from target_runtime.stores.values import Owner
from tests.benchmarks.peers import HERE, PEERS
from tests.target_runtime.servers import RedisServer, until

ROUNDS = 4000
BODIES = (0, 1, 2, 5, 10, 20, 50, 100)
"""Milliseconds."""
TURNS = 3


@dataclass(frozen=True)
class Cost:
    """Milliseconds, the ratio to a bare `SET NX`, and round trips; `limit` is the most that is allowed."""

    what: str
    milliseconds: float
    ratio: float
    trips: float
    limit: float


def _task(user_id: int, notify: bool = True) -> None: ...


def costs(server: RedisServer) -> list[Cost]:
    """A bare `SET NX`, a claim, and key + claim + complete, taken in turn in one run."""
    client = redis_client(server.url, 1.0)
    store = RedisStore(server.url, 1.0, Breaker("Redis", 3, 1.0))
    number = [0]

    def bare() -> None:
        client.set(f"bare:{number[0]}", "1", nx=True, ex=86_400)

    def claim() -> None:
        store.claim(f"claim:{number[0]}", Owner("0011223344556677", "task"), 30)

    def path() -> None:
        arguments = bound_arguments(_task, (number[0],), {})
        key = key_of("converge", "remind", "global", None, arguments, "")
        owner = Owner("0011223344556677", "task")
        store.claim(key, owner, 30)
        store.complete(key, owner, b"null", 3600)

    kinds: dict[str, tuple[Callable[[], None], float]] = {
        "`SET NX EX`": (bare, 1.0),
        "claim": (claim, 1.6),
        "key, claim, complete": (path, 2.75),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for number[0] in range(ROUNDS):
        for name, (work, _) in kinds.items():
            started = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - started)
    trips = {name: _trips(work) for name, (work, _) in kinds.items()}
    floor = median(times["`SET NX EX`"])
    store.close()
    client.close()
    return [
        Cost(name, median(times[name]) * 1000, median(times[name]) / floor, trips[name], limit)
        for name, (_, limit) in kinds.items()
    ]


def _trips(work: Callable[[], None]) -> float:
    """Round trips of one call, counted at the connection."""
    count = [0]
    connection: Any = redis.connection.Connection
    send = connection.send_packed_command

    def counted(self: object, command: object, check_health: bool = True) -> None:
        count[0] += 1
        send(self, command, check_health)

    connection.send_packed_command = counted
    try:
        work()
    finally:
        connection.send_packed_command = send
    return count[0]


def curve(folder: Path) -> dict[str, list[float]]:
    """Milliseconds a message takes from the first send to the last end, by library and body.

    One process works off messages that were all sent before: what sending, guarding and storing
    cost is in it, waiting is not. The best of some rounds, in which the libraries take turns.
    """
    found: dict[str, list[float]] = {peer: [] for peer in ("bare", *PEERS)}
    for body in BODIES:
        best = dict.fromkeys(found, math.inf)
        for turn in range(TURNS):
            for peer in found:
                if turn and peer == "heimdall":
                    continue
                place = folder / f"{peer}-{body}-{turn}"
                best[peer] = min(best[peer], _per_message(place, peer, body))
        for peer, times in found.items():
            times.append(best[peer])
    return found


def _per_message(folder: Path, peer: str, body: int) -> float:
    server = RedisServer(folder / "redis").start()
    # A message of celery-heimdall takes most of a second, so it gets fewer, and one turn.
    count = 15 if peer == "heimdall" else max(40, min(200, 1000 // (body + 2)))
    environment = os.environ | {
        "PEER": peer, "PEER_URL": server.url, "PEER_RECORD": str(folder / "record"),
        "PYTHONPATH": f"{HERE}:{HERE.parents[1]}", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    send = f"import time\nfrom peer_site import quick\nquick.delay('warm', 0)\nstarted = time.perf_counter()\nfor n in range({count}):\n    quick.delay(n, {body / 1000})\nprint(time.perf_counter() - started)"
    log = folder / "worker.log"
    try:
        sent = subprocess.run(
            [sys.executable, "-c", send],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        sending = float(sent.stdout.splitlines()[-1])
        with log.open("ab") as stream:
            worker = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "peer_site", "worker", "-P", "solo", "-l", "info", "--without-gossip", "--without-mingle", "--without-heartbeat"],
                env=environment, stdout=stream, stderr=stream,
            )  # fmt: skip
        try:
            until(lambda: log.read_bytes().count(b"succeeded in") > count, 120, log.read_text)
        finally:
            worker.kill()
            worker.wait()
    finally:
        server.stop()
    return (_working(log, count) + sending) / count * 1000


def _working(log: Path, count: int) -> float:
    """Seconds from the end of the first message to the end of the last, by the worker's log."""
    from datetime import datetime

    ends = [
        datetime.strptime(line[1:24], "%Y-%m-%d %H:%M:%S,%f")  # noqa: DTZ007 - both in one zone
        for line in log.read_text().splitlines()
        if "succeeded in" in line
    ]
    return (ends[count] - ends[0]).total_seconds()


def costs_table(found: list[Cost]) -> str:
    """The costs as Markdown."""
    lines = ["| | p50 | ratio | at most | round trips |", "|---|---|---|---|---|"]
    for cost in found:
        lines.append(
            f"| {cost.what} | {cost.milliseconds:.3f} ms | {cost.ratio:.2f} | {cost.limit:g} | {cost.trips:g} |"
        )
    return "\n".join(lines) + "\n"


def curve_table(found: dict[str, list[float]]) -> str:
    """The overhead over a bare task in percent, by body, as Markdown."""
    lines = [
        f"| body | bare task | {' | '.join(PEERS.values())} |",
        f"|---|---|{'---|' * len(PEERS)}",
    ]
    for place, body in enumerate(BODIES):
        bare = found["bare"][place]
        parts = [f"{100 * (found[peer][place] - bare) / bare:+.0f} %" for peer in PEERS]
        lines.append(f"| {body} ms | {bare:.2f} ms | {' | '.join(parts)} |")
    return "\n".join(lines) + "\n"


COLOURS = {"ours": "#0b6e4f", "once": "#b45309", "singleton": "#6d28d9", "heimdall": "#be123c"}


def curve_svg(found: dict[str, list[float]]) -> str:
    """The overhead in percent over the length of the body, with the guide's 7 % line."""
    width, height, left, top, high = 720, 360, 60, 40, 100.0
    step = (width - left - 150) / (len(BODIES) - 1)

    def y(percent: float) -> float:
        return top + (height - top - 50) * (1 - max(-5.0, min(high, percent)) / high)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="20" font-size="14" fill="#1f2933">Overhead over a bare task, by length of the body</text>',
    ]
    for percent in (0, 7, 25, 50, 75, 100):
        dash = ' stroke-dasharray="5 4"' if percent == 7 else ""
        colour = "#1f2933" if percent == 7 else "#d9dee4"
        parts.append(
            f'<line x1="{left}" x2="{width - 150}" y1="{y(percent):.1f}" y2="{y(percent):.1f}" stroke="{colour}"{dash}/>'
        )
        parts.append(
            f'<text x="{left - 8}" y="{y(percent) + 4:.1f}" text-anchor="end" fill="#52606d">{percent} %</text>'
        )
    for place, body in enumerate(BODIES):
        parts.append(
            f'<text x="{left + place * step:.1f}" y="{height - 24}" text-anchor="middle" fill="#52606d">{body} ms</text>'
        )
    for row, (peer, colour) in enumerate(COLOURS.items()):
        values = [
            100 * (mine - bare) / bare
            for mine, bare in zip(found[peer], found["bare"], strict=True)
        ]
        points = " ".join(
            f"{left + place * step:.1f},{y(value):.1f}" for place, value in enumerate(values)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        )
        parts.append(
            f'<text x="{width - 140}" y="{top + 16 + row * 18}" fill="{colour}">{PEERS[peer]}{", above" if min(values) > high else ""}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
