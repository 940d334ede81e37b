"""The page of a plan on a terminal: one screen, or all of it."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from codemods.values import Note
from migrate.cli.console import shown
from migrate.cli.needs import needs_height, needs_page
from migrate.cli.wrapping import parts
from migrate.plans.page import PlanPage
from reports.notes import NotesTable, page_lines
from reports.terminal import StepRow, aims_table, deploys_before, needs_lines, steps_table

LINES = 40
"""Lines of a page where no terminal says how many it has."""
FEWEST = 3
"""Lines that what needs a person, and the notes, have on the smallest screen."""


def show(console: Console, page: PlanPage, *, everything: bool) -> None:
    """Prints the page: on one screen, unless everything is asked for."""
    head(console, page, everything=everything)
    if page.rows:
        steps(console, page)
        console.print()
    console.print(aims_table(page.aims, page.reached))
    console.print()
    if page.applied:
        console.print(f"applied: {shown(', '.join(page.applied))} (migrate status)\n", style="dim")
    if everything:
        details(console, page)
    else:
        height = console.height - 1 if console.is_terminal else LINES
        counts = needs_height(page.needs, console.width), len(page_lines(page.notes))
        brief(console, page, *shares(height - other_lines(page, console.width), *counts))
    advice(console, page)


def other_lines(page: PlanPage, width: int) -> int:
    """The lines of a page beside those of needs and notes: heads and empty lines, too."""
    texts = (
        f"{page.title} {page.place}    {page.read}",
        page.counts,
        page.stands_on,
        *page.warnings,
    )
    whole = sum(1 for text in texts for _ in parts(text, width)) + 1
    busy, idle = parted(page)
    deploys = sum(deploys_before((row.gate, bool(row.files)) for row in busy))
    idle_lines = len([*parts(idle_line(idle), width)]) if idle else 0
    whole += len(busy) + bool(busy) + deploys + idle_lines + 1
    whole += len(page.aims) + 2
    heads = 2 * bool(page.applied) + 2 * bool(page.needs) + 2 * bool(page.notes)
    return whole + heads + len(page.next)


def steps(console: Console, page: PlanPage) -> None:
    """Prints the steps with something to do, or something that keeps them from it; the others by name."""
    busy, idle = parted(page)
    if busy:
        console.print(steps_table(busy))
    if idle:
        console.print(shown(idle_line(idle)), style="dim")


def idle_line(rows: Iterable[StepRow]) -> str:
    """The steps with nothing to do, by name."""
    return f"nothing to do: {', '.join(row.name for row in rows)}"


def parted(page: PlanPage) -> tuple[list[StepRow], list[StepRow]]:
    """The steps that have something to be said of, and those with nothing to do."""
    busy = [row for row in page.rows if row.files or row.needs]
    return busy, [row for row in page.rows if row not in busy]


def head(console: Console, page: PlanPage, *, everything: bool) -> None:
    """Prints what was read, and what the figures stand on."""
    console.print(f"[bold]{shown(page.title)}[/bold] {shown(page.place)}    {page.read}")
    console.print(page.counts, style="dim")
    # What could not be read comes first: no figure below says more than was seen.
    for line in page.warnings:
        console.print(shown(line), style="yellow")
    for line in page.reasons if everything else (page.stands_on,):
        console.print(shown(line), style="dim")
    console.print()


def shares(room: int, needs: int, notes: int) -> tuple[int, int]:
    """How many lines of a screen go to what needs a person, and how many to notes; of these the former more."""
    room = max(room, 2 * FEWEST)
    for_needs = min(needs, max(FEWEST, room - min(notes, FEWEST)))
    return for_needs, min(notes, max(1, room - for_needs))


def brief(console: Console, page: PlanPage, needs: int, notes: int) -> None:
    """Prints a line for what needs a person, and for what can be done about notes, as far as there is room."""
    if page.needs:
        count = len(page.needs)
        console.print(
            Text(f"needs you ({count})", style="bold yellow")
            + Text("    in full: migrate plan --all", style="dim")
        )
        console.print(needs_page(page.needs, needs, console.width))
        console.print()
    if page.notes:
        console.print(Text(f"notes ({len(page.notes)})", style="bold"))
        console.print(notes_table(page.notes, notes, console.width))
        console.print()


def details(console: Console, page: PlanPage) -> None:
    """Prints all that needs a person, with its differences, and all that can be done about notes."""
    if page.needs:
        console.print(needs_lines(list(page.needs)))
        console.print()
    if page.notes:
        console.print(NotesTable(page.notes))
        console.print()


def notes_table(notes: Iterable[Note], most: int, width: int) -> Table:
    """A line for each thing that a person can do about notes, those that ask for something first."""
    table = Table.grid(padding=(0, 2, 0, 0))
    lines = page_lines(notes)
    whole = lines if len(lines) <= most else lines[: most - 1]
    left = max(len(line.group) for line in lines) + 2
    table.add_column(no_wrap=True, min_width=left)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for line in whole:
        text, first = line.fitting(width - left - 2)
        if len(text) + len(first) > width - left - 2:
            text, first = text.rstrip(": "), ""
        table.add_row(
            Text(f"  {line.group}", style="bold" if line.is_urgent else "dim"),
            Text(text) + Text(first, style="cyan"),
        )
    if len(whole) < len(lines):
        rest = ", ".join(line.group for line in lines[len(whole) :])
        table.add_row(Text("  …", style="dim"), Text(rest, style="dim"))
    return table


def advice(console: Console, page: PlanPage) -> None:
    """Prints what to type next."""
    width = max(len(words) for words, _ in page.next)
    for number, (words, does) in enumerate(page.next):
        start = "next: " if number == 0 else "      "
        line = f"{words:<{width}}   [dim]{does}[/dim]" if does else words
        console.print(start + line)
