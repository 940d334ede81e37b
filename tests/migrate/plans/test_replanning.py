"""`migrate plan` over a plan that a person edited."""

from pathlib import Path

import msgspec
import pytest

from codemods.dedupe import Merge
from migrate.plans.plan import Lock, Plan
from migrate.plans.replanning import carried_over
from migrate.steps import BY_NAME, Steps
from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.plans.test_sittings import DOUBLE
from tests.migrate.test_json import FILES

DEDUPE = BY_NAME["dedupe"]
ITEM = Merge("merge:a", "why", "a", "one.py::a", "one.py::a", "options", False, "-x\n+y")


def plan_of(planned: list[Merge], written: list[Merge], *, locked: bool = True) -> Plan:
    entries = {"dedupe": msgspec.to_builtins(planned)}
    lock = Lock("r", "d", "t", {}, {}, "s", entries) if locked else None
    return Plan("r", {"dedupe": tuple(written)}, lock, Path("plan.toml"), Steps())


def changed(item: Merge, **fields: object) -> Merge:
    return msgspec.structs.replace(item, **fields)


def test_a_changed_field_stays_and_the_others_are_of_today() -> None:
    plan = plan_of([ITEM], [changed(ITEM, accepted=True)])
    today = changed(ITEM, because="another reason", diff="-x\n+z")
    assert carried_over(plan, DEDUPE, (today,)) == ((changed(today, accepted=True),), [])


def test_consent_to_something_else_does_not_stay() -> None:
    plan = plan_of([ITEM], [changed(ITEM, accepted=True)])
    today = changed(ITEM, text="two.py::a")
    assert carried_over(plan, DEDUPE, (today,)) == ((today,), ["merge:a"])


def test_what_was_taken_out_stays_out_and_what_is_new_comes_in() -> None:
    other, new = changed(ITEM, id="merge:b"), changed(ITEM, id="merge:c")
    plan = plan_of([ITEM, other], [ITEM])
    assert carried_over(plan, DEDUPE, (ITEM, other, new)) == ((ITEM, new), [])


def test_an_edit_of_what_is_gone_is_told() -> None:
    plan = plan_of([ITEM], [changed(ITEM, accepted=True)])
    assert carried_over(plan, DEDUPE, ()) == ((), ["merge:a"])


def test_without_a_lock_every_entry_is_a_persons() -> None:
    plan = plan_of([], [changed(ITEM, accepted=True)], locked=False)
    assert carried_over(plan, DEDUPE, (ITEM,)) == ((changed(ITEM, accepted=True),), [])


@pytest.fixture
def twice(here: Path) -> Path:
    files = {
        "shop/one.py": DOUBLE.format("", 1),
        "shop/two.py": DOUBLE.format(", max_retries=3", 2),
    }
    return make_repository(here, {**FILES, **files})


def accept_all(path: Path) -> str:
    text = path.read_text().replace("accepted = false", "accepted = true")
    path.write_text(text)
    return text


def test_consent_stays_and_edits_that_fit_nothing_are_named(twice: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = twice / ".migrate" / "plan.toml"
    edited = accept_all(path)
    migrate("plan")
    assert "accepted = true" in path.read_text()
    commit_files(twice, {"shop/two.py": "X = 1\n"}, "One is enough")
    said = migrate("plan").err
    assert "1 of them fits nothing here any more" in said
    assert "merge:send" in said
    assert (path.parent / "plan.toml.1").read_text() == edited


def test_an_accepted_edit_that_is_carried_out_is_not_called_lost(
    twice: Path, migrate: Terminal
) -> None:
    migrate("plan")
    accept_all(twice / ".migrate" / "plan.toml")
    migrate("apply", "--through-gates")
    migrate("verify")
    assert "fits nothing" not in migrate("plan").err
    assert migrate("status", "--json").json["next_command"] is None


def test_a_plan_that_did_not_change_is_kept_once(twice: Path, migrate: Terminal) -> None:
    migrate("plan")
    migrate("plan")
    assert not list((twice / ".migrate").glob("plan.toml.*"))
    accept_all(twice / ".migrate" / "plan.toml")
    for _ in range(3):
        migrate("plan")
    assert [path.name for path in (twice / ".migrate").glob("plan.toml.*")] == ["plan.toml.1"]


def test_a_plan_of_another_name_keeps_its_edits_too(
    twice: Path, here: Path, migrate: Terminal
) -> None:
    path = here / "my.toml"
    migrate("plan", "--out", path)
    edited = accept_all(path)
    assert "your edits" in migrate("plan", "--out", path).err
    assert "accepted = true" in path.read_text()
    assert (here / "my.toml.1").read_text() == edited


def test_check_and_another_revision_write_nothing(twice: Path, migrate: Terminal) -> None:
    migrate("plan")
    edited = accept_all(twice / ".migrate" / "plan.toml")
    migrate("plan", "--check", code=1)
    migrate("plan", "--rev", git(twice, "rev-parse", "HEAD"))
    assert (twice / ".migrate" / "plan.toml").read_text() == edited
    assert not list((twice / ".migrate").glob("plan.toml.*"))
