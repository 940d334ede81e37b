"""`migrate rebase`: the migration on newer code, each step decided, proved and committed anew."""

from pathlib import Path
from typing import Annotated

import typer

from migrate.branches.moving import undone_branches
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, print_json, prose
from migrate.cli.options import (
    ProveOption,
    PythonOption,
    TestCommandOption,
    TrustOption,
    consent,
    prover,
)
from migrate.cli.renewed import DryOption, WithoutOption, renewed_out, tell
from migrate.cli.speaking import ProjectOption
from migrate.errors import UsageError
from migrate.lock import run_lock
from migrate.project import opened
from migrate.replay.rebasing import rebase
from migrate.replay.replaying import Terms
from migrate.shapes.branches import RebaseOut


def command(
    project: ProjectOption = Path(),
    onto: Annotated[
        str,
        typer.Option(
            "--onto",
            metavar="REV",
            help="The commit or branch to stand on; without it the branch that is checked out.",
        ),
    ] = "",
    without: WithoutOption = None,
    trust: TrustOption = False,
    dry_run: DryOption = False,
    prove: ProveOption = "static",
    python: PythonOption = None,
    test_command: TestCommandOption = "",
    as_json: JsonOption = False,
) -> int:
    """Makes the applied steps anew on newer code; the old tip stays as migrate/undone-N."""
    with (
        progress() as bar,
        opened(project, advance=bar.advance, consent=consent(bar, trust), begun=bar.step) as found,
    ):
        branch = found.repository.branch
        if not onto and branch.startswith("migrate/"):
            raise UsageError(
                "the migration's own branch is checked out, so it must be said what it is to stand on: migrate rebase --onto main"
            )
        terms = Terms(prover(found, prove, python, test_command), bar.tell, without or ())
        with run_lock(found.repository.common_dir, "rebase"):
            rebased = rebase(found, onto or "HEAD", terms, dry=dry_run)
            branches = undone_branches(found.repository)
    if as_json:
        kept = "" if dry_run else rebased.kept
        print_json(RebaseOut(rebased.base, rebased.tip, kept, renewed_out(rebased)))
    elif not rebased.commits:
        prose().print("migrate/head stands there already; next: migrate status")
    else:
        tell(rebased, f"stands on {onto or 'what is checked out'}", branches, dry=dry_run)
    return 0
