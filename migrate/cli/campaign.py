"""What `migrate fleet` shows on a terminal: a view that lives, and the end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from migrate.cli.console import err, shown
from migrate.cli.speaking import speaking
from migrate.fleet.figures import FleetOut
from migrate.fleet.pages import summary

SHOWN = 12
"""Causes and names that a terminal has room for."""


def live_view(found: FleetOut) -> RenderableType:
    """The campaign as it stands, for a terminal."""
    bar = ProgressBar(total=max(found.total, 1), completed=found.ended, width=60)
    names = ", ".join(found.running[:SHOWN])
    more = len(found.running) - SHOWN
    running = f"running: {names}" + (f" and {more} more" if more > 0 else "")
    return Group(bar, shown(summary(found)), shown(running), causes_table(found))


def causes_table(found: FleetOut) -> RenderableType:
    """What failed and what waits, by cause, with what to do."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("state", "cause", "repositories", "what to do"):
        table.add_column(name, justify="right" if name == "repositories" else "left")
    for item in found.causes[:SHOWN]:
        style = "red" if item.state == "failed" else "yellow"
        state = f"[{style}]{item.state}[/{style}]"
        table.add_row(state, shown(item.cause), f"{item.count}", shown(item.do))
    return table if found.causes else ""


def next_lines(found: FleetOut, folder: Path) -> Iterable[str]:
    """Where the results are, and what to type next."""
    yield f"report: {folder / 'report.html'}, report.md, report.json"
    if found.patches:
        yield f"results: {folder / 'repositories'}/NAME/KEY/repository.git (branch migrate/head), patches/"
    if found.failed:
        yield "next: mend the causes, then migrate fleet MANIFEST --only-failed"
    elif found.pending:
        yield f"next: the same again, for the {found.pending} that are left"


def tell_lines(lines: Iterable[str]) -> None:
    """Says on stderr what went wrong and is seen to."""
    for line in lines:
        err().print(shown(line), style="yellow")


@contextmanager
def viewed() -> Iterator[Callable[[FleetOut], None]]:
    """Shows a campaign on stderr while the block runs; nothing where that is no terminal."""
    console = err()
    if not console.is_terminal or speaking().quiet:
        yield lambda found: None
        return
    with Live(console=console, transient=True) as live:
        yield lambda found: live.update(live_view(found))
