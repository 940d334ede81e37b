"""A report as a value: all that its pages say, worked out once. What renders it only draws."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.notes.codes import GROUPS, code_of
from codemods.values import Note
from reports.god_map import GodMap
from reports.notes import by_code, causes_of, counted, place
from reports.progress import Aim, Metrics, Progress
from reports.starts import Starts
from reports.terminal import Need, StepRow


class Kind(Struct, frozen=True):
    """The notes of one code: how many in words, what to do, and each message with its places."""

    code: str
    counted: str
    do: str
    causes: tuple[tuple[str, tuple[str, ...]], ...]


class NoteGroup(Struct, frozen=True):
    """The notes that ask for the same of a person."""

    name: str
    asks: bool
    count: int
    kinds: tuple[Kind, ...]


class FileDiff(Struct, frozen=True):
    """What a step changed in one file, as a unified diff; `left_out` lines of it are not here."""

    path: str
    added: int
    removed: int
    lines: tuple[str, ...]
    left_out: int = 0


class StepDone(Struct, frozen=True):
    """A step that is committed: its message, the trailers that record it, and its changes."""

    name: str
    revision: str
    short: str
    date: datetime
    subject: str
    body: tuple[str, ...]
    trailers: tuple[tuple[str, str], ...]
    files: tuple[FileDiff, ...]
    proved: tuple[str, ...] = ()
    """The checks that held before it was committed, as its commit records them."""
    notes: tuple[tuple[str, str, str], ...] = ()
    """What is noted now in the files that it changed: code, place, message."""


class QueueRow(Struct, frozen=True):
    """A queue as written, and how many task names the routes send there."""

    queue: str
    tasks: int


class RouteRow(Struct, frozen=True):
    """One route: what it matches, the queue as written, where, and whether it matches nothing."""

    pattern: str
    queue: str
    place: str
    dead: bool


class FileTasks(Struct, frozen=True):
    """A file with its task definitions and lines."""

    path: str
    tasks: int
    lines: int


class Side(Struct, frozen=True):
    """One side of before and after: a revision, its figures, and its files with the most tasks."""

    short: str
    metrics: Metrics
    files: tuple[FileTasks, ...]
    more_files: int


class ReportPage(Struct, frozen=True):
    """The whole report. `points` are the measured commits, the oldest first; the last is the tip."""

    name: str
    points: tuple[Progress, ...]
    short: dict[str, str]
    """The short id of each measured commit."""
    aims: tuple[Aim, ...]
    remarks: tuple[str, ...]
    sampled: str
    """That not every commit was measured; `""` if each was."""
    left: tuple[StepRow, ...]
    needs: tuple[Need, ...]
    notes: tuple[NoteGroup, ...]
    steps: tuple[StepDone, ...]
    starts: Starts
    queues: tuple[QueueRow, ...]
    routes: tuple[RouteRow, ...]
    before: Side
    after: Side
    gods: tuple[GodMap, ...] = ()

    @property
    def last(self) -> Progress:
        """The figures of the tip."""
        return self.points[-1]


SHOWN_FILES = 12
"""How many files each side of before and after names."""
NO_ROUTE = "no route"


def note_groups(notes: Iterable[Note]) -> tuple[NoteGroup, ...]:
    """Notes by what a person can do about them; what asks for something first."""
    groups: dict[str, list[Note]] = {}
    for note in sorted(set(notes)):
        groups.setdefault(code_of(note.code).group, []).append(note)
    found = [_group(name, known) for name, known in groups.items()]
    return tuple(sorted(found, key=lambda item: (not item.asks, GROUPS.index(item.name))))


def _group(name: str, notes: list[Note]) -> NoteGroup:
    kinds = tuple(
        Kind(
            code.name,
            counted(code, known),
            code.do,
            tuple(
                (cause.message, tuple(place(note) for note in cause.notes))
                for cause in causes_of(known)
            ),
        )
        for code, known in by_code(notes)
    )
    return NoteGroup(name, any(code_of(note.code).asks for note in notes), len(notes), kinds)


def queue_rows(inventory: Inventory) -> tuple[QueueRow, ...]:
    """The queues that routes send registered names to, the fullest first."""
    found = Counter(inventory.routed(name) or NO_ROUTE for name in sorted(inventory.names))
    return tuple(
        QueueRow(queue, count)
        for queue, count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    )


def route_rows(inventory: Inventory) -> tuple[RouteRow, ...]:
    """Every route, in the order of its table."""
    return tuple(
        RouteRow(route.pattern, route.queue, f"{route.path}:{route.line}", route.dead)
        for route in inventory.routes
    )


def side_of(short: str, inventory: Inventory, metrics: Metrics) -> Side:
    """One side of before and after."""
    tasks = Counter(task.path for task in inventory.tasks)
    ranked = sorted(tasks.items(), key=lambda item: (-item[1], item[0]))
    files = tuple(
        FileTasks(path, count, inventory.facts[path].lines) for path, count in ranked[:SHOWN_FILES]
    )
    return Side(short, metrics, files, max(0, len(ranked) - SHOWN_FILES))
