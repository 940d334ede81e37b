"""Where the migration stands: targets, what is next, what a person decides, before and after."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from reports.html.charts import MEASURES
from reports.html.elements import el, table
from reports.page import Kind, NoteGroup, ReportPage, Side
from reports.progress import NONE, Aim
from reports.terminal import Need, StepRow, deploys_before
from reports.words import DIFFERENCES, plural

PLACES = 20
"""How many places of one cause are listed."""


def targets_section(page: ReportPage) -> Element:
    """Each figure with its target and a bar."""
    rows = [(aim.label, aim.now, aim.target, _state(aim)) for aim in page.aims]
    return el(
        "section",
        el("h2", "Targets"),
        table("Figures against their targets", ("figure", "now", "target", "state"), rows, {1, 2}),
        id="targets",
    )


def _state(aim: Aim) -> Element:
    """A bar, and in words what it shows."""
    if aim.target == NONE:
        return el("span", NONE)
    share = 1.0 if aim.reached else max(0.0, min(1.0, aim.share))
    kind = "reached" if aim.reached else "open"
    full = el("span", style=f"width:{share * 100:.0f}%")
    return el("span", el("span", full, class_="bar", aria_hidden="true"), kind, class_=kind)


def left_section(page: ReportPage) -> Element:
    """The steps that would still change something, with deploys between, and the open decisions."""
    made = el("section", el("h2", "What is next"), id="next")
    rows = list(_step_rows(page.left))
    if rows:
        heads = ("step", "what it does", "decisions", "files")
        made.append(table("Steps that are left", heads, rows, {2, 3}))
    else:
        made.append(el("p", "No step would change anything more."))
    if page.needs:
        count = len(page.needs)
        made.append(
            el("h3", f"{count} {plural(count, 'decision waits', 'decisions wait')} for you")
        )
        made.append(el("p", "One by one: ", el("code", "migrate apply --interactive")))
        made.extend(map(_need, page.needs))
    return made


def _step_rows(left: tuple[StepRow, ...]) -> Iterator[tuple[str | Element, ...]]:
    deploys = deploys_before((row.gate, bool(row.files)) for row in left)
    for row, deploy in zip(left, deploys, strict=True):
        if deploy:
            yield (el("em", "deploy to every worker, then"), "", "", "")
        yield (
            f"{row.number} {row.name}",
            row.does if row.files else row.needs or row.does,
            f"{row.decisions:,}",
            f"{row.files:,}",
        )


def _need(need: Need) -> Element:
    how = DIFFERENCES.get(need.difference, need.difference)
    summary = el("summary", el("strong", need.name), f" {how}")
    made = el("details", summary, el("p", need.because), class_="entry")
    made.append(el("p", "Suggestion: ", need.suggestion))
    if need.diff:
        made.append(diff(need.diff, f"How the copies of {need.name} differ"))
    return made


def diff(lines: tuple[str, ...], label: str) -> Element:
    """Lines of a unified diff; what is added and taken out differs by its sign too, not by colour alone."""
    kinds = {"+": "added", "-": "removed", "@": "place"}
    spans = []
    for line in lines:
        kind = kinds.get(line[:1], "same")
        spans.append(el("span", line.rstrip("\r\n") + "\n", class_=kind))
    return el(
        "pre", el("code", *spans), class_="diff", tabindex="0", role="group", aria_label=label
    )


def notes_section(page: ReportPage) -> Element:
    """Notes by what a person can do about them."""
    made = el("section", el("h2", "Notes"), id="notes")
    if not page.notes:
        made.append(el("p", "None."))
    made.extend(map(_group, page.notes))
    return made


def _group(group: NoteGroup) -> Element:
    head = el("h3", group.name[:1].upper() + group.name[1:], el("small", f" {group.count:,}"))
    return el("div", head, *map(_kind, group.kinds), class_="asks" if group.asks else "told")


def _kind(kind: Kind) -> Element:
    summary = el("summary", kind.counted, " ", el("code", kind.code))
    made = el("details", summary, class_="entry")
    if kind.do:
        made.append(el("p", "To do: ", kind.do))
    made.append(el("ul", *(_cause(message, places) for message, places in kind.causes)))
    return made


def _cause(message: str, places: tuple[str, ...]) -> Element:
    made = el("li", message, " ")
    for number, where in enumerate(places[:PLACES]):
        made.append(el("code", where))
        if number + 1 < len(places[:PLACES]):
            made[-1].tail = ", "
    if len(places) > PLACES:
        made.append(el("span", f" and {len(places) - PLACES:,} more"))
    return made


def after_section(page: ReportPage) -> Element:
    """The first commit and the last, side by side."""
    old, new = page.before.metrics, page.after.metrics
    rows = [(m.title, m.text(m.of(old)), m.text(m.of(new))) for m in MEASURES]
    counts = (
        ("task definitions", old.task_definitions, new.task_definitions),
        ("task names", old.unique_tasks, new.unique_tasks),
        ("beat entries", old.beat_entries, new.beat_entries),
        ("beat schedules", old.beat_sources, new.beat_sources),
        ("tasks without a route", old.unrouted_tasks, new.unrouted_tasks),
    )
    rows += [(label, f"{before:,}", f"{after:,}") for label, before, after in counts]
    heads = ("figure", f"before ({page.before.short})", f"after ({page.after.short})")
    return el(
        "section",
        el("h2", "Before and after"),
        table("Figures before and after", heads, rows, {1, 2}),
        el("div", _side("before", page.before), _side("after", page.after), class_="sides"),
        id="before-after",
    )


def _side(word: str, side: Side) -> Element:
    rows = [(item.path, f"{item.tasks:,}", f"{item.lines:,}") for item in side.files]
    made = el(
        "div",
        table(f"Files with tasks, {word}", ("file", "tasks", "lines"), rows, {1, 2}),
    )
    if side.more_files:
        made.append(el("p", f"and {side.more_files:,} more {plural(side.more_files, 'file')}"))
    return made
