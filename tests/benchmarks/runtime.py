"""`make bench`, the runtime's part: writes docs/benchmarks.md with its pictures; `curve` renews that alone."""

import platform
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks import overhead, peers, sla
from tests.target_runtime.servers import RedisServer

DOCS = Path(__file__).parents[2] / "docs"
HEAD = """\
# Measured

Written by `make bench`, each part in one run: {date}, Python {python}, Celery {celery}, redis-py {redis}, on {cores} cores.
Times depend on the machine; the ratios are what to look at.

## The same scenarios for each library

The tasks are in `tests/benchmarks/peer_site.py`, the scenarios in `peer_driver.py`; every worker and every Redis
is real. Each library has its own defaults but for these: the time to live of all is 60 s, 1 s in the last row
(`idempotency_ttl`, `default_timeout`, `lock_expiry`, `unique_timeout`); celery-once is `graceful`, and `unique` is what
makes celery-heimdall guard at all. The runtime is set to what the others have: `store` is Redis alone, with its `policy`
`fail_closed`, where it would write PostgreSQL too if there was one; `autoretry_for=()`, where `IdempotentTask` retries
any exception by itself; and a `lease` of 2 s instead of 30, so that no scenario waits longer for a killed worker.

{matrix}
## What a guard costs

{costs}
The overhead of a guarded message over a bare one, sending and running included, by the length of the body. The
team guide's "under 7 %" is the dashed line: false for a task that does nothing, true once the body takes some time.
Each figure is the best of three rounds in which the libraries take turns (celery-heimdall has one: by default its
worker waits up to a second for the lock that the sender took). A negative one is the noise of the run.

![Overhead by length of the body](benchmarks/overhead.svg)

<!-- curve -->
{curve}<!-- end of the curve -->

## Waiting under load

{messages:,} messages over six queues, {quick} of them quick and evenly spread over {seconds} s, {slow} of a second
each sent all at once. Left a pool for each queue, as `celery_workers.sh` starts them; right one pool of as many
processes for all.

![Waits by queue](benchmarks/sla.svg)

{waits}"""


def main() -> int:
    """Runs the parts, one after the other, and writes the page; 1 if a limit does not hold."""
    pictures = DOCS / "benchmarks"
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        say("costs")
        server = RedisServer(folder / "costs").start()
        costs = overhead.costs(server)
        server.stop()
        say("waits under load, some minutes")
        load = sla.plan(10_000, 110, reports=100, maintenance=250)
        pools = sla.measure(folder / "pools", load, naive=False)
        naive = sla.measure(folder / "naive", load, naive=True)
        say("scenarios, some minutes")
        matrix = peers.matrix(folder / "peers")
        say("the curve, some minutes")
        curve = overhead.curve(folder / "curve")
    (pictures / "overhead.svg").write_text(overhead.curve_svg(curve), "utf-8")
    (pictures / "sla.svg").write_text(sla.picture(pools, naive), "utf-8")
    import os

    text = HEAD.format(
        date=datetime.now(UTC).date(),
        python=platform.python_version(),
        celery=version("celery"),
        redis=version("redis"),
        cores=len(os.sched_getaffinity(0)),
        matrix=peers.table(matrix),
        costs=overhead.costs_table(costs),
        curve=overhead.curve_table(curve),
        messages=len(load),
        quick=f"{len(load) - 350:,}",
        seconds=110,
        slow=350,
        waits=sla.table(pools, naive),
    )
    (DOCS / "benchmarks.md").write_text(text, "utf-8")
    say(text)
    wrong = [cost.what for cost in costs if cost.ratio > cost.limit]
    wrong += [name for name, waits in pools.items() if not waits.holds]
    wrong += [name for name, passed in matrix["ours"].items() if not passed]
    if wrong:
        say(f"over the limit: {', '.join(wrong)}")
    return 1 if wrong else 0


def curve_again() -> int:
    """Runs the curve alone and puts it into the page that stands."""
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        curve = overhead.curve(Path(scratch))
    page = DOCS / "benchmarks.md"
    head, _, rest = page.read_text("utf-8").partition("<!-- curve -->\n")
    _, _, tail = rest.partition("<!-- end of the curve -->")
    table = overhead.curve_table(curve)
    page.write_text(f"{head}<!-- curve -->\n{table}<!-- end of the curve -->{tail}", "utf-8")
    (DOCS / "benchmarks" / "overhead.svg").write_text(overhead.curve_svg(curve), "utf-8")
    say(table)
    return 0


def say(text: str) -> None:
    """One line of progress, or the result."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(curve_again() if sys.argv[1:] == ["curve"] else main())
