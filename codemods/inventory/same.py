"""Two readings of a file held against each other: whether they differ in nothing but lines."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec

from codemods.inventory.gathered import GOD_FILE_LINES
from codemods.inventory.values import FileFacts


def moved_lines(old: FileFacts, new: FileFacts) -> dict[int, int] | None:
    """The lines of facts that are otherwise the same, old to new; `None` where more differs.

    Facts hold no other numbers. The order of lines is the same, as is whether there are enough of
    them for a god file.
    """
    if (old.lines >= GOD_FILE_LINES) != (new.lines >= GOD_FILE_LINES):
        return None
    pairs = set[tuple[int, int]]()
    for pair in _numbers(msgspec.to_builtins(old), msgspec.to_builtins(new)):
        if pair is None:
            return None
        pairs.add(pair)
    ordered = sorted(pairs)
    rises = all(one < other and end < last for (one, end), (other, last) in pairwise(ordered))
    return dict(ordered) if rises else None


def _numbers(old: Any, new: Any) -> Iterator[tuple[int, int] | None]:  # noqa: ANN401 - any plain value
    """The numbers that stand in the same place of two values; `None` for anything else that differs."""
    if type(old) is not type(new):
        yield None
    elif isinstance(old, dict):
        yield from _numbers(list(old), list(new))
        yield from _numbers(list(old.values()), list(new.values()))
    elif isinstance(old, list | tuple):
        if len(old) != len(new):
            yield None
            return
        for one, other in zip(old, new, strict=True):
            yield from _numbers(one, other)
    elif isinstance(old, int) and not isinstance(old, bool):
        yield old, new
    elif old != new:
        yield None
