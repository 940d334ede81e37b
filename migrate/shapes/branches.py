"""Commits of a migration made anew or taken back: `migrate rebase` and `migrate rollback`."""

from msgspec import Struct, field

from migrate.shapes import FORMAT


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


class RollbackOut(Struct, frozen=True):
    """`migrate rollback --json`; with `--drop` also the later commits, made anew, with `--undo` what is back."""

    head: str
    kept: str
    undone: list[str] = field(default_factory=list)
    format: int = FORMAT
    commits: list[RenewedOut] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
