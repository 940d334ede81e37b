"""Where a migration stands in a repository: its branches, and the steps whose commits are on them."""

import re

from msgspec import Struct

from migrate.errors import SafetyError
from migrate.git.checkout import Repository
from migrate.git.opened import Commit

HEAD = "refs/heads/migrate/head"
BASE = "refs/heads/migrate/base"
STEP_BRANCH = re.compile(r"refs/heads/migrate/\d\d[a-z]?-(.+)$")
PREFIX = "refs/heads/migrate/"
UNDONE = "refs/heads/migrate/undone-"
DEPLOYED = "refs/migrate/deployed"
"""The newest commit of which a person said that it is deployed."""
KEPT = "refs/migrate/undone-"
"""With the number of a kept tip: `/base`, where it began, and `/deployed`, what was deployed of it."""


class State(Struct, frozen=True):
    """A migration as git records it. A step is applied if a commit with its trailer is on the branch."""

    start: str
    head: str | None
    base: str | None
    commits: tuple[Commit, ...]

    @property
    def tip(self) -> str:
        """The commit that work goes on from."""
        return self.head or self.start

    @property
    def applied(self) -> dict[str, Commit]:
        """The applied steps with their commits, in the order of the branch."""
        return {commit.step: commit for commit in self.commits if commit.step}


def read_state(repository: Repository, revision: str = "HEAD") -> State:
    """The state of a repository. Raises `SafetyError` if somebody's own branches are in the way.

    With nothing applied, what stands at the base is not a start: the next one begins at `revision`.
    """
    if repository.exists("refs/heads/migrate"):
        raise SafetyError(
            "a branch named 'migrate' exists, so git can't hold migrate/head beside it. Rename it: git branch -m migrate migrate-old"
        )
    head, base = repository.tip(HEAD), repository.tip(BASE)
    start = repository.resolve(revision)
    if bool(head) != bool(base):
        name = "migrate/head" if head else "migrate/base"
        raise SafetyError(
            f"a branch named '{name}' exists that no step made. Rename it, then run again: git branch -m {name} my-{name.partition('/')[2]}"
        )
    if not head or not base or head == base:
        return State(start, None, None, ())
    commits = tuple(repository.log(head, base))
    if not any(commit.step for commit in commits):
        raise SafetyError(
            "the branches migrate/base and migrate/head exist, and no step made a commit between them. Rename them, then run again: git branch -m migrate/head my-head"
        )
    if not repository.is_ancestor(base, head):
        raise SafetyError(
            "migrate/head does not stand on migrate/base any more. Look at git log --graph --all; to start over, rename both: git branch -m migrate/head my-head"
        )
    return State(start, head, base, commits)
