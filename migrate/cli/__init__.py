"""The verbs. Each is a file of its name; this room alone prints and exits."""

import typer

from migrate.cli import apply, demo, drain, explain, plan, report, rollback, status, trust, verify

app = typer.Typer(
    name="migrate",
    help="Moves a Django + Celery code base to one clean shape, one proved git commit at a time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for verb in (plan, apply, status, report, rollback, drain, verify, trust, explain, demo):
    app.command(verb.__name__.rpartition(".")[2])(verb.command)
