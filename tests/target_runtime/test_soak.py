"""Messages and their duplicates while workers and stores are killed at random, one at a time.

A few seconds of it run with the tests; `make soak` runs it for minutes. `SOAK_SEED` repeats a run,
`SOAK_LOAD` sends so many times the messages, whose tasks take so much shorter.
"""

import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from celery.result import AsyncResult

from tests.target_runtime.conftest import Shop, by_rabbitmq, manage, patiently
from tests.target_runtime.servers import PostgresServer, RedisServer, Worker

SECONDS = float(os.environ.get("SOAK_SECONDS", "8"))
LOAD = float(os.environ.get("SOAK_LOAD", "1"))
SEED = int(os.environ.get("SOAK_SEED", random.SystemRandom().randrange(10**6)))
LEASE = 2.0
SETTLED = LEASE + 1
"""Seconds after which a store that is back has all that it missed."""
GAP = 0.3
"""A worker that is killed within so many seconds of a task's last line could not store its end."""


@pytest.fixture
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL that this test may stop."""
    server = PostgresServer(tmp_path_factory.mktemp("soak")).start()
    manage({"SITE_PG_PORT": str(server.port)}, "migrate")
    yield server
    server.stop()


@dataclass
class Chaos:
    """What happens to the workers and stores of a shop, one thing after the other."""

    shop: Shop
    keys: RedisServer
    postgres: PostgresServer
    luck: random.Random
    kills: list[float] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    fault: BaseException | None = None

    def run(self) -> None:
        """Goes on until it is told to end; leaves everything running."""
        acts: list[Callable[[], None]] = [
            self.worker_killed, self.child_killed, self.redis_lost, self.redis_stalled,
            self.postgres_stopped, self.worker_killed_while_redis_is_away,
        ]  # fmt: skip
        try:
            while not self.ended.wait(self.luck.uniform(0.3, 1.5)):
                act = self.luck.choice(acts)
                began = time.time()
                act()
                self.done.append(f"{act.__name__} {began:.3f}..{time.time():.3f}")
        except BaseException as error:  # noqa: BLE001 - told by the test's own thread
            self.fault = error

    def worker_killed(self) -> None:
        """A worker with all its processes; another one takes its place."""
        at = self.luck.randrange(len(self.shop.workers))
        self.shop.workers[at].kill()
        self.kills.append(time.time())
        self.shop.workers[at] = Worker(
            self.shop.folder, self.shop.environment, *WORDS, name=f"w{len(self.kills)}"
        ).start()

    def child_killed(self) -> None:
        """One process that runs tasks."""
        process = self.luck.choice(self.shop.workers).process
        assert process is not None
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(self.luck.choice(children)), signal.SIGKILL)
        self.kills.append(time.time())

    def redis_lost(self) -> None:
        """The keys' Redis, with all that it held."""
        self.keys.stop()
        time.sleep(self.luck.uniform(0.1, 2))
        self.keys.start()
        time.sleep(SETTLED)

    def worker_killed_while_redis_is_away(self) -> None:
        """Both at once: the database alone knows what ran."""
        self.keys.stop()
        self.worker_killed()
        self.keys.start()
        time.sleep(SETTLED)

    def redis_stalled(self) -> None:
        """The keys' Redis takes what it is sent and answers nothing for a while."""
        assert self.keys.process is not None
        self.keys.process.send_signal(signal.SIGSTOP)
        time.sleep(self.luck.uniform(0.1, 1))
        self.keys.process.send_signal(signal.SIGCONT)
        time.sleep(SETTLED)

    def postgres_stopped(self) -> None:
        """The database, which keeps what it had."""
        self.postgres.stop()
        time.sleep(self.luck.uniform(0.1, 2))
        self.postgres.start()
        time.sleep(SETTLED)


WORDS = ("-c", str(3 if LOAD == 1 else 6))
Sent = dict[str, "list[AsyncResult[object]]"]


def send(shop: Shop, luck: random.Random, seconds: float) -> Sent:
    """Messages of three kinds of task, each with up to two duplicates, some of them much later."""
    sent: Sent = {}
    calls: list[tuple[str, str, float]] = []
    due = time.monotonic()
    ends = due + seconds
    while due < ends:
        if calls and luck.random() < 0.4:
            task, key, what = luck.choice(calls[-200:])
        else:
            task = luck.choice(["work", "work", "flaky", "retries"])
            what = luck.uniform(0, 0.4 / LOAD) if task == "work" else luck.choice([0, 1, 2])
            key = f"{task}-{len(calls)}"
            calls.append((task, key, what))
        if len(sent.setdefault(key, [])) < 3:
            sent[key].append(shop.send(task, key, what))
        due += luck.uniform(0, 0.08 / LOAD)
        time.sleep(max(0.0, due - time.monotonic()))
    return sent


def ends_of(shop: Shop) -> dict[str, list[str]]:
    """The lines of the runs that came to their end, by key."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in shop.record.read_text().splitlines():
        if line.startswith("end "):
            found[line.split()[1]].append(line)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of a worker by /proc")
def test_nothing_is_lost_and_nothing_runs_twice(
    rabbitmq: str,
    queue: str,
    broker: RedisServer,
    redis_server: RedisServer,
    own_postgres: PostgresServer,
    shop: Callable[..., Shop],
) -> None:
    """By RabbitMQ: Redis' transport loses what a worker takes at the moment in which it is killed."""
    # Whoever kills here, it is never the task: no number of deaths may end it.
    options = {"policy": "write_through", "lease": LEASE, "max_deliveries": 1_000}
    here = shop(broker, redis_server, own_postgres, by_rabbitmq(queue), **options)
    here.sends_by(rabbitmq, queue, workers=rabbitmq)
    for _ in range(2):
        here.worker(*WORDS)
    chaos = Chaos(here, redis_server, own_postgres, random.Random(SEED))
    thread = threading.Thread(target=chaos.run)
    thread.start()
    try:
        sent = send(here, random.Random(SEED + 1), SECONDS)
    finally:
        chaos.ended.set()
        thread.join()
    if chaos.fault is not None:
        raise chaos.fault
    said = f"seed {SEED}, {len(sent)} keys, {', '.join(chaos.done)}"
    stopped = time.monotonic()
    answers = {
        key: [patiently(one, here, 90 + 3 * SECONDS) for one in many] for key, many in sent.items()
    }
    ends = ends_of(here)
    twice = {key for key, lines in ends.items() if len(lines) > 1 and not excused(lines, chaos)}
    assert not twice, f"{said}: {[ends[key] for key in twice]}"
    assert [key for key in sent if not ends[key]] == [], said
    unequal = [key for key, all_ in answers.items() if any(one != all_[0] for one in all_)]
    assert [key for key in unequal if len(ends[key]) == 1] == [], said
    acts = Counter(one.split()[0] for one in chaos.done)
    messages, again = sum(map(len, sent.values())), sum(len(ends[key]) > 1 for key in sent)
    sys.stdout.write(
        f"seed {SEED}, {len(sent)} keys, {messages} messages, {messages / SECONDS:.0f}/s, {dict(acts)}, {again} excused, all answered {time.monotonic() - stopped:.0f} s after the last\n"
    )


def excused(lines: list[str], chaos: Chaos) -> bool:
    """Whether each end but the last came just before a kill, too late for it to be stored."""
    moments = [float(line.split()[3]) for line in lines]
    return all(
        any(-0.01 <= kill - moment <= GAP for kill in chaos.kills)
        for moment in sorted(moments)[:-1]
    )
