"""Locks that a killed git leaves behind: our own go, of others it is said whose they are."""

import os
import shutil
import time
from pathlib import Path

import pytest

from migrate.git.locks import SETTLED
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES


def lock(path: Path, age: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    made = time.time() - age
    os.utime(path, (made, made))
    return path


def killed(folder: Path, age: float, *names: str) -> None:
    """What a run leaves behind that is killed while git holds these locks."""
    mark = lock(folder / ".git" / "migrate" / "locking", age)
    made = mark.stat().st_mtime
    mark.write_text("\n".join(str(folder / ".git" / name) for name in names))
    os.utime(mark, (made, made))


@pytest.mark.parametrize("name", ["refs/heads/migrate/head", "refs/heads/migrate/03-decorators"])
def test_it_is_said_which_lock_whose_how_old_and_what_to_type(
    here: Path, migrate: Terminal, name: str
) -> None:
    make_repository(here, FILES)
    found = lock(here / ".git" / f"{name}.lock", 3 * 3600)
    said = migrate("apply", "--through-gates", code=3).err
    assert f"'{found}' is in the way" in said
    assert "3 hours (" in said
    assert f"It is {found.owner()}'s" in said
    assert f"rm '{found}'" in said
    assert found.exists()
    assert git(here, "branch", "--list", "migrate/*") == ""
    found.unlink()
    migrate("apply", "--through-gates")


def test_locks_of_the_index_and_of_packed_branches_are_told_too(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "aliases", "--checkout")
    found = lock(here / ".git" / "index.lock", 130)
    said = migrate("apply", "--through-gates", code=3).err
    assert "no branch has moved" in said
    assert f"rm '{found}'" in said
    assert "2 minutes (" in said
    found.unlink()
    migrate("apply", "--through-gates")
    git(here, "switch", "-q", "main")
    git(here, "pack-refs", "--all")
    found = lock(here / ".git" / "packed-refs.lock", 10)
    assert f"rm '{found}'" in migrate("rollback", code=3).err
    found.unlink()
    assert git(here, "branch", "--list", "migrate/undone-*") == ""
    migrate("rollback")
    found = lock(here / ".git" / "index.lock", 130)
    said = migrate("apply", "--through-gates", "--checkout", code=3).err
    assert f"rm '{found}'" in said
    assert "git switch migrate/head" in said


def test_our_own_locks_of_a_killed_run_go(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    names = ("refs/heads/migrate/head.lock", "index.lock", "HEAD.lock", "packed-refs.lock")
    killed(here, 30, *names)
    for name in names:
        lock(here / ".git" / name, 29)
    migrate("apply", "--through-gates", "--checkout")
    assert not list((here / ".git").rglob("*.lock"))
    assert not (here / ".git" / "migrate" / "locking").exists()


@pytest.mark.parametrize("age", [3600, 900])
def test_a_lock_of_another_time_is_not_ours(here: Path, migrate: Terminal, age: int) -> None:
    make_repository(here, FILES)
    killed(here, 1000, "refs/heads/migrate/head.lock")
    found = lock(here / ".git" / "refs" / "heads" / "migrate" / "head.lock", age)
    migrate("apply", "--through-gates", code=3)
    assert found.exists()


def test_a_git_whose_run_was_killed_just_now_is_waited_for(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    killed(here, 0, "refs/heads/migrate/head.lock")
    found = lock(here / ".git" / "refs" / "heads" / "migrate" / "head.lock", 0)
    made = found.stat().st_mtime
    migrate("apply", "--through-gates")
    assert time.time() - made >= SETTLED
    assert not found.exists()


def test_a_mark_takes_nothing_away_but_locks_of_its_repository(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here / "shop", FILES)
    mine = lock(here / "mine.lock", 29)
    link = here / "shop" / ".git" / "link.lock"
    link.symlink_to(mine)
    names = ("../../mine.lock", "config", "link.lock")
    killed(here / "shop", 30, *names)
    os.utime(here / "shop" / ".git" / "config", (time.time() - 29, time.time() - 29))
    migrate("apply", "--through-gates", "-C", here / "shop")
    assert mine.exists()
    assert link.is_symlink()


def test_a_git_that_is_killed_leaves_no_lock_of_ours(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(here, FILES)
    programs = here.parent / f"{here.name}-programs"
    programs.mkdir()
    real = shutil.which("git")
    script = programs / "git"
    head = here / ".git" / "refs" / "heads" / "migrate" / "head.lock"
    script.write_text(
        f'#!/bin/sh\ncase "$*" in *update-ref*) mkdir -p {head.parent}; touch {head}; kill -9 $$;; esac\nexec {real} "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    said = migrate("apply", "--through-gates", code=3).err
    assert "none has moved: it was ended by SIGKILL" in said
    assert not head.exists()
    script.unlink()
    migrate("apply", "--through-gates")
