"""Repositories as they are found: bare, detached, dirty, odd files, odd branches, odd packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES


def migrated(folder: Path, migrate: Terminal) -> None:
    migrate("apply", "-C", folder)
    assert "shared_task" in git(folder, "show", "migrate/head:shop/tasks.py")
    git(folder, "fsck", "--strict", "--no-dangling")


def test_no_repository(here: Path, migrate: Terminal) -> None:
    assert "git init" in migrate("plan", code=2).err


def test_no_commit_yet(here: Path, migrate: Terminal) -> None:
    git(here, "init", "-q")
    assert "no commit yet" in migrate("plan", code=2).err
    assert "no commit yet" in migrate("apply", code=2).err


def test_a_bare_repository(here: Path, migrate: Terminal) -> None:
    make_repository(here / "work", FILES)
    git(here, "clone", "-q", "--bare", "work", "bare.git")
    migrate("plan", "-C", here / "bare.git")
    assert (here / "bare.git" / ".migrate" / "plan.toml").exists()
    migrated(here / "bare.git", migrate)


def test_a_detached_head_and_a_dirty_checkout(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    git(here, "checkout", "-q", "--detach")
    (here / "shop" / "tasks.py").write_text("edited = True\n")
    (here / "new.py").write_text("import celery\n")
    git(here, "add", "new.py")
    before = git(here, "status", "--porcelain")
    migrated(here, migrate)
    assert git(here, "status", "--porcelain") == before
    assert (here / "shop" / "tasks.py").read_text() == "edited = True\n"


def test_the_checkout_follows_a_clean_head_only(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "aliases", "--checkout")
    assert git(here, "branch", "--show-current") == "migrate/head"
    (here / "shop" / "tasks.py").write_text("edited = True\n")
    assert "commit or stash" in migrate("apply", code=3).err.lower()
    git(here, "checkout", "-q", "--", "shop/tasks.py")
    migrate("apply")
    assert "shared_task" in (here / "shop" / "tasks.py").read_text()
    assert git(here, "status", "--porcelain") == ""
    migrate("rollback")
    assert "app.task" in (here / "shop" / "tasks.py").read_text()
    assert git(here, "status", "--porcelain") == ""


def test_another_work_tree_holds_the_branch(here: Path, migrate: Terminal) -> None:
    make_repository(here / "one", FILES)
    migrate("apply", "-C", here / "one", "--step", "aliases")
    git(here / "one", "worktree", "add", "-q", str(here / "two"), "migrate/head")
    assert str(here / "two") in migrate("apply", "-C", here / "one", code=3).err


def test_a_branch_named_migrate(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    git(here, "branch", "migrate")
    assert "git branch -m migrate" in migrate("plan", code=3).err


def test_odd_files(here: Path, migrate: Terminal) -> None:
    odd: dict[str, str | bytes] = {
        "a b/c'd.py": "import celery\n",
        "caf\u00e9.py": "from celery import shared_task\n\n\n@shared_task\ndef one():\n    pass\n",
        "null.py": b"celery = 1\0\n",
        "bytes.py": b"celery = '\xff'\n",
        "deep.py": "celery = " + "(" * 500 + ")" * 500 + "\n",
        "python2.py": "print 'celery'\n",
        "empty.py": "",
    }
    make_repository(here, {**FILES, **odd})
    (here / "link.py").symlink_to("shop/tasks.py")
    (here / "dangling.py").symlink_to("nowhere.py")
    (here / "shop" / "tasks.py").chmod(0o755)
    git(here, "add", "-A")
    git(here, "commit", "-qm", "Links")
    migrated(here, migrate)
    listing = git(here, "ls-tree", "-r", "migrate/head")
    assert "120000" in next(line for line in listing.splitlines() if line.endswith("link.py"))
    assert "100755" in next(line for line in listing.splitlines() if line.endswith("shop/tasks.py"))
    unparsed = {item["path"] for item in migrate("plan", "--json").json["unparsed"]}
    assert {"null.py", "bytes.py", "python2.py"} <= unparsed


def test_a_submodule_stays(here: Path, migrate: Terminal) -> None:
    make_repository(here / "library", {"x.py": ""})
    make_repository(here / "main", FILES)
    git(
        here / "main",
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        "../library",
        "vendor",
    )
    git(here / "main", "commit", "-qm", "Vendor")
    migrated(here / "main", migrate)
    assert "160000 commit" in git(here / "main", "ls-tree", "migrate/head")


def test_a_sha256_repository(here: Path, migrate: Terminal) -> None:
    git(here, "init", "-q", "-b", "main", "--object-format=sha256")
    commit_files(here, FILES, "Start")
    migrated(here, migrate)


def test_a_partial_clone(here: Path, migrate: Terminal) -> None:
    make_repository(here / "full", {**FILES, "big.bin": b"x" * 9999})
    git(here / "full", "config", "uploadpack.allowFilter", "true")
    git(here, "clone", "-q", "--filter=blob:limit=5k", f"file://{here}/full", "part")
    migrate("apply", "-C", here / "part")
    assert "shared_task" in git(here / "part", "show", "migrate/head:shop/tasks.py")


def test_hook_variables_are_not_followed(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(here / "one", FILES)
    make_repository(here / "two", {"x.py": ""})
    monkeypatch.setenv("GIT_DIR", str(here / "two" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(here / "two" / ".git" / "index"))
    migrate("apply", "-C", here / "one")
    monkeypatch.delenv("GIT_DIR", raising=False)
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)
    assert git(here / "two", "branch", "--list", "migrate/*") == ""
    assert git(here / "one", "branch", "--list", "migrate/head")


def test_signing_that_fails_changes_nothing(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    git(here, "config", "commit.gpgsign", "true")
    git(here, "config", "gpg.program", "false")
    assert "git would not commit" in migrate("apply", code=2).err
    assert git(here, "branch", "--list", "migrate/*") == ""


@pytest.mark.parametrize("python_path", [False, True])
def test_inside_a_project_with_packages_of_the_same_names(here: Path, python_path: bool) -> None:
    own = {
        f"{name}/__init__.py": "raise SystemExit('wrong package')\n"
        for name in ("reports", "migrate", "codemods")
    }
    make_repository(here, {**FILES, **own})
    script = Path(sys.executable).parent / "migrate"
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    if python_path:
        environment["PYTHONPATH"] = "."
    done = subprocess.run(
        [str(script), "apply"],
        cwd=here,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if python_path:
        assert done.returncode == 0 or "wrong package" in done.stderr
        return
    assert done.returncode == 0, done.stderr
    assert "shared_task" in git(here, "show", "migrate/head:shop/tasks.py")


def test_a_folder_below_the_top(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("plan", "-C", here / "shop")
    assert (here / ".migrate" / "plan.toml").exists()


def test_users_own_commit_on_top_stays(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "aliases", "--checkout")
    commit_files(here, {"NOTES": "mine\n"}, "Mine")
    migrate("apply")
    assert "NOTES" in git(here, "ls-tree", "--name-only", "migrate/head")
    assert git(here, "log", "--format=%s", "-3", "migrate/head").splitlines()[2] == "Mine"
