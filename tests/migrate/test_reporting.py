"""The report of a repository: its steps with their diffs, and the page that is written of it."""

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
    assert "'pdf' is no format" in said
