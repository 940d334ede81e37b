"""Where things are said: data on stdout, prose and progress on stderr, JSON when asked for."""

import os
import re
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Annotated, Any, TextIO

import msgspec
import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.text import Text

from codemods.notes.visible import json_escaped, visible, visible_lines
from migrate.cli.speaking import speaking
from migrate.cli.wrapping import parts, wrapped
from migrate.errors import MigrateError
from migrate.writing import refused

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, format 1.")]


WIDTH = 120
"""Columns where neither a terminal nor `COLUMNS` says how many."""


class Unpadded(StringIO):
    """Writes to stdout, without the spaces with which tables end their lines."""

    def write(self, text: str) -> int:
        """Writes whole lines."""
        sys.stdout.write(unpadded(text))
        return len(text)

    def flush(self) -> None:
        """What is written is there."""
        sys.stdout.flush()


def unpadded(text: str) -> str:
    """A text without spaces at the end of its lines."""
    return re.sub(r" +$", "", text, flags=re.MULTILINE)


class Shown(Console):
    """A console on which control characters of what it is given are visible; its own are its own.

    Prose goes on in the next line at a word where a person reads it, and stays in one line where a
    program does.
    """

    def print(self, *objects: Any, **words: Any) -> None:  # noqa: ANN401 - as rich has it
        """Prints something; a text alone is prose, unless it is to stay in one line."""
        if len(objects) != 1 or not isinstance(objects[0], str) or words.get("soft_wrap"):
            super().print(*objects, **words)
            return
        text = self.render_str(objects[0], markup=words.pop("markup", None))
        if self.is_terminal or is_width_given():
            text = in_lines(text, self.width)
        super().print(text, **words | {"soft_wrap": True})

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """The segments of something, none of whose texts speaks to the terminal."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(visible_lines(part.text), part.style)


def in_lines(text: Text, width: int) -> Text:
    """A text with its styles in lines of at most so many columns."""
    return Text("\n").join(
        Text(" " * hang) + line[start:end]
        for line in text.split("\n", allow_blank=True)
        for hang, start, end in parts(line.plain, width)
    )


def is_width_given() -> bool:
    """Whether `COLUMNS` says how wide pages are."""
    return os.environ.get("COLUMNS", "").isdigit()


def out() -> Console:
    """The console for data; as wide as the terminal or `COLUMNS` says."""
    console = Shown(highlight=False, soft_wrap=False)
    if console.is_terminal:
        return console
    width = None if is_width_given() else WIDTH
    return Shown(file=Unpadded(), highlight=False, width=width)


def prose() -> Console:
    """The console for what a verb says of its work; with `--quiet` it says nothing."""
    console = out()
    console.quiet = speaking().quiet
    return console


def err() -> Console:
    """The console for prose beside the data; with `--quiet` it says nothing."""
    return Shown(stderr=True, highlight=False, quiet=speaking().quiet)


def json_text(value: object) -> str:
    """A value as indented JSON."""
    return json_escaped(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def shown(text: str) -> str:
    """Text of a repository as part of a line for the console: no markup, no control characters."""
    return escape(visible(text))


def print_json(value: object) -> None:
    """Prints a value as indented JSON."""
    print_text(json_text(value))


def print_text(text: str) -> None:
    """Prints text without markup; control characters are made visible."""
    text = visible_lines(text)
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def print_lines(text: str) -> None:
    """Prints prose without markup."""
    print_text(as_read(text, sys.stdout))


def as_read(text: str, stream: TextIO) -> str:
    """Prose as it is written to a stream: on a terminal in lines of its width, else as it is."""
    return wrapped(text, Shown(file=stream).width) if stream.isatty() else text


WRONG_WORDS: type[BaseException] = typer.BadParameter.__mro__[2]
"""What typer raises for words that it can't make sense of (its ClickException)."""


def complain(error: BaseException) -> int:
    """Says on stderr what stopped the run; the exit code that goes with it."""
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, BrokenPipeError):
        return 0
    said, code = words_for(error)
    if not said:
        Shown(stderr=True, highlight=False).print_exception(show_locals=False)
        said = "migrate: this is a fault of the tool; nothing was half-written. Please report it with the lines above\n"
    sys.stderr.write(as_read(visible_lines(said), sys.stderr))
    return code


def words_for(error: BaseException) -> tuple[str, int]:
    """What is said of something that stopped the run, and its exit code; no words for a fault of the tool."""
    if isinstance(error, WRONG_WORDS):
        told = StringIO()
        getattr(error, "show")(told)  # noqa: B009 - typer does not export its class
        return told.getvalue(), 2
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "interrupted: what was committed stands, nothing else has changed\n", 130
    if isinstance(error, MigrateError):
        return f"migrate: {error}\n", error.exit_code
    if isinstance(error, OSError) and refused(error):
        return f"migrate: {refused(error)}\n", 3
    return "", 1
