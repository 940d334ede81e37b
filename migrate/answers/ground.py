"""What an answer hangs on: the commit, the branches, the configuration, the tool, the surroundings."""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from migrate.answers.question import Question
from migrate.git.standing import Standing, is_as_committed, standing

PACKAGES = ("migrate", "codemods", "reports", "target_runtime")
SETTINGS = ("migrate.toml", "pyproject.toml")
PLAN = frozenset({".gitignore", "plan.toml", "plan.lock"})
"""What a run writes into `.migrate` and a second one would write in the same way."""
NOTES = "notes.txt"
"""What `apply` writes there and no verb reads; it goes with the answer."""
OBJECTS = ("objects", "objects/pack")
"""Folders of git's that change when it clears away what nothing points at, as planned trees."""
BUSY = ("running", "moving")
"""What stands in git's folder while a run is under way, or after one was killed."""
OF_THE_SHELL = frozenset({"_", "OLDPWD", "PWD", "SHLVL", "COLUMNS", "LINES"})
"""Variables that differ from shell to shell; the width counts as the terminal has it."""


class Ground(NamedTuple):
    """Digests of what an answer hangs on, and where answers are kept."""

    place: Path
    own: Path
    """The folder of the plan and the notes."""
    around: str
    """All but the commit that no run of a verb may change without its answer being another the next time."""
    commit: str
    plan: str
    """What a run writes, and the next one finds as it would write it."""
    objects: str
    """How git's objects are kept."""

    @property
    def head(self) -> str:
        """All of it in a line."""
        return f"{self.around} {self.commit} {self.plan} {self.objects}"


def ground(asked: Question) -> Ground | None:
    """What the answer hangs on, as it stands now; `None` where finding out takes long."""
    found = standing(asked.folder)
    if found is None or any((found.common_dir / "migrate" / name).exists() for name in BUSY):
        return None
    if asked.verb == "apply" and found.on_head and not is_as_committed(found.top):
        return None
    own = list[bytes]()
    plan = list[bytes]()
    objects = _digest(_stamp(found.common_dir / name).encode() for name in OBJECTS)
    try:
        for name, data in _files(own_folder(found.top)):
            (plan if name in PLAN else own).extend((os.fsencode(name), data))
        settings = [_content(found.top / name) for name in SETTINGS]
        surroundings = map(os.fsencode, _around())
        stands = _digest(
            (*_asked(asked), *surroundings, *tool(), *_repository(found), *settings, *own)
        )
    except OSError:
        return None
    if any(b"codemods" in text for text in settings):
        # Code of the user's own runs, and says so.
        return None
    place, own_place = found.common_dir / "migrate", own_folder(found.top)
    return Ground(place, own_place, stands, found.commit, _digest(plan), objects)


def own_folder(top: Path) -> Path:
    """The folder of a repository in which a plan stands."""
    return top / ".migrate"


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d\0" % len(part))
        found.update(part)
    return found.hexdigest()


def _asked(asked: Question) -> Iterator[bytes]:
    """The command line, from where it was typed, and how wide and colourful an answer may be."""
    yield from map(os.fsencode, (asked.verb, *asked.words, os.fspath(asked.folder), os.getcwd()))  # noqa: PTH109
    for stream in (sys.stdout, sys.stderr):
        yield f"{stream.encoding} {stream.isatty()}".encode()
    yield os.environ.get("COLUMNS", "").encode()
    for number in (0, 1, 2):
        try:
            yield b"%d %d" % os.get_terminal_size(number)
        except OSError:
            yield b"no terminal"


def _around() -> Iterator[str]:
    """The environment, the folders in which Pythons are looked for, and what the user trusts."""
    for name, value in sorted(os.environ.items()):
        if name not in OF_THE_SHELL:
            yield f"{name}={value}"
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    places = [
        *map(Path, os.environ.get("PATH", "").split(os.pathsep)),
        Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions",
        Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python"),
        config / "celery-converge" / "trusted.json",
    ]
    yield from map(_stamp, places)


def tool() -> Iterator[bytes]:
    """The tool's own files, and what it is installed with."""
    yield f"{sys.version} {sys.executable}".encode()
    yield _stamp(Path(sysconfig.get_path("purelib"))).encode()
    here = Path(__file__).parents[2]
    for package in PACKAGES:
        yield from _sources(os.fspath(here / package))


def _sources(folder: str) -> Iterator[bytes]:
    """Name, size and time of every file below a folder."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda found: found.name):
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _sources(entry.path)
                continue
            state = entry.stat()
            yield os.fsencode(f"{entry.path} {state.st_size} {state.st_mtime_ns}")


def _repository(found: Standing) -> Iterator[bytes]:
    """The repository: where it is, what git says of it, and what makes its history another."""
    yield from (os.fsencode(found.top), os.fsencode(found.common_dir), *found.said)
    for name in ("shallow", "info/grafts"):
        yield _stamp(found.common_dir / name).encode()


def _stamp(path: Path) -> str:
    """Size and time of a file or folder, or that it is not there."""
    try:
        state = path.stat()
    except OSError:
        return f"{path} -"
    return f"{path} {state.st_size} {state.st_mtime_ns}"


def _content(path: Path) -> bytes:
    """A file's bytes, marked as there, or nothing."""
    return b"+" + path.read_bytes() if path.is_file() else b""


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of `.migrate` with what is in them."""
    if not os.path.lexists(folder):
        return
    for name in sorted(set(os.listdir(folder)) - {NOTES}):  # noqa: PTH208
        path = folder / name
        yield name, path.read_bytes() if path.is_file() and not path.is_symlink() else b"no file"
