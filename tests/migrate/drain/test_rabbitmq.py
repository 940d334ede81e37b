"""RabbitMQ: what is told, what only a look tells, and what nobody can know without harm."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from kombu import Connection, Queue

from tests.command import Terminal
from tests.migrate.drain.conftest import Managed
from tests.migrate.drain.places import sender, settled, worker, write_tasks
from tests.migrate.drain.test_redis import HELD, OLD, counts
from tests.target_runtime.servers import until

QUORUM = {"x-queue-type": "quorum"}


@pytest.fixture
def drain(shop: Path, rabbitmq: str, queue: str, migrate: Terminal) -> Callable[..., Any]:
    """Drains one queue of the shared RabbitMQ; its other ones are other tests'."""

    def run(*words: str, code: int = 1) -> Any:
        known = ["--queue", queue, "--longest", "0", "--management", "http://127.0.0.1:1"]
        return migrate("drain", "--broker", rabbitmq, *known, "--json", *words, code=code).json

    return run


def declared(rabbitmq: str, queue: str, arguments: dict[str, Any], **options: Any) -> Celery:
    """An app that sends into a queue of some kind."""
    app = sender(rabbitmq)
    app.conf.task_queues = [Queue(queue, routing_key=queue, queue_arguments=arguments, **options)]
    app.conf.task_default_queue = queue
    return app


def taken_out(rabbitmq: str, queue: str, count: int) -> list[Any]:
    """The messages of a queue in their order, taken for good."""
    with Connection(rabbitmq) as connection:
        channel: Any = connection.channel()
        found = [channel.basic_get(queue, no_ack=True) for _ in range(count)]
        assert channel.basic_get(queue) is None
    return found


def test_names_need_a_peek(rabbitmq: str, queue: str, drain: Callable[..., Any]) -> None:
    declared(rabbitmq, queue, {}).send_task(OLD, queue=queue)
    settled()
    found = drain("--no-workers")
    assert counts(found)[OLD] == (0, 0, 0, 0)
    assert found["cant_know"] == [
        f'the names of 1 message in "{queue}": --peek looks at classic queues'
    ]
    assert counts(drain("--no-workers", "--peek"))[OLD] == (1, 0, 0, 0)


def test_what_workers_hold_needs_the_management_api(queue: str, drain: Callable[..., Any]) -> None:
    said = " ".join(drain()["cant_know"])
    assert f'what is in "{queue}": there is no such queue' in said
    assert "what workers hold: the management API tells that" in said
    assert "http://127.0.0.1:1 can't be reached" in said


def test_an_empty_queue_where_no_worker_runs(
    rabbitmq: str, queue: str, drain: Callable[..., Any]
) -> None:
    with Connection(rabbitmq) as connection:
        channel: Any = connection.channel()
        channel.queue_declare(queue, durable=True, auto_delete=False)
    assert drain("--no-workers", code=0)["names"][0]["may_go"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ({}, {}),
        ({"x-queue-type": "classic"}, {}),
        ({"x-max-priority": 10}, {}),
        ({"x-expires": 600_000, "x-max-length": 100, "x-overflow": "reject-publish"}, {}),
        ({"x-dead-letter-exchange": "amq.direct"}, {"durable": False}),
        ({}, {"auto_delete": True}),
    ],
)
def test_a_peek_leaves_a_classic_queue_as_it_was(
    arguments: dict[str, Any],
    options: dict[str, Any],
    rabbitmq: str,
    queue: str,
    drain: Callable[..., Any],
) -> None:
    app = declared(rabbitmq, queue, arguments, **options)
    for number in range(20):
        app.send_task(OLD if number % 2 else "other", (number,), queue=queue)
    settled()
    for _ in range(3):
        assert counts(drain("--no-workers", "--peek")) == {
            OLD: (10, 0, 0, 0),
            "other": (10, 0, 0, 0),
        }
    found = taken_out(rabbitmq, queue, 20)
    assert [message.headers["argsrepr"] for message in found] == [f"({n},)" for n in range(20)]
    assert all(message.delivery_info["redelivered"] for message in found)


def test_a_peek_sees_what_is_inside_and_what_is_pickled(
    rabbitmq: str, queue: str, drain: Callable[..., Any]
) -> None:
    app = declared(rabbitmq, queue, {})
    app.send_task("other", queue=queue, link=app.signature(OLD))
    app.send_task("other", queue=queue, serializer="pickle")
    settled()
    found = drain("--no-workers", "--peek")
    assert counts(found) == {OLD: (0, 0, 1, 0), "other": (2, 0, 0, 0)}
    assert found["cant_know"] == [f'1 pickled message in "{queue}"']


