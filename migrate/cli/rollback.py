"""`migrate rollback`: back to before a step; what was undone stays as a branch."""

from pathlib import Path
from typing import Annotated

import typer

from migrate.branches import read_state
from migrate.branches import rollback as roll_back
from migrate.cli import completing
from migrate.cli.console import JsonOption, print_json, prose, shown
from migrate.cli.options import KnownOption, step_names
from migrate.cli.speaking import ProjectOption
from migrate.drain.undoing import check_rollback
from migrate.git.checkout import Repository
from migrate.lock import run_lock
from migrate.shapes import RollbackOut
from migrate.steps import Steps


def command(
    project: ProjectOption = Path(),
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="STEP",
            autocompletion=completing.steps,
            help="Go to just before this step; without it to the start.",
        ),
    ] = "",
    i_know: KnownOption = None,
    as_json: JsonOption = False,
) -> int:
    """Moves migrate/head to just before a step; the old tip stays as migrate/undone-N."""
    with Repository(project) as repository, run_lock(repository.common_dir, "rollback"):
        before = read_state(repository)
        if to and to not in before.applied:
            step_names([to], Steps())
        untold = check_rollback(project, repository, before, to or None, i_know or ())
        tip, kept = roll_back(repository, before, to or None)
        after = read_state(repository)
        short = repository.short(tip)
    stays = {commit.id for commit in after.commits}
    undone = list(dict.fromkeys(c.step for c in before.commits if c.step and c.id not in stays))
    if as_json:
        print_json(RollbackOut(tip, kept, undone))
    else:
        console = prose()
        console.print(
            f"migrate/head is at {short}; undone: {shown(', '.join(undone)) or 'nothing'}; the old tip is kept as {kept}"
        )
        console.print("next: migrate plan | to have it back: git branch -f migrate/head " + kept)
        if untold:
            console.print(
                "if workers ran what was undone, don't deploy this yet: messages under its names would be thrown away. Have it back, then: migrate drain --broker URL --before rollback",
                style="yellow",
            )
    return 0
