"""How far a migration is: `migrate status` and `migrate report`."""

from msgspec import Struct

from codemods.settings import Targets
from migrate.shapes import FORMAT
from reports.progress import Metrics, Progress


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
