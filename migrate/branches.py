"""Where a migration stands in a repository: its branches, and the steps whose commits are on them."""

import re

from msgspec import Struct

from migrate.errors import SafetyError
from migrate.git.checkout import Repository
from migrate.git.opened import Commit
from migrate.steps import Step

HEAD = "refs/heads/migrate/head"
BASE = "refs/heads/migrate/base"
STEP_BRANCH = re.compile(r"refs/heads/migrate/\d\d[a-z]?-(.+)$")
PREFIX = "refs/heads/migrate/"
UNDONE = "refs/heads/migrate/undone-"


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


def record(repository: Repository, state: State, step: Step, commit: str) -> State:
    """Moves `migrate/head` to a step's commit, with the step's own branch and, first, the base."""
    moves: dict[str, tuple[str | None, str | None]] = {HEAD: (repository.tip(HEAD), commit)}
    if state.base is None:
        moves[BASE] = (repository.tip(BASE), state.start)
    moves[step.branch] = (repository.tip(step.branch), commit)
    _move(repository, moves, state.tip, commit)
    return read_state(repository, state.start)


def _move(
    repository: Repository,
    moves: dict[str, tuple[str | None, str | None]],
    old: str,
    new: str,
) -> None:
    """Moves branches, and the checkout if it is on `migrate/head`; back again if the branches refuse."""
    follows = repository.branch == "migrate/head"
    if follows:
        repository.check_in_the_way(old, new)
        repository.move_checkout(old, new)
    try:
        repository.update_refs(moves)
    except SafetyError:
        if follows:
            repository.move_checkout(new, old)
        raise


def resume(repository: Repository) -> None:
    """Finishes what a killed run left: files of a step whose branch had not moved yet go back."""
    head = repository.tip(HEAD)
    if head is None or repository.branch != "migrate/head" or repository.is_clean():
        return
    if repository.was_moving:
        repository.restore(head)


def check_checkout(repository: Repository) -> None:
    """Raises `SafetyError` if moving the tool's branches would leave somebody's files behind."""
    repository.clear_own_locks()
    for ref in repository.branches(PREFIX):
        if ref in {HEAD, BASE} or STEP_BRANCH.match(ref):
            elsewhere = repository.checked_out_elsewhere(ref)
            name = ref.removeprefix("refs/heads/")
            if elsewhere is not None:
                raise SafetyError(
                    f"{name} is checked out in '{elsewhere}', whose files would no longer fit it. Switch that work tree to another branch, then run again"
                )
            if repository.branch == name and ref != HEAD:
                raise SafetyError(
                    f"{name} is checked out, and a run may move or delete it. Switch to another branch, then run again: git switch migrate/head"
                )
    resume(repository)
    if repository.branch == "migrate/head" and not repository.is_clean():
        raise SafetyError(
            "migrate/head is checked out and has changes that are not committed. Commit or stash them, then run again"
        )


def check_own_branch(repository: Repository, ref: str, step: str) -> None:
    """Raises `SafetyError` if a branch of the step's name holds somebody's own commit."""
    tip = repository.tip(ref)
    if tip is not None and repository.commit(tip).step != step:
        name = ref.removeprefix("refs/heads/")
        raise SafetyError(
            f"a branch named '{name}' exists that the step did not make. Rename it, then run again: git branch -m {name} my-{step}"
        )


def rollback_target(state: State, step: str | None) -> str:
    """The commit that a rollback goes to. Raises `SafetyError` where there is nothing to undo."""
    if state.head is None or state.base is None:
        raise SafetyError("nothing is applied here, so there is nothing to roll back")
    target = state.base
    if step is not None:
        if step not in state.applied:
            raise SafetyError(f"step '{step}' is not applied here: migrate status shows what is")
        index = next(i for i, commit in enumerate(state.commits) if commit.step == step)
        target = state.commits[index - 1].id if index else state.base
    if target == state.head:
        raise SafetyError("nothing stands after that, so there is nothing to roll back")
    return target


def rollback(repository: Repository, state: State, step: str | None) -> tuple[str, str]:
    """Moves `migrate/head` to before a step, or to the base; the old tip stays as a branch.

    Returns the new tip and the name of the branch that keeps the old one.
    """
    target = rollback_target(state, step)
    assert state.head is not None
    check_checkout(repository)
    gone = [c.step for c in state.commits if c.step and not _stays(state, c, target)]
    kept = UNDONE + str(_next_number(repository))
    moves: dict[str, tuple[str | None, str | None]] = {
        HEAD: (state.head, target),
        kept: (None, state.head),
    }
    for ref in repository.branches(PREFIX):
        found = STEP_BRANCH.match(ref)
        if found is not None and found.group(1) in gone:
            check_own_branch(repository, ref, found.group(1))
            moves[ref] = (repository.tip(ref), _last_of(state, found.group(1), target))
    _move(repository, moves, state.head, target)
    return target, kept.removeprefix("refs/heads/")


def _last_of(state: State, step: str, target: str) -> str | None:
    """The last commit of a step that stays; it may have several."""
    kept = [c.id for c in state.commits if c.step == step and _stays(state, c, target)]
    return kept[-1] if kept else None


def _stays(state: State, commit: Commit, target: str) -> bool:
    ids = [item.id for item in state.commits]
    return target in ids and ids.index(commit.id) <= ids.index(target)


def _next_number(repository: Repository) -> int:
    taken = [
        ref.removeprefix(UNDONE) for ref in repository.branches(PREFIX) if ref.startswith(UNDONE)
    ]
    return max((int(number) for number in taken if number.isdigit()), default=0) + 1
