"""Branches that git moved in part: git's own transaction can end in its middle where a disk is full."""

from collections.abc import Callable, Mapping
from contextlib import suppress

import git

from migrate.git.errors import said
from migrate.git.locks import in_the_way

Moves = Mapping[str, tuple[str | None, str | None]]


def moved_anyway(calls: git.Git, tip: Callable[[str], str | None], moves: Moves) -> list[str]:
    """The references that stay where a failed move left them; those that can be put back are."""
    moved = [ref for ref, (old, new) in moves.items() if old != new and tip(ref) == new]
    for ref in moved:
        old, new = moves[ref]
        with suppress(git.GitCommandError):
            if old is None:
                calls.update_ref("-d", ref, new)
            else:
                calls.update_ref("--create-reflog", ref, old, *([new] if new else []))
    return [ref for ref in moved if tip(ref) != moves[ref][0]]


def not_moved(error: git.GitCommandError, left: list[str]) -> str:
    """What to say of branches that git refused to move."""
    why = in_the_way(error) or f"{said(error)}. Mend that, then run again"
    if not left:
        return f"git refused to move the branches, so none has moved: {why}"
    names = ", ".join(ref.removeprefix("refs/heads/") for ref in left)
    return f"git moved some of the branches and could not go on, nor back ({names}): {why}. Look at them first: git log --graph --all"
