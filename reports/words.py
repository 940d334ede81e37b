"""Words that depend on a figure, and those that pages share."""

from collections.abc import Sequence

DIFFERENCES = {
    "cosmetic": "layout differs",
    "options": "options differ",
    "signature": "arguments differ",
    "semantic": "bodies differ",
}
"""How the copies of a task differ, in more words than the plan has for it."""


def plural(count: int, one: str, many: str = "") -> str:
    """The noun for a count: `file` for one, `files` for any other, `entries` of `entry`, else `many`."""
    if count == 1 or many:
        return one if count == 1 else many
    return f"{one[:-1]}ies" if one[-1:] == "y" and one[-2:-1] not in "aeiou" else f"{one}s"


def either(names: Sequence[str]) -> str:
    """Names between which one chooses: "a, b or c"."""
    return " or ".join([", ".join(names[:-1]), names[-1]]) if names[1:] else "".join(names)
