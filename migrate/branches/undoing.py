"""What was undone last comes back: `migrate/head`, where it began, and the branches of its steps."""

from msgspec.structs import replace

from migrate.branches.checks import check_checkout, check_own_branch
from migrate.branches.journal import Moves, Undone, moving_of
from migrate.branches.moving import keeping, move, undone_branches
from migrate.branches.state import BASE, DEPLOYED, HEAD, KEPT, PREFIX, STEP_BRANCH, State
from migrate.errors import SafetyError
from migrate.git.checkout import Repository
from migrate.steps import Steps

VERB = "rollback --undo"


def newest(repository: Repository) -> str:
    """The branch with what was undone last. Raises `SafetyError` where there is none."""
    known = undone_branches(repository)
    if not known:
        raise SafetyError(
            "nothing that was undone is kept here, so there is nothing to have back: migrate status shows what is applied"
        )
    return known[-1]


def lost_by(repository: Repository, kept: str) -> str:
    """The tip that would go from `migrate/head` for good, were the kept one put there; else `""`."""
    head, tip = repository.tip(HEAD), repository.tip(f"refs/heads/{kept}") or ""
    return "" if head is None or repository.is_ancestor(head, tip) else head


def undo(repository: Repository, steps: Steps, kept: str) -> Undone:
    """Moves the branches back to a kept tip; its branch goes, or keeps what stood there meanwhile."""
    check_checkout(repository)
    ref = f"refs/heads/{kept}"
    if repository.branch == kept or repository.checked_out_elsewhere(ref):
        raise SafetyError(
            f"{kept} is checked out, and it is to go. Switch to another branch, then run again: git switch migrate/head"
        )
    tip, head, base = repository.tip(ref) or "", repository.tip(HEAD), repository.tip(BASE)
    place = KEPT + kept.rpartition("-")[2]
    start = repository.tip(f"{place}/base") or base
    if start is None or not repository.is_ancestor(start, tip):
        raise SafetyError(
            f"where {kept} began is not known any more. Look at it: git log {kept}; by hand: git branch -f migrate/base COMMIT, then git branch -f migrate/head {kept}"
        )
    commits = tuple(repository.log(tip, start))
    back = State(start, tip, start, commits).applied
    moves: Moves = {HEAD: (head, tip), BASE: (base, start)}
    deployed = repository.tip(f"{place}/deployed")
    if deployed is not None:
        moves[DEPLOYED] = (repository.tip(DEPLOYED), deployed)
    own = {steps.by_name[name].branch: c.id for name, c in back.items() if name in steps.by_name}
    for branch in sorted({*repository.branches(PREFIX), *own}):
        found = STEP_BRANCH.match(branch)
        if found is not None:
            check_own_branch(repository, branch, found.group(1))
            moves[branch] = (repository.tip(branch), own.get(branch))
    stays = bool(lost_by(repository, kept))
    if stays:
        moves.update(keeping(repository, kept, State(tip, head, base, ())))
    else:
        gone = (ref, f"{place}/base", f"{place}/deployed")
        moves.update({name: (repository.tip(name), None) for name in gone})
    moves = {name: (old, new) for name, (old, new) in moves.items() if old != new}
    undone = Undone(VERB, "", tip, kept if stays else "", tuple(back))
    move(repository, replace(moving_of(repository, VERB, moves, head or start, tip), undone=undone))
    return undone
