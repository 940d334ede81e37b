"""One running, one waiting: what comes during a run shares one run after it, and no last change is lost."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery.result import AsyncResult

from target_runtime.conf import RuntimeSettings
from target_runtime.errors import StoreUnavailableError
from target_runtime.idempotency.coalesce import CoalescedRun, newest
from target_runtime.idempotency.deliveries import REDELIVERED
from target_runtime.idempotency.generations import (
    Generation,
    bare,
    delivery_of,
    generation_of,
    with_generation,
)
from target_runtime.idempotency.looks import give_header
from target_runtime.idempotency.marks import Mark
from target_runtime.idempotency.results import decoded
from target_runtime.idempotency.service import UniversalIdempotencyService
from target_runtime.stores.memory import MemoryStore
from target_runtime.stores.policies import FailClosed, FailOpen, RedisFirst
from target_runtime.stores.store import Store
from target_runtime.stores.values import Answer, Owner, State
from tests.target_runtime.conftest import Shop, manage, patiently
from tests.target_runtime.servers import PostgresServer, RedisServer, until

Make = Callable[..., Shop]
REDIS = {"store": "redis", "look_again": 2}


def put(here: Shop, key: str, value: object) -> None:
    """Changes what the task reads as it begins."""
    whole = Path(f"{here.record}.{key}")
    part = whole.with_suffix(".part")
    part.write_text(str(value))
    part.replace(whole)


def runs(here: Shop, key: str = "k") -> tuple[int, int]:
    return here.began(key), here.ended(key)


def spans(here: Shop, key: str = "k") -> list[tuple[float, float]]:
    """When the runs that came to their end began and ended."""
    open_: dict[str, float] = {}
    found = []
    for line in here.record.read_text().splitlines():
        what, name, process, moment = line.split()[:4]
        if name == key and what == "begin":
            open_[process] = float(moment)
        elif name == key:
            found.append((open_.pop(process), float(moment)))
    return sorted(found)


@pytest.fixture(params=["redis", "postgres", "sqlite", "write_through", "memory"])
def on_each(
    request: pytest.FixtureRequest, broker: RedisServer, shop: Make, tmp_path: Path
) -> Shop:
    """A shop with a worker, on each store."""
    kind: str = request.param
    words: tuple[str, ...] = ("-c", "4")
    if kind == "redis":
        here = shop(broker, broker, **REDIS)
    elif kind == "sqlite":
        here = shop(broker, store="database", sqlite_path=str(tmp_path / "keys"), look_again=2)
    elif kind == "memory":
        here, words = shop(broker, store="memory", look_again=2), ("-P", "threads", "-c", "4")
    else:
        store = {"store": "database"} if kind == "postgres" else {}
        server: PostgresServer = request.getfixturevalue("postgres")
        here = shop(broker, broker, server, look_again=2, **store)
    here.worker(*words)
    return here


def test_changes_during_a_run_get_one_run_more(on_each: Shop) -> None:
    """And one during that run gets another one; a result that is remembered answers nothing new."""
    here = on_each
    put(here, "k", 1)
    sent = [here.send("sums", "k", 0.6)]
    here.wait_begun("k")
    put(here, "k", 2)
    sent += [here.send("sums", "k", 0.6) for _ in range(2)]
    until(lambda: here.began("k") == 2, 20, here.logs)
    put(here, "k", 3)
    sent.append(here.send("sums", "k"))
    first, *waited, last = [patiently(one, here) for one in sent]
    # Either of those that waited for the second run may look only when the third has ended.
    assert (first, min(map(str, waited)), last) == ("1", "2", "3")
    assert runs(here) == (3, 3), here.logs()
    put(here, "k", 4)
    assert patiently(here.send("sums", "k"), here) == "4"


def test_a_backlog_of_one_process_is_one_run(broker: RedisServer, shop: Make) -> None:
    """No run goes on when they are taken: what they were told as they were sent counts."""
    here = shop(broker, broker, **REDIS)
    put(here, "k", 1)
    here.worker("-c", "1")
    for _ in range(2):
        ids = patiently(here.send("sends_sums", "k", 4), here)
        assert isinstance(ids, list)
        results: list[AsyncResult[object]] = [AsyncResult(str(one), app=here.app) for one in ids]
        assert [patiently(one, here) for one in results] == ["1"] * 4
    assert runs(here) == (2, 2), here.logs()


def test_a_run_that_is_retried_is_one_run(broker: RedisServer, shop: Make) -> None:
    """Its second attempt may go on with what the first one read, so a change between them waits."""
    here = shop(broker, broker, **REDIS)
    here.worker("-c", "4")
    put(here, "k", 1)
    sent = [here.send("sums", "k", 0.5, True)]
    here.wait_begun("k")
    put(here, "k", 2)
    sent += [here.send("sums", "k", 0.5) for _ in range(2)]
    assert [patiently(one, here) for one in sent] == ["2", "2", "2"]
    assert runs(here) == (3, 2), here.logs()


def test_a_process_that_is_killed_loses_no_change(broker: RedisServer, shop: Make) -> None:
    here = shop(broker, broker, **REDIS)
    here.worker("-c", "4")
    put(here, "k", 1)
    sent = [here.send("sums", "k", 1.0)]
    here.wait_begun("k")
    put(here, "k", 2)
    sent += [here.send("sums", "k", 1.0) for _ in range(2)]
    os.kill(int(here.lines("begin", "k")[0].split()[2]), signal.SIGKILL)
    assert [patiently(one, here, 60) for one in sent] == ["2", "2", "2"]
    assert here.ended("k") <= 2, here.logs()


def test_no_stream_of_changes_loses_one(
    broker: RedisServer, redis_server: RedisServer, postgres: PostgresServer, shop: Make
) -> None:
    """Whatever is killed: each message is answered by a run that began after it was sent."""
    here = shop(broker, redis_server, postgres, look_again=1, max_deliveries=1_000)
    for name in ("first", "second"):
        here.worker("-c", "3", name=name)
    luck = random.Random(7)
    sent = []
    for number in range(60):
        put(here, "k", number)
        sent.append(here.send("sums", "k", 0.2))
        time.sleep(luck.uniform(0, 0.1))
        if number in {15, 40}:
            process = here.lines("begin", "k")[-1].split()[2]
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        if number in {25, 50}:
            redis_server.stop()
            time.sleep(0.3)
            redis_server.start()
    seen = [int(str(patiently(one, here, 60))) for one in sent]
    assert [(n, value) for n, value in enumerate(seen) if value < n] == [], here.logs()
    found = spans(here)
    assert all(one[1] <= other[0] for one, other in zip(found, found[1:], strict=False)), found
    assert len(found) < 45


def test_an_eager_call_runs_each_time(tmp_path: Path) -> None:
    words = "from shop_site.tasks import sums; print([sums.apply(('k',)).get() for _ in range(2)])"
    environment = {
        "SITE_RUNTIME": '{"store": "memory"}',
        "SITE_RECORD": str(tmp_path / "record"),
        "SITE_BACKEND": "cache+memory://",
    }
    (tmp_path / "record.k").write_text("1")
    done = manage(environment, "shell", "-c", words)
    assert "['1', '1']" in done.stdout
    assert (tmp_path / "record").read_text().count("end k ") == 2


def test_a_generation_is_read_from_where_it_was_written() -> None:
    first = Generation.after(0)
    later = Generation.after(first.number + 10**9, done=first.number)
    assert later.number == first.number + 10**9 + 1
    held = Answer(State.IN_PROGRESS, owner=Owner(later.token(), "task"))
    assert generation_of(held) == later
    for data in (None, b"", b'"a\\nb"', b"@task"):
        done = Answer(State.COMPLETED, result=with_generation(later.number, "task|1", data))
        assert (generation_of(done).number, delivery_of(done)) == (later.number, "task|1")
        assert bare(done.result) == data
    assert bare(b'"plain"') == b'"plain"'
    assert generation_of(Answer(State.IN_PROGRESS, owner=Owner("f" * 16, "task"))).number == 0
    assert generation_of(Answer(State.ABSENT)).number == 0


def delivery(store: Store, name: str) -> CoalescedRun:
    """One of a message that nobody stamped."""
    task: Any = SimpleNamespace(request=SimpleNamespace(id=name, headers={}, retries=0))
    service = UniversalIdempotencyService(store, RuntimeSettings(store="memory"))
    return CoalescedRun(task, Mark(), service, "test:sums", (), {})


def test_whoever_waits_is_answered_although_the_next_run_goes_on() -> None:
    """Else an unbroken stream of runs would keep it waiting."""
    store = MemoryStore()
    first, waits, second, third = (delivery(store, name) for name in ("1", "waits", "2", "3"))
    assert first._claim().acquired
    assert waits._claim().state is State.IN_PROGRESS
    first._complete(b"1")
    assert second._claim().acquired
    assert waits._claim().state is State.IN_PROGRESS
    second._complete(b"2")
    assert third._claim().acquired
    answer = waits._claim()
    assert (answer.state, decoded(answer.result)) == (State.COMPLETED, 2)
    third._complete(b"3")
    assert decoded(waits._claim().result) == 3


def test_a_message_that_is_given_out_again_is_answered_by_its_own_run() -> None:
    store = MemoryStore()
    first = delivery(store, "1")
    assert first._claim().acquired
    first._complete(b"1")
    again = delivery(store, "1")
    give_header(again.task.request, REDELIVERED, "1")
    assert decoded(again._claim().result) == 1
    # A new message may bear the id of one before it.
    assert delivery(store, "1")._claim().acquired


def test_the_newest_run_that_any_store_knows_of_counts() -> None:
    """Redis may have been away when the run under way began."""
    fast, durable = MemoryStore(), MemoryStore()
    fast.complete("k", Owner("a", "1"), with_generation(5, "1", b"1"), 60)
    durable.claim("k", Owner(Generation(9).token(), "2"), 60)
    assert newest(RedisFirst(fast, durable), "k") == 9
    assert newest(fast, "k") == 5


class Away(MemoryStore):
    """Answers nothing."""

    def claim(self, key: str, owner: Owner, lease: float) -> Answer:
        raise StoreUnavailableError(key)

    def look(self, key: str) -> Answer:
        raise StoreUnavailableError(key)


def test_without_a_store_the_policy_decides() -> None:
    assert not delivery(FailOpen(Away()), "1")._claim().guarded
    with pytest.raises(StoreUnavailableError):
        delivery(FailClosed(Away()), "1")._claim()
