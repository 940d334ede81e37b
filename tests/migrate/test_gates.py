"""A deploy gate holds a step until the workers run what it needs."""

from pathlib import Path

import pytest

from migrate.gates import Gates, is_held
from migrate.steps import BY_NAME, Steps
from tests.command import Terminal, git, make_repository
from tests.migrate.commits import commit_of
from tests.migrate.test_json import FILES

NAMES = BY_NAME["names"]
MORE = 'from celery import shared_task\n\n\n@shared_task(name="later()")\ndef later():\n    pass\n'


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, FILES)


@pytest.mark.parametrize(
    ("steps", "gates", "held"),
    [
        (["aliases"], Gates(), True),
        (["aliases"], Gates(deployed=1), False),
        (["aliases"], Gates(through=True), False),
        (["aliases", "names"], Gates(), False),
        (["aliases", "drop-aliases"], Gates(), False),
        (["aliases", "names", "aliases"], Gates(), True),
        (["aliases", "names", "aliases", "names"], Gates(), False),
        ([], Gates(), True),
    ],
)
def test_what_holds_names(steps: list[str], gates: Gates, *, held: bool) -> None:
    assert is_held(NAMES, Steps(), [commit_of(name) for name in steps], gates) is held


def test_what_is_committed_only_now_cannot_be_deployed() -> None:
    assert is_held(NAMES, Steps(), [], Gates(deployed=1), {"aliases"})


def test_a_first_apply_stops_whatever_is_said_of_deploys(shop: Path, migrate: Terminal) -> None:
    said = migrate("apply", "--deployed", "1").out
    assert "stopped before deploy 1" in said
    assert "deploy, then" in said
    assert not git(shop, "branch", "--list", "migrate/05-names")


def test_new_aliases_close_the_gate_again(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--through-gates", "--checkout")
    (shop / "shop" / "later.py").write_text(MORE)
    git(shop, "add", "shop/later.py")
    git(shop, "commit", "-qm", "Another task")
    (shop / ".migrate" / "plan.toml").unlink(missing_ok=True)
    assert "stopped before deploy 1" in migrate("apply").out
    assert migrate("status", "--json").json["deploy"] == 1
    migrate("apply", "--deployed", "1")
    assert 'name="later"' in git(shop, "show", "migrate/head:shop/later.py")
    assert migrate("status", "--json").json["deploy"] is None


def test_a_step_that_the_plan_leaves_out_waits_for_no_deploy(shop: Path, migrate: Terminal) -> None:
    migrate("plan")
    path = shop / ".migrate" / "plan.toml"
    text = path.read_text()
    path.write_text(text[: text.index("[[names]]")])
    assert "stopped" not in migrate("apply").out


def test_a_dry_run_stops_there_too(shop: Path, migrate: Terminal) -> None:
    assert "stopped before deploy 1" in migrate("apply", "--dry-run").out
    assert git(shop, "branch", "--list", "migrate/*") == ""


def test_a_step_that_is_named_runs(shop: Path, migrate: Terminal) -> None:
    migrate("apply", "--step", "aliases", "--step", "names")
    assert git(shop, "branch", "--list", "migrate/05-names")
