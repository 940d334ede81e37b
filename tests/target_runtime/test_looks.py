"""How soon a message that finds its key held is done: it looks again soon, then ever more rarely."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from celery import VERSION, Celery
from kombu import Exchange, Queue

from target_runtime.idempotency.looks import LOOKS, next_look, soonest
from tests.target_runtime.conftest import Shop, by_rabbitmq, patiently
from tests.target_runtime.servers import RedisServer

Make = Callable[..., Shop]


def seconds_of_two(here: Shop, task: str, key: str, *arguments: object) -> float:
    """Seconds until two messages of one key that were sent at once have both ended."""
    began = time.monotonic()
    results = [patiently(sent, here) for sent in [here.send(task, key, *arguments) for _ in "ab"]]
    assert results[0] == results[1]
    assert here.began(key) == 1, here.logs()
    return time.monotonic() - began


@pytest.mark.parametrize(("task", "arguments"), [("work", (0.14,)), ("big", ())])
def test_the_second_of_two_sends_does_not_wait_out_the_lease(
    task: str, arguments: tuple[object, ...], broker: RedisServer, shop: Make
) -> None:
    """With the lease and the look of the settings' defaults, which are 30 s both."""
    here = shop(broker, lease=30)
    here.worker("-c", "2")
    patiently(here.send("plain"), here)
    times = [seconds_of_two(here, task, f"k{n}", *arguments) for n in range(10)]
    assert max(times) < 5, times


@pytest.mark.parametrize("kind", ["classic", "quorum"])
def test_nor_on_rabbitmq(
    kind: str, rabbitmq: str, queue: str, broker: RedisServer, shop: Make
) -> None:
    """Messages of quorum queues are delayed by RabbitMQ itself, by whole seconds."""
    if kind == "quorum" and VERSION < (5, 5):
        pytest.skip("Celery before 5.5 takes no messages from quorum queues")
    here = shop(broker, broker, celery=by_rabbitmq(queue), lease=30)
    here.environment["SITE_QUEUE_TYPE"] = kind
    here.sends_by(rabbitmq, queue, workers=rabbitmq)
    exchange = Exchange(queue, "topic", auto_delete=True)
    here.app.conf.task_queues = [
        Queue(queue, exchange, queue, queue_arguments={"x-queue-type": kind})
    ]
    here.worker("-c", "2")
    patiently(here.send("plain"), here)
    times = [seconds_of_two(here, "work", f"k{n}", 0.14) for n in range(3)]
    assert max(times) < 8, times


def task_on(broker: str, *queues: Queue) -> Any:
    app = Celery(broker=broker, set_as_current=False)
    app.conf.task_queues = list(queues) or None
    headers: dict[str, object] = {}
    return SimpleNamespace(app=app, request=SimpleNamespace(id="a", headers=headers))


def test_looks_come_ever_more_rarely() -> None:
    task = task_on("memory://")
    times = [next_look(task, 30.0) for _ in range(40)]
    assert times[:4] == [0.1, 0.2, 0.4, 0.8]
    assert times[9:] == [30.0] * 31
    # Headers that code hands on to another message are not that one's own.
    task.request.id = "b"
    assert next_look(task, 30.0) == 0.1
    assert task.request.headers == {LOOKS: "b|1"}


@pytest.mark.parametrize(
    ("broker", "arguments", "seconds"),
    [
        ("memory://", {}, 0.1),
        ("amqp://", {}, 0.1),
        ("amqp://", {"x-queue-type": "classic"}, 0.1),
        ("amqp://", {"x-queue-type": "quorum"}, 1.0),
        ("memory://", {"x-queue-type": "quorum"}, 0.1),
    ],
)
def test_the_first_look_is_as_soon_as_the_broker_can_delay(
    broker: str, arguments: dict[str, str], seconds: float
) -> None:
    assert soonest(task_on(broker, Queue("q", queue_arguments=arguments))) == seconds
