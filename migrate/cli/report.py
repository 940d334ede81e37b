"""`migrate report`: progress against the targets, over every commit of the branch."""

from pathlib import Path
from typing import Annotated

import typer

from codemods.settings import Targets
from migrate.cli.console import JsonOption, ProjectOption, out, print_json, print_text, progress
from migrate.git import Commit
from migrate.output import report_out
from migrate.project import Project, opened
from reports import markdown
from reports.pages import aims_table, history_table
from reports.progress import Progress, aims, measure


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
        points = [_measured(found, commit, gods) for commit in _commits(found, history, since)]
        targets, name = found.settings.targets, found.repository.name
        short = {point.revision: found.repository.short(point.revision) for point in points}
    last = points[-1]
    if as_json or form == "json":
        print_json(report_out(last.revision, last.metrics, targets, points))
        return 0
    if form == "markdown":
        text = markdown.page(
            f"{name}: progress of the migration", aims(last.metrics, targets, gods), points
        )
        if out_file is None:
            print_text(text)
        else:
            out_file.write_text(text, "utf-8")
        return 0
    _show(name, points, targets, gods, short)
    return 0


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


def _show(
    name: str, points: list[Progress], targets: Targets, gods: list[str], short: dict[str, str]
) -> None:
    console = out()
    console.print(f"[bold]{name}[/bold] at {short[points[-1].revision]}\n")
    console.print(aims_table(aims(points[-1].metrics, targets, gods)))
    console.print()
    console.print(history_table(points, short))
