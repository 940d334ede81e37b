"""Other Pythons of this machine, which parse what this one can't: nothing of the project is run by them."""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

INSIDE = Path(__file__).parent / "inside" / "trees.py"
SECONDS = 120
MARK = "@@"
NAME = re.compile(r"python(3\.\d+)(?:\.exe)?$")
FOLDER = re.compile(r"(?:cpython-)?(3\.\d+)(?:\.\d+)?(?:-|$)")

Nodes = list[list[object]]


class Interpreter(Struct, frozen=True):
    """A Python by the version that its name tells, and where it is."""

    version: str
    path: str

    @property
    def key(self) -> tuple[int, ...]:
        """The version as numbers."""
        return tuple(int(part) for part in self.version.split("."))


class NoAnswerError(Exception):
    """An interpreter could not be started, or did not end as it should."""


def newest(project: Path | None) -> Interpreter | None:
    """The newest Python that is newer than this one; none of the project's own, and no environment."""
    own = os.path.realpath(project) if project is not None else ""
    places = (os.environ.get("PATH", ""), str(Path.home()), own)
    return _newest(*places, *(os.environ.get(name, "") for name in FOLDERS))


FOLDERS = ("PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME")


@lru_cache(maxsize=8)
def _newest(
    path: str, home: str, project: str, pyenv: str, uv: str, data: str
) -> Interpreter | None:
    ours = sys.version_info[:2]
    folders = (
        Path(pyenv or f"{home}/.pyenv") / "versions",
        Path(uv or f"{data or f'{home}/.local/share'}/uv/python"),
    )
    usable = [
        item
        for item in pythons(path, folders)
        if item.key > ours and not _is_projects(item, project)
    ]
    # The first of one version wins, as it would in a shell.
    return max(usable, key=lambda item: item.key, default=None)


def pythons(path: str, folders: Iterable[Path]) -> list[Interpreter]:
    """Every Python in the folders of a `PATH`, and in those that hold one version each."""
    return [*_on_path(path), *(item for folder in folders for item in _in_folders(folder))]


def _on_path(path: str) -> Iterator[Interpreter]:
    """Those in the folders of `PATH`, without pyenv's stand-ins, which need not lead anywhere."""
    for folder in path.split(os.pathsep):
        if not os.path.isabs(folder) or folder.endswith("shims"):  # noqa: PTH117
            continue
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208
        except OSError:
            continue
        for name in names:
            match = NAME.match(name)
            if match and os.access(f"{folder}/{name}", os.X_OK):
                yield Interpreter(match[1], f"{folder}/{name}")


def _in_folders(top: Path) -> Iterator[Interpreter]:
    """Those that have a folder of their own, as pyenv and uv install them."""
    if not top.is_dir():
        return
    for folder in sorted(top.iterdir()):
        match = FOLDER.match(folder.name)
        for name in ("bin/python3", "python.exe") if match else ():
            if match and os.access(folder / name, os.X_OK):
                yield Interpreter(match[1], str(folder / name))
                break


def _is_projects(item: Interpreter, project: str) -> bool:
    """Whether an interpreter is an environment's, or stands in the project."""
    place = Path(item.path)
    inside = project and f"{os.path.realpath(place.parent)}/".startswith(f"{project}/")
    return bool(inside) or (place.parent.parent / "pyvenv.cfg").is_file()


def parsed_by(interpreter: Interpreter, contents: Mapping[str, bytes]) -> dict[str, Nodes]:
    """The nodes of each file that an interpreter can parse. Raises `NoAnswerError`."""
    job = {path: base64.b64encode(data).decode("ascii") for path, data in contents.items()}
    command = [interpreter.path, "-I", "-S", "-B", str(INSIDE)]
    try:
        with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
            done = subprocess.run(
                command,
                input=json.dumps(job),
                capture_output=True,
                encoding="utf-8",
                cwd=scratch,
                env=_system(),
                timeout=SECONDS,
                check=True,
            )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoAnswerError(str(error)) from None
    found: dict[str, Nodes] = {}
    for line in done.stdout.splitlines():
        answer = json.loads(line.removeprefix(MARK)) if line.startswith(MARK) else {}
        if "nodes" in answer:
            found[answer["key"]] = answer["nodes"]
    return found


def _system() -> dict[str, str]:
    """What Windows needs to start a process at all."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
