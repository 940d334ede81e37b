"""How long a run still takes, told from how long its parts took so far."""

from collections.abc import Sequence

WEIGHTS = {
    "default-app": 0,
    "split": 40,
    "dedupe": 25,
    "decorators": 8,
    "aliases": 4,
    "names": 6,
    "beat": 6,
    "routes": 6,
    "runtime": 5,
}
"""What part of the time each step takes where all have work to do, as measured on real projects."""
OTHER = 6
"""The same for a codemod of the user's own."""


def weights(names: Sequence[str]) -> list[int]:
    """The part of the time that each of these steps takes."""
    return [WEIGHTS.get(name, OTHER) for name in names]


def seconds_left(spent: float, done: float, total: float) -> float | None:
    """How long the rest takes at the pace so far; `None` where nothing is done that tells a pace."""
    return spent / done * (total - done) if done > 0 else None


def left_words(seconds: float) -> str:
    """The time left in words that are no more exact than the guess; nothing for the last second."""
    if seconds < 1:
        return ""
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left"


def spent_words(seconds: float) -> str:
    """The time spent where nothing tells how much is left; nothing for the first second."""
    return f"{seconds:.0f} s so far" if seconds >= 1 else ""
