"""A migration made anew on newer code: what was decided holds, what is new there is done too."""

import re
from pathlib import Path

import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES

NEW = {"shop/more.py": "from shop.celery import app\n\n\n@app.task\ndef two():\n    pass\n"}
DOUBLE = {
    "shop/a.py": "from celery import shared_task\n\n\n@shared_task(name='twice')\ndef twice():\n    return 1\n",
    "shop/b.py": "from celery import shared_task\n\n\n@shared_task(name='twice')\ndef twice():\n    return 2\n",
}


@pytest.fixture
def shop(here: Path, migrate: Terminal) -> Path:
    """A migrated project whose main has gone on."""
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    commit_files(here, NEW, "More")
    return here


def tree(folder: Path, revision: str) -> str:
    return git(folder, "rev-parse", revision + "^{tree}")


def test_it_ends_where_a_new_migration_of_the_newer_code_does(
    shop: Path, migrate: Terminal, tmp_path: Path
) -> None:
    old = git(shop, "rev-parse", "migrate/head")
    told = migrate("rebase")
    assert "stands on what is checked out" in told.out
    assert re.search(r"^aliases       \w{9} -> \w{9}  teach workers 1 new name$", told.out, re.M)
    assert git(shop, "rev-parse", "migrate/base") == git(shop, "rev-parse", "main")
    assert git(shop, "rev-parse", "migrate/undone-1") == old
    fresh = make_repository(tmp_path / "fresh", FILES | NEW)
    migrate("apply", "--through-gates", "-C", fresh)
    assert tree(shop, "migrate/head") == tree(fresh, "migrate/head")
    for name in ("03-decorators", "04-aliases", "05-names"):
        assert tree(shop, f"migrate/{name}") == tree(fresh, f"migrate/{name}")
    assert migrate("verify").code == 0
    assert migrate("apply", "--through-gates").code == 0
    assert tree(shop, "migrate/head") == tree(fresh, "migrate/head")


@pytest.mark.parametrize("how", ["--no-ff", "--squash"])
def test_what_a_person_decided_and_main_took_in_is_done(
    here: Path, migrate: Terminal, how: str
) -> None:
    make_repository(here, FILES | DOUBLE)
    migrate("apply", "--accept", "--through-gates")
    git(here, "merge", "-q", how, "-m", "Merge the migration", "migrate/02-dedupe")
    if how == "--squash":
        git(here, "commit", "-q", "-m", "The migration in one")
    commit_files(here, NEW, "More")
    told = migrate("rebase", "--json").json["commits"]
    assert {item["step"]: bool(item["new"]) for item in told} == {
        "dedupe": False,
        "decorators": True,
        "aliases": True,
        "names": True,
    }
    assert "twice" not in git(here, "diff", "main", "migrate/head")


