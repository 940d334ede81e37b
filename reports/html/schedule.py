"""When the schedule starts tasks, as a map of the day, and where messages go."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element

from reports.html.elements import Child, el, table
from reports.page import ReportPage
from reports.starts import SLOTS, Starts

SHADES = 4
NAMED = 12
"""How many entries the tip of a cell names."""


def schedule_section(page: ReportPage) -> Element:
    """The map of the day, the intervals, and what the source does not tell."""
    starts = page.starts
    made = el("section", el("h2", "Schedule"), id="schedule")
    if starts.most:
        told = f"At most {starts.most} {'entry starts' if starts.most == 1 else 'entries start'}"
        made.append(
            el("p", f"{told} in one minute, on a day on which every crontab in force runs.")
        )
        made.append(_map(starts))
    elif not starts.intervals and not starts.untold:
        made.append(el("p", "No schedule is in force, or the source does not tell it."))
    for title, rows in (
        ("Intervals, which count from the start of beat", starts.intervals),
        ("Schedules that the source does not tell", starts.untold),
    ):
        if rows:
            made.append(table(title, ("entry", "schedule"), _coded(rows)))
    return made


def _coded(rows: Sequence[tuple[str, str]]) -> list[tuple[str, Element]]:
    return [(key, el("code", source)) for key, source in rows]


def _map(starts: Starts) -> Element:
    heads = ["hour", *(f":{60 // SLOTS * slot:02d}" for slot in range(SLOTS))]
    rows: list[tuple[Child, ...]] = [
        (f"{hour:02d}:00", *(_cell(starts, hour, slot) for slot in range(SLOTS)))
        for hour in range(24)
    ]
    made = table("Most entries that start in one minute, of each five", heads, rows)
    made.set("class", "wide heat")
    return made


def _cell(starts: Starts, hour: int, slot: int) -> Element:
    count = starts.counts[hour][slot]
    if not count:
        return el("span", "·", class_="h0")
    keys = starts.keys[hour, slot]
    more = f" and {len(keys) - NAMED} more" if len(keys) > NAMED else ""
    shade = max(1, -(-count * SHADES // starts.most))
    return el("span", str(count), class_=f"h{shade}", title=", ".join(keys[:NAMED]) + more)


def queues_section(page: ReportPage) -> Element:
    """How many names each queue gets, and every route."""
    made = el("section", el("h2", "Queues and routes"), id="queues")
    if page.queues:
        queues = [(row.queue, f"{row.tasks:,}") for row in page.queues]
        made.append(
            table("Task names by the queue of their route", ("queue", "names"), queues, {1})
        )
    if not page.routes:
        made.append(el("p", "No table of routes."))
        return made
    routes = [
        (
            el("code", row.pattern),
            row.queue,
            el("code", row.place),
            "matches no task" if row.dead else "",
        )
        for row in page.routes
    ]
    listed = table("Routes", ("matches", "queue", "written in", "remark"), routes)
    made.append(el("details", el("summary", f"Routes ({len(routes):,})"), listed, class_="entry"))
    return made
