"""The god files taken apart: where each task and helper went, and who read what."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from reports.god_map import GodMap, Went
from reports.html.elements import el, table
from reports.page import ReportPage
from reports.words import plural

GONE = "nowhere"
NOTHING = "-"


def god_files_section(page: ReportPage) -> Element:
    """Each god file with its new files; who read what is folded in."""
    made = el("section", el("h2", "God files"), id="god-files")
    if not page.gods:
        made.append(el("p", "The migration began with no god file."))
    for god in page.gods:
        made.extend(_god(god))
    return made


def _god(god: GodMap) -> Iterator[Element]:
    count = len(god.tasks)
    began = f"{god.lines:,} {plural(god.lines, 'line')}, {count} {plural(count, 'task')} when the migration began"
    yield el("h3", el("code", god.path), " ", el("small", began))
    if not god.is_apart:
        yield el("p", "All of it is still there.")
    rows = [(el("code", path), str(one), str(two)) for path, (one, two) in god.homes.items()]
    caption = f"Where the tasks and helpers of {god.path} are"
    yield table(caption, ("file", "tasks", "helpers"), rows, {1, 2})
    heads = ("task", "is in", "helpers that it read in the god file")
    yield _folded(f"Tasks of {god.path}", "Each task with its helpers", heads, god.tasks)
    heads = ("helper", "is in", "tasks that read it in the god file")
    yield _folded(f"Helpers of {god.path}", "Each helper with its tasks", heads, god.helpers)


def _folded(caption: str, summary: str, heads: tuple[str, ...], items: tuple[Went, ...]) -> Element:
    rows = [(el("code", item.name), _words(item.to, GONE), _words(item.others)) for item in items]
    return el("details", el("summary", summary), table(caption, heads, rows), class_="entry")


def _words(found: tuple[str, ...], without: str = NOTHING) -> Element:
    return el("code", ", ".join(found)) if found else el("span", without)