def test_on_the_same_commit_there_is_nothing_to_do(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    assert "stands there already" in migrate("rebase").out
    assert migrate("rebase", "--json").json["commits"] == []


@pytest.mark.parametrize("words", [(), ("--onto", "main")])
@pytest.mark.parametrize("until", ["migrate/head", "migrate/03-decorators"])
def test_on_a_main_that_took_commits_in_as_they_are_there_is_nothing_to_do(
    here: Path, migrate: Terminal, until: str, words: tuple[str, ...]
) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    git(here, "merge", "-q", "--ff-only", until)
    before = git(here, "for-each-ref")
    assert "stands there already" in migrate("rebase", *words).out
    assert git(here, "for-each-ref") == before


def test_a_dry_run_says_what_would_be_and_moves_nothing(shop: Path, migrate: Terminal) -> None:
    before = git(shop, "for-each-ref")
    told = migrate("rebase", "--dry-run", "--json").json
    assert [item["step"] for item in told["commits"]] == ["decorators", "aliases", "names"]
    assert all(item["new"] for item in told["commits"])
    assert told["kept"] == ""
    said = migrate("rebase", "--dry-run").out
    assert "leave --dry-run out" in said
    assert re.search(
        r"^decorators    made anew +@app.task to @shared_task in \d files$", said, re.M
    )
    assert re.search(r"^aliases       made anew +teach workers 1 new name$", said, re.M)
    assert git(shop, "for-each-ref") == before


def test_a_commit_of_a_person_s_own_goes_along_with_its_author(
    shop: Path, migrate: Terminal
) -> None:
    git(shop, "switch", "-q", "migrate/head")
    text = (shop / "shop/settings.py").read_text()
    git(shop, "config", "user.name", "Ada")
    commit_files(shop, {"shop/settings.py": text + "DEBUG = False\n", "NOTES": "é\n"}, "Mine")
    git(shop, "config", "user.name", "Test")
    git(shop, "switch", "-q", "main")
    commit_files(shop, {"shop/settings.py": "import os\n\n" + text}, "Theirs")
    migrate("rebase")
    said = git(shop, "log", "-1", "--format=%an %s", "migrate/head")
    assert said == "Ada Mine"
    merged = git(shop, "show", "migrate/head:shop/settings.py")
    assert merged == ("import os\n\n" + text + "DEBUG = False").strip()
    assert git(shop, "show", "migrate/head:NOTES") == "é"


def test_one_that_does_not_fit_stops_all(shop: Path, migrate: Terminal) -> None:
    git(shop, "switch", "-q", "migrate/head")
    commit_files(shop, {"shop/settings.py": "INSTALLED_APPS = ['shop', 'a']\n"}, "Mine")
    git(shop, "switch", "-q", "main")
    commit_files(shop, {"shop/settings.py": "INSTALLED_APPS = ['shop', 'b']\n"}, "Theirs")
    before = git(shop, "for-each-ref")
    said = migrate("rebase", code=3).err
    assert "('Mine') does not fit there: 'shop/settings.py' was changed otherwise" in said
    assert git(shop, "for-each-ref") == before


def test_what_a_person_accepted_is_accepted_there(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES | DOUBLE)
    migrate("apply", "--accept", "--through-gates")
    commit_files(here, NEW, "More")
    migrate("rebase")
    assert "def twice" in git(here, "show", "migrate/head:shop/a.py")
    assert "def twice" not in git(here, "show", "migrate/head:shop/b.py")


def test_what_fits_nothing_any_more_is_named_and_can_be_left_behind(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES | DOUBLE)
    migrate("apply", "--accept", "--through-gates")
    git(here, "rm", "-q", "shop/b.py")
    git(here, "commit", "-qm", "No second one")
    before = git(here, "for-each-ref")
    said = migrate("rebase", code=3).err
    assert "what a person decided of 'dedupe' fits nothing there any more: merge:twice" in said
    assert git(here, "for-each-ref") == before
    migrate("rebase", "--without", "merge:twice")
    assert "dedupe" not in git(here, "log", "--format=%s", "migrate/base..migrate/head")
    assert "def twice" in git(here, "show", "migrate/head:shop/a.py")
    assert "migrate/02-dedupe" not in git(here, "branch", "--list", "migrate/*")


def test_what_was_merged_meanwhile_is_not_made_again(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--gate", "1")
    git(here, "merge", "-q", "--no-ff", "-m", "First part", "migrate/head")
    migrate("apply", "--through-gates")
    migrate("rebase", "--onto", "main")
    steps = git(here, "log", "--format=%s", "migrate/base..migrate/head").splitlines()
    assert [line.partition(":")[0] for line in steps] == ["names"]
    assert migrate("verify").code == 0


def test_the_checkout_follows(shop: Path, migrate: Terminal) -> None:
    git(shop, "switch", "-q", "migrate/head")
    assert "said what it is to stand on" in migrate("rebase", code=2).err
    migrate("rebase", "--onto", "main")
    assert git(shop, "status", "--porcelain") == ""
    assert "@shared_task" in (shop / "shop/more.py").read_text()


def test_what_was_said_of_deploys_goes_along(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply")
    migrate("apply", "--deployed", "1", code=None)
    said = git(here, "rev-parse", "refs/migrate/deployed")
    place = git(here, "log", "-1", "--format=%s", said)
    commit_files(here, NEW, "More")
    migrate("rebase")
    now = git(here, "rev-parse", "refs/migrate/deployed")
    assert now != said
    assert git(here, "log", "-1", "--format=%s", now).partition(":")[0] == place.partition(":")[0]
    git(here, "merge-base", "--is-ancestor", now, "migrate/head")


@pytest.mark.parametrize(
    ("onto", "why"),
    [("nowhere", "names no commit here"), ("migrate/head", "a commit of the migration itself")],
)
def test_where_it_cannot_stand_is_said(shop: Path, migrate: Terminal, onto: str, why: str) -> None:
    assert why in migrate("rebase", "--onto", onto, code=2).err


def test_without_a_migration_there_is_nothing(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    assert "nothing is applied here" in migrate("rebase", code=3).err
    assert "nothing is applied here" in migrate("rollback", "--drop", "names", code=3).err


@pytest.mark.parametrize("moved", ["all of them", "none", "some"])
def test_a_killed_one_is_finished_with_links_modules_and_odd_names(
    here: Path, migrate: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: str
) -> None:
    make_repository(here, FILES)
    other = make_repository(tmp_path / "other", {"x": "x\n"})
    first = git(other, "rev-parse", "HEAD")
    git(here, "update-index", "--add", "--cacheinfo", f"160000,{first},part")
    (here / "link").symlink_to("manage.py")
    git(here, "add", "link")
    git(here, "commit", "-qm", "A link and a module")
    migrate("apply", "--through-gates")
    git(here, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},part")
    (here / "link").unlink()
    (here / "link").symlink_to("shop")
    (here / "a b").write_text("odd\n")
    git(here, "add", "link", "a b")
    git(here, "commit", "-qm", "Others")
    git(here, "switch", "-q", "migrate/head")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    place = "update_refs" if moved == "all of them" else "move_checkout"
    with monkeypatch.context() as patch:
        patch.setattr(f"migrate.git.checkout.Repository.{place}", stop)
        migrate("rebase", "--onto", "main", code=130)
    if moved == "some":
        (here / "link").unlink()
        (here / "link").symlink_to("shop")
    migrate("status")
    assert git(here, "rev-parse", "migrate/base") == git(here, "rev-parse", "main")
    assert git(here, "status", "--porcelain", "-uno", "--ignore-submodules=all") == ""
    assert (here / "link").readlink() == Path("shop")
    assert (here / "a b").read_text() == "odd\n"
