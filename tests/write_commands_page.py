"""Writes docs/commands.md anew from the command line itself: python -m tests.write_commands_page."""

from collections.abc import Callable, Iterator
from enum import Enum
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from typer.models import ArgumentInfo, OptionInfo

from migrate.cli.speaking import OPTIONS, ProjectOption
from migrate.cli.verbs import VERBS
from tests.docs.examples import AUDIT, EXAMPLES, SEE
from tests.write_notes_page import plain

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
HEAD = """\
# Each command

`migrate VERB --help` says the same on the terminal. Verbs work on the git repository that the current folder is in, or on
that of `-C DIR`. What was asked for goes to stdout, all else to stderr; pages longer than the terminal go through `PAGER`.

| all verbs take | meaning |
|---|---|
"""
ENDS = """\
| `-h`, `--help` | Say what the verb takes. |

These stand before the verb or behind it (`demo` and `fleet` take no `-C`). Alone stand `migrate --version` and
`migrate --install-completion`, which lets the shell complete verbs, steps and kinds of notes.

With `--json` a verb prints one JSON document, whose schema is in `migrate/schemas`.

| exit code | means |
|---|---|
| 0 | done; of `plan`: planned |
| 1 | findings, decisions that wait for you, or something left out, since it can't be proved |
| 2 | wrong words or configuration |
| 3 | refused for safety; what was said tells what to type |
| 130 | interrupted |
"""
TABLE = "\n| option | meaning |\n|---|---|\n"
SHARED = ("-C", "--json")


class Word:
    """One option or argument of a verb, as the page shows it."""

    def __init__(self, parameter: Parameter) -> None:
        kind, *notes = get_args(parameter.annotation)
        self.info = next(note for note in notes if isinstance(note, (OptionInfo, ArgumentInfo)))
        self.kind: Any = kind
        self.default: Any = parameter.default

    @property
    def names(self) -> tuple[str, ...]:
        """What is typed: `-C`, `--project`; nothing for an argument."""
        # In `Annotated` the first name stands where typer has the default otherwise.
        texts = (self.info.default, *(self.info.param_decls or ()))
        return tuple(
            name for text in texts if isinstance(text, str) for name in text.split("/") if name
        )

    @property
    def value(self) -> str:
        """The word for its value, `""` for a flag."""
        choices = next(filter(None, map(choices_of, (self.kind, *get_args(self.kind)))), "")
        return choices or (self.info.metavar or "").replace("|", "\\|")

    @property
    def row(self) -> str:
        """It and its meaning as a row of a table."""
        shown = ", ".join(f"`{name} {self.value}`".replace(" `", "`") for name in self.names)
        return f"| {shown or f'`{self.value}`'} | {plain(self.info.help or '')}{self._default} |\n"

    @property
    def _default(self) -> str:
        value = self.default.value if isinstance(self.default, Enum) else self.default
        if isinstance(value, bool) or value in (None, "", 0, Path(), Parameter.empty):
            return ""
        return f" Without it: `{value}`."


def choices_of(kind: object) -> str:
    """The values that a type lets in, `a\\|b`; `""` where it lets in any."""
    values: tuple[object, ...] = ()
    if get_origin(kind) is Literal:
        values = get_args(kind)
    elif isinstance(kind, type) and issubclass(kind, Enum):
        values = tuple(item.value for item in kind)
    return "\\|".join(map(str, values))


def page() -> str:
    """The page: what all verbs share, then each verb in the order of a migration."""
    shared = [Parameter("project", Parameter.KEYWORD_ONLY, annotation=ProjectOption)]
    for name, default, annotation in OPTIONS:
        shared.append(
            Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        )
    rows = "".join(Word(parameter).row for parameter in shared)
    return "".join([HEAD, rows, ENDS, *map(part, VERBS), AUDIT])


def part(verb: str) -> str:
    """One verb: what it does, how it is typed, and its own options."""
    command = import_module(f"migrate.cli.{verb.replace('-', '_')}").command
    rows = "".join(word.row for word in words_of(command))
    examples = "".join(f"$ {line}\n" for line in EXAMPLES[verb])
    more = f"\nMore: {SEE[verb]}.\n" if verb in SEE else ""
    does = plain((command.__doc__ or "").strip())
    return (
        f"\n## {verb}\n\n{does}\n\n```console\n{examples}```\n{TABLE if rows else ''}{rows}{more}"
    )


def words_of(command: Callable[..., int]) -> Iterator[Word]:
    """What a verb takes of its own."""
    for parameter in signature(command, eval_str=True).parameters.values():
        if get_origin(parameter.annotation) is Annotated:
            word = Word(parameter)
            if not set(SHARED) & set(word.names):
                yield word


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
