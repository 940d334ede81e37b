"""The terminal's pages: the figures against their targets, the steps, what needs a person."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from codemods.values import Note
from codemods.visible import visible
from reports.progress import Aim, Progress

WIDTH = 20
NARROW = 8


class StepRow(Struct, frozen=True):
    """One step as a page shows it; `gate` is the deploy that must come before it."""

    number: int
    name: str
    does: str
    files: int
    gate: int
    needs: str = ""


class Need(Struct, frozen=True):
    """One decision that waits for a person."""

    name: str
    difference: str
    because: str
    suggestion: str
    diff: tuple[str, ...]


DIFF_LINES = 8


def bar(share: float, width: int = WIDTH) -> Text:
    """A share of the way as a bar of some characters."""
    full = max(0, min(width, round(share * width)))
    return Text("█" * full, style="green" if share >= 1 else "yellow") + Text(
        "░" * (width - full), style="dim"
    )


def aims_table(found: Iterable[Aim]) -> Table:
    """Each figure, its target, and how near it is."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("now", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for aim in found:
        mark = Text("reached", style="green") if aim.reached else bar(aim.share)
        table.add_row(Text(visible(aim.label)), Text(aim.now, style="bold"), aim.target, mark)
    return table


def steps_table(rows: list[StepRow]) -> Table:
    """The steps with what each would do; a line where a deploy must come between."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("step", no_wrap=True)
    table.add_column("what it does")
    table.add_column("files", justify="right")
    gate = 0
    for row in rows:
        if row.gate > gate and row.files:
            table.add_row(Text("── deploy, then ──", style="cyan"), "", "")
        gate = max(gate, row.gate)
        style = "" if row.files else "dim"
        table.add_row(
            Text(f"{row.number} {row.name}", style=style or "bold"),
            Text(row.does if row.files else row.needs or "nothing to do", style=style),
            Text(str(row.files) if row.files else "-", style=style),
        )
    return table


def needs_lines(needs: list[Need], limit: int = 12) -> RenderableType:
    """What waits for a person: how the copies differ, and what is suggested."""
    count = len(needs)
    head = Text(f"needs you ({count})", style="bold yellow")
    head.append("    accept all: --accept, or one by one in .migrate/plan.toml", style="dim")
    lines: list[RenderableType] = [head]
    for need in needs[:limit]:
        name, suggestion = visible(need.name), visible(need.suggestion)
        lines.append(Text(f"  {name}  ", style="bold") + Text(need.difference, style="yellow"))
        lines.append(Padding(Text(visible(need.because)), (0, 0, 0, 4)))
        lines.append(Padding(Text(f"suggestion: {suggestion}", style="cyan"), (0, 0, 0, 4)))
        lines.extend(Padding(_diff_line(line), (0, 0, 0, 6)) for line in need.diff[:DIFF_LINES])
        if len(need.diff) > DIFF_LINES:
            more = len(need.diff) - DIFF_LINES
            lines.append(
                Padding(Text(f"... {more} lines more in the plan", style="dim"), (0, 0, 0, 6))
            )
    if count > limit:
        lines.append(Text(f"  and {count - limit} more in the plan", style="dim"))
    return Group(*lines)


def _diff_line(line: str) -> Text:
    return Text(visible(line), style={"+": "green", "-": "red"}.get(line[:1], "dim"))


def notes_lines(notes: list[Note], limit: int = 8) -> RenderableType:
    """How many notes of each code, and the first of those that a person has to act on."""
    counts = Counter(note.code for note in notes)
    head = ", ".join(f"{count} {code}" for code, count in counts.most_common())
    lines: list[RenderableType] = [Text(f"notes ({len(notes)})  ", style="bold") + Text(head)]
    urgent = [note for note in notes if note.code not in QUIET]
    for note in urgent[:limit]:
        place = visible(f"{note.path}:{note.line}" if note.line else note.path)
        told = Text(visible(note.message))
        lines.append(Padding(Text(f"{place}  ", style="cyan") + told, (0, 0, 0, 2)))
    if len(notes) > min(len(urgent), limit):
        lines.append(Text("  all of them: migrate plan --notes", style="dim"))
    return Group(*lines)


QUIET = frozenset(
    {"unparsed", "never-loaded", "sometimes-loaded", "name-as-data", "exception", "duplicate-open"}
)
"""Notes that tell how things are and ask for nothing."""


def history_table(history: list[Progress], names: dict[str, str]) -> Table:
    """One line a revision with the figures that people follow."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    for title in ("commit", "date", "step"):
        table.add_column(title, no_wrap=True)
    for title in ("shared_task", "", "god file", "twice", "names ()", "orphans", "aliases"):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    for item in history:
        metrics = item.metrics
        table.add_row(
            names.get(item.revision, item.revision[:7]),
            item.date.strftime("%Y-%m-%d"),
            Text(visible(item.step or ""), style="bold"),
            f"{metrics.shared_task_percent:.1f} %",
            bar(metrics.shared_task_percent / 100, NARROW),
            f"{metrics.god_file_lines:,}",
            str(metrics.duplicated_names),
            str(metrics.names_with_parentheses),
            str(metrics.orphaned_beat_entries),
            str(metrics.aliases),
        )
    return table
