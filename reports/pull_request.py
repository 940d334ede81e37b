"""The report as Markdown that fits a pull request: figures, what was done, where tasks went, what is left."""

from collections.abc import Iterator, Sequence

from reports import markdown
from reports.god_map import GodMap
from reports.markdown_cells import cell, code, label, table
from reports.page import ReportPage
from reports.progress import percent
from reports.words import plural

ARROWS = 30
"""How many new files one graph draws: more can't be read."""
MEASURES = (
    ("god-file lines", "god_file_lines"),
    ("task definitions", "task_definitions"),
    ("task names", "unique_tasks"),
    ("names defined twice", "duplicated_names"),
    ("names with ()", "names_with_parentheses"),
    ("beat entries", "beat_entries"),
    ("beat entries pointing at nothing", "orphaned_beat_entries"),
    ("tasks without a route", "unrouted_tasks"),
    ("old names alive", "aliases"),
)


def report(page: ReportPage, waiting: Sequence[str]) -> str:
    """The whole report; `waiting` are the ids of the decisions that a person has to take."""
    title = f"{page.name}: progress of the migration"
    parts = [markdown.page(title, [*page.aims], [*page.points], page.remarks, waiting).rstrip("\n")]
    for lines in (_sides(page), _done(page), _gods(page), _left(page), _notes(page)):
        parts.append("\n".join(lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _sides(page: ReportPage) -> Iterator[str]:
    before, after = page.before, page.after
    if before.short == after.short:
        return
    yield "## Before and after\n"
    both = (before.metrics, after.metrics)
    rows = [("shared_task", *(percent(metrics) for metrics in both))]
    rows += [
        (words, *(f"{getattr(metrics, name):,}" for metrics in both)) for words, name in MEASURES
    ]
    yield from table(("", f"`{before.short}`", f"`{after.short}`"), rows, "lrr")


def _done(page: ReportPage) -> Iterator[str]:
    if not page.steps:
        return
    yield "## Done\n"
    rows = [
        (
            code(step.name),
            f"`{step.short}`",
            cell(step.subject.partition(": ")[2] or step.subject),
            f"+{sum(f.added for f in step.files):,} -{sum(f.removed for f in step.files):,}",
            f"{len(step.proved)} held" if step.proved else "not recorded",
        )
        for step in page.steps
    ]
    yield from table(("step", "commit", "what it did", "lines", "checks"), rows, "lllrl")


def _gods(page: ReportPage) -> Iterator[str]:
    apart = [god for god in page.gods if god.is_apart]
    if apart:
        yield "## Where god files went"
    for god in apart:
        yield ""
        count = len(god.tasks)
        yield f"{code(god.path)}, {god.lines:,} {plural(god.lines, 'line')} and {count} {plural(count, 'task')} when the migration began:"
        yield ""
        yield from graph(god)


def graph(god: GodMap) -> Iterator[str]:
    """A mermaid graph of the files that a god file's tasks and helpers went to."""
    homes = [(path, counts) for path, counts in god.homes.items() if path != god.path]
    yield "```mermaid"
    yield "graph LR"
    yield f"  old[{label(god.path)}]"
    for place, (path, (tasks, helpers)) in enumerate(homes[:ARROWS]):
        told = [
            f"{count} {plural(count, word)}"
            for count, word in ((tasks, "task"), (helpers, "helper"))
            if count
        ]
        yield f"  old -->|{label(', '.join(told))}| new{place}[{label(path)}]"
    if len(homes) > ARROWS:
        yield f"  old --> more[{label(f'{len(homes) - ARROWS} more files')}]"
    yield "```"


def _left(page: ReportPage) -> Iterator[str]:
    if not page.left:
        return
    yield "## What is next\n"
    rows = [
        (code(row.name), cell(row.does), row.decisions, row.files, f"after deploy {row.gate}" if row.gate else "")
        for row in page.left
    ]  # fmt: skip
    yield from table(("step", "what it does", "decisions", "files", ""), rows, "llrrl")


def _notes(page: ReportPage) -> Iterator[str]:
    if not page.notes:
        return
    yield "## Notes\n"
    rows = [
        (cell(group.name), cell(kind.counted), code(kind.code), cell(kind.do))
        for group in page.notes
        for kind in group.kinds
    ]
    yield from table(("", "what", "note", "what you can do"), rows, "llll")
    yield "\nEach of them with its place: `migrate plan --notes`."
