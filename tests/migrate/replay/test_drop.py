"""One step taken out of a migration, and the later ones made anew without it."""

from pathlib import Path

import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.replay.test_rebase import tree
from tests.migrate.test_json import FILES


@pytest.fixture
def shop(here: Path, migrate: Terminal) -> Path:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    return here


def test_the_later_steps_stand_as_if_it_had_never_been(
    shop: Path, migrate: Terminal, tmp_path: Path
) -> None:
    old = git(shop, "rev-parse", "migrate/head")
    told = migrate("rollback", "--drop", "decorators")
    assert "migrate/head is without decorators; the old tip is kept as migrate/undone-1" in told.out
    fresh = make_repository(tmp_path / "fresh", FILES)
    for step in ("aliases", "names"):
        migrate("apply", "--step", step, "-C", fresh)
    assert tree(shop, "migrate/head") == tree(fresh, "migrate/head")
    assert tree(shop, "migrate/05-names") == tree(fresh, "migrate/05-names")
    assert git(shop, "rev-parse", "migrate/undone-1") == old
    assert not git(shop, "branch", "--list", "migrate/03-decorators")
    assert git(shop, "rev-parse", "migrate/base") == git(shop, "rev-parse", "main")
    assert migrate("verify").code == 0


def test_the_last_one_needs_nothing_made_anew(shop: Path, migrate: Terminal) -> None:
    told = migrate("rollback", "--drop", "names", "--json").json
    assert (told["undone"], [item["new"] for item in told["commits"]]) == (["names"], [None])
    assert tree(shop, "migrate/head") == tree(shop, "migrate/04-aliases")


def test_what_another_step_needs_stays(shop: Path, migrate: Terminal) -> None:
    before = git(shop, "for-each-ref")
    said = migrate("rollback", "--drop", "aliases", code=3).err
    assert "step 'names' needs 'aliases'" in said
    assert "migrate rollback --drop names" in said
    assert git(shop, "for-each-ref") == before


def test_a_commit_of_a_person_s_own_between_stays(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "decorators", "--checkout")
    commit_files(here, {"MINE": "mine\n"}, "Mine")
    migrate("apply", "--step", "aliases")
    migrate("rollback", "--drop", "decorators")
    said = git(here, "log", "--format=%s", "migrate/base..migrate/head").splitlines()
    assert [line.partition(":")[0] for line in said] == ["aliases", "Mine"]
    assert (here / "MINE").exists()
    assert git(here, "status", "--porcelain") == ""


def test_names_of_steps_are_checked(shop: Path, migrate: Terminal) -> None:
    assert "no step" in migrate("rollback", "--drop", "colours", code=2).err
    assert "is not applied here" in migrate("rollback", "--drop", "beat", code=3).err
    said = migrate("rollback", "--drop", "names", "--to", "names", code=2).err
    assert "say one of them" in said
