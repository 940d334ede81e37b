"""`migrate explain`: what a step does, with the before and after of its own file, and what it would do here."""

from inspect import cleandoc
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from codemods.split import Cluster, clusters
from migrate.cli.console import JsonOption, out, print_json, progress, shown
from migrate.cli.options import step_names
from migrate.errors import SafetyError, UsageError
from migrate.project import opened
from migrate.shapes import ClusterOut, ExplainOut
from migrate.steps import Step, Steps
from reports.words import plural

HERE = typer.Option("--project", "-C", help="The git repository (default: here, if it is one).")


def command(
    topic: Annotated[str, typer.Argument(metavar="STEP")],
    project: Annotated[Path | None, HERE] = None,
    as_json: JsonOption = False,
) -> int:
    """Says what a step does, what it needs, and shows a before and after; of split its clusters here."""
    steps, found = read(topic, project)
    step = steps.by_name[step_names([topic], steps)[0]]
    if as_json:
        made = [ClusterOut(item.path, item.to, item.tasks, item.helpers) for item in found]
        print_json(ExplainOut(step.name, text(step), made))
        return 0
    console = out()
    console.print(f"[bold]{step.number}{step.suffix} {step.name}[/bold]  {shown(step.does)}\n")
    console.print(text(step), markup=False)
    if step.requires:
        console.print(f"\nneeds {step.requires} first")
    if step.gate:
        console.print(
            f"\ncomes after deploy gate {step.gate}: apply it once the steps before it run everywhere"
        )
    show(console, found)
    return 0


def read(topic: str, project: Path | None) -> tuple[Steps, list[Cluster]]:
    """The steps of a project, and for `split` its clusters; without a project the built-in steps."""
    if project is None and topic in Steps().by_name and topic != "split":
        return Steps(), []
    try:
        with progress() as bar, opened(project or Path(), advance=bar.advance) as known:
            if topic != "split":
                return known.steps, []
            return known.steps, clusters(known.inventory(known.state.start))
    except (UsageError, SafetyError):
        if project is not None:
            raise
        return Steps(), []


def show(console: Console, found: list[Cluster]) -> None:
    """Prints the clusters: a file, its tasks with their reasons, the helpers that come along."""
    for item in found:
        count = len(item.tasks)
        shown_count = f"{count} {plural(count, 'task')}"
        console.print(f"\n[bold]{shown(item.to)}[/bold]  {shown_count} from {shown(item.path)}")
        width = max((len(name) for name, _ in item.tasks), default=0)
        for name, because in item.tasks:
            console.print(f"  {shown(name):<{width}}  [dim]{shown(because)}[/dim]")
        if item.helpers:
            console.print(f"  with {shown(', '.join(item.helpers))}")


def text(step: Step) -> str:
    """The first words of the step's own file."""
    return cleandoc(step.about)
