"""What the tool writes is never behind a link, and is whole or not there."""

import errno
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.errors import LinkError, SafetyError, UsageError
from migrate.writing import check_own, create, write_file, write_own
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES

OWN = (".gitignore", "plan.toml", "plan.lock", "notes.txt")


@pytest.fixture
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the user's own, with a file that must stay as it is."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "precious").write_text("precious\n")
    return folder


def kept(outside: Path) -> bool:
    names = [path.name for path in outside.iterdir()]
    return names == ["precious"] and (outside / "precious").read_text() == "precious\n"


def committed(folder: Path) -> None:
    git(folder, "add", "-Af")
    git(folder, "commit", "-qm", "Links")


def test_a_folder_that_is_a_link_is_refused(here: Path, migrate: Terminal, outside: Path) -> None:
    make_repository(here, FILES)
    (here / ".migrate").symlink_to(outside)
    committed(here)
    for verb in ("plan", "apply"):
        refused = migrate(verb, code=3).err
        assert f"'{here / '.migrate'}' is a symbolic link" in refused
        assert f"rm '{here / '.migrate'}'" in refused
    assert kept(outside)
    assert git(here, "branch", "--list", "migrate/*") == ""


@pytest.mark.parametrize("name", OWN)
def test_a_file_that_is_a_link_is_refused(
    here: Path, migrate: Terminal, outside: Path, name: str
) -> None:
    make_repository(here, FILES)
    (here / ".migrate").mkdir()
    (here / ".migrate" / name).symlink_to(outside / "precious")
    committed(here)
    assert "is a symbolic link" in migrate("apply", code=3).err
    assert git(here, "branch", "--list", "migrate/*") == ""
    if name != "notes.txt":
        assert "is a symbolic link" in migrate("plan", code=3).err
    assert kept(outside)
    assert {path.name for path in (here / ".migrate").iterdir()} == {name}


def test_a_link_to_nothing_is_refused_too(here: Path, migrate: Terminal, outside: Path) -> None:
    make_repository(here, FILES)
    (here / ".migrate").symlink_to(outside / "new")
    migrate("plan", code=3)
    (here / ".migrate").unlink()
    (here / ".migrate").mkdir()
    (here / ".migrate" / "plan.toml").symlink_to(outside / "new")
    migrate("plan", code=3)
    assert kept(outside)


@pytest.mark.parametrize("verb", [("plan",), ("report", "--format", "markdown")])
def test_out_is_never_behind_a_link_of_the_repository(
    here: Path, migrate: Terminal, outside: Path, verb: tuple[str, ...]
) -> None:
    make_repository(here, FILES)
    (here / "docs").symlink_to(outside)
    (here / "page.md").symlink_to(outside / "precious")
    (here / "new.md").symlink_to(outside / "new")
    committed(here)
    for target in ("docs/new.md", "docs/precious", "page.md", "new.md"):
        assert "is a symbolic link" in migrate(*verb, "--out", target, code=3).err
    assert kept(outside)
    assert "is a folder" in migrate(*verb, "--out", "shop", code=2).err
    assert "--out FILE" in migrate(*verb, "--out", "gone/x.md", code=2).err
    migrate(*verb, "--out", outside / "mine")
    assert (outside / "mine").read_text()


@pytest.mark.parametrize("name", ["migrate", "migrate/facts.sqlite", "migrate/lock"])
def test_caches_and_locks_are_never_behind_a_link(
    here: Path, migrate: Terminal, outside: Path, name: str
) -> None:
    make_repository(here, FILES)
    target = here / ".git" / name
    target.parent.mkdir(exist_ok=True)
    target.symlink_to(outside if name == "migrate" else outside / "precious")
    assert "is a symbolic link" in migrate("apply", code=3).err
    assert kept(outside)


