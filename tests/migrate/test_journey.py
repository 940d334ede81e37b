"""Plan, apply, report, roll back: one walk as a person takes it, and what must be refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from migrate.lock import run_lock
from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, FILES)


def test_the_whole_way(shop: Path, migrate: Terminal) -> None:
    start = git(shop, "rev-parse", "HEAD")
    assert "1 task definition," in migrate("plan").out
    assert "nothing is applied yet" in migrate("status").out
    said = migrate("apply", "--through-gates")
    assert "deploy, then" in said.out
    assert git(shop, "rev-parse", "HEAD") == start
    assert git(shop, "status", "--porcelain") == ""
    assert git(shop, "rev-parse", "migrate/base") == start
    subjects = git(shop, "log", "--format=%s", "main..migrate/head").splitlines()
    assert [line.partition(":")[0] for line in subjects] == ["names", "aliases", "decorators"]
    body = git(shop, "log", "-1", "--format=%B", "migrate/04-aliases")
    assert "Migrate-Step: aliases" in body
    assert "Migrate-Plan: " in body
    assert "Migrate-Tool: " in body
    assert "every step is applied" in migrate("status").out
    assert "names" in migrate("report").out
    assert "| `" in migrate("report", "--format", "markdown").out
    tip = git(shop, "rev-parse", "migrate/head")
    migrate("apply", "--through-gates")
    assert git(shop, "rev-parse", "migrate/head") == tip
    migrate("rollback", "--to", "aliases")
    assert git(shop, "rev-parse", "migrate/head") == git(shop, "rev-parse", "migrate/03-decorators")
    assert git(shop, "rev-parse", "migrate/undone-1") == tip
    assert "migrate/04-aliases" not in git(shop, "branch", "--list", "migrate/*")
    migrate("apply", "--through-gates")
    assert git(shop, "rev-parse", "migrate/head^{tree}") == git(
        shop, "rev-parse", f"{tip}^{{tree}}"
    )
    migrate("rollback")
    assert git(shop, "rev-parse", "migrate/head") == start


def test_steps_by_name_in_order_only(shop: Path, migrate: Terminal) -> None:
    refused = migrate("apply", "--step", "names", code=3)
    assert "migrate apply --step aliases" in refused.err
    assert migrate("apply", "--step", "drop-aliases", code=3).err
    migrate("apply", "--step", "aliases")
    migrate("apply", "--step", "names")
    migrate("apply", "--step", "drop-aliases", "--i-know", "create_job()")
    assert "shop/task_aliases.py" not in git(shop, "ls-tree", "-r", "--name-only", "migrate/head")
    assert git(shop, "branch", "--list", "migrate/09-drop-aliases")


def test_gates_stop_before_a_deploy(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--gate", "1")
    applied = [
        step["name"] for step in migrate("status", "--json").json["steps"] if step["applied"]
    ]
    assert applied == ["decorators", "aliases"]


def test_a_dry_run_moves_nothing(shop: Path, migrate: Terminal) -> None:
    said = migrate("apply", "--through-gates", "--dry-run", "--diff")
    assert "+from celery import shared_task" in said.out
    assert git(shop, "branch", "--list", "migrate/*") == ""


def test_plan_check_tells_whether_something_would_change(shop: Path, migrate: Terminal) -> None:
    migrate("plan", "--check", code=1)
    assert not (shop / ".migrate").exists()
    migrate("apply", "--through-gates", "--checkout")
    migrate("plan", "--check", "--rev", "migrate/head", code=0)


def test_the_plan_ignores_itself(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    assert (shop / ".migrate" / "plan.toml").exists()
    assert git(shop, "status", "--porcelain") == ""


def test_an_entry_taken_out_of_the_plan_is_left_alone(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    text = path.read_text()
    cut = text[: text.index("[[decorators]]")] + text[text.index("[[aliases]]") :]
    path.write_text(cut + "# a comment changes nothing\n")
    migrate("apply", "--through-gates")
    assert "migrate/03-decorators" not in git(shop, "branch", "--list", "migrate/*")
    assert "@app.task" in git(shop, "show", "migrate/head:shop/tasks.py")


def test_an_unknown_key_in_the_plan_is_named_with_its_line(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    path.write_text(path.read_text().replace("because = ", "becuase = ", 1))
    said = migrate("apply", "--through-gates", code=2)
    assert "plan.toml:" in said.err
    assert 'did you mean "because"?' in said.err


def test_a_plan_whose_files_moved_is_refused(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    commit_files(shop, {"shop/tasks.py": FILES["shop/tasks.py"] + "\nX = 1\n"}, "More")
    said = migrate("apply", "--through-gates", code=3)
    assert "'shop/tasks.py' changed since the plan was made" in said.err
    assert "migrate plan" in said.err
    assert git(shop, "branch", "--list", "migrate/*") == ""


def test_a_commit_beside_the_plan_is_allowed(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    commit_files(shop, {"README": "hello\n"}, "Read me")
    migrate("apply", "--through-gates")
    assert "README" in git(shop, "ls-tree", "--name-only", "migrate/head")


def test_wrong_words(shop: Path, migrate: Terminal) -> None:
    assert "there is no step 'rename'" in migrate("apply", "--step", "rename", code=2).err
    assert migrate("fleet", code=2).err
    assert migrate("plan", "--live", code=2).err
    assert migrate("report", "--format", "pdf", code=2).err


def test_configuration_with_an_unknown_key(shop: Path, migrate: Terminal) -> None:
    (shop / "pyproject.toml").write_text("[tool.migrate]\ngod_file = ['x.py']\n")
    said = migrate("plan", code=2)
    assert 'pyproject.toml:2: unknown key "god_file"; did you mean "god_files"?' in said.err


def test_configuration_with_an_unknown_part(shop: Path, migrate: Terminal) -> None:
    (shop / "pyproject.toml").write_text("[tool.migrate.runtime]\nskip = ['hook']\n")
    said = migrate("plan", code=2)
    assert 'pyproject.toml:2: skip has no "hook"; did you mean "hooks"?' in said.err


def test_a_second_run_is_told_who_runs(shop: Path, migrate: Terminal) -> None:
    common = shop / ".git"
    with run_lock(common, "apply"):
        said = migrate("rollback", code=3).err
        assert f"'migrate apply' is running in this repository (process {os.getpid()}" in said
    assert not (common / "migrate" / "running").exists()


def test_a_killed_run_holds_nothing(shop: Path, migrate: Terminal) -> None:
    code = f"import os; from pathlib import Path; from migrate.lock import run_lock; held = run_lock(Path({str(shop / '.git')!r}), 'apply'); held.__enter__(); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    running = shop / ".git" / "migrate" / "running"
    assert running.read_text().endswith(" migrate apply")
    migrate("apply", "--through-gates")
    assert not running.exists()


def test_explain_shows_a_before_and_after(migrate: Terminal) -> None:
    said = migrate("explain", "decorators")
    assert "@shared_task" in said.out
    assert "needs aliases first" in migrate("explain", "names").out


def test_explain_split_says_where_there_is_nothing_to_split(here: Path, migrate: Terminal) -> None:
    assert "god file here" not in migrate("explain", "split").out
    make_repository(here, {"shop/__init__.py": ""})
    assert "there is no god file here to be split" in migrate("explain", "split").out


def test_what_was_applied_before_is_not_said_to_be_nothing(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--step", "decorators")
    said = migrate("apply", "--step", "decorators").out
    assert said.startswith("[X] decorators   ")
    assert "  applied before" in said.splitlines()[0]
    assert "would change" in migrate("apply", "--dry-run", "--step", "aliases").out


def test_the_projects_tests_are_run_before_and_after(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--step", "aliases", "--test-command", "test -e shop/tasks.py")
    said = migrate(
        "apply", "--step", "names", "--test-command", "grep -q create_job[(] shop/tasks.py", code=1
    )
    assert "left out, since it could not be proved (1)" in said.out
    assert "migrate/05-names" not in git(shop, "branch", "--list", "migrate/*")


def test_every_entry_can_be_taken_out_of_the_plan(shop: Path, migrate: Terminal) -> None:
    commit_files(
        shop, {"shop/more.py": FILES["shop/tasks.py"].replace("create_job()", "other()")}, "More"
    )
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    whole = path.read_text()
    for entry in ("alias:other()", "rename:other()"):
        start = whole.rindex("[[", 0, whole.index(f'id = "{entry}"'))
        end = whole.find("[[", start + 2)
        whole = whole[:start] + (whole[end:] if end >= 0 else "")
    path.write_text(whole)
    migrate("apply", "--through-gates")
    assert "other()" in git(shop, "show", "migrate/head:shop/more.py")
    assert "create_job()" not in git(shop, "show", "migrate/head:shop/tasks.py")


def test_a_plan_serves_steps_in_any_selection(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    migrate("apply", "--step", "aliases")
    migrate("apply", "--step", "decorators")
    migrate("apply", "--through-gates")
    assert "every step is applied" in migrate("status").out


def test_a_plan_and_a_commit_of_ones_own_on_the_branch(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    migrate("apply", "--step", "decorators", "--checkout")
    commit_files(shop, {"NOTES": "mine\n"}, "Mine")
    migrate("apply", "--through-gates")
    assert "every step is applied" in migrate("status").out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('revision = "', 'revision = "1111'),
        ('id = "convert:shop/tasks.py"', 'id = "convert:shop/tusks.py"'),
        ('path = "shop/tasks.py"', 'path = "nope.py"'),
    ],
)
def test_a_plan_of_something_else_is_refused(
    shop: Path, migrate: Terminal, old: str, new: str
) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    path.write_text(path.read_text().replace(old, new, 1))
    assert "migrate plan" in migrate("apply", "--through-gates", code=3).err


def test_a_configuration_that_changed_since_the_plan(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    (shop / "migrate.toml").write_text('exclude = ["shop/tasks.py"]\n')
    assert "the configuration changed" in migrate("apply", "--through-gates", code=3).err


def test_status_tells_what_has_nothing_to_do(shop: Path, migrate: Terminal) -> None:
    (shop / "migrate.toml").write_text("names.parentheses = false\n")
    migrate("apply", "--through-gates")
    assert "every step is applied or had nothing to do" in migrate("status").out
    assert migrate("status", "--json").json["next"] is None


def test_planning_goes_on_from_what_is_applied(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--through-gates")
    assert "nothing" in migrate("plan").out
    migrate("plan", "--check")


def test_files_that_are_named_are_written_and_no_others(shop: Path, migrate: Terminal) -> None:
    (shop / "poetry.lock").write_text("precious\n")
    migrate("plan", "--out", "poetry.toml")
    assert (shop / "poetry.lock").read_text() == "precious\n"
    migrate("apply", "--through-gates", "--plan", "poetry.toml")
    for form in ("terminal", "markdown", "json"):
        migrate("report", "--format", form, "--out", f"report.{form}")
        assert "shared_task" in (shop / f"report.{form}").read_text()
    assert "--out FILE" in migrate("report", "--out", "/nonexistent/x", code=2).err
    assert "--out FILE" in migrate("plan", "--out", "/nonexistent/x", code=2).err


@pytest.mark.parametrize("words", [("--test-command", "'"), ("--test-command", "nonexistent-command"), ("--prove", "boot"), ("--prove", "boot", "--python", "/nonexistent"), ("--prove", "moon"), ("--gate", "0"), ("--bogus",)])  # fmt: skip
def test_wrong_options_are_2(shop: Path, migrate: Terminal, words: tuple[str, ...]) -> None:
    migrate("apply", "--through-gates", *words, code=2)
    assert git(shop, "branch", "--list", "migrate/*") == ""


def test_the_demo_speaks_json(here: Path, migrate: Terminal) -> None:
    found = migrate("demo", here / "demo", "--json").json
    assert found["history"][-1]["step"] == "runtime"
    assert "is not empty" in migrate("demo", here / "demo", code=2).err
    migrate("demo", here / "demo", "--force", "--only-write")
    (here / "file").touch()
    assert "is a file" in migrate("demo", here / "file", code=2).err


@pytest.mark.parametrize("step", ["decorators", "runtime"])
def test_a_plan_with_a_god_file_serves_steps_that_stand_alone(
    step: str, here: Path, migrate: Terminal
) -> None:
    """What was planned for the files that split would make is decided anew for those that are there."""
    migrate("demo", "--only-write", "shop")
    migrate("plan", "-C", "shop")
    done = migrate("apply", "--through-gates", "-C", "shop", "--step", step)
    assert f"[X] {step}" in done.out
    assert f"[X] {step}" in migrate("status", "-C", "shop").out


@pytest.mark.parametrize("branch", ["main", "migrate/head"])
@pytest.mark.parametrize(
    "words", [["rollback", "--to", "names"], ["rollback", "--drop", "decorators"], ["rebase"]]
)
def test_what_was_undone_comes_back_by_what_is_said(
    shop: Path, migrate: Terminal, branch: str, words: list[str]
) -> None:
    migrate("apply", "--through-gates")
    tip = git(shop, "rev-parse", "migrate/head")
    if words == ["rebase"]:
        commit_files(shop, {"more.py": ""}, "More")
        words = [*words, "--onto", "main"]
    git(shop, "switch", "-q", branch)
    branches = git(shop, "branch", "--list", "migrate/*")
    said = migrate(*words)
    assert git(shop, "rev-parse", "migrate/head") != tip
    assert "to have it back: migrate rollback --undo" in said.out + said.err
    assert "git branch -D migrate/undone-1" in " ".join((said.out + said.err).split())
    back = migrate("rollback", "--undo")
    assert git(shop, "rev-parse", "migrate/head") == tip
    assert git(shop, "status", "--porcelain") == ""
    left = git(shop, "branch", "--list", "migrate/*")
    kept = {"migrate/undone-1"} if "keeps what stood there" in back.out + back.err else set()
    assert set(left.split()) - kept == set(branches.split())
