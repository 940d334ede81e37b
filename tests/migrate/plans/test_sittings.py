"""One migration in several sittings: what was decided later, and what was left out, comes back."""

import json
from pathlib import Path

import pytest

from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT
from tests.command import Terminal, git, make_repository
from tests.migrate.test_json import FILES

DOUBLE = """\
from celery import shared_task


@shared_task(name="send"{})
def send():
    return {}
"""


@pytest.fixture
def twice(here: Path) -> Path:
    return make_repository(
        here,
        {
            **FILES,
            "shop/one.py": DOUBLE.format("", 1),
            "shop/two.py": DOUBLE.format(", max_retries=3", 2),
        },
    )


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, FILES)


def test_a_decision_taken_later_is_a_further_commit(twice: Path, migrate: Terminal) -> None:
    said = migrate("apply", "--through-gates", code=1)
    assert "rollback, then" not in said.out
    status = migrate("status", "--json").json
    assert list(status["waiting"]) == ["dedupe"]
    assert status["next_command"] == "migrate apply --accept"
    tip = git(twice, "rev-parse", "migrate/head")
    migrate("apply", "--accept")
    assert git(twice, "rev-parse", "migrate/head~1") == tip
    assert "Migrate-Step: dedupe" in git(twice, "log", "-1", "--format=%B", "migrate/head")
    assert migrate("status", "--json").json["waiting"] == {}
    migrate("verify")


