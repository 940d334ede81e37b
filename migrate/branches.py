"""Where a migration stands in a repository: its branches, and the steps whose commits are on them."""

from msgspec import Struct

from migrate.errors import SafetyError
from migrate.git import Commit, Repository
from migrate.steps import STEPS, Step

HEAD = "refs/heads/migrate/head"
BASE = "refs/heads/migrate/base"
PREFIX = "refs/heads/migrate/"
UNDONE = "refs/heads/migrate/undone-"


class State(Struct, frozen=True):
    """A migration as git tells it. A step is applied if a commit with its trailer is on the branch."""

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
    """The state of a repository. Raises `SafetyError` if a branch named `migrate` is in the way."""
    if repository.exists("refs/heads/migrate"):
        raise SafetyError(
            "a branch named 'migrate' exists, so git can't hold migrate/head beside it. Rename it: git branch -m migrate migrate-old"
        )
    head, base = repository.tip(HEAD), repository.tip(BASE)
    start = repository.resolve(revision)
    commits = tuple(repository.log(head, base)) if head and base else ()
    return State(start, head if base else None, base, commits)


def record(repository: Repository, state: State, step: Step, commit: str) -> State:
    """Moves `migrate/head` to a step's commit, with the step's own branch and, first, the base."""
    moves: dict[str, tuple[str | None, str | None]] = {HEAD: (state.head, commit)}
    if state.base is None:
        moves[BASE] = (repository.tip(BASE), state.start)
    moves[step.branch] = (repository.tip(step.branch), commit)
    follows = repository.branch == "migrate/head"
    if follows:
        repository.move_checkout(state.tip, commit)
    repository.update_refs(moves)
    return read_state(repository)


def check_checkout(repository: Repository) -> None:
    """Raises `SafetyError` if moving `migrate/head` would leave somebody's files behind."""
    elsewhere = repository.checked_out_elsewhere(HEAD)
    if elsewhere is not None:
        raise SafetyError(
            f"migrate/head is checked out in '{elsewhere}', whose files would no longer fit it. Switch that work tree to another branch, then run again"
        )
    if repository.branch == "migrate/head" and not repository.is_clean():
        raise SafetyError(
            "migrate/head is checked out and has changes that are not committed. Commit or stash them, then run again"
        )


def rollback(repository: Repository, state: State, step: str | None) -> tuple[str, str]:
    """Moves `migrate/head` to before a step, or to the base; the old tip stays as a branch.

    Returns the new tip and the name of the branch that keeps the old one.
    """
    if state.head is None or state.base is None:
        raise SafetyError("nothing is applied here, so there is nothing to roll back")
    target = state.base
    if step is not None:
        if step not in state.applied:
            raise SafetyError(f"step '{step}' is not applied here: migrate status shows what is")
        index = next(i for i, commit in enumerate(state.commits) if commit.step == step)
        target = state.commits[index - 1].id if index else state.base
    check_checkout(repository)
    gone = [
        commit.step for commit in state.commits if commit.step and not _stays(state, commit, target)
    ]
    kept = UNDONE + str(_next_number(repository))
    moves: dict[str, tuple[str | None, str | None]] = {
        HEAD: (state.head, target),
        kept: (None, state.head),
    }
    for known in STEPS:
        tip = repository.tip(known.branch)
        if known.name in gone and tip is not None:
            moves[known.branch] = (tip, None)
    if repository.branch == "migrate/head":
        repository.move_checkout(state.head, target)
    repository.update_refs(moves)
    return target, kept.removeprefix("refs/heads/")


def _stays(state: State, commit: Commit, target: str) -> bool:
    ids = [item.id for item in state.commits]
    return target in ids and ids.index(commit.id) <= ids.index(target)


def _next_number(repository: Repository) -> int:
    taken = [
        ref.removeprefix(UNDONE) for ref in repository.branches(PREFIX) if ref.startswith(UNDONE)
    ]
    return max((int(number) for number in taken if number.isdigit()), default=0) + 1
