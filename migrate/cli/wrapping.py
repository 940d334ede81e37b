"""Prose on a terminal: it goes on at a word, and a command, a quoted name or a path stays in one piece."""

import re
from collections.abc import Iterator

from rich.cells import cell_len

COMMAND = (
    r"(?:migrate(?: -C \S+)?|git|pip) [a-z][\w-]*"
    r"(?: --(?:notes|select|step|to|prove) [\w-]+| --?[a-z][\w-]*(?:[ =](?:\d+\b|[\w.-]*[/.][\w./-]+))?"
    r"| migrate/[\w-]+| [A-Z]+\b)*"
)
QUOTED = r"(?<!\w)'[^'\n]{1,40}'(?!\w)|\"[^\"\n]{1,40}\"|`[^`\n]{1,40}`"
REMARK = r"# migrate: ignore\[\w+\]"
MEASURE = r"\d[\d,.]* (?:s|min|%)(?!\w)"
WHOLE = re.compile(
    rf"[(\[]*(?:(?:\| )?(?:next: |undo: )?{COMMAND}|{MEASURE}|[a-z_]+ = (?:{QUOTED}|true|false)|{QUOTED}|{REMARK})\S*|\S+"
)
"""A word, or several that a person copies at once."""
LEAD = re.compile(r" *(?:(?:[-*]|\d+\.|next:|to do:) +)?")
"""What a line begins with: those that carry it on stand as far in as what follows it."""
PLACE = re.compile(r"( *)\S+:\d+: ")
"""A file and a line, as compilers write them: what is said of them goes on two columns further in."""


def wrapped(text: str, width: int) -> str:
    """A text in lines of at most so many columns, if each of its words lets it be."""
    return "\n".join(f"{' ' * hang}{line[a:b]}" for line in text.split("\n") for hang, a, b in parts(line, width))  # fmt: skip


def parts(line: str, width: int) -> Iterator[tuple[int, int, int]]:
    """The parts of a line that each fill one: how far in it begins, and where it lies in the line."""
    if cell_len(line) <= width:
        yield 0, 0, len(line)
        return
    hang = hanging(line)
    indent, start, end = 0, 0, 0
    for first, last in words(line, max(width - hang, 1)):
        if end and indent + cell_len(line[start:last]) > width:
            yield indent, start, end
            indent, start = hang, first
        end = last
    yield indent, start, end


def hanging(line: str) -> int:
    """How far in those lines begin that carry on a line."""
    place = PLACE.match(line)
    if place:
        return len(place[1]) + 2
    lead = LEAD.match(line)
    return lead.end() if lead else 0


def words(line: str, room: int) -> Iterator[tuple[int, int]]:
    """What stays in one piece, by where it lies."""
    for found in WHOLE.finditer(line):
        if cell_len(found[0]) <= room:
            yield found.span()
            continue
        for word in re.finditer(r"\S+", found[0]):
            yield found.start() + word.start(), found.start() + word.end()
