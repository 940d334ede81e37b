"""Writes the bundled legacy project out as a git repository with the history that made it so."""

import shutil
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec
from msgspec import Struct

from migrate.errors import UsageError
from migrate.git.history import commit_all, initialise

HERE = Path(__file__).parent
SOURCE = HERE / "legacy_project"
MARK = "migrate-demo"


class PastCommit(Struct, frozen=True, forbid_unknown_fields=True):
    """One commit of the demo's history; `lines` cuts files that were still growing then."""

    date: str
    author: str
    message: str
    add: tuple[str, ...] = ()
    lines: dict[str, int] = {}


class History(Struct, frozen=True, forbid_unknown_fields=True):
    """The commits, the oldest first."""

    commit: tuple[PastCommit, ...]


def read_history() -> tuple[PastCommit, ...]:
    """The demo's history as its file has it."""
    table = tomllib.loads((HERE / "history.toml").read_text("utf-8"))
    return msgspec.convert(table, History).commit


def source_files() -> list[str]:
    """The project's files, relative to it."""
    paths = (path for path in SOURCE.rglob("*") if path.is_file())
    names = (path.relative_to(SOURCE).as_posix() for path in paths)
    return sorted(name for name in names if "__pycache__" not in name)


def write_demo(folder: Path, *, replace: bool) -> None:
    """Makes the repository in a new folder. Raises `UsageError` if something else is there."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"'{folder}' is a file. Name a new folder: migrate demo DIR")
    if folder.exists() and any(folder.iterdir()):
        if not (replace and (folder / ".git" / MARK).exists()):
            again = (
                ", or have this one made again: --force"
                if (folder / ".git" / MARK).exists()
                else ""
            )
            raise UsageError(
                f"'{folder}' is not empty, and nothing in it is overwritten. Name a new folder: migrate demo DIR{again}"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with initialise(folder) as repository:
        (folder / ".git" / MARK).touch()
        waiting, written = source_files(), set[str]()
        for past in read_history():
            added = [name for name in waiting if any(fnmatchcase(name, glob) for glob in past.add)]
            waiting = [name for name in waiting if name not in added]
            written.update(added)
            changed = [
                name
                for name in written
                if _write(folder, name, past.lines.get(name), name in added)
            ]
            commit_all(repository, sorted(changed), past.message, past.author, past.date)


def _write(folder: Path, name: str, lines: int | None, new: bool) -> bool:
    """Writes a file, cut after some lines; whether that changed it."""
    data = (SOURCE / name).read_bytes()
    if lines is not None:
        data = b"".join(data.splitlines(keepends=True)[:lines])
    target = folder / name
    if not new and target.read_bytes() == data:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return True
