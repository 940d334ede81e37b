"""What is about to move, written down before it does: a killed run is finished by the next one."""

import logging
from pathlib import Path

import msgspec
from msgspec import Struct

from migrate.errors import RunningError, SafetyError
from migrate.git.checkout import Repository
from migrate.lock import run_lock
from migrate.writing import write_own

JOURNAL = "moves"
LOG = logging.getLogger("migrate.branches")
Moves = dict[str, tuple[str | None, str | None]]
"""By full reference name the commits that it moves from and to; `None` where there is no branch."""


class Undone(Struct, frozen=True):
    """What a verb that goes back came to: by which word, the new tip, the old one's branch, the steps."""

    verb: str
    word: str
    tip: str
    kept: str
    steps: tuple[str, ...]


class Moving(Struct, frozen=True):
    """One move of branches, and of the files of `work_tree` where that is not empty."""

    verb: str
    refs: Moves
    old: str
    new: str
    work_tree: str = ""
    undone: Undone | None = None


def moving_of(repository: Repository, verb: str, refs: Moves, old: str, new: str) -> Moving:
    """A move as it concerns this checkout, which follows where `migrate/head` is checked out."""
    follows = repository.branch == "migrate/head"
    return Moving(verb, refs, old, new, str(repository.work_tree) if follows else "")


def begin(repository: Repository, moving: Moving) -> None:
    """Writes a move down."""
    data = msgspec.json.encode(moving)
    write_own(_place(repository).parent, {JOURNAL: data}, repository.common_dir)


def end(repository: Repository) -> None:
    """Takes the entry away: all of it has moved, or nothing."""
    _place(repository).unlink(missing_ok=True)


def take_up(repository: Repository) -> Moving | None:
    """The move of a killed run, finished now; `None` where there is none, or a run is at work."""
    if not _place(repository).exists():
        return None
    try:
        with run_lock(repository.common_dir, "finishing a move"):
            return finish(repository)
    except RunningError:
        return None


def finish(repository: Repository) -> Moving | None:
    """The same by who holds the run lock.

    Raises `SafetyError` where a branch or a file was changed since; nothing is touched then.
    """
    moving = _read(repository)
    if moving is None:
        return None
    repository.clear_own_locks()
    left = _left(repository, moving)
    stands = bool(moving.work_tree) and Path(moving.work_tree).exists()
    # A folder that was moved since is this one, if git has the branch checked out here.
    is_here = bool(moving.work_tree) and not stands and repository.branch == "migrate/head"
    follows = stands or is_here
    if stands and moving.work_tree != str(repository.work_tree):
        raise SafetyError(
            f"a run was killed while it moved the files of '{moving.work_tree}', which is another work tree of this repository. Finish it there first: migrate -C '{moving.work_tree}' status"
        )
    if follows:
        repository.finish_checkout(moving.old, moving.new)
    if left:
        repository.update_refs(left)
    end(repository)
    LOG.warning(
        "a run of migrate %s was killed while it moved branches: that is finished now, migrate/head is at %s",
        moving.verb,
        repository.short(moving.new),
    )
    return moving


def _left(repository: Repository, moving: Moving) -> Moves:
    """What has not moved yet, from where it stands."""
    left: Moves = {}
    for ref, (old, new) in moving.refs.items():
        now = repository.tip(ref)
        if now == new:
            continue
        if now != old:
            name = ref.removeprefix("refs/heads/")
            raise SafetyError(
                f"a run was killed while it moved branches, and '{name}' was moved since, so it can't be finished. Look at git log --graph --all, set {name} where it belongs, then forget the move: rm '{_place(repository)}'"
            )
        left[ref] = (now, new)
    return left


def _read(repository: Repository) -> Moving | None:
    """The entry; one that can't be read is of no run of this version, and said to be in the way."""
    place = _place(repository)
    try:
        return msgspec.json.decode(place.read_bytes(), type=Moving)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise SafetyError(
            f"'{place}', in which a run wrote what it was moving, can't be read ({error}). Look at git log --graph --all, then take it away: rm '{place}'"
        ) from None


def _place(repository: Repository) -> Path:
    return repository.common_dir / "migrate" / JOURNAL
