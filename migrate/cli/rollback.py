"""`migrate rollback`: back to before a step; what was undone stays as a branch."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import typer

from migrate.branches.journal import Undone, finish
from migrate.branches.moving import rollback as roll_back
from migrate.branches.moving import undone_branches
from migrate.branches.state import read_state
from migrate.branches.undoing import VERB, lost_by, newest
from migrate.branches.undoing import undo as bring_back
from migrate.cli import completing
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, print_json, prose, shown
from migrate.cli.options import KnownOption, TrustOption, consent, prover, step_names
from migrate.cli.renewed import WithoutOption, renewed_out, tell, tell_kept
from migrate.cli.speaking import ProjectOption
from migrate.drain.undoing import check_rollback, check_undo
from migrate.errors import UsageError
from migrate.git.checkout import Repository
from migrate.lock import run_lock
from migrate.project import opened
from migrate.replay.rebasing import drop as drop_step
from migrate.replay.replaying import Terms
from migrate.shapes.branches import RollbackOut
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
    undo: Annotated[
        bool, typer.Option("--undo", help="Have back what was undone last, branches and all.")
    ] = False,
    without: WithoutOption = None,
    trust: TrustOption = False,
    i_know: KnownOption = None,
    as_json: JsonOption = False,
) -> int:
    """Moves migrate/head to just before a step; the old tip stays as migrate/undone-N."""
    if sum(map(bool, (to, drop, undo))) > 1:
        raise UsageError(
            "--to goes back, --drop takes one step out and --undo has back what went: say one of them"
        )
    if undo:
        return _undo(project, i_know or (), as_json=as_json)
    if drop:
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
        short, kept = repository.short(undone.tip), undone_branches(repository)
    _tell(undone, short, kept, untold=untold, as_json=as_json)
    return 0


def _undo(folder: Path, known: Collection[str], *, as_json: bool) -> int:
    """Has back what was undone last."""
    with Repository(folder) as repository, run_lock(repository.common_dir, "rollback"):
        killed = finish(repository)
        undone = killed.undone if killed is not None else None
        # A killed run of the same is this one, and finished.
        if undone is None or undone.verb != VERB:
            kept = newest(repository)
            with opened(folder) as found:
                if found.state.head and lost_by(repository, kept):
                    check_undo(found, repository.resolve(kept), known)
                undone = bring_back(repository, found.steps, kept)
        short = repository.short(undone.tip)
    if as_json:
        print_json(RollbackOut(undone.tip, undone.kept, [], back=list(undone.steps)))
        return 0
    now = f"; {undone.kept} keeps what stood there" if undone.kept else ""
    console = prose()
    console.print(f"migrate/head is at {short} again, with {shown(', '.join(undone.steps))}{now}")
    console.print("next: migrate status")
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
            dropped = drop_step(found, step, terms)
            kept = undone_branches(found.repository)
    if as_json:
        print_json(RollbackOut(dropped.tip, dropped.kept, [step], commits=renewed_out(dropped)))
    else:
        prose().print(
            f"{step} comes back with the next migrate apply; without it: migrate apply --step NAME, for each that is wanted"
        )
        tell(dropped, f"is without {step}", kept, dry=False)
    return 0


def _tell(undone: Undone, short: str, kept: Sequence[str], *, untold: bool, as_json: bool) -> None:
    if as_json:
        print_json(RollbackOut(undone.tip, undone.kept, list(undone.steps)))
    else:
        console = prose()
        steps = shown(", ".join(undone.steps)) or "nothing"
        console.print(
            f"migrate/head is at {short}; undone: {steps}; the old tip is kept as {undone.kept}"
        )
        console.print("next: migrate plan")
        tell_kept(console, kept)
        if untold:
            console.print(
                "if workers ran what was undone, don't deploy this yet: messages under its names would be thrown away. Have it back, then: migrate drain --broker URL --before rollback",
                style="yellow",
            )
