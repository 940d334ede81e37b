"""What `migrate plan` says."""

from typing import Any

from msgspec import Struct

from migrate.shapes import FORMAT
from reports.progress import Metrics


class TaskOut(Struct, frozen=True):
    """One task definition."""

    name: str | None
    name_is: str
    path: str
    line: int
    qualname: str
    decorator: str
    options: dict[str, str]
    bind: bool
    base: str | None
    signature: str
    wrappers: tuple[str, ...]


class Place(Struct, frozen=True):
    """A file and a line."""

    path: str
    line: int


class DuplicateOut(Struct, frozen=True):
    """One name registered in more than one place; `keep` once that is decided."""

    name: str
    difference: str
    copies: tuple[Place, ...]
    keep: Place | None = None


class BeatOut(Struct, frozen=True):
    """One beat entry."""

    key: str | None
    task: str | None
    path: str
    line: int
    orphan: bool
    state: str = "known"
    """`known`, `orphan`, `maybe` (a task of unknown name may be it) or `third-party`."""
    in_force: bool | None = None


class RootOut(Struct, frozen=True):
    """One folder that imports start from, and why."""

    path: str
    reason: str


class AppOut(Struct, frozen=True):
    """One Celery app, and why it counts as one."""

    name: str
    reason: str


class NotUnderstoodOut(Struct, frozen=True):
    """One place that may declare or schedule a task, which the source alone does not decide."""

    path: str
    line: int
    text: str


class RouteOut(Struct, frozen=True):
    """One route."""

    pattern: str
    queue: str
    path: str
    line: int


class ReferenceOut(Struct, frozen=True):
    """One place that names a task or a module of tasks."""

    kind: str
    path: str
    line: int
    text: str


class UnparsedOut(Struct, frozen=True):
    """One file that does not parse.

    `read` is `interpreter`, `headers` or `not`, `needs` the Python that would do, `""` if unknown.
    """

    path: str
    line: int
    message: str
    read: str = "not"
    needs: str = ""


class NoteOut(Struct, frozen=True):
    """One note; those with the same `code` and `cause` come from one thing in the source.

    `asks` says whether a person has to act on it, or only reads how things are.
    """

    code: str
    path: str
    line: int
    message: str
    cause: str
    asks: bool


class PlannedStepOut(Struct, frozen=True):
    """One step of a plan."""

    name: str
    decisions: list[Any]
    files: list[str]
    tree: str | None
    waiting: list[str] = []
    """Ids of the decisions that wait for a person."""


class PlanOut(Struct, frozen=True):
    """`migrate plan --json`."""

    revision: str
    god_files: list[str]
    tasks: list[TaskOut]
    duplicates: list[DuplicateOut]
    beat: list[BeatOut]
    routes: list[RouteOut]
    references: list[ReferenceOut]
    unparsed: list[UnparsedOut]
    notes: list[NoteOut]
    steps: list[PlannedStepOut]
    metrics: Metrics
    import_roots: list[str]
    roots: list[RootOut] = []
    apps: list[AppOut] = []
    not_understood: list[NotUnderstoodOut] = []
    format: int = FORMAT
