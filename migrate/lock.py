"""One run a repository: a second one learns who runs."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.errors import SafetyError
from migrate.writing import create

UNWRITTEN_SECONDS = 5
"""A lock without a name is that of a run killed while writing it, once it is this old."""


@contextmanager
def run_lock(common_dir: Path, verb: str) -> Iterator[None]:
    """Holds the lock while the block runs; a lock whose process is gone is taken over."""
    path = common_dir / "migrate" / "lock"
    mine = f"{os.getpid()} {socket.gethostname()} migrate {verb}"
    while True:
        try:
            create(path, mine.encode(), common_dir)
            break
        except FileExistsError:
            _refuse_or_clear(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _refuse_or_clear(path: Path) -> None:
    """Takes away a lock whose process is gone or never wrote its name; raises for a live one."""
    try:
        holder = path.read_bytes().decode("utf-8", "replace")
        age = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return
    except OSError as error:
        raise SafetyError(
            f"the lock '{path}' can't be read: {error.strerror}. Delete it, then run again"
        ) from None
    number, _, rest = holder.partition(" ")
    host, _, verb = rest.partition(" ")
    unwritten = not number.isdigit() and age > UNWRITTEN_SECONDS
    gone = host == socket.gethostname() and number.isdigit() and not _alive(int(number))
    if unwritten or gone:
        path.unlink(missing_ok=True)
        return
    raise SafetyError(
        f"'{verb or 'migrate'}' is running in this repository (process {number or '?'} on {host or 'this machine'}). Wait for it; if it is gone, delete '{path}'"
    )


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
