"""Processes of a campaign: a repository within its limits, the workers, and commands for pull requests."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from migrate.errors import UsageError

TICK = 1.0
"""Seconds between two signs of life."""
BROKER = "MIGRATE_FLEET_BROKER"
"""The variable that tells workers their broker: its password is no word of a command line."""
FOREIGN = ("PYTHONPATH", "PYTHONSTARTUP", "PYTHONHOME", "DJANGO_SETTINGS_MODULE")


def environment(**more: str) -> dict[str, str]:
    """The environment of our own processes: nothing in it leads to modules that are not installed."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | more


def run_limited(
    module: str, words: Sequence[str], log: Path, seconds: float, lives: Callable[[], None]
) -> int | None:
    """The exit code of one of our modules in a process of its own; `None` if it took too long.

    Whatever it started ends with it. `lives` is called about once a second.
    """
    ends = time.monotonic() + seconds
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stream,
            env=_without_broker(),
            start_new_session=True,
        )
        try:
            while True:
                left = ends - time.monotonic()
                if left <= 0:
                    return None
                with suppress(subprocess.TimeoutExpired):
                    return process.wait(min(TICK, left))
                lives()
        finally:
            _end_group(process)


def _without_broker() -> dict[str, str]:
    found = environment(PYTHONDONTWRITEBYTECODE="1")
    found.pop(BROKER, None)
    return found


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Ends a process and all that it started, at once."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Workers:
    """Worker processes of this machine, started anew when one dies."""

    def __init__(self, folder: Path, broker: str, count: int, queues: Sequence[str]) -> None:
        self._folder = folder
        self._broker = broker
        self._queues = ",".join(queues)
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self.count = count
        self.died = 0

    def __enter__(self) -> "Workers":
        for number in range(1, self.count + 1):
            self._start(number)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pids(self) -> list[int]:
        """The processes that run."""
        return [process.pid for process in self._running.values()]

    def look(self) -> list[str]:
        """Starts those anew that died; a line on each. Raises `UsageError` where all keep dying."""
        said: list[str] = []
        for number, process in list(self._running.items()):
            code = process.poll()
            if code is None:
                continue
            self.died += 1
            _end_group(process)
            log = self._log(number)
            if self.died > 5 + 5 * self.count:
                raise UsageError(
                    f"the workers end again and again (exit {code}), so nothing gets done. What they said: {log}"
                )
            said.append(f"worker {number} ended ({_how(code)}) and is started anew: {log}")
            self._start(number)
        return said

    def stop(self, seconds: float = 2.0) -> None:
        """Ends all of them; what they had in hand is begun again by the next run."""
        for process in self._running.values():
            with suppress(ProcessLookupError):
                process.terminate()
        ends = time.monotonic() + seconds
        for process in self._running.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, ends - time.monotonic()))
            _end_group(process)
        self._running.clear()

    def _log(self, number: int) -> Path:
        return self._folder / "workers" / f"{number}.log"

    def _start(self, number: int) -> None:
        self._log(number).parent.mkdir(exist_ok=True)
        words = [str(self._folder), self._queues, str(number)]
        with self._log(number).open("ab") as stream:
            self._running[number] = subprocess.Popen(
                [sys.executable, "-P", "-m", "migrate.fleet.working", *words],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env=environment(**{BROKER: self._broker}),
                cwd=self._folder,
                start_new_session=True,
            )


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"


def run_command(words: Sequence[str], folder: Path, seconds: float = 300.0) -> tuple[int, str]:
    """The exit code and last words of a command of the user's own; 127 where there is none such."""
    try:
        done = subprocess.run(
            list(words),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 124, f"did not end within {seconds:g} s"
    except OSError as error:
        return 127, f"'{words[0]}' can't be run: {error.strerror}"
    return done.returncode, "\n".join((done.stdout + done.stderr).strip().splitlines()[-3:])
