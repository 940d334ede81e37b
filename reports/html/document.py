"""The whole page: head, style, and the sections in the order in which people ask."""

from importlib.resources import files
from xml.etree.ElementTree import Element

from reports.html.charts import MEASURES, chart
from reports.html.elements import el, written
from reports.html.god_files import god_files_section
from reports.html.overview import after_section, left_section, notes_section, targets_section
from reports.html.schedule import queues_section, schedule_section
from reports.html.steps import steps_section
from reports.page import ReportPage
from reports.words import plural

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The browser loads nothing and runs nothing, whatever the page would say."""


def document(page: ReportPage) -> str:
    """The report as HTML: one file without scripts, which asks the network for nothing."""
    sections = [
        targets_section(page),
        left_section(page),
        notes_section(page),
        _burndown(page),
        after_section(page),
        god_files_section(page),
        steps_section(page),
        schedule_section(page),
        queues_section(page),
    ]
    title = f"{page.name}: progress of the migration"
    style = files("reports.html").joinpath("page.css").read_text("utf-8")
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", title),
        el("style", style),
    )
    body = el(
        "body",
        el("a", "Skip to the report", href="#report", class_="skip"),
        _header(page),
        _contents(sections),
        el("main", *sections, id="report"),
        el("footer", el("p", "Made by ", el("code", "migrate report --format html"), ".")),
    )
    return written(el("html", head, body, lang="en"))


def _header(page: ReportPage) -> Element:
    last = page.last
    count = len(page.points)
    made = el(
        "header",
        el("h1", page.name),
        el(
            "p",
            "Progress of the migration at ",
            el("code", page.short[last.revision]),
            f", {last.date:%Y-%m-%d}, over {count} {plural(count, 'commit')}",
        ),
    )
    for remark in (*page.remarks, *([page.sampled] if page.sampled else [])):
        made.append(el("p", remark, class_="remark"))
    return made


def _contents(sections: list[Element]) -> Element:
    """Links to the sections, by their own headings."""
    links = [
        el("li", el("a", section.findtext("h2") or "", href=f"#{section.get('id')}"))
        for section in sections
    ]
    return el("nav", el("ul", *links), aria_label="Sections")


def _burndown(page: ReportPage) -> Element:
    charts = (chart(measure, page.points, page.short) for measure in MEASURES)
    return el(
        "section",
        el("h2", "Over the commits"),
        el("div", *charts, class_="cards"),
        id="burndown",
    )
