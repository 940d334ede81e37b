"""Each step that is committed: what it did, what records it, and its diff folded in."""

from xml.etree.ElementTree import Element

from reports.html.elements import el, table
from reports.html.overview import diff
from reports.page import FileDiff, ReportPage, StepDone
from reports.words import plural

NOTES = 40
"""How many notes of a step's files are listed."""


def steps_section(page: ReportPage) -> Element:
    """The steps in the order of the branch."""
    made = el("section", el("h2", "Steps"), id="steps")
    if not page.steps:
        made.append(el("p", "No step is committed yet: ", el("code", "migrate apply")))
        return made
    proofs = "Each was proved before it was committed. All proofs again, from the commits alone: "
    made.append(el("p", proofs, el("code", "migrate verify")))
    made.extend(map(_step, page.steps))
    return made


def _step(step: StepDone) -> Element:
    added, removed = sum(f.added for f in step.files), sum(f.removed for f in step.files)
    count = len(step.files)
    record = el("dl", el("dt", "commit"), el("dd", el("code", step.revision)))
    record.extend((el("dt", "date"), el("dd", step.date.isoformat(" ", "minutes"))))
    for name, value in step.trailers:
        record.extend((el("dt", name), el("dd", el("code", value))))
    changed = f"{count} {plural(count, 'file')} changed, +{added:,} -{removed:,}"
    return el(
        "article",
        el("h3", step.subject),
        el("p", el("code", step.short), f" {changed}"),
        el(
            "details",
            el("summary", "What it did"),
            *(el("p", text) for text in step.body),
            class_="entry",
        )
        if step.body
        else "",
        _proved(step.proved),
        el("details", el("summary", "What records it"), record, class_="entry"),
        _notes(step),
        el("details", el("summary", "Diff"), *(map(_file, step.files)), class_="entry"),
        class_="step",
    )


def _proved(checks: tuple[str, ...]) -> Element:
    """The checks that held, as the commit records them; nothing is made up for one that does not."""
    if not checks:
        return el("p", "Its commit does not record which checks held.")
    count = len(checks)
    summary = el("summary", f"{count} {plural(count, 'check')} held before it was committed")
    return el("details", summary, el("p", el("code", ", ".join(checks))), class_="entry")


def _notes(step: StepDone) -> Element | str:
    if not step.notes:
        return ""
    count = len(step.notes)
    rows = [(el("code", code), el("code", place), text) for code, place, text in step.notes[:NOTES]]
    caption = f"What is noted now in the files of {step.subject}"
    made = el(
        "details", el("summary", f"{count} {plural(count, 'note')} in its files"), class_="entry"
    )
    made.append(table(caption, ("note", "place", "what"), rows))
    if count > NOTES:
        made.append(el("p", f"{count - NOTES} more: migrate plan --notes"))
    return made


def _file(found: FileDiff) -> Element:
    summary = el("summary", el("code", found.path), f" +{found.added:,} -{found.removed:,}")
    made = el("details", summary, diff(found.lines, f"Diff of {found.path}"))
    if found.left_out:
        lines = plural(found.left_out, "line")
        made.append(el("p", f"{found.left_out:,} {lines} more: git show, at the step's commit"))
    return made
