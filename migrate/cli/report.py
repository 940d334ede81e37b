"""`migrate report`: progress against the targets, over every commit of the branch."""

from functools import partial
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer
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
from migrate.cli.speaking import ProjectOption
from migrate.errors import UsageError
from migrate.git.opened import Commit
from migrate.history import measured
from migrate.outlook import outlook
from migrate.output import report_out
from migrate.project import Project, opened
from migrate.writing import write_file
from reports import markdown
from reports.absent import absent_lines
from reports.history import MOST, evenly, every_nth, sampled_line
from reports.progress import Aim, Progress, aims_of
from reports.terminal import aims_table, history_table


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
    every: Annotated[
        int | None,
        typer.Option(
            "--every", metavar="N", help="Measure every Nth commit of a history; 1: all.", min=1
        ),
    ] = None,
    as_json: JsonOption = False,
) -> int:
    """Shows progress: shared_task percentage, god-file lines and the rest, commit by commit."""
    if form not in {"terminal", "markdown", "json"}:
        raise typer.BadParameter(f"'{form}' is no format: terminal, markdown or json")
    if every and not (history or since):
        raise UsageError("--every chooses commits of a history: add --history or --since REV")
    with progress() as bar, opened(project, advance=bar.advance, begun=bar.step) as found:
        commits = _commits(found, history, since)
        chosen = _chosen(commits, every)
        gods = found.god_files()
        points = measured(found, chosen, gods, partial(bar.count, "measuring commits"))
        inventory = found.inventory(found.state.tip)
        bar.tell("looking at what is left")
        waiting = [item for run in outlook(found) for item in run.left_open]
        targets, name = found.settings.targets, found.repository.name
        below = found.repository.work_tree
        short = {point.revision: found.repository.short(point.revision) for point in points}
    if sampled := sampled_line(len(chosen), len(commits)):
        err().print(sampled, style="dim")
    last, remarks = points[-1], list(absent_lines(inventory))
    reached = aims_of(inventory, last.metrics, targets, gods)
    if as_json or form == "json":
        made = report_out(last.revision, last.metrics, targets, points, len(waiting), len(commits))
        _write(out_file, json_text(made), below)
    elif form == "markdown":
        title = f"{name}: progress of the migration"
        _write(out_file, markdown.page(title, reached, points, remarks, waiting), below)
    else:
        page = Page(name, points, reached, short, remarks, len(waiting))
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


def _chosen(commits: list[Commit], every: int | None) -> list[Commit]:
    """The commits that are measured; steps always are."""
    steps = [place for place, commit in enumerate(commits) if commit.step]
    count = len(commits)
    places = every_nth(count, every, steps) if every else evenly(count, MOST, steps)
    return [commits[place] for place in places]


class Page:
    """What `report` shows on a terminal."""

    def __init__(
        self,
        name: str,
        points: list[Progress],
        found: list[Aim],
        short: dict[str, str],
        remarks: list[str],
        waiting: int = 0,
    ) -> None:
        self.name = name
        self.points = points
        self.found = found
        self.short = short
        self.remarks = remarks
        self.waiting = waiting

    def show(self, console: Console) -> None:
        """Prints the page."""
        console.print(
            f"[bold]{shown(self.name)}[/bold] at {self.short[self.points[-1].revision]}\n"
        )
        for remark in self.remarks:
            console.print(shown(remark), style="yellow")
        if self.remarks:
            console.print()
        console.print(aims_table(self.found))
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
