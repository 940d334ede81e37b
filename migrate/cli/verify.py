"""`migrate verify`: the proofs of what is applied, made again from the commits alone."""

from pathlib import Path

from migrate.cli.bar import progress
from migrate.cli.console import JsonOption, out, print_json, shown
from migrate.cli.options import (
    ProveOption,
    PythonOption,
    TestCommandOption,
    TrustOption,
    consent,
    prover,
)
from migrate.cli.speaking import ProjectOption
from migrate.output import applied_out
from migrate.project import opened
from migrate.shapes import VerifyOut
from migrate.verifying import verify_tip


def command(
    project: ProjectOption = Path(),
    prove: ProveOption = "static",
    python: PythonOption = None,
    test_command: TestCommandOption = "",
    trust: TrustOption = False,
    as_json: JsonOption = False,
) -> int:
    """Proves each applied step again; with --prove boot the real registry too."""
    with (
        progress() as bar,
        opened(project, advance=bar.advance, consent=consent(bar, trust), begun=bar.step) as found,
    ):
        more = prover(found, prove, python, test_command)
        results, findings = verify_tip(found, more, bar.tell)
        revision = found.state.tip
    levels = {name: state for item in results for name, state in item.proof.items()}
    if as_json:
        print_json(VerifyOut(revision, [applied_out(item) for item in results], levels, findings))
        return 1 if findings else 0
    console = out()
    if not results:
        console.print("nothing is applied here, so there is nothing to verify; next: migrate plan")
    for item in results:
        for name, state in item.proof.items():
            colour = {"held": "green", "failed": "red"}.get(state, "dim")
            console.print(
                f"{item.name:<13} {name:<12} [{colour}]{'OK' if state == 'held' else state}[/{colour}]"
            )
    for finding in findings:
        for line in finding.splitlines():
            console.print(shown(line), style="red")
    return 1 if findings else 0
