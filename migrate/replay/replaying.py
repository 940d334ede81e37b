"""Commits of a migration made anew on another commit: steps decide again, a person's own are carried over."""

from collections.abc import Callable, Collection, Sequence

from msgspec import Struct, structs

from codemods.values import Decision
from migrate.applying import proved_step
from migrate.config import read_settings
from migrate.errors import SafetyError
from migrate.git.opened import Commit
from migrate.message import commit_message
from migrate.pipeline import MoreProof, decided_by, run_step
from migrate.plans.planned import check_decisions
from migrate.plans.sittings import TRAILER, asked_in, decisions_of, further
from migrate.project import Project

SHOWN = 5
"""Decisions that a message lists by name."""
Tell = Callable[[str], None]


class Terms(Struct, frozen=True):
    """How a migration is made anew: what else proves each step, who is told, and what is not decided again."""

    more: MoreProof
    tell: Tell
    without: Collection[str] = ()


class Replayed(Struct, frozen=True):
    """One commit made anew. `new` is `None` where nothing of it was left to do."""

    old: Commit
    new: Commit | None
    left: tuple[str, ...] = ()
    """Sentences on what of it could not be proved, and is left out."""


def replay(
    project: Project,
    commits: Sequence[Commit],
    onto: str,
    terms: Terms,
    earlier: Sequence[Commit] = (),
) -> list[Replayed]:
    """These commits anew on top of another, each step proved again; no branch moves.

    `earlier` are the migration's commits that stay below them.

    A step decides as the code is there, and by what a person answered: decisions that were accepted
    or written, but for those in `terms.without`. Raises `SafetyError` where one fits nothing any more,
    unless what is below has taken its commit in.
    """
    replayed = list[Replayed]()
    taken = _taken_in(project, commits, onto)
    names = [commit.step or "" for commit in commits]
    for place, commit in enumerate(commits):
        project.begun(place, names)
        parent = next((item.new.id for item in reversed(replayed) if item.new), onto)
        if commit.step is None:
            replayed.append(_carried(project, commit, parent))
            continue
        done = [*earlier, *(item.new for item in replayed if item.new is not None)]
        settled = frozenset(terms.without)
        if commit.id in taken:
            # What was decided is done there, so it fits nothing any more, and nobody is asked.
            settled |= set(asked_in(commit))
        own = structs.replace(terms, without=settled)
        replayed.append(_again(project, commit, parent, done, own))
    return replayed


def _taken_in(project: Project, commits: Sequence[Commit], onto: str) -> set[str]:
    """The commits that another one has in it: merged, or squashed to one with those before them."""
    repository, known = project.repository, {commit.id for commit in commits}
    merged = {name for name in known if repository.is_ancestor(name, onto)}
    for count in range(len(commits), len(merged), -1):
        tree, conflicts = repository.picked(commits[count - 1].id, onto, f"{commits[0].id}^")
        if not conflicts and tree == repository.commit(onto).tree:
            return {commit.id for commit in commits[:count]}
    return merged


def _again(
    project: Project,
    commit: Commit,
    parent: str,
    done: list[Commit],
    terms: Terms,
) -> Replayed:
    """A step's commit anew."""
    listed = project.steps.by_name.get(commit.step or "")
    if listed is None or not listed.consented:
        raise SafetyError(
            f"step '{commit.step}' is a codemod of the project's own that may not run now, so its commit can't be made anew. See what it is: migrate trust --dry-run"
        )
    step = further(listed, done)
    if step is None:
        return Replayed(commit, None)
    terms.tell(f"{step.name}: deciding and rewriting")
    snapshot = project.snapshot(parent)
    inventory = project.load(snapshot, read_settings(snapshot, None))
    own = decided_by(step, inventory).decisions
    decisions = _answered(commit, own, decisions_of(commit, step, own), terms.without)
    check_decisions(decisions, step, inventory)
    run = run_step(step, snapshot, inventory, project.load, decisions)
    if not run.changes:
        return Replayed(commit, None)
    tree = project.repository.write_tree(parent, run.snapshot)
    found = proved_step(project, run, parent, tree, terms.more, terms.tell)
    left = tuple(note.message for note in found.notes)
    if not found.run.changes:
        return Replayed(commit, None, left)
    if found.left:
        tree = project.repository.write_tree(parent, found.run.snapshot)
    made = project.repository.commit_tree(tree, parent, commit_message(found.run))
    return Replayed(commit, project.repository.commit(made), left)


def _answered(
    commit: Commit,
    own: tuple[Decision, ...],
    recorded: tuple[Decision, ...] | None,
    without: Collection[str],
) -> tuple[Decision, ...]:
    """The decisions to go by. Raises `SafetyError` for a person's own that fit nothing any more."""
    if recorded is None and TRAILER in commit.trailers:
        raise SafetyError(
            f"the decisions of commit {commit.id[:10]} ({commit.step}) can't be read: they are of another version. Go back to before it and apply again: migrate rollback --to {commit.step}"
        )
    known = {item.id for item in own}
    lost = [name for name in asked_in(commit) if name not in known and name not in without]
    if lost:
        more = f" and {len(lost) - SHOWN} more" if lost[SHOWN:] else ""
        raise SafetyError(
            f"what a person decided of '{commit.step}' fits nothing there any more: {', '.join(lost[:SHOWN])}{more}. Nothing was moved. Leave it behind: --without '{lost[0]}', or go back to before it and decide anew: migrate rollback --to {commit.step}"
        )
    decisions = own if recorded is None else recorded
    return tuple(item for item in decisions if item.id in known and item.id not in without)


def _carried(project: Project, commit: Commit, parent: str) -> Replayed:
    """A commit of a person's own, carried over as it is."""
    repository = project.repository
    tree, conflicts = repository.picked(commit.id, parent)
    if conflicts:
        raise SafetyError(
            f"your commit {repository.short(commit.id)} ('{commit.subject}') does not fit there: '{conflicts[0]}' was changed otherwise. Nothing was moved. Take it off the branch first, and put it back by hand behind this"
        )
    if tree == repository.commit(parent).tree:
        return Replayed(commit, None)
    return Replayed(commit, repository.commit(repository.commit_again(commit.id, tree, parent)))
