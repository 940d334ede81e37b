"""The verbs. Each is a file of its name; this room alone prints and exits."""

import typer

from migrate.cli.verbs import Verbs

app = typer.Typer(
    cls=Verbs,
    name="migrate",
    help="Moves a Django + Celery code base to one clean shape, one proved git commit at a time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def beginning() -> None:
    """Moves a Django + Celery code base to one clean shape, one proved git commit at a time."""


def with_verb_first(words: list[str]) -> list[str]:
    """The words of a command line with a leading `-C DIR` behind the verb, where verbs take it."""
    if words[:1] in (["-C"], ["--project"]) and len(words) > 2:
        return [words[2], *words[:2], *words[3:]]
    if words and words[0].startswith(("--project=", "-C")) and len(words[0]) > 2 and len(words) > 1:
        return [words[1], words[0], *words[2:]]
    return words
