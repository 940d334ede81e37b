"""`migrate report`: progress against the targets, over every commit of the branch."""

from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace
from rich.console import Console

from codemods.notes.visible import visible_lines
from migrate.cli.bar import progress
from migrate.cli.console import (
    WIDTH,
    JsonOption,
    Shown,
    err,
    json_text,
    out,
    print_text,
    shown,
    unpadded,
)
from migrate.cli.speaking import ProjectOption, speaking
from migrate.errors import UsageError
from migrate.git.opened import Commit
from migrate.output import report_out
from migrate.project import Project, opened
from migrate.reporting import report_of
from migrate.writing import write_file
from reports import pull_request
from reports.history import MOST, evenly, every_nth
from reports.html.document import document
from reports.inventory import inventory_report
from reports.page import ReportPage
from reports.terminal import aims_table, history_table
from reports.words import either

FORMS = ("terminal", "markdown", "html", "json")
WHOLE = ("markdown", "html")
"""Those that tell what each step changed."""
KINDS = ("progress", "inventory")


def command(
    project: ProjectOption = Path(),
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="|".join(FORMS),
            help="How; html is one page to show and to keep, text is terminal.",
        ),
    ] = "terminal",
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it there, e.g. report.html.")
    ] = None,
    history: Annotated[
        bool,
        typer.Option("--history", help="Every commit of the branch, not only the migration's."),
    ] = False,
    since: Annotated[
        str, typer.Option("--since", metavar="REV", help="The history after this revision.")
    ] = "",
    every: Annotated[
        int | None,
        typer.Option(
            "--every", metavar="N", help="Measure every Nth commit of a history; 1: all.", min=1
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="|".join(KINDS), help="What; inventory lists every task, as Markdown."
        ),
    ] = KINDS[0],
    as_json: JsonOption = False,
) -> int:
    """Shows progress: shared_task percentage, god-file lines and the rest, commit by commit."""
    form = "terminal" if form == "text" else form
    if form not in FORMS:
        raise typer.BadParameter(f"'{form}' is no format: {either(FORMS)}")
    if every and not (history or since):
        raise UsageError("--every chooses commits of a history: add --history or --since REV")
    form = "json" if as_json else form
    if kind not in KINDS:
        raise typer.BadParameter(f"'{kind}' is no kind of report: {either(KINDS)}")
    if kind == "inventory":
        return _inventory(project, form, out_file)
    with progress() as bar, opened(project, advance=bar.advance, begun=bar.step) as found:
        commits = _commits(found, history, since)
        chosen = _chosen(commits, every)
        report = report_of(found, chosen, len(commits), bar.count, whole=form in WHOLE)
        targets, below = found.settings.targets, found.repository.work_tree
    page = report.page
    if page.sampled:
        err().print(page.sampled, style="dim")
    if form == "json":
        last, waiting = page.last, len(report.left_open)
        metrics = replace(last.metrics, notes=report.noted)
        made = report_out(last.revision, metrics, targets, [*page.points], waiting, len(commits))
        _write(out_file, json_text(made), below)
    elif form == "markdown":
        _write(out_file, pull_request.report(page, report.left_open), below)
    elif form == "html":
        _write(out_file, document(page), below)
    else:
        drawn = Page(page, len(report.left_open))
        _write(out_file, drawn.text(), below) if out_file else drawn.show(out())
    return 0


def _inventory(folder: Path, form: str, out_file: Path | None) -> int:
    """Writes the task inventory report. Raises `UsageError` for a form that it does not have."""
    if form not in {"terminal", "markdown"}:
        raise UsageError(
            f"the inventory is Markdown, not {form}: leave --format out. As JSON it is in migrate plan --json"
        )
    with progress() as bar, opened(folder, advance=bar.advance, begun=bar.step) as found:
        repository, tip = found.repository, found.state.tip
        text = inventory_report(repository.name, repository.short(tip), found.inventory(tip))
        _write(out_file, text, repository.work_tree)
    return 0


def _write(path: Path | None, text: str, below: Path | None) -> None:
    """Writes a page to its file, or prints it."""
    if path is None:
        print_text(text)
        return
    text = visible_lines(text)
    write_file(path, (text if text.endswith("\n") else text + "\n").encode(), below)
    if not speaking().quiet:
        err().print(f"written: {shown(str(path))}", style="dim")


def _commits(project: Project, everything: bool, since: str) -> list[Commit]:
    """The commits to measure, the oldest first; the last is the tip."""
    state = project.state
    if since:
        oldest = project.repository.resolve(since)
        return project.repository.log(state.tip, oldest) or project.repository.log(state.tip)[-1:]
    if everything:
        return project.repository.log(state.tip)
    start = project.repository.log(state.base or state.start)[-1:]
    return [*start, *state.commits]


def _chosen(commits: list[Commit], every: int | None) -> list[Commit]:
    """The commits that are measured; steps always are."""
    steps = [place for place, commit in enumerate(commits) if commit.step]
    count = len(commits)
    places = every_nth(count, every, steps) if every else evenly(count, MOST, steps)
    return [commits[place] for place in places]


class Page:
    """What `report` shows on a terminal."""

    def __init__(self, page: ReportPage, waiting: int) -> None:
        self.page = page
        self.waiting = waiting

    def show(self, console: Console) -> None:
        """Prints the page."""
        page = self.page
        console.print(f"[bold]{shown(page.name)}[/bold] at {page.short[page.last.revision]}\n")
        for remark in page.remarks:
            console.print(shown(remark), style="yellow")
        if page.remarks:
            console.print()
        console.print(aims_table(page.aims))
        if self.waiting:
            what = "decision waits" if self.waiting == 1 else "decisions wait"
            console.print(f"{self.waiting} {what} for you: migrate status", style="yellow")
        console.print()
        console.print(history_table([*page.points], page.short, console.width))

    def text(self) -> str:
        """The page as plain text."""
        stream = StringIO()
        self.show(Shown(file=stream, width=WIDTH, highlight=False, no_color=True))
        return unpadded(stream.getvalue())
