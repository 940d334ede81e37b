"""The page of `migrate drain`: counts by name, what can't be known, and what to do about it."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from codemods.notes.visible import visible
from migrate.shapes.drain import DrainedOut, DrainOut
from reports.words import plural

OTHERS = 8
"""How many names are shown that nobody asked about."""
PLACES = 3
NEXT = {
    "drop-aliases": "migrate apply --step drop-aliases",
    "rollback": "migrate rollback --to aliases",
}
"""What may be typed once the names asked about may go."""
CHANGE = "migrate rollback --to names, deploy that"


def drained_table(found: DrainOut) -> Table:
    """A line a name: those asked about, then the most frequent of the others."""
    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    table.add_column("name", overflow="fold")
    for title in ("waiting", "held", "inside", "running"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("where", overflow="fold")
    for item in found.names:
        _row(table, item, "bold" if item.may_go else "bold yellow")
    others = sorted(found.others, key=lambda item: (-_total(item), item.name))
    for item in others[:OTHERS]:
        _row(table, item, "dim")
    if len(others) > OTHERS:
        table.add_row(Text(f"and {len(others) - OTHERS} other names: --json", style="dim"))
    return table


def _row(table: Table, item: DrainedOut, style: str) -> None:
    counts = [item.waiting, item.held, item.inside, item.running]
    places = list(dict.fromkeys(place.place for place in item.places))
    more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
    where = ", ".join(places[:PLACES]) + more
    if item.until:
        where += f" (the last is due {item.until})"
    cells = [Text(f"{count:,}" if count else "-", style="" if count else "dim") for count in counts]
    table.add_row(Text(visible(item.name), style=style), *cells, Text(visible(where), style="dim"))


def _total(item: DrainedOut) -> int:
    return item.waiting + item.held + item.inside + item.running


def reason_lines(found: DrainOut) -> Iterator[str]:
    """Who still sends the names, and what can't be known."""
    for item in found.names:
        for place in item.still_sent:
            yield f'still sent: "{item.name}": {place}'
    for doubt in found.cant_know:
        yield f"can't know: {doubt}"


def verdict_lines(found: DrainOut, minutes: float, *, zero: bool) -> Iterator[str]:
    """What was found, and what may be typed now."""
    if not found.names:
        yield f"{found.messages:,} {plural(found.messages, 'message')} in flight; no old name is kept alive here: ask about others with --name"
        return
    counts = [item for item in found.names if _total(item)]
    if zero:
        looks = f"{found.looks} {plural(found.looks, 'look')}"
        yield f"nothing is in flight under {_these(found)}, in {looks}; other senders than this code are unknown"
        if found.before in NEXT:
            yield f"next, within {minutes:g} minutes: {NEXT[found.before]}"
    elif counts:
        what = f"in flight: {len(counts)} of {len(found.names)} {plural(len(found.names), 'name')}"
        yield f"{what}; let the workers run on, then ask again"
    elif any(item.still_sent for item in found.names):
        how = CHANGE if found.before == "rollback" else "change that, deploy it"
        yield f"not in flight now, and still sent: {how}, then ask again"
    else:
        yield "nothing was seen in flight, and not all could be looked at"


def _these(found: DrainOut) -> str:
    count = len(found.names)
    return f'"{found.names[0].name}"' if count == 1 else f"these {count} names"
