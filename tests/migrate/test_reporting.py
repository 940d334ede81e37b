"""The report of a repository: its steps with their diffs, and the page that is written of it."""

import re
import shlex
from pathlib import Path

from migrate.cli.report import FORMS
from migrate.project import opened
from migrate.reporting import report_of
from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.test_json import FILES


def test_each_step_is_told_with_its_diff(here: Path, migrate: Terminal) -> None:
    shop = make_repository(here, FILES)
    migrate("plan", "--accept")
    migrate("apply", "--through-gates", code=None)
    with opened(shop) as project:
        commits = [*project.repository.log(project.state.base or "")[-1:], *project.state.commits]
        report = report_of(project, commits, len(commits), lambda *_: None, whole=True)
        spare = report_of(project, commits, len(commits), lambda *_: None, whole=False)
    page = report.page
    names = git(shop, "log", "--reverse", "--format=%s", "migrate/base..migrate/head").splitlines()
    assert [step.subject for step in page.steps] == names
    first = page.steps[0]
    assert dict(first.trailers)["Migrate-Step"] == first.name
    assert first.body
    assert not [text for text in first.body if "Migrate-" in text]
    for step in page.steps:
        told = git(shop, "show", "--format=", "--numstat", "--no-renames", step.revision)
        wanted = {tuple(line.split("\t")) for line in told.splitlines()}
        assert {(str(f.added), str(f.removed), f.path) for f in step.files} == wanted
        assert all(line[:1] in "+-@ \\" for file in step.files for line in file.lines)
    assert not spare.page.steps
    assert page.before.metrics.task_definitions >= page.after.metrics.task_definitions
    migrate("report", "--format", "html", "--out", "page.html")
    text = (shop / "page.html").read_text("utf-8")
    assert text.startswith("<!doctype html>\n")
    assert first.revision in text


def test_before_is_where_the_migration_began_however_long_the_history(
    here: Path, migrate: Terminal
) -> None:
    shop = make_repository(here, {"manage.py": ""})
    commit_files(shop, FILES, "Shop")
    migrate("apply", "--accept", "--through-gates", code=None)
    with opened(shop) as project:
        commits = project.repository.log(project.state.tip)
        page = report_of(project, commits, len(commits), lambda *_: None, whole=False).page
    assert page.points[0].metrics.task_definitions == 0
    assert page.before.metrics.task_definitions == 1


def test_a_format_that_is_none_is_told(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    said = " ".join(migrate("report", "--format", "pdf", code=2).err.split())
    assert FORMS == ("terminal", "markdown", "html", "json")
    assert "'pdf' is no format: terminal, markdown, html or json" in said
    assert migrate("report", "--format", "text").out == migrate("report").out


GOD_FILES = {
    "manage.py": "",
    "orders/__init__.py": "from .celery import app\n",
    "orders/celery.py": 'from celery import Celery\n\napp = Celery("orders")\napp.autodiscover_tasks()\n',
    "orders/settings.py": 'INSTALLED_APPS = ["orders"]\n',
    "orders/tasks.py": "from celery import shared_task\n\nHOST = 'localhost'\n\n\ndef deliver(to):\n    return to\n\n\n"
    "@shared_task\ndef send_email(to):\n    return deliver(to), HOST\n\n\n@shared_task\ndef make_report():\n    return 1\n",
    "migrate.toml": 'god_files = ["orders/tasks.py"]\n\n[domains.email]\ntasks = ["*email*"]\n\n[domains.report]\ntasks = ["*report*"]\n',
}


def test_commits_record_which_checks_held(here: Path, migrate: Terminal) -> None:
    shop = make_repository(here, FILES)
    done = migrate("apply", "--accept", "--through-gates", "--json", code=None).json
    proofs = [{*step["proof"]} for step in done["steps"] if step["commit"]]
    said = git(shop, "log", "--reverse", "--format=%(trailers:key=Migrate-Proved,valueonly)", "migrate/base..migrate/head")  # fmt: skip
    recorded = [{*line.split(", ")} for line in said.splitlines() if line]
    assert recorded == proofs
    migrate("verify", code=None)
    page = migrate("report", "--format", "html").out
    assert f"{len(recorded[0])} checks held before it was committed" in page
    assert ", ".join(said.splitlines()[0].split(", ")) in page


def test_a_god_file_is_told_with_where_its_parts_went(here: Path, migrate: Terminal) -> None:
    shop = make_repository(here, GOD_FILES)
    assert "The migration began with no god file" not in migrate("report", "--format", "html").out
    assert "All of it is still there" in migrate("report", "--format", "html").out
    migrate("apply", "--step", "split", code=None)
    with opened(shop) as project:
        commits = project.repository.log(project.state.tip)
        (god,) = report_of(project, commits, 2, lambda *_: None, whole=False).page.gods
    assert (god.path, god.lines) == ("orders/tasks.py", GOD_FILES["orders/tasks.py"].count("\n"))
    tasks = {item.name: (item.to, item.others) for item in god.tasks}
    assert tasks["send_email"] == (("orders/email_tasks.py",), ("HOST", "deliver"))
    assert tasks["make_report"] == (("orders/report_tasks.py",), ())
    helpers = {item.name: item.others for item in god.helpers}
    assert helpers == {"HOST": ("send_email",), "deliver": ("send_email",)}
    markdown = migrate("report", "--format", "markdown").out
    assert '  old["orders/tasks.py"]' in markdown
    assert 'new0["orders/email_tasks.py"]' in markdown


def test_the_inventory_lists_every_task(here: Path, migrate: Terminal) -> None:
    make_repository(here, GOD_FILES)
    text = migrate("report", "--kind", "inventory", "--format", "markdown").out
    assert text.startswith("# ")
    assert ": task inventory at `" in text
    for name in ("orders.tasks.send_email", "orders.tasks.make_report"):
        assert f"| `{name}` |" in text
    assert "| `orders/tasks.py` | 2 |" in text
    migrate("report", "--kind", "inventory", "--format", "markdown", "--out", "i.md")
    assert (here / "i.md").read_text() == text
    assert migrate("report", "--kind", "inventory").out == text
    told = migrate("report", "--kind", "inventory", "--format", "html", code=2).err
    assert "the inventory is Markdown, not html: leave --format out" in told
    assert "no kind of report" in " ".join(migrate("report", "--kind", "all", code=2).err.split())


PAGE = Path(__file__).parents[2].joinpath("docs", "reports.md").read_text()


def test_every_command_of_the_page_runs(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    blocks = re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) >= 6
    for line in lines:
        words = shlex.split(line, comments=True)
        assert words[:2] == ["migrate", "report"]
        migrate(*words[1:])
