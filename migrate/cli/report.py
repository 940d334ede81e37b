"""`migrate report`: progress against the targets, over every commit of the branch."""

from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from codemods.visible import visible_lines
from migrate.cli.console import (
    WIDTH,
    JsonOption,
    ProjectOption,
    Shown,
    json_text,
    out,
    print_text,
    progress,
    shown,
    unpadded,
)
from migrate.git.opened import Commit
from migrate.outlook import outlook
from migrate.output import report_out
from migrate.project import Project, opened
from migrate.writing import write_file
from reports import markdown
from reports.progress import Aim, Progress, aims, measure
from reports.terminal import NO_TASKS, aims_table, history_table

MANY = 20
"""Commits from which a history says how far it is."""


def command(
    project: ProjectOption = Path(),
    form: Annotated[str, typer.Option("--format", metavar="terminal|markdown|json")] = "terminal",
    out_file: Annotated[Path | None, typer.Option("--out", help="Write it there.")] = None,
    history: Annotated[
        bool,
        typer.Option("--history", help="Every commit of the branch, not only the migration's."),
    ] = False,
    since: Annotated[
        str, typer.Option("--since", metavar="REV", help="The history after this revision.")
    ] = "",
    as_json: JsonOption = False,
) -> int:
    """Shows progress: shared_task percentage, god-file lines and the rest, commit by commit."""
    if form not in {"terminal", "markdown", "json"}:
        raise typer.BadParameter(f"'{form}' is no format: terminal, markdown or json")
    with progress() as bar, opened(project, advance=bar.advance) as found:
        gods = found.god_files()
        commits = _commits(found, history, since)
        points: list[Progress] = []
        for number, commit in enumerate(commits, 1):
            if len(commits) > MANY:
                bar.tell(f"measuring commit {number:,} of {len(commits):,}")
            points.append(_measured(found, commit, gods))
        bar.tell("looking at what is left")
        open_decisions = sum(len(run.left_open) for run in outlook(found))
        targets, name = found.settings.targets, found.repository.name
        below = found.repository.work_tree
        short = {point.revision: found.repository.short(point.revision) for point in points}
    last = points[-1]
    if as_json or form == "json":
        made = json_text(report_out(last.revision, last.metrics, targets, points, open_decisions))
        _write(out_file, made, below)
    elif form == "markdown":
        found_aims = aims(last.metrics, targets, gods)
        _write(
            out_file, markdown.page(f"{name}: progress of the migration", found_aims, points), below
        )
    else:
        page = Page(name, points, aims(last.metrics, targets, gods), short, open_decisions)
        _write(out_file, page.text(), below) if out_file else page.show(out())
    return 0


def _write(path: Path | None, text: str, below: Path | None) -> None:
    """Writes a page to its file, or prints it."""
    if path is None:
        print_text(text)
        return
    text = visible_lines(text)
    write_file(path, (text if text.endswith("\n") else text + "\n").encode(), below)


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


def _measured(project: Project, commit: Commit, gods: list[str]) -> Progress:
    metrics = measure(project.inventory(commit.id), gods)
    return Progress(commit.id, commit.date, commit.step, metrics)


class Page:
    """What `report` shows on a terminal."""

    def __init__(
        self,
        name: str,
        points: list[Progress],
        found: list[Aim],
        short: dict[str, str],
        waiting: int = 0,
    ) -> None:
        self.name = name
        self.points = points
        self.found = found
        self.short = short
        self.waiting = waiting

    def show(self, console: Console) -> None:
        """Prints the page."""
        console.print(
            f"[bold]{shown(self.name)}[/bold] at {self.short[self.points[-1].revision]}\n"
        )
        if self.points[-1].metrics.task_definitions:
            console.print(aims_table(self.found))
        else:
            console.print(NO_TASKS, style="yellow")
        if self.waiting:
            what = "decision waits" if self.waiting == 1 else "decisions wait"
            console.print(f"{self.waiting} {what} for you: migrate status", style="yellow")
        console.print()
        console.print(history_table(self.points, self.short, console.width))

    def text(self) -> str:
        """The page as plain text."""
        stream = StringIO()
        self.show(Shown(file=stream, width=WIDTH, highlight=False, no_color=True))
        return unpadded(stream.getvalue())
