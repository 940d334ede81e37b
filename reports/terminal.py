"""What the terminal shows: the figures against their targets, the steps, what needs a person."""

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from codemods.notes.visible import visible
from reports.notes import shortened
from reports.progress import NONE, Aim, Progress, percent
from reports.words import plural

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
    decisions: int = 0


class Need(Struct, frozen=True):
    """One decision that waits for a person."""

    name: str
    difference: str
    because: str
    suggestion: str
    diff: tuple[str, ...]
    answered: bool = False
    """Whether only an answer in the plan or the configuration settles it."""


NEEDS, DIFF_LINES = 12, 8
"""How many decisions are shown, and how many lines of each one's difference."""


def bar(share: float, width: int = WIDTH) -> Text:
    """A share of the way as a bar of some characters."""
    full = max(0, min(width, round(share * width)))
    return Text("█" * full, style="green" if share >= 1 else "yellow") + Text(
        "░" * (width - full), style="dim"
    )


class Label(Struct, frozen=True):
    """What a line is about; of a path that is too long the folders in front go, never the file's name."""

    text: str

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """From the shortest that it gets to all of it."""
        return Measurement(len(shortened(self.text, 0)), len(self.text))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The text in as much room as there is."""
        yield Text(shortened(self.text, options.max_width))


def aims_table(found: Iterable[Aim], reached: str = "reached") -> Table:
    """Each figure, its target, and how near it is; `reached` is the word for one that is there."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("now", justify="right")
    table.add_column("target", justify="right")
    table.add_column("")
    for aim in found:
        near = bar(aim.share) if aim.target != NONE else Text()
        mark = Text(reached, style="green") if aim.reached else near
        table.add_row(Label(visible(aim.label)), Text(aim.now, style="bold"), aim.target, mark)
    return table


DEPLOY = "── deploy, then ──"


def deploys_before(steps: Iterable[tuple[int, bool]]) -> Iterator[bool]:
    """For each step, by its gate and whether it has work, whether a deploy must come before it."""
    passed = 0
    for gate, has_work in steps:
        yield has_work and gate > passed
        passed = max(passed, gate)


def steps_table(rows: list[StepRow]) -> Table:
    """The steps with what each would do; a line where a deploy must come between."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("step", no_wrap=True)
    table.add_column("what it does")
    table.add_column("decisions", justify="right")
    table.add_column("files", justify="right")
    deploys = deploys_before((row.gate, bool(row.files)) for row in rows)
    for row, deploy in zip(rows, deploys, strict=True):
        if deploy:
            table.add_row(Text(DEPLOY, style="cyan"), "", "", "")
        style = "" if row.files else "dim"
        table.add_row(
            Text(f"{row.number} {row.name}", style=style or "bold"),
            Text(row.does if row.files else row.needs or "nothing to do", style=style),
            Text(f"{row.decisions:,}" if row.decisions else "-", style=style),
            Text(f"{row.files:,}" if row.files else "-", style=style),
        )
    return table


def needs_lines(needs: list[Need]) -> RenderableType:
    """What waits for a person: how the copies differ, and what is suggested."""
    count = len(needs)
    head = Text(f"needs you ({count})", style="bold yellow")
    asked = sum(need.answered for need in needs)
    way = (
        "answer one by one: migrate apply --interactive"
        if asked == count
        else "one by one: migrate apply --interactive; all: --accept"
    )
    head.append(f"    {way}", style="not bold dim")
    lines: list[RenderableType] = [head]
    if 0 < asked < count:
        lines.append(Text(f"  {asked} of them {wants(asked)} an answer of yours", style="dim"))
    for need in needs[:NEEDS]:
        name, suggestion = visible(need.name), visible(need.suggestion)
        lines.append(Text(f"  {name}  ", style="bold") + Text(need.difference, style="yellow"))
        lines.append(Padding(Text(visible(need.because)), (0, 0, 0, 4)))
        lines.append(Padding(Text(f"suggestion: {suggestion}", style="cyan"), (0, 0, 0, 4)))
        lines.extend(Padding(_diff_line(line), (0, 0, 0, 6)) for line in need.diff[:DIFF_LINES])
        if len(need.diff) > DIFF_LINES:
            more = len(need.diff) - DIFF_LINES
            lines.append(
                Padding(
                    Text(f"... {more} {plural(more, 'line')} more in the plan", style="dim"),
                    (0, 0, 0, 6),
                )
            )
    if count > NEEDS:
        lines.append(Text(f"  and {count - NEEDS} more in the plan", style="dim"))
    return Group(*lines)


def wants(count: int) -> str:
    """The verb for so many of them."""
    return "wants" if count == 1 else "want"


def _diff_line(line: str) -> Text:
    return Text(visible(line), style={"+": "green", "-": "red"}.get(line[:1], "dim"))


HEADS = (
    "commit",
    "date",
    "step",
    "shared_task",
    "",
    "god file",
    "twice",
    "names ()",
    "orphans",
    "aliases",
)
BAR = HEADS.index("")
ROOMY = 104
"""Columns that the history needs with its bars and each head on one line."""


def history_table(history: list[Progress], names: dict[str, str], width: int) -> Table:
    """One line a revision with the figures that people follow; in a narrow place without bars."""
    is_roomy = width >= ROOMY
    table = Table(
        box=None,
        pad_edge=False,
        show_edge=False,
        header_style="dim",
        collapse_padding=not is_roomy,
    )
    for title in HEADS:
        if is_roomy or title:
            head = title if is_roomy else title.replace("_", " ").replace(" ", "\n")
            is_figure = title and title not in {"commit", "date", "step"}
            side: Literal["left", "right"] = "right" if is_figure else "left"
            # Only names of the user's own steps can be long; the other columns stay whole.
            table.add_column(head, justify=side, no_wrap=title != "step", overflow="fold")
    for item in history:
        cells = list(_cells(item, names))
        table.add_row(*cells if is_roomy else cells[:BAR] + cells[BAR + 1 :])
    return table


def _cells(item: Progress, names: dict[str, str]) -> Iterator[Text | str]:
    metrics = item.metrics
    yield names.get(item.revision, item.revision[:7])
    yield item.date.strftime("%Y-%m-%d")
    yield Text(visible(item.step or ""), style="bold")
    share = percent(metrics)
    yield share
    yield bar(metrics.shared_task_percent / 100, NARROW) if share != NONE else ""
    yield f"{metrics.god_file_lines:,}"
    yield str(metrics.duplicated_names)
    yield str(metrics.names_with_parentheses)
    yield str(metrics.orphaned_beat_entries)
    yield str(metrics.aliases)
