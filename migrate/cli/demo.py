"""`migrate demo`: the bundled legacy project written out as a repository, and migrated."""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import apply, plan, report
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, prose
from migrate.demo.history import write_demo


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where it is written.")] = Path(
        "celery-converge-demo"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace a demo that is there.")] = False,
    only_write: Annotated[
        bool, typer.Option("--only-write", help="Write the project, migrate nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Writes the legacy project with its history to DIR, then runs plan, apply and report there."""
    with progress() as bar:
        bar.tell("writing the legacy project and its history")
        write_demo(folder, replace=force)
    if as_json:
        if not only_write:
            with redirect_stdout(sys.stderr):
                apply.command(project=folder, accept=True, through_gates=True)
        return report.command(project=folder, as_json=True)
    if only_write:
        return 0
    console = prose()
    verbs: tuple[tuple[str, Callable[[], int]], ...] = (
        (f"plan -C {folder}", lambda: plan.command(project=folder)),
        (
            f"apply -C {folder} --accept --through-gates",
            lambda: apply.command(project=folder, accept=True, through_gates=True),
        ),
        (f"report -C {folder}", lambda: report.command(project=folder)),
    )
    for words, verb in verbs:
        console.print(f"[bold cyan]$ migrate {words}[/bold cyan]")
        verb()
        console.print()
    console.print(f"the repository is in {folder}: git -C {folder} log migrate/head", style="dim")
    return 0
