"""Answers that are kept: the same words where nothing changed, and worked out anew where anything did."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from migrate.answers.question import Question, question
from tests.command import commit_files, git, make_repository

FILES = {
    "shop/__init__.py": "from shop.app import app as celery_app\n",
    "shop/app.py": "from celery import Celery\n\napp = Celery('shop', include=['shop.tasks'])\napp.set_default()\n",
    "shop/tasks.py": "from shop.app import app\n\n\n@app.task\ndef send():\n    return 1\n",
}


START = "from migrate.answers import ahead; ahead.LONG = 1e9; from migrate.__main__ import start; start()"
"""The command, for which no verb counts as a long one, however busy the machine is."""


class Ran:
    """What one process of the command gave."""

    def __init__(self, folder: Path, *words: str, **environment: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", START, *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        self.out, self.err, self.code = done.stdout, done.stderr, done.returncode

    @property
    def told(self) -> tuple[str, str, int]:
        """All that a person sees of it."""
        return self.out, self.err, self.code


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which `decorators` has a file to change."""
    return make_repository(tmp_path / "shop", FILES)


def marked(project: Path) -> int:
    """Puts a word of the test's own into every kept answer, so that one that is used is known."""
    import hashlib

    found = list(project.glob(".git/migrate/answers/*.json"))
    for path in found:
        head, _, body = path.read_bytes().partition(b"\n")
        out, *rest = json.loads(body)
        body = json.dumps(["kept: " + out, *rest]).encode()
        ground = b" ".join(head.split(b" ")[:-1])
        path.write_bytes(ground + b" " + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    return len(found)


def is_kept(ran: Ran) -> bool:
    """Whether an answer is a marked one."""
    return ran.out.startswith("kept: ")


@pytest.mark.parametrize(
    "words",
    [
        ["plan"],
        ["plan", "--json"],
        ["plan", "--check"],
        ["plan", "--diff"],
        ["plan", "--accept"],
        ["plan", "--notes"],
        ["status"],
        ["status", "--json"],
        ["-C", ".", "status"],
        ["report"],
        ["report", "--history", "--every", "1", "--format", "markdown"],
        ["report", "--format", "html"],
    ],
    ids=" ".join,
)
def test_the_same_question_gets_the_same_answer(project: Path, words: list[str]) -> None:
    first = Ran(project, *words)
    assert first.code in {0, 1}
    assert marked(project) == 1
    again = Ran(project, *words)
    assert again.told == ("kept: " + first.out, first.err, first.code)


def test_an_apply_that_has_nothing_to_do_is_kept_and_one_that_commits_is_not(project: Path) -> None:
    first = Ran(project, "apply")
    assert "[X] decorators" in first.out
    assert marked(project) == 0
    second = Ran(project, "apply")
    assert "proofs held" not in second.out
    assert "applied before" in second.out
    assert marked(project) == 1
    assert is_kept(Ran(project, "apply"))
    git(project, "update-ref", "-d", "refs/heads/migrate/head")
    git(project, "update-ref", "-d", "refs/heads/migrate/base")
    assert "[X] decorators" in Ran(project, "apply").out


def write(name: str, text: str) -> Callable[[Path], None]:
    """A change: a file with this text."""

    def changed(project: Path) -> None:
        (project / name).write_text(text)

    return changed


def commit(project: Path) -> None:
    """A change: a commit."""
    commit_files(project, {"shop/more.py": "LIMIT = 1\n"}, "More")


def branch(project: Path) -> None:
    """A change: another branch of the same commit, which the page names."""
    git(project, "switch", "-qc", "other")


def own_branch(project: Path) -> None:
    """A change: a branch that the tool minds."""
    git(project, "branch", "migrate/head")


def configured(project: Path) -> None:
    """A change: git's own configuration, which may name programs."""
    git(project, "config", "core.fsmonitor", "true")


def edited(project: Path) -> None:
    """A change: a person takes a decision out of the plan."""
    path = project / ".migrate" / "plan.toml"
    path.write_text(path.read_text().partition("[[decorators]]")[0])


def cleared(project: Path) -> None:
    """A change: git has packed its objects and cleared away what nothing points at."""
    git(project, "gc", "-q", "--prune=now")


@pytest.mark.parametrize(
    "change",
    [
        commit,
        branch,
        own_branch,
        configured,
        edited,
        cleared,
        write("pyproject.toml", "[tool.migrate]\nexclude = ['shop/*']\n"),
        write("migrate.toml", "[beat]\nexpires = false\n"),
        write(".migrate/plan.toml", "nonsense"),
        write(".git/info/grafts", ""),
        write(".git/migrate/running", "1 elsewhere migrate apply"),
    ],
)
def test_what_an_answer_hangs_on_makes_it_old(
    project: Path, change: Callable[[Path], None]
) -> None:
    Ran(project, "plan")
    assert marked(project) == 1
    assert is_kept(Ran(project, "plan"))
    time.sleep(0.01)
    change(project)
    assert not is_kept(Ran(project, "plan"))


@pytest.mark.parametrize(
    "environment", [{"COLUMNS": "80"}, {"XDG_CONFIG_HOME": "/nowhere"}, {"LANG": "de_DE.UTF-8"}]
)
def test_the_surroundings_count(project: Path, environment: dict[str, str]) -> None:
    Ran(project, "plan")
    assert marked(project) == 1
    assert not is_kept(Ran(project, "plan", **environment))


def test_the_tool_itself_counts(project: Path, tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "tool"
    here = Path(__file__).parents[2]
    for name in ("migrate", "codemods", "reports", "target_runtime"):
        shutil.copytree(here / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    Ran(project, "status", PYTHONPATH=str(copy))
    assert marked(project) == 1
    assert is_kept(Ran(project, "status", PYTHONPATH=str(copy)))
    with (copy / "codemods" / "names.py").open("a") as stream:
        stream.write("# changed\n")
    assert not is_kept(Ran(project, "status", PYTHONPATH=str(copy)))


def test_edits_of_the_plan_are_told_each_time_and_stay(project: Path) -> None:
    Ran(project, "plan")
    edited(project)
    told = [Ran(project, "plan").told for _ in range(4)]
    assert all("your edits of .migrate/plan.toml stay" in err for _, err, _ in told)
    assert "[[decorators]]" not in (project / ".migrate" / "plan.toml").read_text()


def test_a_damaged_answer_is_worked_out_again(project: Path) -> None:
    first = Ran(project, "status")
    (path,) = project.glob(".git/migrate/answers/*.json")
    path.write_bytes(path.read_bytes().replace(b"split", b"spilt"))
    assert Ran(project, "status").told == first.told


def test_an_answer_behind_a_link_is_not_written(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (project / ".git" / "migrate").mkdir()
    (project / ".git" / "migrate" / "answers").symlink_to(elsewhere)
    first, second = Ran(project, "status"), Ran(project, "status")
    assert first.told == second.told
    assert not list(elsewhere.iterdir())


def test_what_went_wrong_is_not_kept(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.migrate]\nnonsense = 1\n")
    assert Ran(project, "plan").code == 2
    assert Ran(project, "plan", "--notes", "nonsense").code == 2
    assert not list(project.glob(".git/migrate/answers/*"))


def test_where_codemods_of_the_users_own_run_nothing_is_kept(project: Path) -> None:
    text = "[[tool.migrate.codemods]]\nname = 'own'\nlibcst = 'own.py:Own'\nafter = 'names'\n"
    (project / "pyproject.toml").write_text(text)
    Ran(project, "plan")
    assert not list(project.glob(".git/migrate/answers/*"))


def test_changed_files_on_migrate_head_are_minded(project: Path) -> None:
    Ran(project, "apply", "--checkout")
    Ran(project, "apply")
    assert marked(project) == 1
    (project / "shop" / "tasks.py").write_text("LIMIT = 2\n")
    refused = Ran(project, "apply")
    assert refused.code == 3
    assert "not committed" in refused.err


def test_sixteen_answers_are_kept(project: Path) -> None:
    from migrate.answers import kept

    Ran(project, "status")
    (path,) = project.glob(".git/migrate/answers/*.json")
    for number in range(20):
        other = path.with_name(f"{number:024}.json")
        other.write_bytes(path.read_bytes())
        os.utime(other, (number, number))
    path.unlink()
    Ran(project, "status")
    assert len(list(path.parent.iterdir())) == kept.MOST
    assert path.exists()


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("plan --json", Question("plan", Path(), ("--json",))),
        ("-C shop plan", Question("plan", Path("shop"), ())),
        ("plan -Cshop --check", Question("plan", Path("shop"), ("--check",))),
        ("--project=shop status", Question("status", Path("shop"), ())),
        ("plan --notes unparsed", Question("plan", Path(), ("--notes", "unparsed"))),
        ("plan --notes=unparsed", Question("plan", Path(), ("--notes=unparsed",))),
        ("apply --accept --through-gates", Question("apply", Path(), ("--accept", "--through-gates"))),
        ("report --history --every 5", Question("report", Path(), ("--history", "--every", "5"))),
        ("report --since v1", None),
        ("report --out report.html", None),
        ("plan --fresh", None),
        ("plan --rev main", None),
        ("plan --live", None),
        ("plan --out elsewhere.toml", None),
        ("plan --trust", None),
        ("apply --step names", None),
        ("apply --dry-run", None),
        ("apply --deployed 1", None),
        ("apply --prove boot", None),
        ("status --help", None),
        ("drain", None),
        ("rollback", None),
        ("--version", None),
        ("plan -C", None),
        ("", None),
    ],
)  # fmt: skip
def test_which_questions_have_answers(words: str, asked: Question | None) -> None:
    assert question(words.split()) == asked
