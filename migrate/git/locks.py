"""Locks that git leaves behind: whose they are, how old, and which of them were ours."""

import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import git

from migrate.git.errors import died
from migrate.writing import write_own

LOCK = re.compile(r"'([^']+\.lock)'")
MARK = "locking"
SETTLED = 2.0
"""Seconds after which no git of a killed run is still at work: ours take a part of one."""
OURS = 60.0
"""Seconds after our mark in which git makes its locks."""


def in_the_way(error: git.GitCommandError) -> str:
    """Which lock stopped git, whose it is, how old, and what to type; `""` where none did."""
    found = LOCK.search(str(error.stderr))
    path = Path(found[1]) if found else None
    if path is None or not os.path.lexists(path):
        return ""
    state = path.lstat()
    return f"git's lock '{path}' is in the way. It is {_owner(state.st_uid)}'s and {_age(state.st_mtime)} old. If a git is at work, wait for it; if none is (ps -C git), what made it was killed. Take it away, then run again: rm '{path}'"


@contextmanager
def held(common_dir: Path, git_dir: Path, refs: list[str]) -> Iterator[None]:
    """Says in a file, while git runs, which locks it may leave behind if it is killed."""
    names = ("HEAD", "packed-refs", *refs)
    locks = [f"{common_dir / name}.lock" for name in names]
    locks += [f"{git_dir / name}.lock" for name in ("index", "HEAD")]
    data = os.fsencode("\n".join(locks))
    write_own(common_dir / "migrate", {MARK: data}, common_dir)
    try:
        yield
    except git.GitCommandError as error:
        if died(error):
            clear_own(common_dir, git_dir, settled=0.0)
        raise
    finally:
        # Kept where this process is killed only: then it tells the next run what was ours.
        (common_dir / "migrate" / MARK).unlink(missing_ok=True)


def clear_own(common_dir: Path, git_dir: Path, *, settled: float = SETTLED) -> list[Path]:
    """Takes away the locks of a git of ours that was killed, and gives them.

    A lock is ours if the mark names it, it was made just after the mark, and some time has passed, which is waited for:
    the run lock is held, so no other run of ours is at work.
    """
    mark = common_dir / "migrate" / MARK
    try:
        since = mark.lstat().st_mtime
        names = os.fsdecode(mark.read_bytes()).splitlines()
    except OSError:
        return []
    gone: list[Path] = []
    for name in names:
        path = Path(name)
        with suppress(OSError):
            state = path.lstat()
            inside = any(path.is_relative_to(top) for top in (common_dir, git_dir))
            ours = since - 1 <= state.st_mtime <= since + OURS
            plain = stat.S_ISREG(state.st_mode) and path.suffix == ".lock"
            if inside and ours and plain and ".." not in path.parts:
                # A git whose run was killed may still be at work: it ends in a part of a second.
                time.sleep(max(0.0, min(settled, state.st_mtime + settled - time.time())))
                if path.lstat() == state:
                    path.unlink()
                    gone.append(path)
    mark.unlink(missing_ok=True)
    return gone


def clear_unwritten(common_dir: Path, since: float) -> None:
    """Takes away the objects that git began to write in this run and had no room for."""
    for path in (common_dir / "objects").glob("??/tmp_obj_*"):
        with suppress(OSError):
            if path.lstat().st_mtime >= since - 1:
                path.unlink()


def _owner(number: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(number).pw_name
    except (ImportError, KeyError):
        return f"user {number}"


def _age(made: float) -> str:
    """How long ago, in the largest unit that fits, with the time itself."""
    seconds = max(0, int(time.time() - made))
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            when = datetime.fromtimestamp(made, UTC).astimezone()
            return f"{seconds // size} {unit} ({when:%Y-%m-%d %H:%M})"
    return f"{seconds} seconds"
