"""Worker processes by their pidfiles: `email.1.pid`, `email.2.pid`, a number for each generation."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from target_runtime.errors import RuntimeFault
from target_runtime.workers.pools import Pool

READY = " ready."
STARTS_IN = 60.0
"""Seconds that a worker may take to connect and to import its tasks."""


@dataclass(frozen=True)
class Process:
    """A running worker."""

    queue: str
    generation: int
    pid: int
    pidfile: Path


class Processes:
    """The workers of one project on this machine. `folder` holds their pidfiles and logs."""

    def __init__(self, app: str, folder: Path, say: Callable[[str], None]) -> None:
        self.app = app
        self.folder = folder
        self.say = say
        folder.mkdir(parents=True, exist_ok=True)

    def running(self, queue: str) -> list[Process]:
        """The live workers of a queue, oldest first; pidfiles of dead ones are removed."""
        found = []
        for path in self.folder.glob("*.pid"):
            # A queue may be called "celery.email": its files are not those of "celery".
            name = re.fullmatch(rf"{re.escape(queue)}\.(\d+)\.pid", path.name)
            if name is None:
                continue
            with suppress(ValueError, OSError):
                pid = int(path.read_text().strip())
                if _is_worker(pid):
                    found.append(Process(queue, int(name[1]), pid, path))
                else:
                    path.unlink()
        return sorted(found, key=lambda process: process.generation)

    def start(self, pool: Pool) -> Process:
        """A new worker of a pool, once it takes messages. Raises `RuntimeFault` if it does not."""
        known = self.running(pool.queue)
        generation = known[-1].generation + 1 if known else 1
        pidfile = self.folder / f"{pool.queue}.{generation}.pid"
        log = self.folder / f"{pool.queue}.log"
        begin = log.stat().st_size if log.exists() else 0
        command = worker_command(self.app, pool, generation)
        with log.open("ab") as stream:
            process = subprocess.Popen(
                [*command, "--pidfile", str(pidfile.resolve())],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + STARTS_IN
        while time.monotonic() < end:
            with log.open("rb") as stream:
                stream.seek(begin)
                text = stream.read().decode(errors="replace")
            if READY in text:
                self.say(
                    f"{pool.queue}: worker {generation} with {pool.concurrency} processes, pid {process.pid}"
                )
                return Process(pool.queue, generation, process.pid, pidfile)
            if process.poll() is not None:
                raise RuntimeFault(f"The worker of '{pool.queue}' ended at once:\n{text[-1500:]}")
            time.sleep(0.1)
        process.terminate()
        raise RuntimeFault(
            f"The worker of '{pool.queue}' took no messages within {STARTS_IN:.0f} s: see {log}."
        )

    def stop(self, processes: list[Process], deadline: float) -> None:
        """Lets workers finish what they run, for `deadline` seconds; then what they run is given back.

        With late acknowledgement the broker gives an unfinished message to another worker.
        """
        for process in processes:
            _signal(process, signal.SIGTERM)
        left = self._wait(processes, deadline)
        for process in left:
            self.say(
                f"{process.queue}: pid {process.pid} still runs after {deadline:.0f} s, stopped now"
            )
            _signal(process, signal.SIGQUIT)
        for process in self._wait(left, 10.0):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        for process in processes:
            process.pidfile.unlink(missing_ok=True)
            self.say(f"{process.queue}: worker {process.generation} stopped")

    def restart(self, pool: Pool, deadline: float) -> None:
        """A new worker first, then the old ones go: no moment without a worker on the queue."""
        old = self.running(pool.queue)
        self.start(pool)
        self.stop(old, deadline)

    @staticmethod
    def _wait(processes: list[Process], seconds: float) -> list[Process]:
        end = time.monotonic() + seconds
        left = processes
        while left and time.monotonic() < end:
            left = [process for process in left if _is_worker(process.pid)]
            if left:
                time.sleep(0.1)
        return left


def worker_command(app: str, pool: Pool, generation: int | str) -> list[str]:
    """What starts a worker of a pool."""
    return [
        *(sys.executable, "-m", "celery", "-A", app, "worker"),
        *("-Q", pool.queue, "-c", str(pool.concurrency), "-n", f"{pool.queue}-{generation}@%h"),
        *("--prefetch-multiplier", "1", "-O", "fair", "-l", "info"),
    ]


def units(app: str, pools: list[Pool], folder: Path, user: str) -> Iterator[tuple[str, str]]:
    """A systemd unit for each pool: its file's name and text."""
    for pool in pools:
        command = " ".join(worker_command(app, pool, "systemd")).replace("%", "%%")
        yield (
            f"celery-{pool.queue}.service",
            f"""[Unit]
Description=Celery worker of the queue {pool.queue}
After=network.target

[Service]
User={user}
WorkingDirectory={folder}
ExecStart={command}
Restart=always
RestartSec=2
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=600

[Install]
WantedBy=multi-user.target
""",
        )


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, number)


def _is_worker(pid: int) -> bool:
    """Whether this process runs and is a worker: a pid may be another program's by now."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    done = subprocess.run(
        ["ps", "-p", str(pid), "-o", "stat=,command="], capture_output=True, text=True, check=False
    )
    words = done.stdout.split(None, 1)
    return len(words) == 2 and not words[0].startswith("Z") and "celery" in words[1]
