"""Progress on stderr: what is being done, how much of it, and how long the rest takes."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

from migrate.answers.asking import unheard
from migrate.cli.console import Shown, shown
from migrate.cli.left import left_words, seconds_left, spent_words, weights
from migrate.cli.speaking import speaking
from reports.words import plural

NARROW = 20
"""Columns of the bar, which leave room for words in 80."""


class Bar:
    """Progress on stderr; silent where there is no terminal, and with `--quiet`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("looking at the repository", total=None, ends=None)
        self._phase = ""
        self._since = time.monotonic()

    def tell(self, text: str) -> None:
        """Says what is being done; how much of it there is stays as it was told last."""
        self._progress.update(self._task, description=text)

    def say(self, text: str) -> None:
        """Says something that stays on the screen."""
        if not speaking().quiet:
            self._progress.console.print(shown(text), style="dim")

    def count(self, text: str, done: float, total: float, phase: str = "") -> None:
        """Says what is being done, and how much of it is; things of one phase take equally long."""
        now = time.monotonic()
        if (phase or text) != self._phase:
            self._phase, self._since = phase or text, now
        left = seconds_left(now - self._since, done, total)
        ends = None if left is None else now + left
        self._progress.update(self._task, description=text, total=total, completed=done, ends=ends)

    def advance(self, done: int, total: int) -> None:
        """Says how many of the files are read."""
        self.count(f"reading {total:,} {plural(total, 'file')}", done, total, phase="reading")

    def step(self, place: int, names: Sequence[str]) -> None:
        """Says which of some steps begins."""
        parts = weights(names)
        text = f"{names[place]} ({place + 1} of {len(names)})"
        self.count(text, sum(parts[:place]), sum(parts), phase="steps")


class TimeLeft(ProgressColumn):
    """How long the rest takes, counted down from what was guessed last; before a guess, how long it took so far."""

    def render(self, task: Task) -> Text:
        """The words for it."""
        ends = task.fields["ends"]
        words = left_words(ends - time.monotonic()) if ends else spent_words(task.elapsed or 0)
        return Text(words, style="dim")


@contextmanager
def progress() -> Iterator[Bar]:
    """A progress line for as long as the block runs."""
    console = Shown(file=unheard(sys.stderr), highlight=False)
    silent = not console.is_terminal or speaking().quiet
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(NARROW), TimeLeft())
    with Progress(*columns, console=console, transient=True, disable=silent) as drawn:
        yield Bar(drawn)
