"""What a shell offers behind a word: names of steps and kinds of notes, without loading any step."""

from collections.abc import Iterator

STEPS = (
    "default-app",
    "split",
    "dedupe",
    "decorators",
    "aliases",
    "names",
    "beat",
    "routes",
    "runtime",
    "drop-aliases",
)
"""The built-in steps: their table itself loads all of them, which takes a second."""
READING = ("roots", "app")


def steps(incomplete: str) -> list[str]:
    """The steps that begin so."""
    return [name for name in STEPS if name.startswith(incomplete)]


def codes(incomplete: str) -> Iterator[tuple[str, str]]:
    """The kinds of notes that begin so, each with what it means."""
    from codemods.notes.codes import CODES, KINDS

    yield from ((name, CODES[name].means) for name in KINDS if name.startswith(incomplete))


def topics(incomplete: str) -> Iterator[str]:
    """All that `explain` explains and that begins so."""
    from codemods.notes.codes import CODES

    yield from steps(incomplete)
    yield from (name for name in (*READING, *sorted(CODES)) if name.startswith(incomplete))


def levels(incomplete: str) -> list[str]:
    """The levels of proof; behind a comma one more of them."""
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in ("static", "stub", "boot") if name.startswith(last)]
