"""What can't be written is a sentence, and nothing of it is left: full disks, limits, old files whole."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.errors import SafetyError
from migrate.writing import write_own
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES


@pytest.fixture(params=[errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def failing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A machine that refuses every new file of ours."""

    def refuse(*_: object) -> None:
        raise OSError(request.param, os.strerror(request.param))

    monkeypatch.setattr("migrate.writing._filled", refuse)
    return int(request.param)


def test_a_disk_that_takes_nothing_is_a_sentence(
    here: Path, migrate: Terminal, failing: int
) -> None:
    make_repository(here, FILES)
    for verb in ("plan", "apply"):
        said = migrate(verb, code=3).err
        assert "Traceback" not in said
        assert "fault of the tool" not in said
        assert "then run again" in said
    assert not (here / ".migrate").exists()
    assert not (here / ".git" / "migrate" / "running").exists()
    assert git(here, "branch", "--list", "migrate/*") == ""


@pytest.mark.parametrize("words", [("plan",), ("apply",), ("plan", "--json")])
@pytest.mark.parametrize("size", [0, 100, 400])
def test_a_limit_on_the_size_of_files_is_a_sentence(
    here: Path, words: tuple[str, ...], size: int
) -> None:
    make_repository(here, FILES)
    before = sorted(path for path in here.rglob("*") if path.suffix != ".sqlite")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(
        [sys.executable, "-m", "migrate", *words],
        cwd=here,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "run again" in done.stderr
    left = {path for path in here.rglob("*") if path.suffix != ".sqlite"} - set(before)
    objects = here / ".git" / "objects"
    # An empty file that says nothing: the lock of a run is held on it, not by it.
    left.discard(here / ".git" / "migrate" / "lock")
    assert not [path for path in left if path.is_file() and objects not in path.parents]
    assert not [path for path in left if path.name.startswith("tmp_obj")]
    assert not (here / ".migrate").exists()


def test_an_output_that_is_full_is_a_sentence(here: Path) -> None:
    make_repository(here, FILES)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "migrate", "plan", "--json"],
            cwd=here,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    assert done.returncode == 3
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_folder_is_made_for_what_can_be_written_only(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "full").mkdir()
    (here / "full" / "old").write_text("old\n")
    monkeypatch.setattr("os.open", refusing_second(os.open))
    with pytest.raises(SafetyError, match="the disk is full"):
        write_own(here / "new", {"a": b"a", "b": b"b"}, here)
    assert not (here / "new").exists()
    monkeypatch.undo()
    write_own(here / "full", {"old": b"new\n"}, here)
    assert (here / "full" / "old").read_text() == "new\n"
    assert [path.name for path in (here / "full").iterdir()] == ["old"]


def refusing_second(real: Callable[..., int]) -> Callable[..., int]:
    made: list[str] = []

    def opened(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if flags & os.O_CREAT:
            made.append(path)
            if len(made) == 2:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, flags, mode, dir_fd=dir_fd)

    return opened


GIT = """#!/bin/sh
case "$*" in
*"update-ref --create-reflog --stdin"*)
    while read -r verb ref new old; do
        case "$verb" in update) {git} update-ref "$ref" "$new"; break;; esac
    done
    echo "fatal: commit: cannot update: No space left on device" >&2
    exit 128;;
*hash-object*)
    if [ -e "{full}" ]; then
        mkdir -p .git/objects/00
        touch .git/objects/00/tmp_obj_new
        echo "error: unable to write loose object file: No space left on device" >&2
        exit 128
    fi;;
esac
exec {git} "$@"
"""


@pytest.fixture
def full(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git whose disk is full when branches move, and for objects too where the path exists."""
    folder = tmp_path_factory.mktemp("programs")
    script = folder / "git"
    script.write_text(GIT.format(git=shutil.which("git"), full=folder / "full"))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "full"


def test_branches_that_git_moved_in_part_go_back(here: Path, migrate: Terminal, full: Path) -> None:
    make_repository(here, FILES)
    assert (
        "none has moved: commit: cannot update" in migrate("apply", "--through-gates", code=3).err
    )
    assert git(here, "branch", "--list", "migrate/*") == ""
    full.with_name("git").rename(full.with_name("set-aside"))
    migrate("apply", "--step", "aliases")
    tip = git(here, "rev-parse", "migrate/head")
    full.with_name("set-aside").rename(full.with_name("git"))
    migrate("apply", "--through-gates", code=3)
    assert git(here, "rev-parse", "migrate/head") == tip
    migrate("rollback", code=3)
    assert git(here, "rev-parse", "migrate/head") == tip
    assert git(here, "branch", "--list", "migrate/undone-*") == ""


def test_an_object_that_git_had_no_room_for_is_not_left(
    here: Path, migrate: Terminal, full: Path
) -> None:
    make_repository(here, FILES)
    old = here / ".git" / "objects" / "00" / "tmp_obj_old"
    old.parent.mkdir(exist_ok=True)
    old.touch()
    os.utime(old, (1, 1))
    full.touch()
    assert "No space left on device" in migrate("plan", code=3).err
    assert list((here / ".git" / "objects").glob("??/tmp_obj_*")) == [old]
