"""A command line answered: from what is kept, else by its verb, listened to so as to keep that."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from migrate.answers.ground import Ground, ground
from migrate.answers.kept import Answer, Basis, keep, last, notes_of, recalled, write_notes
from migrate.answers.question import Question, question

RENEWED = frozenset({"plan"})
"""The verbs whose answer is told of a newer commit that changes nothing which it hangs on."""


class Heard:
    """A stream that remembers what is written to it."""

    def __init__(self, stream: Any, *, silent: bool = False) -> None:  # noqa: ANN401 - whatever stands in sys.stdout
        self.stream = stream
        self.silent = silent
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        """Writes through, unless it is to be silent."""
        self.parts.append(text)
        written: int = len(text) if self.silent else self.stream.write(text)
        return written

    @property
    def rich_proxied_file(self) -> Self:
        """Itself: rich would otherwise write past it, to what a progress bar stands in for."""
        return self

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self.stream, name)

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self.parts)


class Asked:
    """A question that is being answered, and since when."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.bases: list[Callable[[], Basis]] = []
        """What tells, for each repository that was opened, what was made of its files."""
        self._since = time.monotonic()

    @property
    def basis(self) -> Basis | None:
        """What the answer is worked out from; `None` where that is more than one repository's files."""
        return self.bases[0]() if len(self.bases) == 1 else None

    @property
    def seconds(self) -> float:
        """How long that takes by now."""
        return time.monotonic() - self._since


_NOW: list[Asked] = []


def now() -> Asked | None:
    """What this process answers at the moment; `None` where nothing is kept of it."""
    return _NOW[-1] if _NOW else None


def answer(words: Sequence[str], run: Callable[[], int]) -> int:
    """The exit code of a command line, once what it has to say is said."""
    asked = question(words)
    before = ground(asked) if asked is not None else None
    if asked is None or before is None:
        return run()
    known = recalled(asked, before) or _renewed(asked, before)
    if known is not None and write_notes(before, known.notes):
        sys.stderr.write(known.err)
        sys.stdout.write(known.out)
        return known.code
    with listening() as (out, err), _answering(asked) as answered:
        code = run()
    after = ground(asked)
    told = Answer(out.text, err.text, code, notes_of(asked, before), answered.basis)
    if after is not None and is_steady(before, after, told):
        keep(asked, after, told)
    return code


def _renewed(asked: Question, on: Ground) -> Answer | None:
    """The last answer told of a newer commit, where that can be; loaded on demand, since it reads files."""
    if asked.verb not in RENEWED:
        return None
    found = last(asked, on)
    if found is None or found[1].basis is None:
        return None
    from migrate.answers.renewing import renewed

    return renewed(asked, on, *found)


@contextmanager
def _answering(asked: Question) -> Iterator[Asked]:
    _NOW.append(Asked(asked))
    try:
        yield _NOW[-1]
    finally:
        _NOW.pop()


def unheard(stream: Any) -> Any:  # noqa: ANN401
    """The stream for what belongs to one moment, as a progress bar does."""
    return stream.stream if isinstance(stream, Heard) else stream


@contextmanager
def listening(*, silent: bool = False) -> Iterator[tuple[Heard, Heard]]:
    """Remembers what is printed while the block runs, or would be."""
    out, err = sys.stdout, sys.stderr
    heard = Heard(out, silent=silent), Heard(err, silent=silent)
    sys.stdout, sys.stderr = heard
    try:
        yield heard
    finally:
        sys.stdout, sys.stderr = out, err


def is_steady(before: Ground, after: Ground, told: Answer) -> bool:
    """Whether the same would be said once more: nothing moved, and nothing was wrong.

    A plan that is written for the first time is read by the next run, which says the same of it; but
    what is said of a person's edits is said of the file as it was.
    """
    return (
        told.code in {0, 1}
        and (before.around, before.commit) == (after.around, after.commit)
        and (before.plan == after.plan or not told.err)
    )
