"""What is asked after a long verb is answered ahead: in the same words, and of how things stand then."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from migrate import __main__ as command
from migrate.answers import ahead
from migrate.answers.asking import answer, listening
from migrate.project import Project
from migrate.steps import Step
from tests.command import commit_files, git, make_repository
from tests.migrate.test_answers import FILES, marked
from tests.migrate.test_answers import Ran as Asked

MORE = {
    **FILES,
    "shop/old.py": "from shop.app import app\n\n\n@app.task(name='send()')\ndef send_old():\n    return 1\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project in a folder of its own, where every verb counts as a long one."""
    monkeypatch.setattr(ahead, "LONG", 0)
    made = make_repository(tmp_path / "shop", MORE)
    with chdir(made):
        yield made


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[str, str, int]:
    """What the command says in this process, as one that is started does."""
    monkeypatch.setattr(sys, "argv", ["migrate", *words])
    monkeypatch.setattr(sys, "stdout", StringIO())
    monkeypatch.setattr(sys, "stderr", StringIO())
    with listening() as (out, err):
        code = answer(words, command.typed)
    return out.text, err.text, code


def timeless(text: str) -> str:
    """What was said without how long it took."""
    return re.sub(r'"seconds": [0-9.]+', "", text)


def anew(project: Path, words: list[str]) -> tuple[str, str, int]:
    """What is said where nothing is kept."""
    for path in project.glob(".git/migrate/answers/*.json"):
        path.unlink()
    return Asked(project, *words).told


def answers(project: Path) -> int:
    """How many answers are kept."""
    return len(list(project.glob(".git/migrate/answers/*.json")))


@pytest.mark.parametrize("first", [["plan"], ["plan", "--accept"], ["plan", "--check"], ["apply"]])
@pytest.mark.parametrize("words", [["status"], ["status", "--json"]], ids=" ".join)
def test_status_says_the_same_as_if_it_were_worked_out(
    project: Path, monkeypatch: pytest.MonkeyPatch, first: list[str], words: list[str]
) -> None:
    run(monkeypatch, *first)
    assert marked(project) >= 2
    told, *rest = run(monkeypatch, *words)
    assert told.startswith("kept: ")
    assert (told.removeprefix("kept: "), *rest) == anew(project, words)


@pytest.mark.parametrize(
    "words",
    [
        ["apply"],
        ["apply", "--json"],
        ["apply", "--accept"],
        ["apply", "--accept", "--through-gates"],
    ],
    ids=" ".join,
)
def test_an_apply_says_what_the_next_one_would(
    project: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    run(monkeypatch, *words)
    head = git(project, "rev-parse", "migrate/head")
    notes = project / ".migrate" / "notes.txt"
    marked(project)
    told, *rest = run(monkeypatch, *words)
    assert told.startswith("kept: ")
    before = notes.read_text() if notes.exists() else ""
    again = anew(project, words)
    assert [timeless(told.removeprefix("kept: ")), *rest] == [timeless(again[0]), *again[1:]]
    assert (notes.read_text() if notes.exists() else "") == before
    assert git(project, "rev-parse", "migrate/head") == head


def test_looking_ahead_commits_nothing_where_work_is_left(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from migrate.applying import Applied, apply_steps
    from migrate.cli import apply

    calls = list[int]()

    def some_first(found: Project, steps: list[Step], *rest: Any, **more: Any) -> list[Applied]:
        calls.append(len(steps))
        return apply_steps(found, steps[:5] if len(calls) == 1 else steps, *rest, **more)

    words = ("apply", "--through-gates")
    monkeypatch.setattr(apply, "apply_steps", some_first)
    assert "[X] aliases" in run(monkeypatch, *words)[0]
    assert len(calls) == 2
    assert git(project, "rev-list", "--count", "migrate/base..migrate/head").strip() == "2"
    assert "[X] names" in run(monkeypatch, *words)[0]


def commit(project: Path) -> None:
    """Somebody commits."""
    commit_files(project, {"shop/tasks.py": "", "shop/old.py": ""}, "Nothing to do any more")


def configure(project: Path) -> None:
    """Somebody configures."""
    (project / "migrate.toml").write_text("exclude = ['shop/*']\n")


def edit(project: Path) -> None:
    """Somebody edits the plan."""
    path = project / ".migrate" / "plan.toml"
    path.write_text(path.read_text().partition("[[decorators]]")[0])


@pytest.mark.parametrize("change", [commit, configure, edit])
def test_what_changes_meanwhile_is_not_overlooked(
    project: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    from migrate.cli import plan
    from migrate.cli.ahead import keep_status

    def keep_later(found: Project) -> None:
        change(project)
        keep_status(found)

    monkeypatch.setattr(plan, "keep_status", keep_later)
    run(monkeypatch, "plan")
    told = run(monkeypatch, "status")
    assert told == anew(project, ["status"])


def test_after_a_quick_verb_nothing_is_done_ahead(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "LONG", 1000)
    run(monkeypatch, "plan")
    assert answers(project) == 1


def test_a_program_that_embeds_the_command_keeps_nothing(project: Path) -> None:
    code = "import sys; from migrate.answers import ahead; ahead.LONG = 0; from migrate.__main__ import main; sys.argv = ['migrate', 'plan']; main()"
    subprocess.run([sys.executable, "-c", code], cwd=project, check=True, capture_output=True)
    assert answers(project) == 0


def test_what_stops_the_next_verb_does_not_stop_this_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from migrate.cli import status
    from migrate.errors import SafetyError

    def stopped(found: object) -> None:
        raise SafetyError("not now")

    monkeypatch.setattr(status, "status_of", stopped)
    assert run(monkeypatch, "plan")[2] in {0, 1}
    assert answers(project) == 1


def test_notes_come_with_an_answer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stays = "\n\n@app.task(filter=str)\ndef kept():\n    return 2\n"
    commit_files(project, {"shop/tasks.py": FILES["shop/tasks.py"] + stays}, "One that stays")
    run(monkeypatch, "apply")
    notes = project / ".migrate" / "notes.txt"
    run(monkeypatch, "apply")
    before = notes.read_text()
    notes.unlink()
    run(monkeypatch, "apply")
    assert notes.read_text() == before
