"""The same faults on RabbitMQ, which gives a message out again as soon as its worker is gone."""

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import VERSION, Celery, chain, chord
from kombu import Exchange, Queue

from target_runtime.queues import task_queues
from target_runtime.workers.oldest import oldest
from tests.target_runtime.conftest import RABBITMQ_PORT, Shop, by_rabbitmq, patiently
from tests.target_runtime.servers import RedisServer, Wire, until

Make = Callable[..., Shop]


@pytest.fixture
def wire(rabbitmq: str) -> Iterator[Wire]:
    """The workers' way to RabbitMQ."""
    found = Wire(RABBITMQ_PORT)
    yield found
    found.close()


@pytest.fixture
def rabbit(
    rabbitmq: str, queue: str, wire: Wire, broker: RedisServer, shop: Make
) -> Callable[..., Shop]:
    """Makes shops whose messages go by RabbitMQ, and whose results and keys are in Redis."""

    def make(**celery: object) -> Shop:
        here = shop(broker, broker, celery=by_rabbitmq(queue) | celery, look_again=1)
        here.sends_by(rabbitmq, queue, workers=rabbitmq.replace(str(RABBITMQ_PORT), str(wire.port)))
        return here

    return make


def by_quorum(rabbit: Callable[..., Shop], queue: str) -> Shop:
    """A shop whose queue is one of RabbitMQ's quorum queues."""
    here = rabbit()
    here.environment["SITE_QUEUE_TYPE"] = "quorum"
    exchange = Exchange(queue, "topic", auto_delete=True)
    arguments = {"x-queue-type": "quorum"}
    here.app.conf.task_queues = [Queue(queue, exchange, queue, queue_arguments=arguments)]
    return here


def test_a_killed_worker_s_task_runs_again(rabbit: Callable[..., Shop]) -> None:
    here = rabbit()
    first = here.worker(name="first")
    sent = here.send("work", "k", 3.0)
    here.wait_begun("k")
    first.kill()
    here.worker(name="second")
    assert patiently(sent, here, 60) is not None
    assert (here.began("k"), here.ended("k")) == (2, 1), here.logs()


def test_a_hard_limit_leaves_no_key_behind(rabbit: Callable[..., Shop]) -> None:
    here = rabbit(task_soft_time_limit=None)
    here.worker("-c", "1")
    sent = here.send("limited", "k", 30)
    until(sent.ready, 30, here.logs)
    here.send("limited", "k", 30)
    until(lambda: here.began("k") == 2, 20, here.logs)
    assert sent.state == "FAILURE"


@pytest.mark.parametrize("stops", [True, False])
def test_a_lost_connection_in_the_middle_of_a_run(
    stops: bool, rabbit: Callable[..., Shop], wire: Wire
) -> None:
    """The broker gives the message out again while its task still runs, or was stopped just now."""
    here = rabbit(worker_cancel_long_running_tasks_on_connection_loss=stops)
    here.worker("-c", "2", name="first")
    here.worker("-c", "2", name="second")
    sent = here.send("work", "k", 3.0)
    here.wait_begun("k")
    wire.cut()
    assert patiently(sent, here, 60) is not None
    time.sleep(1)
    assert (here.began("k"), here.ended("k")) == (2 if stops else 1, 1), here.logs()


def test_connections_cut_under_load_lose_nothing_and_run_nothing_twice(
    rabbit: Callable[..., Shop], wire: Wire
) -> None:
    here = rabbit()
    here.worker("-c", "4")
    sent = []
    for number in range(80):
        sent += [here.send("work", f"k{number}", 0.05) for _ in range(2)]
        if number in {20, 50}:
            wire.cut()
        time.sleep(0.02)
    worker = here.workers[0]

    def all_ready() -> bool:
        # Celery 5.4 may give up as it connects anew; whoever runs it starts it again.
        if worker.process is not None and worker.process.poll() is not None:
            worker.start()
        return all(result.ready() for result in sent)

    def missing() -> str:
        ids = [result.id for result in sent if not result.ready()]
        lines = here.workers[0].log.read_text().splitlines()
        return "\n".join(line for line in lines if any(one in line for one in ids))

    until(all_ready, 90, missing)
    assert all(here.ended(f"k{number}") for number in range(80)), here.logs()
    # A run may be stopped with its connection after its last line, before its end is stored.
    log = here.workers[0].log.read_text()
    done = set(re.findall(r"run task=work id=(\S+) .*outcome=done", log))
    pairs = [(sent[2 * n].id, sent[2 * n + 1].id) for n in range(80)]
    assert not [pair for pair in pairs if done.issuperset(pair)], here.logs()


def test_retries_and_duplicates_end(rabbit: Callable[..., Shop]) -> None:
    here = rabbit()
    here.worker()
    sent = [here.send("flaky", "k", 2), here.send("flaky", "k", 2), here.send("retries", "r", 2)]
    assert [patiently(result, here) for result in sent] == [2, 2, "done"]
    assert [(here.began(key), here.ended(key)) for key in "kr"] == [(3, 1), (3, 1)]


@pytest.mark.skipif(VERSION < (5, 5), reason="Celery before 5.5 takes nothing from quorum queues")
def test_a_retry_within_a_second_is_not_lost_on_a_quorum_queue(
    rabbit: Callable[..., Shop], queue: str
) -> None:
    """RabbitMQ delays their messages by whole seconds: Celery can't send such a retry."""
    here = by_quorum(rabbit, queue)
    here.worker()
    assert patiently(here.send("retries", "k", 2, 0.2), here) == "done"
    assert (here.began("k"), here.ended("k")) == (3, 1)


