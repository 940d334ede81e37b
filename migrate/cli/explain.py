"""`migrate explain`: what a step does, with the before and after of its own file and what it would do here; what a note means."""

from inspect import cleandoc
from pathlib import Path
from textwrap import indent
from typing import Annotated

import typer
from rich.console import Console

from codemods.notes.codes import CODES
from codemods.rules.table import BY_CODE, BY_NAME
from codemods.split import Cluster, clusters
from migrate.cli import completing
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, out, print_json, shown
from migrate.cli.notes import near
from migrate.cli.reasons import TOPICS, reasons
from migrate.errors import SafetyError, UsageError
from migrate.project import opened
from migrate.shapes import ClusterOut, ExplainOut
from migrate.steps import Step, Steps
from reports.words import plural

HERE = typer.Option("--project", "-C", help="The git repository (default: here, if it is one).")


def command(
    topic: Annotated[
        str, typer.Argument(metavar="STEP|CODE|roots|app", autocompletion=completing.topics)
    ],
    project: Annotated[Path | None, HERE] = None,
    as_json: JsonOption = False,
) -> int:
    """Says what a step does, with a before and after, and of split its clusters here; or what a note means."""
    if topic in TOPICS:
        return explain_reading(topic, project or Path(), as_json=as_json)
    steps, found = read(topic, project)
    if topic not in steps.by_name:
        return explain_code(topic, steps, as_json=as_json)
    step = steps.by_name[topic]
    if as_json:
        made = [ClusterOut(item.path, item.to, item.tasks, item.helpers) for item in found]
        print_json(ExplainOut(step.name, text(step), "step", clusters=made))
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


def explain_reading(topic: str, project: Path, *, as_json: bool) -> int:
    """Says where imports start here, or which Celery apps there are, each with its reason."""
    with progress() as bar, opened(project, advance=bar.advance) as known:
        lines = reasons(topic, known.inventory(known.state.tip))
    if as_json:
        print_json(ExplainOut(topic, "\n".join(lines), "reading"))
        return 0
    console = out()
    console.print(f"[bold]{topic}[/bold]  {TOPICS[topic]}\n")
    for line in lines:
        console.print(shown(line))
    return 0


def explain_code(topic: str, steps: Steps, *, as_json: bool) -> int:
    """Says what a note or a rule means and what to do. Raises `UsageError` for neither."""
    rule = BY_CODE.get(topic.upper()) or BY_NAME.get(topic)
    name = rule.name if rule else topic
    if name not in CODES:
        names = ", ".join(step.name for step in steps.all)
        raise UsageError(
            f"there is no step and no kind of note '{topic}'. The steps are: {names}. {near(topic)}"
            " The reading is explained by: roots, app; rules by their codes: migrate check --rules"
        )
    code = CODES[name]
    if as_json:
        kind = "rule" if rule else "note"
        print_json(ExplainOut(code.name, code.means, kind, code.do, code.asks))
        return 0
    console = out()
    what = f"{rule.code}, a rule of migrate check" if rule else "a note"
    console.print(f"[bold]{code.name}[/bold]  {what}\n")
    console.print(code.means, markup=False)
    console.print(f"to do: {code.do}" if code.do else "there is nothing to do", markup=False)
    if rule is None:
        console.print(f"\neach of them here: migrate plan --notes {code.name}")
        return 0
    for title, lines in (("before", rule.bad), ("after", rule.good)):
        console.print(f"\n{title}:", style="bold")
        console.print(indent(lines, "  "), markup=False)
    console.print(f"\nto let one be: # migrate: ignore[{rule.code}] and why", markup=False)
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
