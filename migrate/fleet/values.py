"""What a campaign is made of: repositories, the jobs made of them, where each stands, how each ended."""

import re
from typing import Any

from msgspec import Struct

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
"""What names a repository, and so a folder."""


class Repository(Struct, frozen=True):
    """One repository of a manifest, with what its own table and the defaults say of it."""

    name: str
    source: str
    """A folder, or a URL that git fetches from."""
    revision: str = "HEAD"
    settings: dict[str, Any] = {}
    """Laid over the repository's own `[tool.migrate]`."""
    steps: tuple[str, ...] = ()
    accept: bool = False
    deployed: int = 0
    through_gates: bool = False
    prove: tuple[str, ...] = ("static",)
    python: str = ""
    test_command: str = ""
    trust: bool = False
    seconds: float = 900.0
    memory_mb: int = 4096

    @property
    def runs_code(self) -> bool:
        """Whether code of the repository is run, because the manifest says so."""
        return self.trust or bool(self.test_command) or self.prove != ("static",)


class Job(Struct, frozen=True):
    """A repository at one commit: what `key` is a digest of, with the tool's version."""

    repository: Repository
    commit: str
    """The id; `""` where the source could not be asked."""
    key: str
    dry: bool = False

    @property
    def name(self) -> str:
        """The repository's name."""
        return self.repository.name


class StepDone(Struct, frozen=True):
    """One step of one repository: its commit if it made one, and what waits."""

    name: str
    commit: str | None
    files: int
    seconds: float
    waiting: int = 0
    gate: int | None = None
    unproved: int = 0


class Outcome(Struct, frozen=True):
    """How one repository ended.

    `state` is `done`, `nothing` (there was nothing to do), `waits` (a person has to do something) or
    `failed`; `cause` is the word that outcomes are grouped by, `message` says what happened and what
    to type.
    """

    name: str
    key: str
    state: str
    cause: str = ""
    message: str = ""
    commit: str = ""
    head: str = ""
    folder: str = ""
    """Where clone and patches are, relative to the campaign's folder."""
    steps: tuple[StepDone, ...] = ()
    made: tuple[str, ...] = ()
    """The steps whose commits are on the branch, those of an earlier run too."""
    files: int = 0
    patches: int = 0
    tasks: int = 0
    before: float = 0.0
    after: float = 0.0
    """The percentage of `shared_task` before and after."""
    notes: int = 0
    waiting: int = 0
    gate: int | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: int = 0
    clone_seconds: float = 0.0
    round: int = 0
    """How often it was begun anew before, as by `--only-failed`."""
    ended: str = ""

    @property
    def commits(self) -> int:
        """How many commits are on the branch."""
        return len(self.made)


class Standing(Struct, frozen=True):
    """A repository that a worker has in hand. The file's time says when that worker last lived."""

    key: str
    state: str = "running"
    """`running`, or `retries`: it is tried again at `until`."""
    worker: str = ""
    until: float = 0.0
    message: str = ""
