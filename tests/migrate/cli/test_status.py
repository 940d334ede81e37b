"""What `migrate status` says comes next, and of what the migration does not have."""

from pathlib import Path

import pytest

from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from migrate.pipeline import run
from migrate.steps import BY_NAME
from tests.command import Terminal, commit_files, make_repository
from tests.migrate.test_json import FILES
from tests.mutants.spoiling import load


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, FILES)


def test_no_step_stands_on_what_waits_for_a_deploy() -> None:
    snapshot = snapshot_of({path: text.encode() for path, text in FILES.items()})
    steps = [BY_NAME["decorators"], BY_NAME["aliases"]]
    runs = run(
        steps, snapshot, load(snapshot, Settings()), load,
        held=lambda step, made: step.name == "decorators",
    )  # fmt: skip
    assert [bool(item.changes) for item in runs] == [True, True]
    after = runs[1].snapshot.read("shop/tasks.py")
    assert b"@app.task" in after


def test_the_deploy_is_what_comes_next(shop: Path, migrate: Terminal) -> None:
    migrate("apply")
    found = migrate("status", "--json").json
    assert (found["deploy"], found["pending"]) == (1, ["names"])
    assert found["next_command"] == "migrate apply --deployed 1"
    said = migrate("status").out
    assert "waits for deploy 1" in said
    assert "next: deploy migrate/head to every worker" in said


def test_commits_that_the_migration_lacks_are_counted(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--through-gates")
    assert migrate("status", "--json").json["behind"] == 0
    commit_files(shop, {"shop/more.py": "x = 1\n"}, "More")
    assert migrate("status", "--json").json["behind"] == 1
    said = migrate("status").out
    assert "what is checked out has 1 commit that the migration lacks: migrate rebase" in said
    migrate("rebase")
    assert migrate("status", "--json").json["behind"] == 0


def test_a_step_that_has_only_notes_says_so(here: Path, migrate: Terminal) -> None:
    two = "from celery import Celery\n\napp = Celery('{}')\n"
    task = "from shop.one import app\n\n\n@app.task\ndef send():\n    pass\n"
    files = {"shop/one.py": two.format("a"), "shop/two.py": two.format("b"), "shop/tasks.py": task}
    make_repository(here, {"shop/__init__.py": "", **files})
    migrate("plan")
    said = migrate("status").out
    assert "nothing it can do by itself: 1 note)" in said


def test_all_verbs_count_the_same_notes(here: Path, migrate: Terminal) -> None:
    """Notes of the code, of steps and of both: each once, however many steps tell it."""
    two = "from celery import Celery\n\napp = Celery('{}')\n"
    task = "from shop.one import app\n\n\n@app.task\ndef send():\n    pass\n"
    named = (
        "from celery import shared_task\n\n\n@shared_task(name='late()')\ndef late():\n    pass\n"
    )
    broken = "import celery\n\n\ndef broken(:\n"
    files = {"shop/one.py": two.format("a"), "shop/two.py": two.format("b"), "shop/tasks.py": task}
    more = {"shop/late.py": named, "shop/broken.py": broken}
    make_repository(here, {"shop/__init__.py": "", **files, **more})
    count = len(migrate("plan", "--json").json["notes"])
    assert count > sum(migrate("status", "--json").json["notes"].values()) > 0
    assert migrate("plan", "--json").json["metrics"]["notes"] == count
    assert f"notes ({count})" in migrate("plan").out
    assert migrate("status", "--json").json["noted"] == count
    assert migrate("report", "--json").json["metrics"]["notes"] == count
