"""The names in the text of one import statement, put in and taken out, all else kept.

In the two usual layouts they are plain text. Any other, and whatever has a comment, is LibCST's, which
is loaded on demand: that takes as long as planning a small project.
"""

import re
from collections.abc import Callable, Iterable

Order = Callable[[str], tuple[int, str]]
"""A key by which names are sorted."""

NAME = r"[A-Za-z_]\w*(?: as [A-Za-z_]\w*)?"
HEAD = r"from [\w.]+ import "
ONE_LINE = re.compile(rf"({HEAD})({NAME}(?:, {NAME})*)\n?", re.ASCII)
A_LINE_EACH = re.compile(rf"({HEAD}\(\n)((?:    {NAME},\n)+)\)\n?", re.ASCII)


def without_names(text: str, names: set[str]) -> str:
    """The statement without these local names, of which it has others too, and without its line's end."""
    found = _parts(text)
    if found is None:
        from codemods.source import import_names

        return import_names.without_names(text, names)
    head, known = found
    return _written(head, [name for name in known if name.rpartition(" as ")[2] not in names])


def with_names(text: str, names: Iterable[str], order: Order) -> str:
    """The statement with these names too, in order if its names are in order, without its line's end."""
    found = _parts(text)
    if found is None:
        from codemods.source import import_names

        return import_names.with_names(text, names, order)
    head, known = found
    for name in sorted(names):
        keys = [order(_imported(item)) for item in known]
        in_order = keys == sorted(keys)
        place = sum(key < order(_imported(name)) for key in keys) if in_order else len(known)
        known.insert(place, name)
    return _written(head, known)


def _parts(text: str) -> tuple[str, list[str]] | None:
    """What stands before the names, and the names; `None` for another layout."""
    found = ONE_LINE.fullmatch(text) or A_LINE_EACH.fullmatch(text)
    if found is None:
        return None
    return found[1], [name.strip() for name in found[2].strip().rstrip(",").split(",")]


def _written(head: str, names: list[str]) -> str:
    if head.endswith("(\n"):
        return head + "".join(f"    {name},\n" for name in names) + ")"
    return head + ", ".join(names)


def _imported(name: str) -> str:
    return name.partition(" as ")[0]
