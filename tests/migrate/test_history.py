"""`report --history` over many commits: a part of them, and how to have all."""

import subprocess
from pathlib import Path

import pytest

from codemods.inventory.link import Inventory
from codemods.snapshot import snapshot_of
from migrate.contents import content_key
from reports.progress import Metrics, measure
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES, valid

COMMITS = 300


@pytest.fixture
def long(here: Path) -> Path:
    """A repository of 300 commits in each of which a file changes, the last one with a task more."""
    make_repository(here, FILES)
    start = git(here, "rev-parse", "HEAD")
    parts = []
    for number in range(1, COMMITS):
        path, text = "shop/notes.txt", str(number)
        if number == COMMITS - 1:
            path = "orders/late.py"
            text = "from celery import shared_task\n\n\n@shared_task\ndef late():\n    return 1\n"
        parts.append(
            f"commit refs/heads/main\ncommitter Test <t@example.com> {1_700_000_000 + number} +0000\ndata 1\nx\n"
            + (f"from {start}\n" if number == 1 else "")
            + f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"
        )
    subprocess.run(
        ["git", "fast-import", "--quiet"], input="".join(parts).encode(), cwd=here, check=True
    )
    git(here, "reset", "-q", "--hard")
    return here


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("migrate.cli.report.MOST", 10)


@pytest.mark.usefixtures("long")
def test_a_long_history_is_measured_in_part_and_says_so(migrate: Terminal) -> None:
    found = migrate("report", "--history", "--json")
    report = valid("report", found.json)
    assert report["commits"] == COMMITS
    assert len(report["history"]) == 10
    assert "10 of 300 commits measured" in found.err
    assert "--every 1" in found.err
    tasks = [item["metrics"]["task_definitions"] for item in report["history"]]
    assert tasks[-1] == tasks[0] + 1
    assert report["metrics"] == report["history"][-1]["metrics"]


def test_commits_of_steps_are_always_measured(long: Path, migrate: Terminal) -> None:
    migrate("apply", "--accept", code=None)
    steps = int(git(long, "rev-list", "--count", "main..migrate/head"))
    assert steps > 1
    report = migrate("report", "--history", "--json").json
    assert sum(item["step"] is not None for item in report["history"]) == steps
    assert report["commits"] == COMMITS + steps


@pytest.mark.usefixtures("long")
def test_every_says_how_many(migrate: Terminal) -> None:
    found = migrate("report", "--history", "--every", "1", "--json")
    assert len(found.json["history"]) == COMMITS
    assert "measured" not in found.err
    found = migrate("report", "--history", "--every", "100", "--json")
    assert len(found.json["history"]) == 4
    assert "4 of 300 commits measured" in found.err
    found = migrate("report", "--since", "HEAD~5", "--json")
    assert len(found.json["history"]) == 5
    assert found.err == ""


@pytest.mark.usefixtures("long")
def test_every_needs_a_history(migrate: Terminal) -> None:
    assert "add --history or --since REV" in migrate("report", "--every", "2", code=2).err
    assert migrate("report", "--history", "--every", "0", code=2).err


def test_a_project_without_celery_has_reached_nothing(here: Path, migrate: Terminal) -> None:
    make_repository(here, {"shop/views.py": "def view():\n    return 1\n"})
    for words in (["plan"], ["report"], ["report", "--format", "markdown"]):
        found = migrate(*words)
        assert "no Celery tasks found" in found.out
        assert "reached" not in found.out
        assert "100.0 %" not in found.out
    assert "next: nothing; there are no Celery tasks to migrate" in migrate("plan").out
    assert (
        valid("report", migrate("report", "--json").json)["metrics"]["shared_task_percent"] == 100.0
    )


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often anything is measured from now on."""
    found: list[int] = []

    def measured(inventory: Inventory, gods: list[str]) -> Metrics:
        found.append(1)
        return measure(inventory, gods)

    monkeypatch.setattr("migrate.measuring.measure", measured)
    return found


def test_commits_that_say_the_same_are_measured_once(
    long: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch)
    first = migrate("report", "--history", "--every", "20", "--json").json
    assert len(calls) == 2
    assert migrate("report", "--history", "--every", "20", "--json").json == first
    assert len(calls) == 2
    (kept,) = (long / ".git" / "migrate" / "history").iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(whole.replace(b'"task_definitions":', b'"task_definitions":7'))
    assert migrate("report", "--history", "--every", "20", "--json").json == first
    assert len(calls) == 4
    assert kept.read_bytes() == whole


def test_what_figures_hang_on(long: Path, migrate: Terminal) -> None:
    before = migrate("report", "--json").json["metrics"]
    (long / "migrate.toml").write_text('exclude = ["orders/late.py"]\n')
    after = migrate("report", "--json").json["metrics"]
    assert after["task_definitions"] == before["task_definitions"] - 1


def test_figures_hang_on_python_files_and_on_what_tells_roots_and_versions() -> None:
    files = {"shop/a.py": b"", "notes.txt": b"", "requirements.txt": b"", "Procfile": b""}
    key = content_key(snapshot_of(files))
    for path in files:
        other = content_key(snapshot_of(files | {path: b"x"}))
        assert (other == key) == (path == "notes.txt"), path
    assert content_key(snapshot_of(files | {"b.py": b""})) != key
