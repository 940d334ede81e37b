"""Servers that last a test run, and workers on them."""

import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.result import AsyncResult

from target_runtime.observe import messages
from tests.target_runtime.servers import SITE, PostgresServer, RedisServer, Worker, until

ROOT = Path(__file__).parents[2]
RABBITMQ_PORT = 5672


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL with the runtime's table, shared by tests that leave it running."""
    server = PostgresServer(tmp_path_factory.mktemp("postgres")).start()
    manage({"SITE_PG_PORT": str(server.port)}, "migrate")
    yield server
    server.stop()


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis of one test."""
    server = RedisServer(tmp_path / "redis").start()
    yield server
    server.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RedisServer]:
    """Another Redis for messages and results, so that the keys' one can be stopped."""
    server = RedisServer(tmp_path / "broker").start()
    yield server
    server.stop()


@pytest.fixture
def rabbitmq() -> str:
    """RabbitMQ on its standard port; a machine without it says so. What is sent here is stamped."""
    messages.connect()
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", RABBITMQ_PORT)):
            pytest.skip("no RabbitMQ on 127.0.0.1:5672: nothing on RabbitMQ is tested here")
    return f"amqp://guest:guest@127.0.0.1:{RABBITMQ_PORT}//"


@pytest.fixture
def queue(rabbitmq: str) -> Iterator[str]:
    """The name of a queue of one test."""
    name = f"converge-{uuid.uuid4().hex}"
    yield name
    with Celery(broker=rabbitmq, set_as_current=False).connection() as connection:
        channel: Any = connection.default_channel
        channel.queue_delete(name)


def manage(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """`django-admin` on the test site; fails with its output."""
    done = subprocess.run(
        [sys.executable, "-m", "django", *words],
        env=os.environ
        | {"PYTHONPATH": f"{SITE}:{ROOT}", "DJANGO_SETTINGS_MODULE": "shop_site.settings"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


class Shop:
    """The test site on some servers: starts workers, sends messages, reads what ran."""

    def __init__(self, folder: Path, broker: str, environment: dict[str, str]) -> None:
        self.folder = folder
        self.record = folder / "record"
        self.record.touch()
        self.environment = {
            "SITE_BROKER": broker,
            "SITE_BACKEND": broker,
            "SITE_RECORD": str(self.record),
            **environment,
        }
        self.app = Celery(broker=broker, backend=broker, set_as_current=False)
        self.app.conf.broker_transport_options = {"socket_timeout": 5}
        self.workers: list[Worker] = []

    def sends_by(self, rabbitmq: str, queue: str, workers: str) -> None:
        """Lets messages go by RabbitMQ, of which the workers may know another URL."""
        self.environment["SITE_BROKER"] = workers
        self.app.conf["broker_url"] = rabbitmq
        self.app.conf.broker_transport_options = {}
        self.app.conf.task_default_queue = queue

    def worker(self, *words: str, name: str = "") -> Worker:
        """A worker that takes messages by now."""
        name = name or f"worker{len(self.workers)}"
        found = Worker(self.folder, self.environment, *(words or ("-c", "2")), name=name).start()
        self.workers.append(found)
        return found

    def send(self, task: str, *args: object, **options: object) -> "AsyncResult[object]":
        """Sends by name, as another service would."""
        return self.app.send_task(task, args, **options)  # type: ignore[arg-type]

    def lines(self, what: str, key: str) -> list[str]:
        """The lines of the record that say this of a key."""
        return [
            line
            for line in self.record.read_text().splitlines()
            if line.startswith(f"{what} {key} ")
        ]

    def began(self, key: str) -> int:
        """How often a key's task began."""
        return len(self.lines("begin", key))

    def ended(self, key: str) -> int:
        """How often it ran to its end."""
        return len(self.lines("end", key))

    def wait_begun(self, key: str, seconds: float = 20) -> None:
        """Waits until a key's task runs."""
        until(lambda: self.began(key), seconds, lambda: f"{key} does not begin:\n{self.logs()}")

    def logs(self) -> str:
        """The ends of the workers' logs."""
        return "\n".join(worker.log.read_text()[-3000:] for worker in self.workers)

    def close(self) -> None:
        """Kills the workers, and lets go of a broker that may be gone already."""
        backend: Any = self.app.backend
        backend.result_consumer._pubsub = None
        for worker in self.workers:
            worker.kill()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Makes shops, whose workers end with the test."""
    made: list[Shop] = []

    def make(
        broker: RedisServer,
        keys: RedisServer | None = None,
        postgres: PostgresServer | None = None,
        celery: dict[str, object] | None = None,
        **runtime: object,
    ) -> Shop:
        settings = {"lease": 2, "namespace": uuid.uuid4().hex, "breaker_seconds": 0.5}
        if keys is not None:
            settings["redis_url"] = keys.url
        environment = {
            "SITE_RUNTIME": json.dumps(settings | runtime),
            "SITE_CELERY": json.dumps(celery or {}),
        }
        if postgres is not None:
            environment["SITE_PG_PORT"] = str(postgres.port)
        made.append(Shop(tmp_path, broker.url, environment))
        return made[-1]

    yield make
    for one in made:
        one.close()
        one.app.close()


def by_rabbitmq(queue: str) -> dict[str, object]:
    """What the settings of a shop say whose messages go by RabbitMQ."""
    return {"task_default_queue": queue, "broker_connection_retry_on_startup": True}


def patiently(result: "AsyncResult[object]", shop: Shop, seconds: float = 40) -> object:
    """A task's result; fails with the workers' logs if it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result.ready():
            return result.get(timeout=5)
        time.sleep(0.05)
    raise AssertionError(f"no result after {seconds} s:\n{shop.logs()}")
