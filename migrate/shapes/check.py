"""What `migrate check` and `migrate init` say of a project's files and settings."""

from msgspec import Struct

from migrate.shapes import FORMAT


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


class InitOut(Struct, frozen=True):
    """`migrate init --json`: the file of the settings, what is written into it, and whether it was."""

    path: str
    text: str
    written: bool
    format: int = FORMAT
