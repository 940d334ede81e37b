"""What a commit of this step does, in a few words for its title."""

from collections.abc import Iterable

from codemods.split.decisions import Move
from codemods.values import Decision

WIDTH = 40
"""The longest path that a title has room for; of a longer one it has the end."""


def says(decisions: Iterable[Decision]) -> str:
    """Which god file becomes how many files; `""` where nothing moves."""
    moves = [item for item in decisions if isinstance(item, Move)]
    gods, homes = {move.path for move in moves}, {move.to for move in moves}
    if not moves:
        return ""
    what = _short(*gods) if len(gods) == 1 else f"{len(gods)} god files"
    return f"{what} into {len(homes)} {'file' if len(homes) == 1 else 'files'} by domain"


def _short(path: str) -> str:
    """A path, or as many of its last folders as there is room for."""
    parts = path.split("/")
    while len(parts) > 2 and len("/".join(parts)) > WIDTH:
        parts.pop(0)
    return "/".join(parts)
