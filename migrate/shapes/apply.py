"""What `migrate apply` and `migrate verify` say: steps that are commits, with their proofs."""

from msgspec import Struct

from migrate.shapes import FORMAT
from migrate.shapes.plan import NoteOut


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


class VerifyOut(Struct, frozen=True):
    """`migrate verify --json`: for each applied step and level what was found."""

    revision: str
    steps: list[AppliedOut]
    levels: dict[str, str]
    findings: list[str]
    format: int = FORMAT
