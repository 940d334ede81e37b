"""What a verb answers, shown by the user's pager where it is longer than the screen.

Light, since every start loads it.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any

PAGED = frozenset({"plan", "report", "explain", "check"})
"""The verbs that answer and change nothing that one would want to watch."""
NONE = frozenset({"", "cat"})
"""What people write into `PAGER` to have none, as git reads it."""


class Held(StringIO):
    """Stdout, held back until all of it is there; for the rest it is the terminal that it stands for."""

    def __init__(self, stream: Any) -> None:  # noqa: ANN401 - whatever stands in sys.stdout
        super().__init__()
        self.stream = stream

    def isatty(self) -> bool:
        """What it will be written to is one."""
        return True

    def fileno(self) -> int:
        """That of the terminal."""
        number: int = self.stream.fileno()
        return number

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the terminal."""
        return str(self.stream.encoding)


def wants_pager(words: Sequence[str]) -> bool:
    """Whether what these words print goes through a pager if it is long."""
    return (
        sys.stdout.isatty()
        and any(word in PAGED for word in words)
        and "--no-pager" not in words
        and "--json" not in words
        and os.environ.get("PAGER", "less") not in NONE
        and os.environ.get("TERM") != "dumb"
    )


@contextmanager
def paged(words: Sequence[str]) -> Iterator[None]:
    """Holds back what the block prints, and shows it at the end: at once, or page by page."""
    if not wants_pager(words):
        yield
        return
    screen = sys.stdout
    sys.stdout = held = Held(screen)
    try:
        yield
    finally:
        sys.stdout = screen
        show(held.getvalue(), os.get_terminal_size(screen.fileno()).lines)


def show(text: str, lines: int) -> None:
    """Prints a text, by the user's pager if the screen has fewer lines than it."""
    if text.count("\n") < lines:
        sys.stdout.write(text)
        return
    from pydoc import pager

    # As git has it: colours stay, and what was shown stays on the screen.
    os.environ.setdefault("LESS", "FRX")
    pager(text)
