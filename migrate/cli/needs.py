"""What waits for a person, on the page of a plan: about what, why it is open, what to answer."""

import re
from collections.abc import Iterable

from msgspec import Struct
from rich.text import Text

from codemods.notes.visible import visible
from migrate.cli.wrapping import wrapped
from reports.terminal import Need
from reports.words import DIFFERENCES, plural

LONG = 32
"""Longer names have a line for themselves, so that the others stand in columns."""
MOST = 2
"""Lines that one suggestion has at most."""


class Asked(Struct, frozen=True):
    """One question as the page has it; `count` decisions ask it."""

    name: str
    kind: str
    suggestion: str
    count: int

    @property
    def width(self) -> int:
        """The columns that it needs on one line."""
        return len(self.name) + len(self.kind) + len(self.suggestion) + 6


def gathered(needs: Iterable[Need]) -> list[list[Need]]:
    """What needs a person, with what is asked in the same words together."""
    found: dict[tuple[str, str, bool], list[Need]] = {}
    for need in needs:
        found.setdefault((need.difference, need.suggestion, need.answered), []).append(need)
    return list(found.values())


def needs_page(needs: Iterable[Need], most: int, width: int) -> Text:
    """Each question on a line, or on several where it is long; as many as so many lines hold."""
    asked = [*map(_asked, gathered(needs))]
    lines = _lines(asked, width)
    shown = len(asked)
    while len(lines) > most - (shown < len(asked)) and shown > 1:
        shown -= 1
        lines = _lines(asked[:shown], width)
    rest = sum(item.count for item in asked[shown:])
    if rest:
        lines.append(Text(f"  and {rest} more", style="dim"))
    return Text("\n").join(lines)


def needs_height(needs: Iterable[Need], width: int) -> int:
    """How many lines all of them have."""
    return len(_lines([*map(_asked, gathered(needs))], width))


def _asked(group: list[Need]) -> Asked:
    need, others = group[0], len(group) - 1
    more = f" and {others} {plural(others, 'other')}" if others else ""
    kind = DIFFERENCES.get(need.difference, need.difference)
    suggestion = without_folders(visible(need.suggestion))
    return Asked(f"{visible(need.name)}{more}", kind, suggestion, len(group))


def _lines(asked: list[Asked], width: int) -> list[Text]:
    """The lines of some questions; those that can have one line each stand in columns."""
    short = [item for item in asked if item.width <= width and len(item.name) <= LONG]
    left = max((len(item.name) for item in short), default=0)
    middle = max((len(item.kind) for item in short), default=0)
    return [line for item in asked for line in _block(item, left, middle, width)]


def _block(item: Asked, left: int, middle: int, width: int) -> list[Text]:
    """The line of one question, or its lines: what is to be answered is not cut off for the rest."""
    room = width - left - middle - 6
    if len(item.name) <= left and len(item.suggestion) <= room:
        return [_line(item.name, item.kind, left, middle) + Text(item.suggestion, style="cyan")]
    said = wrapped(f"    {item.suggestion}", width).split("\n")
    if len(said) > MOST:
        said[MOST - 1 :] = [f"{said[MOST - 1][: width - 2].rstrip(' ,;')} …"]
    most = max(width - len(item.kind) - 4, left)
    name = item.name if len(item.name) <= most else f"{item.name[: most - 1]}…"
    first = _line(name, item.kind, left, 0)
    first.rstrip()
    return [first, *(Text(line, style="cyan") for line in said)]


def _line(name: str, kind: str, left: int, middle: int) -> Text:
    first = Text(f"  {name:<{left if len(name) <= left else 0}}  ", style="bold")
    return first + Text(f"{kind:<{middle}}  ", style="yellow")


def without_folders(text: str) -> str:
    """A text whose paths of Python files are their names alone, where these tell them apart."""
    paths = set(re.findall(r"(?:[\w.-]+/)*[\w-]+\.py\b", text))
    if len({path.rpartition("/")[2] for path in paths}) < len(paths):
        return text
    return re.sub(r"(?:[\w.-]+/)+(?=[\w-]+\.py\b)", "", text)
