"""`migrate explain`: what a step does, with the before and after of its own file."""

from inspect import cleandoc
from typing import Annotated

import typer

from migrate.cli.console import JsonOption, out, print_json
from migrate.cli.options import step_names
from migrate.steps import BY_NAME, Step


def command(
    topic: Annotated[str, typer.Argument(metavar="STEP")], as_json: JsonOption = False
) -> int:
    """Says what a step does, what it needs, and shows a before and after."""
    step = BY_NAME[step_names([topic])[0]]
    if as_json:
        print_json({"format": 1, "name": step.name, "text": text(step)})
        return 0
    console = out()
    console.print(f"[bold]{step.number} {step.name}[/bold]  {step.does}\n")
    console.print(text(step), markup=False)
    if step.requires:
        console.print(f"\nneeds {step.requires} first")
    if step.gate:
        console.print(
            f"\ncomes after deploy gate {step.gate}: apply it once the steps before it run everywhere"
        )
    return 0


def text(step: Step) -> str:
    """The first words of the step's own file."""
    return cleandoc(step.about)
