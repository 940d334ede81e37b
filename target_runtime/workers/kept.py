"""With how many processes each pool was started, beside its pidfiles: a restart keeps that."""

import re
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Kept(NamedTuple):
    """A number of processes; `is_asked` if a person gave it with `-c`, for this pool alone."""

    number: int
    is_asked: bool


def file_of(queue: str) -> str:
    """A queue's name as part of a file's name: a queue may be called `a/b`, and Celery expands `%`."""
    return re.sub(r"[^\w.-]", lambda found: f"={ord(found[0]):x}", queue)


def keep(folder: Path, queue: str, kept: Kept) -> None:
    """Writes the number down for the next restart."""
    _path(folder, queue).write_text(f"{kept.number} -c\n" if kept.is_asked else f"{kept.number}\n")


def kept(folder: Path, queue: str) -> Kept | None:
    """What was written down last; `None` for a pool that was never started, or was stopped."""
    with suppress(OSError, UnicodeDecodeError):
        found = re.fullmatch(r"([1-9]\d*)( -c)?\s*", _path(folder, queue).read_text())
        return Kept(int(found[1]), bool(found[2])) if found else None
    return None


def forget(folder: Path, queue: str) -> None:
    """Lets the next start begin again."""
    _path(folder, queue).unlink(missing_ok=True)


def _path(folder: Path, queue: str) -> Path:
    return folder / f"{file_of(queue)}.concurrency"
