"""`migrate apply`: the steps, one proved commit each, on `migrate/head`."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from migrate.applying import Tell, apply_steps
from migrate.branches.checks import check_checkout
from migrate.cli import completing
from migrate.cli.ahead import keep_apply, keep_status
from migrate.cli.applied import Outcome, left_open, outcome_of, tell, told_again, write_notes
from migrate.cli.bar import progress
from migrate.cli.console import JsonOption
from migrate.cli.interactive import ask_all, check_terminal
from migrate.cli.options import (
    AcceptOption,
    KnownOption,
    ProveOption,
    PythonOption,
    TestCommandOption,
    TrustOption,
    consent,
    prover,
    step_names,
)
from migrate.cli.speaking import ProjectOption
from migrate.drain.kept import Drained, read_kept
from migrate.drain.undoing import note_deployed
from migrate.errors import UsageError
from migrate.gates import Gates, check_gate, select
from migrate.lock import run_lock
from migrate.pipeline import MoreProof
from migrate.plans.plan import taken
from migrate.plans.planned import load_plan
from migrate.project import Project, opened
from migrate.steps import Step


def command(
    project: ProjectOption = Path(),
    step: Annotated[
        list[str] | None,
        typer.Option(
            "--step",
            metavar="STEP",
            autocompletion=completing.steps,
            help="Only this step; may be repeated.",
        ),
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Go by this plan file.")
    ] = None,
    gate: Annotated[
        int | None, typer.Option("--gate", metavar="N", min=1, help="Stop before this deploy gate.")
    ] = None,
    deployed: Annotated[
        int | None,
        typer.Option("--deployed", metavar="N", min=1, help="This deploy gate is behind you."),
    ] = None,
    through_gates: Annotated[
        bool, typer.Option("--through-gates", help="Build all commits; deploy them one by one.")
    ] = False,
    i_know: KnownOption = None,
    accept: AcceptOption = False,
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Ask what waits for you, one by one, first.")
    ] = False,
    trust: TrustOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Run and prove, commit nothing.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what changes.")] = False,
    prove: ProveOption = "static",
    python: PythonOption = None,
    test_command: TestCommandOption = "",
    checkout: Annotated[
        bool, typer.Option("--checkout", help="Switch to migrate/head at the end.")
    ] = False,
    as_json: JsonOption = False,
) -> int:
    """Applies all steps in order, or the named ones, one proved commit each."""
    if interactive:
        check_interactive(plan, accept=accept, as_json=as_json)
        with opened(project) as found:
            names = [item.name for item in chosen(found, step, gate)]
        if not ask_all(project, names, trust=trust):
            return 1
    with (
        progress() as bar,
        opened(project, advance=bar.advance, consent=consent(bar, trust), begun=bar.step) as found,
    ):
        check_gate(gate, found.steps.all, "--gate")
        check_gate(deployed, found.steps.all, "--deployed")
        steps = chosen(found, step, gate)
        with run_lock(found.repository.common_dir, "apply"):
            if checkout:
                check_checkout(found.repository)
            more = prover(found, prove, python, test_command)
            # Who names a step has read what must come before it.
            gates = Gates(deployed or 0, through_gates or bool(step))
            if deployed and found.state.head and not dry_run:
                check_checkout(found.repository)
                note_deployed(found.repository, found.state.head)
            wanted = Wanted(plan, accept, gates, drained(found, i_know or ()))
            applied = partial(applied_steps, found, steps, wanted, more, bar.tell)
            outcome = applied(dry=dry_run)
            if checkout and found.state.head and not dry_run:
                found.repository.switch("migrate/head")
                outcome = outcome_of(found, outcome.results, dry=dry_run)
        written = write_notes(found.repository.own_dir, outcome.notes)
        if outcome.moved:
            keep_status(found)
            # What could not be proved would be tried again, which takes long.
            if not any(item.unproved for item in outcome.results):
                keep_apply(found, lambda: told_again(found, applied(dry=True), as_json=as_json))
    tell(outcome, written, as_json=as_json, diff=diff)
    return left_open(outcome.results)


class Wanted(Struct, frozen=True):
    """By what steps are applied: a plan, whether suggestions are taken, which deploys are behind."""

    plan: Path | None
    accept: bool
    gates: Gates
    drained: Drained


def applied_steps(
    found: Project, steps: list[Step], wanted: Wanted, more: MoreProof, say: Tell, *, dry: bool
) -> Outcome:
    """What becomes of the steps, or with `dry` would."""
    read = load_plan(found, wanted.plan)
    if wanted.accept and read is not None:
        read = taken(read)
    results = apply_steps(
        found,
        steps,
        read,
        more,
        say,
        dry=dry,
        accept=wanted.accept,
        gates=wanted.gates,
        drained=wanted.drained,
    )
    return outcome_of(found, results, dry=dry)


def drained(found: Project, known: Iterable[str]) -> Drained:
    """What is known to be in flight under no name any more: by `drain`, or by the person."""
    kept = read_kept(found.repository.own_dir)
    return Drained(kept, found.settings.drain.fresh_minutes, frozenset(known))


def check_interactive(plan: Path | None, *, accept: bool, as_json: bool) -> None:
    """Raises `UsageError` where questions can't be asked, or would be for nothing."""
    if plan is not None:
        raise UsageError(
            "--interactive writes its answers into .migrate/plan.toml: leave --plan out"
        )
    if accept or as_json:
        other = "--accept" if accept else "--json"
        raise UsageError(f"--interactive asks you and {other} doesn't: say one of them")
    check_terminal()


def chosen(found: Project, names: list[str] | None, gate: int | None) -> list[Step]:
    """The steps that are to be applied: all or the named ones, up to a deploy gate."""
    return select(found.steps.chosen(step_names(names or [], found.steps)), gate)
