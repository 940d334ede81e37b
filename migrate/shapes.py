"""The JSON that scripts read, format 1: one struct a shape, from which the schemas are made."""

from typing import Any

import msgspec
from msgspec import Struct, field

from codemods.settings import Targets
from migrate.fleet.figures import FleetOut
from reports.progress import Metrics, Progress

FORMAT = 1


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


class AppliedOut(Struct, frozen=True):
    """One step of `apply`."""

    name: str
    commit: str | None
    files: int
    seconds: float
    proof: dict[str, str]
    notes: list[NoteOut]
    waiting: int = 0
    """How many decisions wait for a person."""
    gate: int | None = None
    """The deploy that the step waits for."""


class ApplyOut(Struct, frozen=True):
    """`migrate apply --json`."""

    branch: str
    base: str
    steps: list[AppliedOut]
    format: int = FORMAT


class ReportOut(Struct, frozen=True):
    """`migrate report --json`."""

    revision: str
    metrics: Metrics
    targets: Targets
    history: list[Progress]
    commits: int
    """How many commits the history has; where `history` is shorter, some of them were measured."""
    waiting: int = 0
    """How many decisions wait for a person."""
    format: int = FORMAT


class StepStatus(Struct, frozen=True):
    """One step of `status`."""

    name: str
    branch: str
    applied: bool
    commit: str | None
    gate: int


class StatusOut(Struct, frozen=True):
    """`migrate status --json`."""

    branch: str | None
    base: str | None
    head: str | None
    steps: list[StepStatus]
    next: str | None
    pending: list[str]
    waiting: dict[str, list[str]] = {}
    """The decisions of each step that wait for a person."""
    left_out: dict[str, list[str]] = {}
    """The decisions of each step that a person took out of the plan."""
    deploy: int | None = None
    """The deploy that must come before anything more can be committed."""
    next_command: str | None = None
    """What to type next."""
    notes: dict[str, int] = {}
    """How many notes each step has that has some and changes nothing."""
    behind: int = 0
    """Commits of what is checked out that the migration does not stand on."""
    format: int = FORMAT
    noted: int = 0
    """How many notes there are, each counted once, as the plan counts them."""
    plan_error: str = ""
    """Why no step can go by the plan file that is there."""


class VerifyOut(Struct, frozen=True):
    """`migrate verify --json`: for each applied step and level what was found."""

    revision: str
    steps: list[AppliedOut]
    levels: dict[str, str]
    findings: list[str]
    format: int = FORMAT


class RollbackOut(Struct, frozen=True):
    """`migrate rollback --json`; with `--drop` also the later commits, made anew, with `--undo` what is back."""

    head: str
    kept: str
    undone: list[str] = field(default_factory=list)
    format: int = FORMAT
    commits: list["RenewedOut"] = field(default_factory=list)
    back: list[str] = field(default_factory=list)


class RenewedOut(Struct, frozen=True):
    """A commit of the migration made anew; `new` is `None` where nothing of it was left to do.

    `left` tells what could not be proved there, and is left out.
    """

    old: str
    new: str | None
    step: str | None
    subject: str
    left: list[str] = field(default_factory=list)


class RebaseOut(Struct, frozen=True):
    """`migrate rebase --json`; `kept` is `""` in a dry run."""

    base: str
    head: str
    kept: str
    commits: list[RenewedOut] = field(default_factory=list)
    format: int = FORMAT


class ClusterOut(Struct, frozen=True):
    """What `split` takes from a file to another: tasks, each with the reason, and helpers.

    `starts` pairs its tasks with those that they start or call, wherever those go; `shares` has what
    several tasks of the old file read, each with those that are here.
    """

    path: str
    to: str
    tasks: tuple[tuple[str, str], ...]
    helpers: tuple[str, ...]
    starts: tuple[tuple[str, str], ...] = ()
    shares: tuple[tuple[str, tuple[str, ...]], ...] = ()


class ExplainOut(Struct, frozen=True):
    """`migrate explain --json`; clusters are those of `split` in this project.

    `kind` is `step`, `note`, `rule`, `decision`, `reading` or, of all there is, `list`. `do` is what a person can do about a note, and `asks`
    whether it waits for that.
    """

    name: str
    text: str
    kind: str
    do: str = ""
    asks: bool = False
    clusters: list[ClusterOut] = field(default_factory=list)
    format: int = FORMAT


class TrustedOut(Struct, frozen=True):
    """One codemod of a repository's own, the files that it is made of, and whether it may run."""

    name: str
    target: str
    files: list[str]
    digest: str
    trusted: bool


class TrustOut(Struct, frozen=True):
    """`migrate trust --json`; `folder` is where the user's consent is kept."""

    revision: str
    folder: str
    codemods: list[TrustedOut] = field(default_factory=list)
    format: int = FORMAT


class DrainPlace(Struct, frozen=True):
    """How often a name is in flight at a queue or a worker: `waiting`, `held`, `inside` or `running`."""

    place: str
    how: str
    count: int


class DrainedOut(Struct):
    """One name in flight: in queues, taken by workers, inside of other messages, running.

    `until` is the latest ETA among them; `still_sent` says who sends it, as far as the source and the
    rows of a schedule tell; `may_go` is true only where all of it is nothing, and nothing is unknown.
    """

    name: str
    waiting: int = 0
    held: int = 0
    inside: int = 0
    running: int = 0
    places: list[DrainPlace] = []
    until: str | None = None
    still_sent: list[str] = []
    may_go: bool = False


class DrainOut(Struct, frozen=True):
    """`migrate drain --json`; the same is kept in `.migrate/drain.json`.

    `names` are those that were asked about, `others` all other ones in flight. `before` is what the
    names were to go for: `drop-aliases`, `rollback`, or `names` where they were typed.
    """

    broker: str
    revision: str
    at: str
    before: str
    names: list[DrainedOut]
    others: list[DrainedOut]
    cant_know: list[str]
    messages: int
    looks: int
    workers: list[str]
    senders_stopped: bool = False
    format: int = FORMAT


class InitOut(Struct, frozen=True):
    """`migrate init --json`: the file of the settings, what is written into it, and whether it was."""

    path: str
    text: str
    written: bool
    format: int = FORMAT


class NewCodemodOut(Struct, frozen=True):
    """`migrate new-codemod --json`: its files, its lines of configuration, and what runs its test."""

    name: str
    files: list[str]
    configuration: str
    test: str
    format: int = FORMAT


class FindingOut(Struct, frozen=True):
    """One place that breaks a rule; `line` is 1-based, 0 the whole file."""

    code: str
    rule: str
    path: str
    line: int
    message: str


class CheckOut(Struct, frozen=True):
    """`migrate check --json`."""

    findings: list[FindingOut]
    format: int = FORMAT


SHAPES: dict[str, type[Struct]] = {
    "init": InitOut,
    "new-codemod": NewCodemodOut,
    "plan": PlanOut,
    "apply": ApplyOut,
    "report": ReportOut,
    "status": StatusOut,
    "verify": VerifyOut,
    "rollback": RollbackOut,
    "rebase": RebaseOut,
    "explain": ExplainOut,
    "trust": TrustOut,
    "drain": DrainOut,
    "check": CheckOut,
    "fleet": FleetOut,
}


def schema(name: str) -> bytes:
    """The JSON Schema of one shape, as published in `migrate/schemas`."""
    made = msgspec.json.schema(SHAPES[name])
    return msgspec.json.format(msgspec.json.encode(made, order="deterministic"), indent=2) + b"\n"
