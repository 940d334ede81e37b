"""`migrate verify`: the proofs of what is applied, made again from the commits alone."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console

from migrate.applying import Applied
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
from migrate.cli.speaking import ProjectOption, speaking
from migrate.output import applied_out
from migrate.project import opened
from migrate.shapes.apply import VerifyOut
from migrate.verifying import verify_tip
from reports.words import plural


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
    show(out(), results, findings, whole=not sys.stdout.isatty() or bool(speaking().details))
    return 1 if findings else 0


def show(console: Console, results: list[Applied], findings: list[str], *, whole: bool) -> None:
    """Prints a line a step, or with `whole` a line a proof; what was found; and how many proofs held."""
    if not results:
        console.print("nothing is applied here, so there is nothing to verify; next: migrate plan")
        return
    for item in results:
        if whole:
            for name, state in item.proof.items():
                console.print(f"{item.name:<13} {name:<12} {coloured(state, WORDS[state])}")
        else:
            console.print(f"{item.name:<13} {', '.join(of_a_step(item.proof))}")
    for finding in findings:
        for line in finding.splitlines():
            console.print(shown(line), style="red")
    console.print(last_line(results, len(findings), whole=whole))


WORDS = {"held": "OK", "failed": "failed", "not run": "not run"}
COLOURS = {"held": "green", "failed": "red"}


def coloured(state: str, text: str) -> str:
    """Words for a state in its colour."""
    colour = COLOURS.get(state, "dim")
    return f"[{colour}]{text}[/{colour}]"


def of_a_step(proof: Mapping[str, str]) -> Iterator[str]:
    """How many proofs of a step held, and which did not."""
    held = sum(state == "held" for state in proof.values())
    yield coloured("held" if held else "not run", f"{held} {plural(held, 'proof')} held")
    for state in ("failed", "not run"):
        names = [name for name, found in proof.items() if found == state]
        if names:
            yield coloured(state, f"{state}: {', '.join(names)}")


def last_line(results: list[Applied], findings: int, *, whole: bool) -> str:
    """How many proofs held over how many steps, and how to see each where they are not shown."""
    states = [state for item in results for state in item.proof.values()]
    held, steps = states.count("held"), len(results)
    of_all = f" of {len(states)}" if held < len(states) else ""
    count = (
        f"{held}{of_all} {plural(len(states), 'proof')} held over {steps} {plural(steps, 'step')}"
    )
    more = f", {findings} {plural(findings, 'finding')}" if findings else ""
    return count + more + ("" if whole else "; each by name: migrate verify -v")
