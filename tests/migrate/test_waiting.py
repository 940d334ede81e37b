"""A step of any kind whose decisions wait shows wherever a person looks."""

from pathlib import Path

import pytest

from codemods.inventory.link import Inventory
from codemods.snapshot import Snapshot
from codemods.values import Decision, Decisions, Question, Rewrite
from migrate import steps
from migrate.steps import Step
from tests.command import Terminal, make_repository
from tests.migrate.test_json import FILES


class Paint(Decision, frozen=True, tag="paint", forbid_unknown_fields=True):
    """A decision of another kind than any step has."""

    colour: str
    decided: bool = False

    @property
    def asks(self) -> Question:
        return Question(self.id, "colour", f"paint it {self.colour}", "-white\n+red")

    @property
    def waits(self) -> bool:
        return not self.decided


def decide(inventory: Inventory) -> Decisions:
    return Decisions((Paint("paint:door", "it is white", "red"),))


def rewrite(snapshot: Snapshot, inventory: Inventory, made: tuple[Decision, ...]) -> Rewrite:
    return Rewrite()


@pytest.fixture
def house(here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    step = Step("paint", 7, "doors", "", decide, rewrite, (Paint,))
    monkeypatch.setattr(steps, "BUILT_IN", (*steps.BUILT_IN, step))
    return make_repository(here, FILES)


def test_the_plan_says_that_it_waits(house: Path, migrate: Terminal) -> None:
    page = migrate("plan").out
    assert "waits for you (1)" in page
    assert "needs you (1)" in page
    assert "paint it red" in page
    assert "+red" in migrate("plan", "--all").out


def test_json_status_and_the_exit_code_say_so(house: Path, migrate: Terminal) -> None:
    planned = {step["name"]: step for step in migrate("plan", "--json").json["steps"]}
    assert planned["paint"]["waiting"] == ["paint:door"]
    applied = migrate("apply", "--through-gates", "--json", code=1).json["steps"]
    assert {step["name"]: step["waiting"] for step in applied}["paint"] == 1
    status = migrate("status", "--json").json
    assert status["waiting"] == {"paint": ["paint:door"]}
    assert status["next_command"] == "migrate plan"
    assert "(waits for you: 1)" in migrate("status").out
    assert "waits for you (1)" in migrate("apply", "--through-gates", code=1).out


def test_the_report_says_so_as_markdown_too(house: Path, migrate: Terminal) -> None:
    waiting = migrate("report", "--json").json["waiting"]
    said = "decision waits" if waiting == 1 else "decisions wait"
    assert f"{waiting} {said} for you" in migrate("report").out
    page = migrate("report", "--format", "markdown").out
    listed = page.partition(f"\n## {waiting} {said} for you\n\n")[2].partition("\n\n")[0]
    assert "- paint:door" in listed.splitlines()
    assert len(listed.splitlines()) == waiting
