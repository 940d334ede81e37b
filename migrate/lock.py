"""One run a repository: a second one is told who runs."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migrate.errors import SafetyError


@contextmanager
def run_lock(common_dir: Path, verb: str) -> Iterator[None]:
    """Holds the lock while the block runs; a lock whose process is gone is taken over."""
    path = common_dir / "migrate" / "lock"
    path.parent.mkdir(exist_ok=True)
    mine = f"{os.getpid()} {socket.gethostname()} migrate {verb}"
    while True:
        try:
            with path.open("x") as stream:
                stream.write(mine)
            break
        except FileExistsError:
            _refuse_or_clear(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _refuse_or_clear(path: Path) -> None:
    try:
        holder = path.read_text()
    except FileNotFoundError:
        return
    number, _, rest = holder.partition(" ")
    host, _, verb = rest.partition(" ")
    if (
        host == socket.gethostname()
        and number.isdigit()
        and not Path(f"/proc/{number}").exists()
        and not _alive(int(number))
    ):
        path.unlink(missing_ok=True)
        return
    raise SafetyError(
        f"'{verb}' is running in this repository (process {number} on {host}). Wait for it; if it is gone, delete '{path}'"
    )


def _alive(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
