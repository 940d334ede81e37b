"""What the tool writes is never behind a link."""

import os
import subprocess
from pathlib import Path

import pytest

from migrate.errors import LinkError, SafetyError, UsageError
from migrate.writing import check_own, write_file, write_own
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
    assert "is a symbolic link" in migrate("apply", "--through-gates", code=3).err
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


@pytest.mark.parametrize(
    "name", ["migrate", "migrate/facts.sqlite", "migrate/lock", "migrate/running"]
)
def test_caches_and_locks_are_never_behind_a_link(
    here: Path, migrate: Terminal, outside: Path, name: str
) -> None:
    make_repository(here, FILES)
    target = here / ".git" / name
    target.parent.mkdir(exist_ok=True)
    target.symlink_to(outside if name == "migrate" else outside / "precious")
    assert "is a symbolic link" in migrate("apply", "--through-gates", code=3).err
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
        write_file(here / "c", b"", here)
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


def test_a_git_directory_that_stands_elsewhere_is_written_to_as_git_does(
    here: Path, migrate: Terminal, outside: Path
) -> None:
    make_repository(here / "shop", FILES)
    git(here / "shop", "init", "-q", "--separate-git-dir", str(here / "store"))
    assert (here / "shop" / ".git").is_file()
    migrate("plan", "-C", here / "shop")
    migrate("apply", "--through-gates", "-C", here / "shop", "--checkout")
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
