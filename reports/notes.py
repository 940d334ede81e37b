"""Notes for a person: by what can be done about them, those of one cause together."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from codemods.notes.codes import GROUPS, Code, code_of
from codemods.notes.visible import visible
from codemods.rules.values import Finding
from codemods.values import Note
from reports.words import plural

KINDS = 2
"""How many kinds of notes a line of the page names, where there is room; of more it names one."""
IN_BRACKETS = 3
"""How many files stand in brackets behind a note; of more each has a line."""
ALONE = frozenset({"file", "module", "test file", "god file", "project", "lock file"})
"""Nouns that are files already: no "9 files in 9 files"."""


class Cause(Struct, frozen=True):
    """Notes that one thing in the source causes."""

    code: str
    message: str
    notes: tuple[Note, ...]


def urgent_first(notes: Iterable[Note]) -> list[Note]:
    """Notes with those that ask for something first, each part in the order of places."""
    return sorted(notes, key=lambda note: (not code_of(note.code).asks, note))


def causes_of(notes: Iterable[Note]) -> list[Cause]:
    """Notes by their causes, in the order of the first note of each."""
    found: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        found.setdefault((note.code, note.cause or note.message), []).append(note)
    return [Cause(code, message, tuple(known)) for (code, message), known in found.items()]


def counted(code: Code, notes: Sequence[Note | Finding], *, in_files: bool = True) -> str:
    """How many notes of a code there are: "47 tasks in 6 files that no worker loads"."""
    files = len({note.path for note in notes}) if in_files else 0
    where = "" if code.one in ALONE or files < 2 else f" in {files} files"
    return f"{len(notes)} {plural(len(notes), code.one, code.many)}{where} {code.seen}"


def place(note: Note) -> str:
    """Where a note points, as compilers write it."""
    return visible(f"{note.path}:{note.line}" if note.line else note.path)


def shortened(text: str, width: int) -> str:
    """A path and line of at most so many columns, as far as its file name lets it be."""
    folders, kept = text.split("/"), text
    while len(kept) > width and len(folders) > 1:
        folders = folders[1:]
        kept = "…/" + "/".join(folders)
    return kept


class Line(Struct, frozen=True):
    """One line of the page: what a person can do, to what, and the first place.

    `texts` say the same in ever fewer words, for narrower pages.
    """

    group: str
    texts: tuple[str, ...]
    first: str
    more: str
    is_urgent: bool

    def fitting(self, width: int) -> tuple[str, str]:
        """The text and the place that fit into so many columns, or else the shortest text to wrap."""
        for text in self.texts:
            if len(text) + len(self.first) + len(self.more) <= width:
                return text, self.first + self.more
        text = self.texts[-1]
        first = shortened(self.first, width - len(text) - len(self.more))
        if len(text) + len(first) + len(self.more) > width:
            first = shortened(self.first, width - len(self.more))
        return text, first + self.more


def page_lines(notes: Iterable[Note]) -> list[Line]:
    """A line for each thing that a person can do; what asks for something first."""
    groups: dict[str, list[Note]] = {}
    for note in urgent_first(notes):
        groups.setdefault(code_of(note.code).group, []).append(note)
    found = [_line(group, known) for group, known in groups.items()]
    return sorted(found, key=lambda line: (not line.is_urgent, GROUPS.index(line.group)))


def _line(group: str, notes: list[Note]) -> Line:
    codes = by_code(notes)
    code, known = codes[0]
    others = len(notes) - len(known)
    rest = f", {others} {plural(others, 'other')}" if others else ""
    texts = [f"{counted(code, known)}{rest}: ", f"{counted(code, known, in_files=False)}{rest}: "]
    if len(codes) == KINDS:
        texts.insert(0, f"{counted(code, known)}, {counted(*codes[1])}: ")
    more = ", …" if len(notes) > 1 else ""
    return Line(group, tuple(texts), place(known[0]), more, code.asks)


def by_code(notes: Iterable[Note]) -> list[tuple[Code, list[Note]]]:
    """Notes by their codes: those that ask for something first, then by how many there are."""
    found: dict[str, list[Note]] = {}
    for note in notes:
        found.setdefault(note.code, []).append(note)
    rows = [(code_of(name), known) for name, known in found.items()]
    return sorted(rows, key=lambda row: (not row[0].asks, -len(row[1]), row[0].name))


class NotesTable(Struct, frozen=True):
    """The notes as the page of a plan shows them, in whatever width there is."""

    notes: tuple[Note, ...]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        """A head, a line for each thing that a person can do, and how to see each note."""
        lines = page_lines(self.notes)
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column()
        left = max((len(line.group) for line in lines), default=0) + 4
        for line in lines:
            text, first = line.fitting(options.max_width - left)
            table.add_row(
                Text(f"  {line.group}", style="bold" if line.is_urgent else "dim"),
                Text(text) + Text(first, style="cyan"),
            )
        yield Text(f"notes ({len(self.notes)})", style="bold")
        yield table
        yield Text("  each of them: migrate plan --notes, or one kind: --notes CODE", style="dim")


def notes_text(notes: list[Note]) -> str:
    """Every note under its code; those of one cause on one line with all their places."""
    return _under_codes(notes, _cause_line)


def notes_page(notes: list[Note]) -> str:
    """The same for a person: where one cause has many places, each is on a line."""
    return _under_codes(notes, _cause_lines)


def _under_codes(notes: list[Note], told: Callable[[Cause], str]) -> str:
    blocks = [
        "\n".join([_heading(code, known), *map(told, causes_of(known))])
        for code, known in by_code(sorted(notes))
    ]
    return "\n\n".join(blocks)


def _cause_lines(cause: Cause) -> str:
    places = [*_places(cause.notes)]
    if len(places) <= IN_BRACKETS:
        return _cause_line(cause)
    return "\n".join([f"  {visible(cause.message)}:", *(f"    {visible(at)}" for at in places)])


def _heading(code: Code, notes: list[Note]) -> str:
    todo = f"; {code.do}" if code.do else ""
    return f"{code.name}: {counted(code, notes)}{todo}"


def _cause_line(cause: Cause) -> str:
    if len(cause.notes) == 1:
        (note,) = cause.notes
        return f"  {place(note)}: {visible(note.message)}"
    return visible(f"  {cause.message} ({'; '.join(_places(cause.notes))})")


def _places(notes: tuple[Note, ...]) -> Iterator[str]:
    """Each file with its lines: `orders/never.py: 3, 9`."""
    lines: dict[str, list[str]] = {}
    for note in notes:
        lines.setdefault(note.path, [])
        if note.line:
            lines[note.path].append(str(note.line))
    for path, known in lines.items():
        yield f"{path}: {', '.join(known)}" if known else path
