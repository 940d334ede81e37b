"""Repositories as they are found: bare, detached, dirty, odd files, odd branches, odd packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codemods.values import Change
from migrate.git.checkout import Repository
from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES


def check_migrated(folder: Path, migrate: Terminal) -> None:
    migrate("apply", "--through-gates", "-C", folder)
    assert "shared_task" in git(folder, "show", "migrate/head:shop/tasks.py")
    git(folder, "fsck", "--strict", "--no-dangling")


def test_no_repository(here: Path, migrate: Terminal) -> None:
    assert "git init" in migrate("plan", code=2).err


def test_no_commit_yet(here: Path, migrate: Terminal) -> None:
    git(here, "init", "-q")
    assert "no commit yet" in migrate("plan", code=2).err
    assert "no commit yet" in migrate("apply", "--through-gates", code=2).err


def test_a_bare_repository(here: Path, migrate: Terminal) -> None:
    make_repository(here / "work", FILES)
    git(here, "clone", "-q", "--bare", "work", "bare.git")
    migrate("plan", "-C", here / "bare.git")
    assert (here / "bare.git" / ".migrate" / "plan.toml").exists()
    check_migrated(here / "bare.git", migrate)


def test_a_detached_head_and_a_dirty_checkout(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    git(here, "checkout", "-q", "--detach")
    (here / "shop" / "tasks.py").write_text("edited = True\n")
    (here / "new.py").write_text("import celery\n")
    git(here, "add", "new.py")
    before = git(here, "status", "--porcelain")
    check_migrated(here, migrate)
    assert git(here, "status", "--porcelain") == before
    assert (here / "shop" / "tasks.py").read_text() == "edited = True\n"


def test_the_checkout_follows_a_clean_head_only(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "aliases", "--checkout")
    assert git(here, "branch", "--show-current") == "migrate/head"
    (here / "shop" / "tasks.py").write_text("edited = True\n")
    assert "commit or stash" in migrate("apply", "--through-gates", code=3).err.lower()
    git(here, "checkout", "-q", "--", "shop/tasks.py")
    migrate("apply", "--through-gates")
    assert "shared_task" in (here / "shop" / "tasks.py").read_text()
    assert git(here, "status", "--porcelain") == ""
    migrate("rollback")
    assert "app.task" in (here / "shop" / "tasks.py").read_text()
    assert git(here, "status", "--porcelain") == ""


def test_another_work_tree_holds_the_branch(here: Path, migrate: Terminal) -> None:
    make_repository(here / "one", FILES)
    migrate("apply", "--through-gates", "-C", here / "one", "--step", "aliases")
    git(here / "one", "worktree", "add", "-q", str(here / "two"), "migrate/head")
    assert str(here / "two") in migrate("apply", "--through-gates", "-C", here / "one", code=3).err


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
    check_migrated(here, migrate)
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
    check_migrated(here / "main", migrate)
    assert "160000 commit" in git(here / "main", "ls-tree", "migrate/head")


def test_a_sha256_repository(here: Path, migrate: Terminal) -> None:
    git(here, "init", "-q", "-b", "main", "--object-format=sha256")
    commit_files(here, FILES, "Start")
    check_migrated(here, migrate)


def test_a_partial_clone(here: Path, migrate: Terminal) -> None:
    make_repository(here / "full", {**FILES, "big.bin": b"x" * 9999})
    git(here / "full", "config", "uploadpack.allowFilter", "true")
    git(here, "clone", "-q", "--filter=blob:limit=5k", f"file://{here}/full", "part")
    migrate("apply", "--through-gates", "-C", here / "part")
    assert "shared_task" in git(here / "part", "show", "migrate/head:shop/tasks.py")


def test_a_file_whose_content_git_lacks_is_told(here: Path, migrate: Terminal) -> None:
    big = "from celery import shared_task\n" + "# a comment\n" * 999
    make_repository(here / "full", {**FILES, "shop/big_tasks.py": big})
    git(here / "full", "config", "uploadpack.allowFilter", "true")
    part = ["clone", "-q", "--no-checkout", "--filter=blob:limit=5k"]
    git(here, *part, f"file://{here}/full", "part")
    git(here / "part", "remote", "remove", "origin")
    told = migrate("plan", "--notes", "-C", here / "part").out
    assert "shop/big_tasks.py" in told
    assert "git has no content of it here" in told


def test_hook_variables_are_not_followed(
    here: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_repository(here / "one", FILES)
    make_repository(here / "two", {"x.py": ""})
    monkeypatch.setenv("GIT_DIR", str(here / "two" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(here / "two" / ".git" / "index"))
    migrate("apply", "--through-gates", "-C", here / "one")
    monkeypatch.delenv("GIT_DIR", raising=False)
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)
    assert git(here / "two", "branch", "--list", "migrate/*") == ""
    assert git(here / "one", "branch", "--list", "migrate/head")


def test_signing_that_fails_changes_nothing(
    here: Path, migrate: Terminal, tmp_path_factory: pytest.TempPathFactory
) -> None:
    own = tmp_path_factory.mktemp("own") / "config"
    own.write_text("[user]\nname = Me\nemail = me@example.com\n[gpg]\nprogram = false\n")
    make_repository(here, FILES)
    git(here, "config", "commit.gpgsign", "true")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(own))
        check_unsigned(here, migrate)


def check_unsigned(here: Path, migrate: Terminal) -> None:
    assert "git would not commit" in migrate("apply", "--through-gates", code=2).err
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
    migrate("apply", "--through-gates")
    assert "NOTES" in git(here, "ls-tree", "--name-only", "migrate/head")
    assert git(here, "log", "--format=%s", "-3", "migrate/head").splitlines()[2] == "Mine"


def test_branches_of_the_users_own_are_not_touched(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    git(here, "switch", "-qc", "migrate/03-decorators")
    commit_files(here, {"MINE": "mine\n"}, "Mine")
    mine = git(here, "rev-parse", "HEAD")
    git(here, "switch", "-q", "main")
    assert "migrate/03-decorators" in migrate("apply", "--through-gates", code=3).err
    assert git(here, "rev-parse", "migrate/03-decorators") == mine
    assert git(here, "branch", "--list", "migrate/head") == ""


@pytest.mark.parametrize("name", ["migrate/head", "migrate/base"])
def test_a_branch_that_no_step_made(here: Path, migrate: Terminal, name: str) -> None:
    make_repository(here, FILES)
    git(here, "branch", name)
    assert f"git branch -m {name}" in migrate("apply", "--through-gates", code=3).err


def test_a_step_branch_that_is_checked_out_is_not_deleted(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    git(here, "switch", "-q", "migrate/05-names")
    assert "git switch" in migrate("rollback", code=3).err
    assert git(here, "rev-parse", "HEAD") == git(here, "rev-parse", "migrate/05-names")


def test_branches_that_refuse_take_the_checkout_back(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "decorators", "--checkout")
    lock = here / ".git" / "refs" / "heads" / "migrate" / "head.lock"
    lock.touch()
    assert "none has moved" in migrate("apply", "--through-gates", code=3).err
    assert git(here, "status", "--porcelain") == ""
    lock.unlink()
    migrate("apply", "--through-gates")
    assert git(here, "status", "--porcelain") == ""


def test_a_run_killed_while_the_checkout_followed_is_taken_up(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    migrate("apply", "--gate", "1", "--checkout")
    tip = git(here, "rev-parse", "HEAD")

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for words in (("apply", "--through-gates"), ("rollback",)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("migrate.git.checkout.Repository.update_refs", stop)
            assert "interrupted" in migrate(*words, code=130).err
        # The files are those of the other commit, and the branch has not moved.
        assert git(here, "status", "--porcelain") != ""
        assert git(here, "rev-parse", "HEAD") == tip
        migrate(*words)
        assert git(here, "status", "--porcelain") == ""
        tip = git(here, "rev-parse", "HEAD")
    assert tip == git(here, "rev-parse", "main")


def test_an_untracked_file_in_the_way_is_kept(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--step", "decorators", "--checkout")
    (here / ".git" / "info" / "exclude").write_text("task_aliases.py\n")
    (here / "shop" / "task_aliases.py").write_text("precious = True\n")
    assert (
        "'shop/task_aliases.py' stands in the checkout"
        in migrate("apply", "--through-gates", code=3).err
    )
    assert (here / "shop" / "task_aliases.py").read_text() == "precious = True\n"


def test_a_folder_where_a_file_would_go(here: Path, migrate: Terminal) -> None:
    make_repository(here, {**FILES, "shop/task_aliases.py/x": "x\n"})
    migrate("apply", "--step", "decorators")
    assert "is a folder here" in migrate("apply", "--step", "aliases", code=3).err


def test_after_a_full_rollback_the_next_start_is_the_new_head(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    migrate("rollback")
    commit_files(here, {"NEW": "new\n"}, "New")
    migrate("apply", "--through-gates")
    assert git(here, "rev-parse", "migrate/base") == git(here, "rev-parse", "main")
    migrate("rollback")
    assert "nothing to roll back" in migrate("rollback", code=3).err


def test_signatures_shown_in_logs_and_odd_trailers_do_not_confuse(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    git(here, "config", "log.showSignature", "true")
    git(here, "config", "trailer.separators", "=")
    migrate("apply", "--through-gates")
    applied = {
        step["name"] for step in migrate("status", "--json").json["steps"] if step["applied"]
    }
    assert applied == {"decorators", "aliases", "names"}


def test_a_clone_without_any_blob_fetches_what_it_reads(here: Path, migrate: Terminal) -> None:
    make_repository(here / "full", FILES)
    git(here / "full", "config", "uploadpack.allowFilter", "true")
    git(here, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{here}/full", "part")
    migrate("apply", "--through-gates", "-C", here / "part")
    assert "shared_task" in git(here / "part", "show", "migrate/head:shop/tasks.py")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("first.py", b"# \xff\xfe\nimport celery\n"),
        ("deep.py", b"import celery\nif 1:\n    pass\n" + b"elif 2:\n    pass\n" * 1500),
        ("lone.py", b"import celery\nX = '\\ud800'\n"),
        (b"n\xff.py".decode("utf-8", "surrogateescape"), b"import celery\n"),
    ],
)
def test_one_odd_file_stops_nothing(here: Path, migrate: Terminal, name: str, data: bytes) -> None:
    make_repository(here, FILES)
    (here / name).write_bytes(data)
    git(here, "add", "-A")
    git(here, "commit", "-qm", "Odd")
    check_migrated(here, migrate)
    migrate("plan", "--json")


def test_a_broken_cache_is_passed_over(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("plan")
    cache = here / ".git" / "migrate" / "facts.sqlite"
    cache.write_bytes(b"no database")
    migrate("plan")
    cache.unlink()
    migrate("plan")
    assert cache.exists()


def test_trees_on_one_base_are_each_what_they_are_alone(here: Path) -> None:
    make_repository(here, {"a.py": "A = 1\n", "b/c.py": "C = 1\n", "b/d.py": "D = 1\n"})
    with Repository(here) as repository:
        before = repository.snapshot("HEAD")
        wanted = [
            before.with_changes(Change(path, None, data) for path, data in changes.items())
            for changes in (
                {"a.py": b"A = 2\n", "new.py": b"N = 1\n"},
                {"b/c.py": b"C = 2\n"},
                {"a.py": None, "b/d.py": None},
                {"a.py": b"A = 2\n", "b/c.py": b"C = 2\n", "a/b.py": b"A = 2\n"},
                {},
            )
        ]
        wanted[3] = wanted[3].with_changes([Change("a.py", None, None)])
        trees = repository.write_trees("HEAD", wanted)
        assert trees == [repository.write_tree("HEAD", snapshot) for snapshot in wanted]
        for tree, snapshot in zip(trees, wanted, strict=True):
            assert repository.snapshot(tree).entries == snapshot.entries
        assert repository.write_trees("HEAD", []) == []
