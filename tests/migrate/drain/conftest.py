"""A Redis of one test, RabbitMQ, and a project whose names are on their way."""

import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from tests.command import Terminal, make_repository
from tests.migrate.test_json import FILES
from tests.servers import free_port
from tests.target_runtime.servers import RedisServer, until

RABBITMQ_PORT = 5672
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
CAN_START = SERVER.exists() and shutil.which("erl") is not None


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis of one test."""
    server = RedisServer(tmp_path_factory.mktemp("redis")).start()
    yield server
    server.stop()


@pytest.fixture
def rabbitmq(request: pytest.FixtureRequest) -> str:
    """RabbitMQ: one of its own where the machine can start one, else that on the standard port.

    Workers of other tests would answer on the latter. A machine without either says so.
    """
    if CAN_START:
        managed: Managed = request.getfixturevalue("managed")
        return managed.virtual_host()
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


class Managed:
    """A RabbitMQ of its own, with the management API."""

    def __init__(self, folder: Path) -> None:
        self.port, self.api_port, node = free_port(), free_port(), free_port()
        self.api = f"http://127.0.0.1:{self.api_port}"
        (folder / "plugins").write_text("[rabbitmq_management].\n")
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nmanagement.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.api_port}\n"
        )
        (folder / "environment").touch()
        names = {
            "HOME": folder,
            "RABBITMQ_NODENAME": f"drain{self.port}@localhost",
            "RABBITMQ_MNESIA_BASE": folder / "data",
            "RABBITMQ_LOG_BASE": folder / "log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": folder / "plugins",
            "RABBITMQ_CONFIG_FILE": folder / "rabbitmq",
            "RABBITMQ_CONF_ENV_FILE": folder / "environment",
            "RABBITMQ_DIST_PORT": node,
        }
        with (folder / "out").open("wb") as log:
            self.process = subprocess.Popen(
                [str(SERVER)],
                env=os.environ | {key: str(value) for key, value in names.items()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self.answers, 60, lambda: (folder / "out").read_text()[-2000:])

    def answers(self) -> bool:
        """Whether it can be asked."""
        return bool(self.ask("GET", "/api/overview"))

    def ask(self, method: str, path: str) -> bytes:
        """What the API says."""
        request = urllib.request.Request(self.api + path, method=method)
        request.add_header("Authorization", "Basic Z3Vlc3Q6Z3Vlc3Q=")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=5) as answer:
            found: bytes = answer.read()
        return found

    def virtual_host(self) -> str:
        """The URL of a virtual host of one test."""
        name = uuid.uuid4().hex
        self.ask("PUT", f"/api/vhosts/{name}")
        self.ask_permissions(name)
        return f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"

    def ask_permissions(self, name: str) -> None:
        """Lets the user do all in a virtual host."""
        rights = json.dumps({"configure": ".*", "write": ".*", "read": ".*"}).encode()
        request = urllib.request.Request(
            f"{self.api}/api/permissions/{name}/guest", data=rights, method="PUT"
        )
        request.add_header("Authorization", "Basic Z3Vlc3Q6Z3Vlc3Q=")
        request.add_header("Content-Type", "application/json")
        urllib.request.urlopen(request, timeout=5).close()

    def stop(self) -> None:
        """Ends it with all its processes."""
        os.killpg(self.process.pid, 9)
        self.process.wait(10)


@pytest.fixture(scope="session")
def managed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Managed]:
    """A RabbitMQ with its management API; a machine without that says so."""
    if not CAN_START:
        pytest.skip(f"no {SERVER}: the management API is not tested here")
    server = Managed(tmp_path_factory.mktemp("rabbitmq"))
    yield server
    server.stop()


@pytest.fixture
def shop(here: Path, migrate: Terminal) -> Path:
    """A project whose workers know both names of its task, and whose senders use the new one."""
    make_repository(here / "shop", FILES)
    os.chdir(here / "shop")
    migrate("apply")
    migrate("apply", "--deployed", "1")
    return here / "shop"
