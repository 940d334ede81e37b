"""One run a repository: a second one learns who runs."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from migrate.errors import RunningError
from migrate.writing import check_own, write_own

LOCK = "lock"
"""Held by the system for as long as the process lives: a killed run leaves nothing held."""
RUNNING = "running"
"""Who holds it, for people; what a killed run leaves there says nothing."""


@contextmanager
def run_lock(common_dir: Path, verb: str) -> Iterator[None]:
    """Holds the lock while the block runs. Raises `RunningError` where another run holds it."""
    # Loaded on demand: only verbs that move branches lock.
    from filelock import FileLock, Timeout

    folder = common_dir / "migrate"
    check_own(folder, (LOCK, RUNNING), common_dir, make=True)
    lock = FileLock(folder / LOCK, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise RunningError(_who(folder / RUNNING)) from None
    try:
        mine = f"{os.getpid()} {socket.gethostname()} migrate {verb}"
        write_own(folder, {RUNNING: mine.encode()}, common_dir)
        yield
    finally:
        (folder / RUNNING).unlink(missing_ok=True)
        lock.release()


def _who(path: Path) -> str:
    """Who runs, as that run has said it, and what to do."""
    holder = ""
    with suppress(OSError):
        holder = path.read_bytes().decode("utf-8", "replace")
    number, _, rest = holder.partition(" ")
    host, _, verb = rest.partition(" ")
    return f"'{verb or 'migrate'}' is running in this repository (process {number or '?'} on {host or 'this machine'}). Wait for it, or end it: what it has committed stands"
