"""How much is said, and where: the options that every verb takes, before its name or behind it."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from migrate.errors import UsageError


class Speaking(NamedTuple):
    """What one command line asks for: silence, details (1), git's commands too (2), a pager."""

    quiet: bool = False
    details: int = 0
    pager: bool = True
    project: Path | None = None
    """The folder that is named before the verb."""


ProjectOption = Annotated[
    Path,
    typer.Option(
        "-C", "--project", metavar="DIR", help="A folder of the git repository to work on."
    ),
]
QuietOption = Annotated[
    bool, typer.Option("-q", "--quiet", help="Nothing but errors and what was asked for.")
]
DetailsOption = Annotated[
    int,
    typer.Option(
        "-v",
        "--verbose",
        count=True,
        show_default=False,
        help="What is read, seconds a step; -vv: git's commands too.",
    ),
]
NoPagerOption = Annotated[bool, typer.Option("--no-pager", help="Print long pages as they are.")]
OPTIONS: tuple[tuple[str, object, object], ...] = (
    ("quiet", False, QuietOption),
    ("details", 0, DetailsOption),
    ("no_pager", False, NoPagerOption),
)
"""Name, default and type of what every verb takes; of those that have a project, `-C` too."""

_NOW: ContextVar[Speaking] = ContextVar("speaking", default=Speaking())  # noqa: B039 - it is frozen


def speaking() -> Speaking:
    """How much is to be said now."""
    return _NOW.get()


def begin(manner: Speaking) -> None:
    """Says so much from now on, as the words before the verb ask for."""
    if manner.details != speaking().details:
        # Loaded on demand: nobody who asks for help wants details.
        from migrate.cli.details import tell_details

        tell_details(manner.details)
    _NOW.set(manner)


def with_shared_options(name: str, command: Callable[..., int]) -> Callable[..., int]:
    """A verb that takes the options that all verbs share, and heeds those before its name too."""

    @wraps(command)
    def run(**words: Any) -> int:  # noqa: ANN401 - what typer read
        before = speaking()
        quiet, details, no_pager = (words.pop(option) for option, _, _ in OPTIONS)
        begin(
            Speaking(before.quiet or quiet, before.details + details, before.pager and not no_pager)
        )
        if before.project is not None:
            if "project" not in words:
                raise UsageError(f"'migrate {name}' takes no -C. See: migrate {name} --help")
            if words["project"] in (None, Path()):
                words["project"] = before.project
        return command(**words)

    own = signature(command)
    shared = [
        Parameter(option, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for option, default, kind in OPTIONS
    ]
    everything = [*own.parameters.values(), *shared]
    setattr(run, "__signature__", own.replace(parameters=everything))  # noqa: B010 - mypy knows no such attribute
    return run