def test_a_higher_priority_comes_first_where_the_queue_has_them(
    rabbit: Callable[..., Shop], queue: str
) -> None:
    """RabbitMQ's order, the other way round than Redis', and only with `x-max-priority`."""
    here = rabbit(task_queue_max_priority=10)
    here.app.conf.task_queues = task_queues((), default=queue, max_priority=10)
    for priority in (1, 10, 5):
        here.send("work", f"p{priority}", 0.0, priority=priority, queue=queue)
    here.worker("-c", "1")
    until(lambda: all(here.ended(f"p{n}") for n in (1, 5, 10)), 20, here.logs)
    order = [line.split()[1] for line in here.record.read_text().splitlines() if "begin" in line]
    assert order == ["p10", "p5", "p1"]


def check_shown(app: Celery, queue: str, shows: bool) -> None:
    """The age of the oldest message is told, or not, and its place and count stay as they were."""
    for number in range(3):
        app.send_task("plain", (number,), queue=app.amqp.queues[queue])  # type: ignore[arg-type]
    with app.connection_for_read() as connection:
        for _ in range(5):
            time.sleep(0.1)
            found = oldest(app, connection, queue)
            assert (found is not None and found >= 0.1) is shows
        channel: Any
        with connection.channel() as channel:
            got = [channel.basic_get(queue, no_ack=True) for _ in range(3)]
    assert [json.loads(message.body)[0] for message in got] == [[0], [1], [2]]
    assert {message.headers.get("x-delivery-count", 0) for message in got} == {0}


@pytest.mark.parametrize(("arguments", "shows"), [({}, True), ({"x-queue-type": "quorum"}, False)])
def test_the_oldest_message_is_looked_at_where_that_leaves_no_trace(
    arguments: dict[str, str], shows: bool, rabbitmq: str, queue: str
) -> None:
    from kombu import Queue

    with Celery(broker=rabbitmq, set_as_current=False) as app:
        app.conf.task_queues = [Queue(queue, routing_key=queue, queue_arguments=arguments or None)]
        app.conf.task_default_queue = queue
        check_shown(app, queue, shows)


def test_a_queue_with_priorities_has_no_oldest_at_its_head(rabbitmq: str, queue: str) -> None:
    with Celery(broker=rabbitmq, set_as_current=False) as app:
        app.conf.task_queues = task_queues((), default=queue, max_priority=10)
        app.conf.task_default_queue = queue
        check_shown(app, queue, shows=False)


def test_the_monitor_shows_rabbitmq_s_queues(rabbit: Callable[..., Shop], queue: str) -> None:
    from tests.target_runtime.test_workers import Script, check_fine

    here = rabbit(task_queues={queue: {}})
    script = Script(here)
    sent = [here.send("work", "k", 0.1) for _ in range(3)]
    rows = json.loads(check_fine(script.run("monitor", "--once", "--json")))
    assert [(row["queue"], row["depth"]) for row in rows] == [(queue, 3)]
    assert rows[0]["oldest"] is not None
    here.worker("-Q", queue)
    results = {str(patiently(result, here)) for result in sent}
    assert (len(results), here.ended("k")) == (1, 1)


def test_a_killed_child_s_task_runs_again(rabbit: Callable[..., Shop]) -> None:
    here = rabbit()
    here.worker("-c", "1")
    sent = here.send("work", "k", 1.5)
    here.wait_begun("k")
    os.kill(int(here.lines("begin", "k")[0].split()[2]), signal.SIGKILL)
    assert patiently(sent, here, 60) is not None
    assert (here.began("k"), here.ended("k")) == (2, 1), here.logs()


@pytest.mark.skipif(VERSION < (5, 5), reason="Celery before 5.5 takes nothing from quorum queues")
def test_a_task_that_kills_its_process_each_time_is_given_up(
    rabbit: Callable[..., Shop], queue: str
) -> None:
    """By the runtime, with a failure to see: a quorum queue's own limit drops the message unseen."""
    here = by_quorum(rabbit, queue)
    here.worker("-c", "1")
    sent = here.send("kills_itself", "k")
    with pytest.raises(Exception, match="died 3 times"):
        patiently(sent, here, 60)
    assert here.began("k") == 3, here.logs()


def test_a_chord_and_a_chain_with_a_duplicate_end(rabbit: Callable[..., Shop]) -> None:
    here = rabbit()
    here.worker("-c", "4")
    work, plain = here.app.signature("work", ("k", 0.2)), here.app.signature("plain")
    found: Any = patiently(chord([work.clone(), work.clone()], plain, app=here.app).delay(), here)
    assert [part["key"] for part in found[0]] == ["k", "k"]
    chained = patiently(chain(work.clone(), plain.clone(), app=here.app).delay(), here)
    assert chained == [found[0][0]]
    assert (here.began("k"), here.ended("k")) == (1, 1), here.logs()


def test_changes_during_a_run_get_one_run_more(rabbit: Callable[..., Shop]) -> None:
    """The mode `coalesce`, where a killed process' message comes back at once."""
    here = rabbit()
    here.worker("-c", "4")
    value = Path(f"{here.record}.k")
    value.write_text("1")
    sent = [here.send("sums", "k", 1.0)]
    here.wait_begun("k")
    value.write_text("2")
    sent += [here.send("sums", "k", 1.0) for _ in range(3)]
    time.sleep(0.5)
    os.kill(int(here.lines("begin", "k")[0].split()[2]), signal.SIGKILL)
    assert [patiently(one, here, 60) for one in sent] == ["2"] * 4
    assert here.ended("k") <= 2, here.logs()
