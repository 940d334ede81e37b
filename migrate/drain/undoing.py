"""Before a rollback: whether it takes names away that workers may have been given."""

from collections.abc import Collection
from pathlib import Path

from migrate.branches.moving import rollback_target
from migrate.branches.state import DEPLOYED, HEAD, State
from migrate.drain.kept import Drained, read_kept
from migrate.drain.senders import lost_names
from migrate.git.checkout import Repository
from migrate.project import Project, opened

ALIASES, NAMES = "aliases", "names"


def note_deployed(repository: Repository, tip: str) -> None:
    """Remembers that what stands at the tip is deployed."""
    before = repository.tip(DEPLOYED)
    if before != tip:
        repository.update_refs({DEPLOYED: (before, tip)})


def check_rollback(
    folder: Path, repository: Repository, state: State, step: str | None, known: Collection[str]
) -> bool:
    """Raises `SafetyError` where a rollback takes away names that may be in flight.

    Gives whether names go of whose deploy nobody has spoken: a person may want to know.
    """
    target = rollback_target(state, step)
    ids = [commit.id for commit in state.commits]
    undone = state.commits[ids.index(target) + 1 if target in ids else 0 :]
    brought = [commit for commit in undone if commit.step == ALIASES]
    if not brought:
        return False
    deployed = repository.tip(DEPLOYED)
    was_deployed = deployed is not None and repository.is_ancestor(brought[0].id, deployed)
    kept = read_kept(repository.own_dir)
    if not was_deployed and kept is None:
        return True
    assert state.head is not None
    with opened(folder) as project:
        names = lost_names(project, target)
        drained = Drained(kept, project.settings.drain.fresh_minutes, frozenset(known))
    if not was_deployed and not drained.saw(names):
        return True
    both = any(commit.step == NAMES for commit in undone)
    drained.check_rollback(names, repository.tip(HEAD) or "", to=step or "", both=both)
    return False


def check_undo(project: Project, target: str, known: Collection[str]) -> None:
    """Raises `SafetyError` where names of what is deployed would go that the commit to have back lacks."""
    repository, tip = project.repository, project.state.tip
    deployed = repository.tip(DEPLOYED)
    if deployed is None or not repository.is_ancestor(deployed, tip):
        return
    names = lost_names(project, target, deployed)
    if names:
        kept = read_kept(repository.own_dir)
        drained = Drained(kept, project.settings.drain.fresh_minutes, frozenset(known))
        drained.check_rollback(names, tip, to="", both=False)