def test_the_audits_report_is_not_written_through_a_link(
    here: Path,
    outside: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from migrate import audit

    make_repository(here, FILES)
    (here / audit.REPORT).symlink_to(outside / "precious")
    (here / "endless.py").symlink_to("/dev/zero")
    monkeypatch.setattr("sys.argv", ["celery-audit", "--generate-report"])
    assert audit.main() == 3
    assert "is a symbolic link" in capsys.readouterr().err
    assert kept(outside)


def test_a_path_that_leaves_its_folder_is_not_read(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    blob = git(here, "rev-parse", "HEAD:shop/tasks.py")
    tree = bytes.fromhex(
        subprocess.run(
            ["git", "mktree"],
            input=f"100644 blob {blob}\tx.py\n",
            cwd=here,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    )
    entry = here / "entry"
    entry.write_bytes(b"40000 ..\0" + tree)
    made = git(here, "hash-object", "-t", "tree", "--literally", "-w", str(entry))
    commit = git(here, "commit-tree", made, "-m", "Leaves")
    assert "'../x.py'" in migrate("plan", "--rev", commit, code=3).err


Stop = Callable[[int], None]


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
    assert not (here / ".git" / "migrate" / "lock").exists()
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
    real = os.replace
    monkeypatch.setattr("os.open", refusing_second(os.open))
    with pytest.raises(SafetyError, match="the disk is full"):
        write_own(here / "new", {"a": b"a", "b": b"b"}, here)
    assert not (here / "new").exists()
    monkeypatch.undo()
    assert os.replace is real
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


def test_links_inside_are_found_at_any_depth(here: Path, outside: Path) -> None:
    (here / "a").mkdir()
    (here / "a" / "b").symlink_to(outside)
    with pytest.raises(LinkError):
        write_file(here / "a" / "b" / "x", b"", here)
    with pytest.raises(LinkError):
        write_own(here / "a" / "b" / "c", {"x": b""}, here)
    with pytest.raises(LinkError):
        check_own(here / "a" / "b", ("precious",), here)
    (here / "c").symlink_to("nowhere")
    with pytest.raises(LinkError):
        create(here / "c", b"", here)
    os.mkfifo(here / "pipe")
    with pytest.raises(SafetyError, match="no plain file"):
        write_file(here / "pipe", b"", here)
    with pytest.raises(UsageError):
        write_file(here / "none" / "x", b"", here)
    assert kept(outside)


def test_permissions_of_a_file_that_is_there_stay(here: Path) -> None:
    (here / "x").write_text("")
    (here / "x").chmod(0o600)
    write_file(here / "x", b"new", here)
    assert (here / "x").stat().st_mode & 0o777 == 0o600
    assert (here / "x").read_bytes() == b"new"


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
    assert "none has moved: commit: cannot update" in migrate("apply", code=3).err
    assert git(here, "branch", "--list", "migrate/*") == ""
    full.with_name("git").rename(full.with_name("set-aside"))
    migrate("apply", "--step", "aliases")
    tip = git(here, "rev-parse", "migrate/head")
    full.with_name("set-aside").rename(full.with_name("git"))
    migrate("apply", code=3)
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


def test_a_git_directory_that_stands_elsewhere_is_written_to_as_git_does(
    here: Path, migrate: Terminal, outside: Path
) -> None:
    make_repository(here / "shop", FILES)
    git(here / "shop", "init", "-q", "--separate-git-dir", str(here / "store"))
    assert (here / "shop" / ".git").is_file()
    migrate("plan", "-C", here / "shop")
    migrate("apply", "-C", here / "shop", "--checkout")
    assert (here / "store" / "migrate" / "facts.sqlite").exists()
    git(here / "shop", "worktree", "add", "-q", str(here / "linked"), "main")
    (here / "linked" / ".migrate").symlink_to(outside)
    migrate("plan", "-C", here / "linked", code=3)
    (here / "linked" / ".migrate").unlink()
    migrate("plan", "-C", here / "linked")
    assert (here / "linked" / ".migrate" / "plan.toml").exists()
    (here / "store" / "migrate" / "facts.sqlite").unlink()
    (here / "store" / "migrate" / "facts.sqlite").symlink_to(outside / "precious")
    migrate("plan", "-C", here / "linked", code=3)
    assert kept(outside)