def test_a_peek_is_capped(rabbitmq: str, queue: str, drain: Callable[..., Any]) -> None:
    app = declared(rabbitmq, queue, {})
    for _ in range(5):
        app.send_task("other", queue=queue)
    settled()
    found = drain("--no-workers", "--peek", "--cap", "3")
    assert counts(found)["other"] == (3, 0, 0, 0)
    assert found["cant_know"] == [
        f'the names of 2 more messages in "{queue}": 3 were looked at (--cap)'
    ]
    assert len(taken_out(rabbitmq, queue, 5)) == 5


@pytest.mark.parametrize("arguments", [{}, {"x-delivery-limit": 2}])
def test_no_message_of_a_quorum_queue_is_ever_touched(
    arguments: dict[str, Any], rabbitmq: str, queue: str, drain: Callable[..., Any]
) -> None:
    """Each look would be a delivery: three of them lose every message past a limit of two."""
    app = declared(rabbitmq, queue, QUORUM | arguments)
    for number in range(10):
        app.send_task(OLD, (number,), queue=queue)
    settled()
    for _ in range(4):
        found = drain("--no-workers", "--peek")
        assert counts(found)[OLD] == (0, 0, 0, 0)
        assert (
            f'the names of 10 messages in "{queue}": it is no classic queue'
            in found["cant_know"][0]
        )
    left = taken_out(rabbitmq, queue, 10)
    assert [message.headers["argsrepr"] for message in left] == [f"({n},)" for n in range(10)]
    assert [message.headers.get("x-delivery-count", 0) for message in left] == [0] * 10
    assert not any(message.delivery_info["redelivered"] for message in left)


@pytest.fixture
def host(managed: Managed) -> str:
    """The URL of a virtual host of a RabbitMQ with the management API."""
    return managed.virtual_host()


@pytest.fixture
def told(shop: Path, host: str, managed: Managed, migrate: Terminal) -> Callable[..., Any]:
    """Drains all of a virtual host."""

    def run(*words: str, code: int = 1) -> Any:
        known = ["--management", managed.api, "--longest", "0"]
        return migrate("drain", "--broker", host, *known, "--json", *words, code=code).json

    return run


def test_all_queues_are_known_by_management(host: str, told: Callable[..., Any]) -> None:
    assert told("--no-workers", code=0)["looks"] == 2
    declared(host, "quick", {}).send_task(OLD, queue="quick")
    declared(host, "sure", QUORUM).send_task(OLD, queue="sure")
    settled()
    found = told("--no-workers", "--peek")
    assert counts(found)[OLD] == (1, 0, 0, 0)
    (doubt,) = found["cant_know"]
    assert 'the names of 1 message in "sure"' in doubt


def test_what_workers_hold_is_held_against_the_broker_s_count(
    host: str, told: Callable[..., Any], here: Path
) -> None:
    write_tasks(here, host, HELD, worker_prefetch_multiplier=4)
    app = sender(host)
    with worker(here, "held", "-c", "1") as made:
        app.send_task("late")
        app.send_task(OLD, countdown=600)
        until(lambda: made.log.read_text().count("received") == 2, 10, "they are not taken")
        time.sleep(6)
        found = told("--peek")
        assert counts(found) == {OLD: (0, 1, 0, 0), "late": (0, 0, 0, 1)}
        assert found["workers"] == [made.name]
        assert found["cant_know"] == [
            "what 2 messages held by workers will send: a warm stop of the workers returns them"
        ]


def test_a_worker_that_does_not_answer_holds_what_nobody_knows(
    host: str, told: Callable[..., Any], here: Path
) -> None:
    write_tasks(here, host, HELD)
    app = sender(host)
    with worker(here, "held", "-P", "solo") as made:
        for _ in range(3):
            app.send_task("late")
        until(lambda: "received" in made.log.read_text(), 10, "none is taken")
        time.sleep(6)
        doubts = told("--peek")["cant_know"]
    assert doubts[:2] == [
        f"what {made.name} holds and runs: no answer came",
        "the names of 3 messages held by workers that did not answer",
    ]


def test_a_delayed_message_lies_in_a_quorum_queue(
    rabbitmq: str, queue: str, drain: Callable[..., Any]
) -> None:
    """Of those queues there are some by fixed names, so they are looked for where nobody tells."""
    declared(rabbitmq, queue, {})
    declared(rabbitmq, "celery_delayed_3", QUORUM).send_task(OLD)
    settled()
    found = drain("--no-workers", "--peek")["cant_know"]
    assert any('the names of 1 message in "celery_delayed_3"' in doubt for doubt in found)
    taken_out(rabbitmq, "celery_delayed_3", 1)


def test_a_management_api_elsewhere_is_an_http_url(
    shop: Path, migrate: Terminal, host: str
) -> None:
    words = ["--broker", host, "--management", "file:///etc/passwd"]
    assert "http:// or https://" in migrate("drain", *words, code=2).err
