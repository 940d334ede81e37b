"""What a person misspells in plan.toml is named with its line, and never left out unseen."""

from pathlib import Path

import pytest

from tests.command import Terminal, make_repository
from tests.migrate.plans.test_replanning import accept_all
from tests.migrate.plans.test_sittings import DOUBLE
from tests.migrate.test_json import FILES


@pytest.fixture
def plan(here: Path, migrate: Terminal) -> Path:
    """The plan of a project with a task that is defined twice."""
    files = {
        "shop/one.py": DOUBLE.format("", 1),
        "shop/two.py": DOUBLE.format(", max_retries=3", 2),
    }
    make_repository(here, {**FILES, **files})
    migrate("plan")
    return here / ".migrate" / "plan.toml"


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('name = "send"', 'name = "sent"', 'name is "sent", and the entry is about "send"'),
        (
            'id = "merge:send"',
            'id = "merge:sent"',
            'nothing planned for dedupe has the id "merge:sent"; the nearest is "merge:send"',
        ),
        ('id = "merge:send"', 'id = "me"', 'has the id "me"; take the whole entry out'),
    ],
)
def test_an_entry_about_nothing_is_refused_with_its_line(
    plan: Path, migrate: Terminal, was: str, now: str, told: str
) -> None:
    text = plan.read_text()
    assert text.count(f"{was}\n") == 1
    plan.write_text(text.replace(f"{was}\n", f"{now}\n"))
    line = plan.read_text().splitlines().index(now) + 1
    for verb, code in (("plan", 2), ("apply", 3)):
        said = migrate(verb, code=code).err.replace("\n", " ")
        assert f"plan.toml:{line}: " in said
        assert told in said
    assert now in plan.read_text()
    assert f"apply can't go by the plan: plan.toml:{line}: " in migrate("status").out
    assert migrate("status", "--json").json["plan_error"].startswith(f"plan.toml:{line}: ")


def test_what_says_nothing_of_what_an_entry_is_about_may_be_changed(
    plan: Path, migrate: Terminal
) -> None:
    accept_all(plan)
    text = plan.read_text()
    plan.write_text(text.replace('because = "', 'because = "seen; '))
    assert "your edits of .migrate/plan.toml stay" in migrate("plan").err


def test_without_a_lock_nothing_tells_what_was_planned(plan: Path, migrate: Terminal) -> None:
    plan.with_name("plan.lock").unlink()
    plan.write_text(plan.read_text().replace('name = "send"\n', 'name = "sent"\n'))
    assert "nothing planned" not in migrate("plan").err


def test_an_entry_that_is_no_table_of_its_own_is_told_without_a_line(
    plan: Path, migrate: Terminal
) -> None:
    entry = '{type="merge",id="merge:x",because="",name="x",place="",text="",difference="",accepted=true}'
    plan.write_text(f'revision = "x"\ndedupe = [{entry}]\n')
    assert "plan.toml: nothing planned for dedupe" in migrate("plan", code=2).err
