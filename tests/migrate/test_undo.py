"""`rollback --undo`: what was undone comes back whole, and old tips don't pile up."""

from pathlib import Path

import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES


@pytest.fixture
def shop(here: Path, migrate: Terminal) -> Path:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    return here


def refs(folder: Path) -> dict[str, str]:
    """All that the tool has in a repository, with what it points at."""
    lines = git(folder, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads/migrate", "refs/migrate").splitlines()  # fmt: skip
    return dict(line.split() for line in lines)


@pytest.mark.parametrize("words", [[], ["--to", "names"], ["--to", "decorators"]])
def test_all_is_as_it_was(shop: Path, migrate: Terminal, words: list[str]) -> None:
    before = refs(shop)
    migrate("rollback", *words)
    assert refs(shop) != before
    said = migrate("rollback", "--undo", "--json").json
    assert refs(shop) == before
    assert (said["head"], said["kept"]) == (before["refs/heads/migrate/head"], "")
    assert said["back"] == ["decorators", "aliases", "names"]
    assert "every step is applied" in migrate("status").out


def test_undone_and_had_back_again_and_again_leaves_one_branch(
    shop: Path, migrate: Terminal
) -> None:
    migrate("rollback", "--to", "names")
    git(shop, "branch", "-f", "migrate/head", "migrate/undone-1")
    migrate("rollback", "--to", "names")
    assert git(shop, "branch", "--list", "migrate/undone-*") == "migrate/undone-1"


def test_several_that_are_kept_are_named_with_how_to_forget_them(
    shop: Path, migrate: Terminal
) -> None:
    migrate("rollback", "--to", "names")
    said = migrate("rollback")
    told = " ".join((said.out + said.err).split())
    assert "to forget all 2 that are kept: git branch -D migrate/undone-1 migrate/undone-2" in told
    git(shop, "branch", "-D", "migrate/undone-1", "migrate/undone-2")
    assert "nothing that was undone is kept" in migrate("rollback", "--undo", code=3).err
    migrate("apply", "--through-gates")
    migrate("rollback")
    migrate("rollback", "--undo")


def test_what_stood_there_meanwhile_is_kept(shop: Path, migrate: Terminal) -> None:
    before = refs(shop)
    commit_files(shop, {"more.py": ""}, "More")
    migrate("rebase")
    rebased = refs(shop)
    assert "migrate/undone-1 keeps what stood there" in " ".join(
        (lambda said: said.out + said.err)(migrate("rollback", "--undo")).split()
    )
    for name in before:
        assert refs(shop)[name] == before[name]
    migrate("rollback", "--undo")
    assert refs(shop) == rebased


def test_what_was_said_of_a_deploy_comes_back_too(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--deployed", "1")
    before = refs(shop)
    commit_files(shop, {"more.py": ""}, "More")
    migrate("rebase")
    assert refs(shop)["refs/migrate/deployed"] != before["refs/migrate/deployed"]
    migrate("rollback", "--undo")
    assert refs(shop)["refs/migrate/deployed"] == before["refs/migrate/deployed"]


def test_names_that_are_deployed_since_do_not_go(shop: Path, migrate: Terminal) -> None:
    migrate("rollback")
    commit_files(
        shop, {"shop/more.py": FILES["shop/tasks.py"].replace("create_job()", "other()")}, "More"
    )
    migrate("apply", "--through-gates")
    migrate("apply", "--deployed", "1")
    assert '"other"' in migrate("rollback", "--undo", code=3).err
    migrate("rollback", "--undo", "--i-know", "other", "--i-know", "other()")


@pytest.mark.parametrize("words", [["--to", "names"], ["--drop", "names"]])
def test_one_way_at_a_time(shop: Path, migrate: Terminal, words: list[str]) -> None:
    assert "say one of them" in migrate("rollback", "--undo", *words, code=2).err


def test_a_branch_that_is_checked_out_does_not_go(shop: Path, migrate: Terminal) -> None:
    migrate("rollback")
    git(shop, "switch", "-q", "migrate/undone-1")
    assert "is checked out" in migrate("rollback", "--undo", code=3).err


def test_a_tip_kept_by_an_older_version_comes_back_where_its_start_still_stands(
    shop: Path, migrate: Terminal
) -> None:
    before = refs(shop)
    migrate("rollback")
    git(shop, "update-ref", "-d", "refs/migrate/undone-1/base")
    migrate("rollback", "--undo")
    assert refs(shop) == before
    commit_files(shop, {"more.py": ""}, "More")
    migrate("rebase")
    git(shop, "update-ref", "-d", "refs/migrate/undone-1/base")
    said = migrate("rollback", "--undo", code=3).err
    assert "git branch -f migrate/base COMMIT" in " ".join(said.split())
