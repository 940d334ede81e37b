"""What the reading stands on is told with its reasons: import roots, apps, what is not understood."""

from pathlib import Path

from codemods.inventory.task import NotUnderstood
from migrate.plans.page import not_understood_line
from tests.command import Terminal, make_repository
from tests.migrate.test_json import FILES


def test_roots_and_the_app_are_explained(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    assert ".: the repository itself" in migrate("explain", "roots").out
    told = migrate("explain", "app").out
    assert "workers run shop.celery.app: the only Celery app" in told
    assert 'app = "package.module:name"' in told
    assert migrate("explain", "app", "--json").json["kind"] == "reading"


def test_an_app_that_the_configuration_names_and_nobody_has(here: Path, migrate: Terminal) -> None:
    make_repository(here, {**FILES, "migrate.toml": 'app = "shop.celery:other"\n'})
    page = migrate("plan").out
    assert 'app = "shop.celery:other" in [tool.migrate] names no Celery app here' in page
    assert "shop.celery:app" in page


def test_what_is_not_understood_stands_on_the_first_screen(here: Path, migrate: Terminal) -> None:
    text = "import celery\nfrom company.jobs import org_task\n\n\n@org_task(retries=3)\ndef one():\n    pass\n"
    make_repository(here, {**FILES, "orders/jobs.py": text})
    page = migrate("plan").out
    assert "1 place not understood, in 1 file: @org_task." in page
    assert "\\x0a" not in page
    assert "reached" not in page.replace("counts as reached", "")
    told = migrate("plan", "--json").json
    assert told["not_understood"] == [{"path": "orders/jobs.py", "line": 5, "text": "@org_task"}]
    assert told["metrics"]["not_understood"] == 1
    assert told["apps"] == [{"name": "shop.celery.app", "reason": "made by celery.Celery"}]
    assert told["roots"] == [{"path": "", "reason": "the repository itself"}]


def test_a_project_whose_every_task_is_not_understood_is_not_said_to_have_none(
    here: Path, migrate: Terminal
) -> None:
    text = (
        "import celery\nfrom company.jobs import org_task\n\n\n@org_task()\ndef one():\n    pass\n"
    )
    make_repository(here, {"orders/jobs.py": text})
    page = migrate("plan").out
    assert "1 place not understood, in 1 file: @org_task." in page
    assert "next: nothing; no task here could be read, see what is not understood" in page


def test_a_long_place_is_cut_at_its_end() -> None:
    line = not_understood_line([NotUnderstood("a.py", 1, "SCHEDULE = " + "x" * 90)])
    assert f"in 1 file: SCHEDULE = {'x' * 39}…. No figure" in line
