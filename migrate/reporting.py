"""The report of a project: read from its commits, with what is left worked out on the tip."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from msgspec import Struct

from codemods.values import Change, Note
from migrate.diffs import file_diff
from migrate.git.opened import Commit
from migrate.god_maps import god_maps
from migrate.history import measured
from migrate.message import PROVED
from migrate.pipeline import StepRun
from migrate.plans.needs import needs_of, notes_of
from migrate.plans.outlook import outlook
from migrate.plans.page import step_row
from migrate.project import Project
from reports.absent import absent_lines
from reports.history import sampled_line
from reports.notes import place
from reports.page import (
    FileDiff,
    ReportPage,
    StepDone,
    note_groups,
    queue_rows,
    route_rows,
    side_of,
)
from reports.progress import Progress, aims_of
from reports.starts import starts_of

LINES, STEP_LINES = 400, 4_000
"""How many lines of a diff stand in the report: of one file, and of a step."""

Told = Callable[[str, int, int], None]


class Report(Struct, frozen=True):
    """The page, with the open runs that it tells of."""

    page: ReportPage
    left_open: tuple[str, ...]
    """The ids of the decisions that a person has to take."""
    noted: int
    """How many notes there are."""


def report_of(
    project: Project, chosen: list[Commit], count: int, tell: Told, *, whole: bool
) -> Report:
    """The report over these of `count` commits; without `whole` no diffs are in it."""
    gods = project.god_files()
    points = measured(project, chosen, gods, partial(tell, "measuring commits"))
    last, begin = points[-1], _begin(project, points)
    first, inventory = project.inventory(begin.revision), project.inventory(last.revision)
    runs = outlook(project)
    short = project.repository.shorts([point.revision for point in points])
    notes = notes_of(inventory, runs, begun=bool(project.state.applied))
    page = ReportPage(
        name=project.repository.name,
        points=tuple(points),
        short=short,
        aims=tuple(aims_of(inventory, last.metrics, project.settings.targets, gods)),
        remarks=tuple(absent_lines(inventory)),
        sampled=sampled_line(len(chosen), count),
        left=tuple(step_row(run) for run in runs if _has_work(run)),
        needs=tuple(needs_of(runs)),
        notes=note_groups(notes),
        steps=tuple(_steps(project, notes)) if whole else (),
        starts=starts_of(inventory),
        queues=queue_rows(inventory),
        routes=route_rows(inventory),
        before=side_of(short[begin.revision], first, begin.metrics),
        after=side_of(short[last.revision], inventory, last.metrics),
        gods=god_maps(first, inventory, gods),
    )
    return Report(page, tuple(item for run in runs for item in run.left_open), len(notes))


def _begin(project: Project, points: Sequence[Progress]) -> Progress:
    """Where the migration began, whatever history is told before it; without one the first commit."""
    base = project.state.base
    return next((point for point in points if point.revision == base), points[0])


def _has_work(run: StepRun) -> bool:
    return bool(run.changes or run.waiting)


def _steps(project: Project, notes: Iterable[Note]) -> Iterator[StepDone]:
    """The steps of the branch, each with what it changed."""
    state = project.state
    parent = state.base or state.start
    for commit in state.commits:
        if commit.step:
            files = tuple(_files(project, parent, commit.id))
            changed = {file.path for file in files}
            own = sorted({note for note in notes if note.path in changed})
            proved = commit.trailers.get(PROVED, "")
            yield StepDone(
                name=commit.step,
                revision=commit.id,
                short=project.repository.short(commit.id),
                date=commit.date,
                subject=commit.subject,
                body=tuple(_paragraphs(commit)),
                trailers=tuple(sorted(i for i in commit.trailers.items() if i[0] != PROVED)),
                files=files,
                proved=tuple(proved.split(", ")) if proved else (),
                notes=tuple((note.code, place(note), note.message) for note in own),
            )
        parent = commit.id


def _paragraphs(commit: Commit) -> Iterator[str]:
    """What a message says beside its title and trailers: a paragraph, or an item of a list, each."""
    lines = (line for line in commit.body.splitlines() if not line.startswith("Migrate-"))
    kept: list[str] = []
    for line in (*lines, ""):
        if kept and (not line.strip() or line.startswith("- ")):
            yield " ".join(kept)
            kept = []
        if line.strip():
            kept.append(line.strip().removeprefix("- "))


def _files(project: Project, older: str, newer: str) -> Iterator[FileDiff]:
    """The files that differ between two commits, each with its diff."""
    before, after = project.snapshot(older), project.snapshot(newer)
    paths = sorted(
        path
        for path in {*before.files, *after.files}
        if before.entries.get(path) != after.entries.get(path)
    )
    old = before.read_many(path for path in paths if path in before)
    new = after.read_many(path for path in paths if path in after)
    room = STEP_LINES
    for path in paths:
        found = _diff(Change(path, old.get(path), new.get(path)), min(room, LINES))
        room -= len(found.lines)
        yield found


def _diff(change: Change, most: int) -> FileDiff:
    lines = file_diff(change).splitlines()[2:]
    added, removed = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    shown = tuple(islice(lines, most))
    return FileDiff(change.path, added, removed, shown, len(lines) - len(shown))