def test_an_edited_plan_is_verified_and_finished(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    text = path.read_text()
    path.write_text(text[: text.index("[[decorators]]")] + text[text.index("[[aliases]]") :])
    migrate("apply", "--through-gates")
    migrate("verify")
    path.unlink()
    assert migrate("status", "--json").json["pending"] == ["decorators"]
    migrate("apply")
    assert "@app.task" not in git(shop, "show", "migrate/head:shop/tasks.py")
    migrate("verify")


def test_a_finished_migration_plans_and_applies_nothing(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--through-gates")
    assert "next: nothing" in migrate("plan").out
    assert "nothing to do" in migrate("apply").out


def test_apply_stops_at_a_gate(shop: Path, migrate: Terminal) -> None:
    said = migrate("apply").out
    assert "stopped before deploy 1" in said
    assert "migrate apply --deployed 1" in said
    assert not git(shop, "branch", "--list", "migrate/05-names")
    assert migrate("status", "--json").json["next_command"] == "migrate apply --deployed 1"
    assert "next: deploy migrate/head to every worker" in migrate("status").out
    assert "next: deploy migrate/head to every worker" in migrate("plan").out
    assert "stopped before deploy 1" in migrate("apply", "--gate", "2").out
    migrate("apply", "--deployed", "1")
    assert git(shop, "branch", "--list", "migrate/05-names")


@pytest.mark.parametrize("word", ["--gate", "--deployed"])
def test_a_gate_that_no_step_has_is_refused(shop: Path, migrate: Terminal, word: str) -> None:
    assert "there is no gate 9" in migrate("apply", word, "9", code=2).err


def test_json_says_which_deploy_is_waited_for(shop: Path, migrate: Terminal) -> None:
    steps = json.loads(migrate("apply", "--json").out)["steps"]
    assert {step["name"]: step["gate"] for step in steps}["names"] == 1


def test_planning_again_keeps_edits_and_the_old_file(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    text = path.read_text()
    edited = text[: text.index("[[decorators]]")] + text[text.index("[[aliases]]") :]
    path.write_text(edited)
    for _ in range(2):
        assert "your edits of .migrate/plan.toml stay" in migrate("plan").err
        assert "[[decorators]]" not in path.read_text()
    assert (path.parent / "plan.toml.1").read_text() == edited
    migrate("plan", "--fresh")
    assert "[[decorators]]" in path.read_text()


def test_a_plan_that_is_not_there(shop: Path, migrate: Terminal) -> None:
    said = migrate("apply", "--plan", "gone.toml", code=2).err
    assert (
        said == "migrate: there is no plan 'gone.toml'. Write one: migrate plan --out gone.toml\n"
    )


def test_a_plan_that_cant_be_read_is_kept(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    path.write_text("[[decorators")
    said = migrate("plan", code=2).err
    assert "can't be read as a plan" in said
    assert "migrate plan --fresh" in said
    assert path.read_text() == "[[decorators"
    migrate("plan", "--fresh")
    assert (path.parent / "plan.toml.1").read_text() == "[[decorators"


def test_a_place_that_no_code_could_make_right_is_told_with_its_line(
    here: Path, migrate: Terminal
) -> None:
    domains = '[tool.migrate]\ngod_files = ["orders/tasks.py"]\n\n[tool.migrate.domains.email]\ntasks = ["*email*"]\n'
    make_repository(here, {GOD: IMPORTS + EMAIL + "\n\n" + REPORT, "pyproject.toml": domains})
    migrate("plan")
    path = here / ".migrate" / "plan.toml"
    path.write_text(path.read_text().replace("orders/email_tasks.py", "orders/mails"))
    line = path.read_text().splitlines().index('to = "orders/mails"') + 1
    for verb in ("plan", "apply"):
        said = migrate(verb, code=2).err.replace("\n", " ")
        assert f"plan.toml:{line}: 'orders/mails' is no Python file of the repository" in said


def test_status_honours_what_the_plan_leaves_out(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    text = path.read_text()
    path.write_text(text[: text.index("[[decorators]]")] + text[text.index("[[aliases]]") :])
    migrate("apply", "--through-gates")
    status = migrate("status", "--json").json
    assert status["pending"] == []
    assert list(status["left_out"]) == ["decorators"]
    assert "migrate plan --fresh" in migrate("status").out


def test_report_tells_what_waits(twice: Path, migrate: Terminal) -> None:
    assert "1 decision waits for you" in migrate("report").out
    assert migrate("report", "--json").json["waiting"] == 1


def test_without_celery_nothing_is_reached(here: Path, migrate: Terminal) -> None:
    make_repository(here, {"shop/__init__.py": "X = 1\n"})
    for verb in ("plan", "report"):
        page = migrate(verb).out
        assert "no Celery tasks found" in page
        assert "reached\n" not in page


def test_settings_that_match_nothing_are_notes(here: Path, migrate: Terminal) -> None:
    settings = 'god_files = ["no.py"]\nexclude = ["gone"]\nimport_roots = ["away"]\n[dedupe]\nwinners = ["none/*"]\n'
    make_repository(here, {**FILES, "migrate.toml": settings})
    notes = [n for n in migrate("plan", "--json").json["notes"] if n["code"] == "setting-unused"]
    told = [n["message"].split()[0] for n in notes]
    assert told == ["god_files", "exclude", "import_roots", "dedupe.winners"]


def test_rollback_goes_before_the_first_commit_of_a_step(twice: Path, migrate: Terminal) -> None:
    migrate("apply", "--step", "split", "--step", "dedupe", "--step", "decorators", code=1)
    first = git(twice, "rev-parse", "migrate/head")
    migrate("apply", "--accept", "--step", "dedupe")
    migrate("apply", "--step", "aliases")
    assert migrate("rollback", "--to", "aliases", "--json").json["undone"] == ["aliases"]
    second = git(twice, "rev-parse", "migrate/02-dedupe")
    assert second == git(twice, "rev-parse", "migrate/head") != first
    migrate("rollback", "--to", "dedupe")
    assert migrate("status", "--json").json["next"] is not None


def test_a_step_branch_goes_back_to_the_commit_that_stays(here: Path, migrate: Terminal) -> None:
    pairs = {
        "shop/one.py": DOUBLE.format("", 1),
        "shop/two.py": DOUBLE.format(", max_retries=3", 2),
        "shop/same.py": DOUBLE.format("", 1).replace("send", "mail"),
        "shop/like.py": DOUBLE.format("", 1).replace("send", "mail"),
    }
    make_repository(here, {**FILES, **pairs})
    migrate("apply", "--through-gates", code=1)
    first = git(here, "rev-parse", "migrate/02-dedupe")
    migrate("apply", "--accept")
    assert git(here, "rev-parse", "migrate/02-dedupe") != first
    undone = migrate("rollback", "--to", "decorators", "--json").json["undone"]
    assert "dedupe" in undone
    assert git(here, "rev-parse", "migrate/02-dedupe") == first
    assert git(here, "rev-parse", "migrate/head") == first
    migrate("verify")
    migrate("rollback", "--to", "dedupe")
    assert not git(here, "branch", "--list", "migrate/02-dedupe")


def test_an_edited_plan_gives_the_same_files_after_a_rollback(
    shop: Path, migrate: Terminal
) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    text = path.read_text()
    path.write_text(text[: text.index("[[decorators]]")] + text[text.index("[[aliases]]") :])
    migrate("apply", "--through-gates")
    tree = git(shop, "rev-parse", "migrate/head^{tree}")
    migrate("rollback")
    migrate("plan")
    migrate("apply", "--through-gates")
    assert git(shop, "rev-parse", "migrate/head^{tree}") == tree
    migrate("verify")


def keep_the_other_text(folder: Path) -> None:
    """Accepts the merge, with the text that is not suggested."""
    path = folder / ".migrate" / "plan.toml"
    text = path.read_text().replace("accepted = false", "accepted = true")
    suggested = text.partition('text = "')[2].partition('"')[0]
    other = {"shop/one.py::send": "shop/two.py::send", "shop/two.py::send": "shop/one.py::send"}
    path.write_text(text.replace(f'text = "{suggested}"', f'text = "{other[suggested]}"'))


def test_an_entry_written_otherwise_is_verified_from_its_commit(
    twice: Path, migrate: Terminal
) -> None:
    migrate("plan")
    keep_the_other_text(twice)
    migrate("apply", "--through-gates")
    (twice / ".migrate" / "plan.toml").unlink()
    body = git(twice, "log", "-1", "--format=%B", "migrate/02-dedupe")
    (entry,) = json.loads(body.rpartition("Migrate-Decided: ")[2])["own"]
    assert set(entry) == {"id", "text", "accepted"}
    migrate("verify")
    assert migrate("status", "--json").json["waiting"] == {}


@pytest.mark.parametrize("said", ["no json", "[1]", '{"own": [{"id": "rename:x"}]}'])
def test_a_trailer_that_says_nothing_sensible_is_a_finding(
    twice: Path, migrate: Terminal, said: str
) -> None:
    migrate("plan")
    keep_the_other_text(twice)
    migrate("apply", "--step", "dedupe", "--checkout")
    body = git(twice, "log", "-1", "--format=%B").rpartition("Migrate-Decided")[0]
    git(twice, "commit", "-q", "--amend", "-m", f"{body}Migrate-Decided: {said}")
    assert "holds other files than the step gives" in migrate("verify", code=1).out
