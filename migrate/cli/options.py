"""Options that several verbs share, and what they stand for."""

from pathlib import Path
from typing import Annotated

import typer

from migrate.cli import completing
from migrate.cli.bar import Bar
from migrate.errors import UsageError
from migrate.pipeline import MoreProof
from migrate.project import Project
from migrate.steps import Steps
from migrate.trust import Consent

AcceptOption = Annotated[
    bool, typer.Option("--accept", help="Take every suggestion that waits for a person.")
]
ProveOption = Annotated[
    str,
    typer.Option(
        "--prove",
        metavar="LEVELS",
        autocompletion=completing.levels,
        help="How far the registry is proved: static, stub, boot; with commas.",
    ),
]
PythonOption = Annotated[
    Path | None,
    typer.Option(
        "--python", metavar="PATH", help="The project's own interpreter, for --prove boot."
    ),
]
TestCommandOption = Annotated[
    str,
    typer.Option(
        "--test-command",
        metavar="CMD",
        help="The project's tests; the same result before and after.",
    ),
]


TrustOption = Annotated[
    bool, typer.Option("--trust", help="Run the repository's own codemods, this once.")
]


KnownOption = Annotated[
    list[str] | None,
    typer.Option(
        "--i-know",
        metavar="NAME",
        help="No message bears this task name any more; may be repeated.",
    ),
]


def consent(bar: Bar, trust: bool) -> Consent:
    """What a verb that runs codemods says of those of the repository."""
    return Consent(runs=True, trusts=trust, tell=bar.say)


def step_names(names: list[str], steps: Steps) -> list[str]:
    """The names of steps, each known. Raises `UsageError` for another."""
    for name in names:
        if name not in steps.by_name:
            known = ", ".join(step.name for step in steps.all)
            raise UsageError(f"there is no step '{name}'. The steps are: {known}")
    return names


def prover(project: Project, levels: str, python: Path | None, test_command: str) -> MoreProof:
    """The proofs beyond the static one that were asked for."""
    # Loaded on demand: most verbs that share these options prove nothing.
    from migrate.verify.levels import LEVELS, proof_levels
    from migrate.verify.own_tests import split_command

    wanted = [level.strip() for level in levels.split(",") if level.strip()]
    for level in wanted:
        if level not in LEVELS:
            raise UsageError(f"'{level}' is no level of proof. The levels are: {', '.join(LEVELS)}")
    if "boot" in wanted and python is None:
        raise UsageError(
            "--prove boot runs the project in its own environment: say which with --python PATH"
        )
    if python is not None and not python.exists():
        raise UsageError(
            f"there is no interpreter '{python}'. Say where the project's is: --python PATH"
        )
    if test_command:
        split_command(test_command)
    return proof_levels(project, wanted, python, test_command)
