"""`migrate fleet` as it is typed, with queues that run what is sent in this process."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest

from migrate.fleet.campaign import Campaign
from tests.command import git
from tests.migrate.fleet.conftest import Fleet
from tests.migrate.write_schemas import FOLDER

NAMES = ["empty", "gated", "own", "plain"]


def test_a_whole_campaign(run: Fleet, sources: Path) -> None:
    before = [git(sources / name, "for-each-ref") for name in NAMES]
    found = run()
    jsonschema.validate(found, json.loads((FOLDER / "fleet.json").read_bytes()))
    assert found["format"] == 1
    states = {one["name"]: (one["state"], one["cause"]) for one in found["repositories"]}
    assert states == {
        "empty": ("nothing", ""),
        "gated": ("waits", "deploy 1"),
        "own": ("waits", "consent"),
        "plain": ("done", ""),
    }
    assert (found["total"], found["ended"], found["pending"], found["is_over"]) == (4, 4, 0, True)
    assert [git(sources / name, "for-each-ref") for name in NAMES] == before
    folder = run.folder / "fleet.campaign"
    assert {"report.html", "report.md", "report.json"} <= {path.name for path in folder.iterdir()}
    assert msgspec.json.decode((folder / "report.json").read_bytes()) == found

    again = run()
    assert run.ran == []
    assert again["repositories"] == found["repositories"]
    run("--fresh")
    assert run.ran == NAMES


def test_limit_and_only_failed(run: Fleet) -> None:
    run.broken = {"gated"}
    found = run("--limit", "2")
    assert run.ran == ["empty", "gated"]
    assert (found["ended"], found["pending"], found["failed"]) == (2, 2, 1)
    run()
    assert run.ran == ["own", "plain"]
    run.broken = set()
    found = run("--only-failed")
    assert run.ran == ["gated"]
    assert (found["failed"], found["ended"]) == (0, 4)
    assert next(one["round"] for one in found["repositories"] if one["name"] == "gated") == 1
    run("--only-failed")
    assert run.ran == []


def test_what_was_interrupted_goes_on(run: Fleet) -> None:
    run.stops = "own"
    said = run.type("fleet", "fleet.toml", code=130)
    assert "interrupted" in said.err
    run.stops = ""
    run()
    assert run.ran == ["own", "plain"]


def test_a_dry_run_makes_no_branch_and_counts_for_no_other(run: Fleet) -> None:
    found = run("--dry-run")
    assert (found["commits"], found["patches"]) == (0, 0)
    assert found["files"] > 0
    run()
    assert run.ran == NAMES


def test_pull_requests_only_by_word(run: Fleet) -> None:
    text = (run.folder / "fleet.toml").read_text()
    command = '["sh", "-c", "echo $0 $1 >> ../../../../../pulls", "{name}", "{steps}"]'
    (run.folder / "fleet.toml").write_text(f"pull_request = {command}\n{text}")
    assert run()["pull_requests"] == 0
    assert not (run.folder / "pulls").exists()
    assert run("--pull-requests")["pull_requests"] == 3
    said = (run.folder / "pulls").read_text().splitlines()
    assert said == ["gated decorators, aliases", "own decorators", "plain decorators"]
    assert run("--pull-requests")["pull_requests"] == 0


def test_what_a_person_sees(run: Fleet) -> None:
    said = run.type("fleet", "fleet.toml", code=1).out
    assert (
        "4 of 4 repositories ended, 1 done, 1 with nothing to do, 2 wait for people, 0 failed"
        in said
    )
    assert "deployed = N in the manifest" in said
    assert "report.html" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fleet.toml", "x"], "folders are named with --init"),
        (["fleet.toml", "--rate", "3"], "--rate takes N/s"),
        (["fleet.toml", "--workers", "0"], "--broker URL"),
        (["fleet.toml", "--work"], "--work takes from a broker"),
        (["fleet.toml", "--pull-requests"], "add pull_request"),
        (["none.toml"], "--init DIR"),
        (["fleet.toml", "--init", "."], "nothing in it is overwritten"),
        (["new.toml", "--init", "."], "there is no git repository in ."),
        (["fleet.toml", "--out", "."], "holds no campaign"),
    ],
)
def test_wrong_words(words: list[str], said: str, run: Fleet) -> None:
    assert said in run.type("fleet", *words, code=2).err


def test_a_second_run_at_once_is_refused(run: Fleet) -> None:
    campaign = Campaign(run.folder / "fleet.campaign")
    campaign.begin("fleet")
    from migrate.lock import run_lock

    with run_lock(campaign.folder, "fleet"):
        assert "is running in this" in run.type("fleet", "fleet.toml", code=3).err


def test_without_the_runtime(run: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setitem(__import__("sys").modules, "migrate.fleet.app", None)
    monkeypatch.chdir(run.folder)
    said = run.type("fleet", "fleet.toml", code=2).err
    assert "pip install celery-converge-runtime" in said
