"""The tool's branches moved: to a step's commit, and back to before one."""

from collections.abc import Mapping

from msgspec.structs import replace

from migrate.branches.checks import check_checkout, check_own_branch
from migrate.branches.journal import Moves, Moving, Undone, begin, end, moving_of
from migrate.branches.state import (
    BASE,
    DEPLOYED,
    HEAD,
    KEPT,
    PREFIX,
    STEP_BRANCH,
    UNDONE,
    State,
    read_state,
)
from migrate.errors import SafetyError
from migrate.git.checkout import Repository
from migrate.git.opened import Commit
from migrate.steps import Step


def record(repository: Repository, state: State, step: Step, commit: str) -> State:
    """Moves `migrate/head` to a step's commit, with the step's own branch and, first, the base."""
    moves: Moves = {HEAD: (repository.tip(HEAD), commit)}
    if state.base is None:
        moves[BASE] = (repository.tip(BASE), state.start)
    moves[step.branch] = (repository.tip(step.branch), commit)
    move(repository, moving_of(repository, "apply", moves, state.tip, commit))
    return read_state(repository, state.start)


def move(repository: Repository, moving: Moving) -> None:
    """Moves branches, and the checkout if it is on `migrate/head`; back again if the branches refuse.

    Before anything moves it stands in the journal, so that a killed run is finished by the next one.
    """
    if moving.work_tree:
        repository.check_in_the_way(moving.old, moving.new)
    begin(repository, moving)
    try:
        if moving.work_tree:
            repository.move_checkout(moving.old, moving.new)
        repository.update_refs(moving.refs)
    except SafetyError:
        _take_back(repository, moving)
        raise
    end(repository)


def _take_back(repository: Repository, moving: Moving) -> None:
    """The checkout as it was; where a branch stays moved, the next run goes on from the journal."""
    if moving.work_tree and not repository.is_clean():
        repository.finish_checkout(moving.new, moving.old)
    if all(repository.tip(ref) == old for ref, (old, _) in moving.refs.items()):
        end(repository)


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


def rollback(repository: Repository, state: State, step: str | None) -> Undone:
    """Moves `migrate/head` to before a step, or to the base; the old tip stays as a branch."""
    target = rollback_target(state, step)
    assert state.head is not None
    check_checkout(repository)
    gone = [c.step for c in state.commits if c.step and not _stays(state, c, target)]
    kept = kept_name(repository, state.head)
    # What keeps the old tip moves first: whatever happens, that is never lost.
    moves: Moves = {**keeping(repository, kept, state), HEAD: (state.head, target)}
    for ref in repository.branches(PREFIX):
        found = STEP_BRANCH.match(ref)
        if found is not None and found.group(1) in gone:
            check_own_branch(repository, ref, found.group(1))
            moves[ref] = (repository.tip(ref), _last_of(state, found.group(1), target))
    undone = Undone("rollback", step or "", target, kept, tuple(dict.fromkeys(gone)))
    moving = moving_of(repository, undone.verb, moves, state.head, target)
    move(repository, replace(moving, undone=undone))
    return undone


def renew(
    repository: Repository,
    state: State,
    base: str,
    renewed: Mapping[str, str | None],
    undone: Undone,
) -> None:
    """Moves the branches to commits made anew: by the old ones' ids the new, `None` for what is gone.

    `base` is the migration's start from then on. What a person said of deploys goes along.
    """
    assert state.head is not None
    check_checkout(repository)
    moves: Moves = {
        **keeping(repository, undone.kept, state),
        BASE: (state.base, base),
        HEAD: (state.head, undone.tip),
    }
    stays: dict[str, str | None] = {commit.id: commit.id for commit in state.commits}
    stays.update(renewed)
    for ref in repository.branches(PREFIX):
        found = STEP_BRANCH.match(ref)
        if found is not None and found.group(1) in state.applied:
            check_own_branch(repository, ref, found.group(1))
            own = [stays[c.id] for c in state.commits if c.step == found.group(1)]
            moves[ref] = (repository.tip(ref), next((c for c in reversed(own) if c), None))
    deployed = repository.tip(DEPLOYED)
    if deployed is not None and deployed in renewed:
        until = [commit.id for commit in state.commits]
        known = [stays[c] for c in until[: until.index(deployed) + 1]]
        moves[DEPLOYED] = (deployed, next((c for c in reversed(known) if c), base))
    moving = moving_of(repository, undone.verb, moves, state.head, undone.tip)
    move(repository, replace(moving, undone=undone))


def kept_name(repository: Repository, tip: str) -> str:
    """The branch that keeps an old tip, or would."""
    known = undone_branches(repository)
    name = next((name for name in known if repository.tip(f"refs/heads/{name}") == tip), None)
    last = int(known[-1].rpartition("-")[2]) if known else 0
    return name or f"{UNDONE.removeprefix('refs/heads/')}{last + 1}"


def undone_branches(repository: Repository) -> list[str]:
    """The branches of old tips, the newest last."""
    found = [ref for ref in repository.branches(PREFIX) if ref.startswith(UNDONE)]
    numbered = [ref for ref in found if ref.removeprefix(UNDONE).isdigit()]
    numbered.sort(key=lambda ref: int(ref.removeprefix(UNDONE)))
    return [ref.removeprefix("refs/heads/") for ref in numbered]


def keeping(repository: Repository, kept: str, state: State) -> Moves:
    """The move that keeps a tip, with where it began and what of it was deployed."""
    place = KEPT + kept.rpartition("-")[2]
    now = {f"refs/heads/{kept}": state.head, f"{place}/base": state.base}
    now[f"{place}/deployed"] = repository.tip(DEPLOYED)
    found: Moves = {ref: (repository.tip(ref), commit) for ref, commit in now.items()}
    return {ref: move for ref, move in found.items() if move[0] != move[1]}


def _last_of(state: State, step: str, target: str) -> str | None:
    """The last commit of a step that stays; it may have several."""
    kept = [c.id for c in state.commits if c.step == step and _stays(state, c, target)]
    return kept[-1] if kept else None


def _stays(state: State, commit: Commit, target: str) -> bool:
    ids = [item.id for item in state.commits]
    return target in ids and ids.index(commit.id) <= ids.index(target)
