"""What is likely to be asked next, answered while everything for it is at hand."""

from collections.abc import Callable

from migrate.answers.asking import listening, now
from migrate.answers.ground import ground
from migrate.answers.kept import Answer, keep
from migrate.answers.question import Question
from migrate.errors import MigrateError

LONG = 1.0
"""Seconds that a verb must have taken: after a quick one the next is quick too."""


def asked_after_long_work() -> Question | None:
    """The question that is being answered, if that took so long that the next should not."""
    asked = now()
    return asked.question if asked is not None and asked.seconds >= LONG else None


def keep_ahead(question: Question, tell: Callable[[], Answer | None]) -> None:
    """Keeps what `tell` would print, with its code and notes, as the answer to a question.

    Nothing is printed. `tell` reads anew how things stand, and changes nothing; it gives its exit code
    and notes, or `None` where it can't be said what would be answered.
    """
    before = ground(question)
    if before is None:
        return
    try:
        with listening(silent=True) as (out, err):
            told = tell()
    except MigrateError:
        # It is told to whoever asks.
        return
    if told is not None and ground(question) == before:
        asked = now()
        basis = asked.basis if asked is not None else None
        keep(question, before, Answer(out.text, err.text, told.code, told.notes, basis))
