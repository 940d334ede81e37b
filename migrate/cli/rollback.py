"""`migrate rollback`: back to before a step; what was undone stays as a branch."""

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from migrate.branches.journal import Undone, finish
from migrate.branches.moving import rollback as roll_back
from migrate.branches.state import read_state
from migrate.cli import completing
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, print_json, prose, shown
from migrate.cli.options import KnownOption, TrustOption, consent, prover, step_names
from migrate.cli.renewed import WithoutOption, back_to, renewed_out, tell
from migrate.cli.speaking import ProjectOption
from migrate.drain.undoing import check_rollback
from migrate.errors import UsageError
from migrate.git.checkout import Repository
from migrate.lock import run_lock
from migrate.project import opened
from migrate.replay.rebasing import drop as drop_step
from migrate.replay.replaying import Terms
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
    drop: Annotated[
        str,
        typer.Option(
            "--drop",
            metavar="STEP",
            autocompletion=completing.steps,
            help="Take this one step out and make the later ones anew.",
        ),
    ] = "",
    without: WithoutOption = None,
    trust: TrustOption = False,
    i_know: KnownOption = None,
    as_json: JsonOption = False,
) -> int:
    """Moves migrate/head to just before a step; the old tip stays as migrate/undone-N."""
    if drop:
        if to:
            raise UsageError("--to goes back and --drop takes one step out: say one of them")
        return _drop(project, drop, without or (), i_know or (), trust=trust, as_json=as_json)
    with Repository(project) as repository, run_lock(repository.common_dir, "rollback"):
        killed, untold = finish(repository), False
        # A killed rollback to the same place is this one, and finished.
        undone = killed.undone if killed is not None else None
        if undone is None or (undone.verb, undone.word) != ("rollback", to):
            before = read_state(repository)
            if to and to not in before.applied:
                step_names([to], Steps())
            untold = check_rollback(project, repository, before, to or None, i_know or ())
            undone = roll_back(repository, before, to or None)
        short, back = repository.short(undone.tip), back_to(undone.kept, repository.branch)
    _tell(undone, short, back, untold=untold, as_json=as_json)
    return 0


def _drop(
    folder: Path,
    step: str,
    without: Collection[str],
    known: Collection[str],
    *,
    trust: bool,
    as_json: bool,
) -> int:
    """Takes one step out."""
    with (
        progress() as bar,
        opened(folder, advance=bar.advance, consent=consent(bar, trust), begun=bar.step) as found,
    ):
        step_names([step], found.steps)
        with run_lock(found.repository.common_dir, "rollback"):
            if step in found.state.applied:
                check_rollback(folder, found.repository, found.state, step, known)
            terms = Terms(prover(found, "static", None, ""), bar.tell, without)
            branch = found.repository.branch
            dropped = drop_step(found, step, terms)
    if as_json:
        print_json(RollbackOut(dropped.tip, dropped.kept, [step], commits=renewed_out(dropped)))
    else:
        prose().print(
            f"{step} comes back with the next migrate apply; without it: migrate apply --step NAME, for each that is wanted"
        )
        tell(dropped, f"is without {step}", branch, dry=False)
    return 0


def _tell(undone: Undone, short: str, back: str, *, untold: bool, as_json: bool) -> None:
    if as_json:
        print_json(RollbackOut(undone.tip, undone.kept, list(undone.steps)))
    else:
        console = prose()
        steps = shown(", ".join(undone.steps)) or "nothing"
        console.print(
            f"migrate/head is at {short}; undone: {steps}; the old tip is kept as {undone.kept}"
        )
        console.print(f"next: migrate plan | to have it back: {back}")
        if untold:
            console.print(
                "if workers ran what was undone, don't deploy this yet: messages under its names would be thrown away. Have it back, then: migrate drain --broker URL --before rollback",
                style="yellow",
            )
