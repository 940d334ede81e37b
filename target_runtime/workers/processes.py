"""Worker processes by their pidfiles: `email.1.pid`, `email.2.pid`, a number for each generation."""

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from socket import gethostname

from target_runtime.errors import RuntimeFault
from target_runtime.workers import kept
from target_runtime.workers.exporter import forget, shared_folder
from target_runtime.workers.kept import Kept, file_of
from target_runtime.workers.pools import Pool

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

    def __init__(
        self,
        app: str,
        folder: Path,
        say: Callable[[str], None],
        answers: Callable[[str], bool] = lambda node: False,
    ) -> None:
        """`answers` tells whether a worker of this node name answers by now."""
        self.app = app
        self.folder = folder
        self.say = say
        self.answers = answers
        folder.mkdir(parents=True, exist_ok=True)

    def running(self, queue: str) -> list[Process]:
        """The live workers of a queue, oldest first; pidfiles of dead ones are removed."""
        found = []
        for path in self.folder.glob("*.pid"):
            # A queue may be called "celery.email": its files are not those of "celery".
            name = re.fullmatch(rf"{re.escape(file_of(queue))}\.(\d+)\.pid", path.name)
            if name is None:
                continue
            with suppress(ValueError, FileNotFoundError):
                process = Process(queue, int(name[1]), int(path.read_text().strip()), path)
                if is_alive(process):
                    found.append(process)
                else:
                    path.unlink()
        return sorted(found, key=lambda process: process.generation)

    def others(self, queues: Iterable[str]) -> list[Process]:
        """The live workers of queues that the app has no more, by their files' names."""
        known = {file_of(queue) for queue in queues}
        found = []
        for path in self.folder.glob("*.pid"):
            name = re.fullmatch(r"(.+)\.(\d+)\.pid", path.name)
            if name is None or name[1] in known:
                continue
            with suppress(ValueError, FileNotFoundError):
                process = Process(name[1], int(name[2]), int(path.read_text().strip()), path)
                if is_alive(process):
                    found.append(process)
        return found

    def start(self, pool: Pool) -> Process:
        """A new worker of a pool, once it takes messages. Raises `RuntimeFault` if it does not."""
        known = self.running(pool.queue)
        if not known and not self.others([pool.queue]):
            forget(self.folder)
        generation = known[-1].generation + 1 if known else 1
        pidfile = self.folder.resolve() / f"{file_of(pool.queue)}.{generation}.pid"
        log = self.folder / f"{file_of(pool.queue)}.log"
        begin = log.stat().st_size if log.exists() else 0
        node = f"{pool.queue}-{generation}@{gethostname()}"
        with log.open("ab") as stream:
            process = subprocess.Popen(
                [*worker_command(self.app, pool, node), "--pidfile", str(pidfile)],
                env=os.environ | shared_folder(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + STARTS_IN
        while time.monotonic() < end:
            text = _after(log, begin)
            # A project may send its log elsewhere; a worker that answers takes messages too.
            if f"{node} ready." in text or self.answers(node):
                kept.keep(self.folder, pool.queue, Kept(pool.concurrency, pool.is_asked))
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
            if not self.running(process.queue):
                kept.forget(self.folder, process.queue)

    def restart(self, pool: Pool, deadline: float) -> None:
        """A new worker first, then the old ones go: no moment without a worker on the queue."""
        old = self.running(pool.queue)
        new = self.start(pool)
        if not is_alive(new):
            raise RuntimeFault(
                f"The new worker of '{pool.queue}' has ended; the old one goes on: see its log."
            )
        self.stop(old, deadline)

    @staticmethod
    def _wait(processes: list[Process], seconds: float) -> list[Process]:
        end = time.monotonic() + seconds
        left = processes
        while left and time.monotonic() < end:
            left = [process for process in left if is_alive(process)]
            if left:
                time.sleep(0.1)
        return left


def worker_command(app: str, pool: Pool, node: str) -> list[str]:
    """What starts a worker of a pool under a node name."""
    return [
        *(sys.executable, "-m", "celery", "-A", app, "worker"),
        *("-Q", pool.queue, "-c", str(pool.concurrency), "-n", node),
        *("--prefetch-multiplier", "1", "-O", "fair", "-l", "info"),
    ]


def units(
    app: str,
    pools: list[Pool],
    folder: Path,
    user: str,
    deadline: float,
    environment: Mapping[str, str],
) -> Iterator[tuple[str, str]]:
    """A systemd unit for each pool: its file's name and text.

    `deadline` are the seconds that a worker has to end; the folders that `environment` names are
    made before it starts.
    """
    given = "".join(
        f"Environment={shlex.quote(f'{name}={value}')}\n"
        f"ExecStartPre=/usr/bin/env mkdir -p {shlex.quote(value)}\n"
        for name, value in environment.items()
    ).replace("%", "%%")
    for pool in pools:
        command = shlex.join(worker_command(app, pool, f"{pool.queue}-systemd@%h"))
        yield (
            f"celery-{file_of(pool.queue)}.service",
            f"""[Unit]
Description=Celery worker of the queue {pool.queue}
After=network.target

[Service]
User={user}
WorkingDirectory={folder}
{given}ExecStart={command.replace("%", "%%")}
Restart=always
RestartSec=2
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec={deadline:g}

[Install]
WantedBy=multi-user.target
""",
        )


def _after(log: Path, begin: int) -> str:
    with log.open("rb") as stream:
        stream.seek(begin)
        return stream.read().decode(errors="replace")


def _signal(process: Process, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, number)


def is_alive(process: Process) -> bool:
    """Whether this worker runs: a pid may be another program's by now, so its pidfile is asked for."""
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    command = _command(process.pid)
    # With setproctitle installed, Celery puts its node's name before its arguments.
    titled = f"[celeryd: {process.queue}-{process.generation}@" in command
    return titled or str(process.pidfile.resolve()) in command


def _command(pid: int) -> str:
    """The command line of a process; empty for one that has ended."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    words = ["ps", "-ww", "-p", str(pid), "-o", "command="]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout
