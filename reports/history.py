"""Which of many commits a report measures: evenly many, and those that matter."""

from collections.abc import Iterable

from reports.words import plural

MOST = 200
"""Commits that are measured where nobody says how many."""


def every_nth(count: int, step: int, kept: Iterable[int]) -> list[int]:
    """The places of every so many of `count` commits, with the first, the last and those to be kept."""
    return sorted({*range(0, count, step), count - 1, *kept} if count else set())


def evenly(count: int, most: int, kept: Iterable[int]) -> list[int]:
    """The places of at most so many of `count` commits, the first and the last among them, and those to be kept."""
    if count <= most:
        return list(range(count))
    places = (round(number * (count - 1) / (most - 1)) for number in range(most))
    return sorted({*places, *kept})


def sampled_line(measured: int, count: int) -> str:
    """That not every commit was measured, and how to have all; `""` if each was."""
    if measured == count:
        return ""
    return (
        f"{measured:,} of {count:,} {plural(count, 'commit')} measured, evenly chosen,"
        " with the first, the last and those of steps; all of them: --every 1"
    )
