"""The verbs. Each is a file of its name; this room alone prints and exits."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from migrate import __version__
from migrate.cli.speaking import DetailsOption, NoPagerOption, QuietOption, Speaking, begin
from migrate.cli.verbs import HELP, Verbs

app = typer.Typer(
    cls=Verbs,
    name="migrate",
    help="Moves a Django + Celery code base to one clean shape, one proved git commit at a time.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings=HELP,
)


def tell_version(asked: bool) -> None:
    """Prints which tool this is, and the Python that runs it: that decides what it can parse."""
    if asked:
        python = ".".join(map(str, sys.version_info[:3]))
        typer.echo(f"migrate {__version__} (celery-converge), Python {python}")
        raise typer.Exit


@app.callback()
def beginning(
    project: Annotated[
        Path | None,
        typer.Option(
            "-C", "--project", metavar="DIR", help="A folder of the git repository to work on."
        ),
    ] = None,
    quiet: QuietOption = False,
    details: DetailsOption = 0,
    no_pager: NoPagerOption = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=tell_version, is_eager=True, help="Say which this is."),
    ] = False,
) -> None:
    """Moves a Django + Celery code base to one clean shape, one proved git commit at a time."""
    begin(Speaking(quiet, details, not no_pager, project))
