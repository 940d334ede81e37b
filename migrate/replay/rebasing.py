"""The branches of a migration on newer code, or without one step: all is made anew, then moved at once."""

from collections.abc import Sequence

from msgspec import Struct

from migrate.branches.checks import check_checkout
from migrate.branches.journal import Undone
from migrate.branches.moving import kept_name, renew
from migrate.branches.state import State
from migrate.errors import SafetyError, UsageError
from migrate.git.opened import Commit
from migrate.project import Project
from migrate.replay.replaying import Replayed, Terms, replay


class Rebased(Struct, frozen=True):
    """Where the migration begins and ends now, the branch of the old tip, and each commit made anew."""

    base: str
    tip: str
    kept: str
    commits: tuple[Replayed, ...]


def rebase(
    project: Project,
    onto: str,
    terms: Terms,
    *,
    dry: bool = False,
) -> Rebased:
    """The migration on top of another commit. Raises `SafetyError` where there is none."""
    state = _applied(project.state)
    base = project.repository.resolve(onto)
    if base in {commit.id for commit in state.commits}:
        branch = onto == "HEAD" or project.repository.exists(f"refs/heads/{onto}")
        if branch and not onto.startswith("migrate/"):
            # It took commits in by fast-forward: the others stand on them already.
            return Rebased(base, state.tip, "", ())
        raise UsageError(
            f"'{onto}' is a commit of the migration itself. Name the branch that it is to stand on: migrate rebase --onto main"
        )
    if base == state.base:
        return Rebased(base, state.tip, "", ())
    if not dry:
        check_checkout(project.repository)
    replayed = replay(project, state.commits, base, terms)
    return _moved(project, "rebase", onto, base, replayed, base, dry=dry)


def drop(
    project: Project,
    step: str,
    terms: Terms,
    *,
    dry: bool = False,
) -> Rebased:
    """The migration without a step. Raises `SafetyError` where another one needs it."""
    state = _applied(project.state)
    if step not in state.applied:
        raise SafetyError(f"step '{step}' is not applied here: migrate status shows what is")
    needing = [
        name
        for name in state.applied
        if name in project.steps.by_name and project.steps.by_name[name].requires == step
    ]
    if needing:
        raise SafetyError(
            f"step '{needing[0]}' needs '{step}', and is applied. Drop that first: migrate rollback --drop {needing[0]}"
        )
    first = next(i for i, commit in enumerate(state.commits) if commit.step == step)
    below = state.commits[first - 1].id if first else state.base or state.start
    if not dry:
        check_checkout(project.repository)
    gone = [Replayed(c, None) for c in state.commits[first:] if c.step == step]
    later: Sequence[Commit] = [c for c in state.commits[first:] if c.step != step]
    earlier = state.commits[:first]
    anew = replay(project, later, below, terms, earlier)
    replayed = [*gone, *anew]
    return _moved(project, "drop", step, state.base or state.start, replayed, below, dry=dry)


def _applied(state: State) -> State:
    if state.head is None or state.base is None:
        raise SafetyError("nothing is applied here, so there is nothing to make anew: migrate plan")
    return state


def _moved(
    project: Project,
    verb: str,
    word: str,
    base: str,
    replayed: Sequence[Replayed],
    below: str,
    *,
    dry: bool,
) -> Rebased:
    """The branches on what was made anew; nothing moves where that is not asked for."""
    tip = next((item.new.id for item in reversed(replayed) if item.new), below)
    kept = kept_name(project.repository, project.state.tip)
    if not dry:
        renewed = {item.old.id: item.new.id if item.new else None for item in replayed}
        steps = dict.fromkeys(i.old.step for i in replayed if i.old.step and i.new is None)
        undone = Undone(verb, word, tip, kept, tuple(steps))
        renew(project.repository, project.state, base, renewed, undone)
    return Rebased(base, tip, kept, tuple(replayed))
