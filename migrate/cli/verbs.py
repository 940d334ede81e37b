"""The verbs by name, each loaded when it is asked for: `migrate --help` reads none of them."""

from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperGroup

from migrate.cli.speaking import with_shared_options
from migrate.cli.words import Verb

HELP = {"help_option_names": ["-h", "--help"]}

VERBS = {
    "init": "Writes a commented [tool.migrate] with what was found here.",
    "plan": "Inventories, decides, runs all steps in memory, keeps the plan.",
    "apply": "Applies all steps, or the named ones, one proved commit a step.",
    "status": "Shows a line a step: applied or not, its commit, what is next.",
    "check": "Holds the work tree against the rules, for hooks and CI.",
    "report": "Shows progress over the commits: shared_task, god files, names.",
    "rollback": "Moves migrate/head to before a step; the old tip is kept.",
    "rebase": "Makes the applied steps anew on newer code, each proved.",
    "drain": "Counts messages in flight by task name; exit 0: names may go.",
    "verify": "Proves applied steps again, with --prove boot by real Celery.",
    "trust": "Lets codemods of this repository run, all or the named ones.",
    "new-codemod": "Writes a codemod of your own and its test, to begin with.",
    "explain": "Says what a step, a kind of note, a root or an app is about.",
    "fleet": "Migrates many repositories in their clones, as Celery tasks.",
    "demo": "Writes the legacy project with its history, and migrates it.",
}
"""Each verb in a line, in the order of a migration. A verb is a file of its name beside this one."""


class Verbs(TyperGroup):
    """The group of them."""

    def __init__(self, **known: Any) -> None:  # noqa: ANN401 - as typer gives them
        super().__init__(**known)
        self.commands = cast("Any", dict.fromkeys(VERBS))

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override] # noqa: ANN401, ARG002
        """The command of a verb, `None` where there is none."""
        if cmd_name not in VERBS:
            return None
        only = typer.Typer(
            add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
        )
        command = with_shared_options(
            cmd_name, import_module(f"migrate.cli.{cmd_name.replace('-', '_')}").command
        )
        only.command(cmd_name, cls=Verb, context_settings=HELP)(command)
        return typer.main.get_command(only)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override] # noqa: ANN401, ARG002
        """Writes them with their lines."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))
