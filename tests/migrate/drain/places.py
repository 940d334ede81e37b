"""A project to drain, servers with what a test put on them, and workers of one file."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from celery import Celery

from tests.target_runtime.servers import until

QUIET = {"broker_connection_retry_on_startup": True, "task_ignore_result": True}


def sender(url: str, **options: object) -> Celery:
    """An app that only sends."""
    app = Celery("sender", broker=url, set_as_current=False)
    app.conf.broker_transport_options = options
    return app


class Worker:
    """A worker of one folder's app, or its beat, in a process group of its own."""

    def __init__(
        self, folder: Path, app: str, *words: str, beat: bool = False, **environment: str
    ) -> None:
        self.name = f"w{uuid.uuid4().hex[:8]}@test"
        self.log = folder / f"{self.name}.log"
        command = [sys.executable, "-m", "celery", "-A", app]
        if beat:
            command += ["beat", "-l", "info", "-s", str(folder / "beat"), "--pidfile=", *words]
        else:
            command += ["worker", "-n", self.name, "-l", "info"]
            command += ["--without-gossip", "--without-mingle", *words]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | {"PYTHONPATH": str(folder)} | environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ready(self) -> "Worker":
        """Waits until it takes messages."""
        until(lambda: " ready." in self.log.read_text(), 40, lambda: self.log.read_text()[-3000:])
        return self

    def stop(self) -> None:
        """Ends it warmly: what it holds and has not begun goes back."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Ends it with all its processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextlib.contextmanager
def worker(folder: Path, app: str, *words: str, **environment: str) -> Iterator[Worker]:
    """A worker that takes messages, and ends with the block."""
    made = Worker(folder, app, *words, beat=False, **environment)
    try:
        yield made.ready()
    finally:
        made.kill()


def write_tasks(folder: Path, url: str, text: str, **conf: Any) -> None:
    """A file `held.py` with a Celery app and some tasks."""
    head = f"import time\nfrom celery import Celery\n\napp = Celery('held', broker={url!r})\napp.conf.update({QUIET | conf!r})\n"
    (folder / "held.py").write_text(head + textwrap.dedent(text))


def settled(seconds: float = 0.3) -> None:
    """Lets a broker show what was sent just now."""
    time.sleep(seconds)
