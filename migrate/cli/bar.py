"""Progress on stderr: what is being done, how much of it, and how long the rest takes."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.text import Text

from migrate.answers.asking import unheard
from migrate.cli.console import Shown, shown
from migrate.cli.left import left_words, seconds_left, weights
from migrate.cli.speaking import speaking


class Bar:
    """Progress on stderr; silent where there is no terminal, and with `--quiet`."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("reading", total=None, ends=None)
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
        self.count("reading", done, total)

    def step(self, place: int, names: Sequence[str]) -> None:
        """Says which of some steps begins."""
        parts = weights(names)
        self.count(names[place], sum(parts[:place]), sum(parts), phase="steps")


class TimeLeft(ProgressColumn):
    """How long the rest takes, counted down from what was guessed last."""

    def render(self, task: Task) -> Text:
        """The words for it."""
        ends = task.fields["ends"]
        return Text(left_words(ends - time.monotonic() if ends else None), style="dim")


@contextmanager
def progress() -> Iterator[Bar]:
    """A progress line for as long as the block runs."""
    console = Shown(file=unheard(sys.stderr), highlight=False)
    silent = not console.is_terminal or speaking().quiet
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeLeft())
    with Progress(*columns, console=console, transient=True, disable=silent) as drawn:
        yield Bar(drawn)
