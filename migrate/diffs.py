"""Changes as unified diffs, which git and people read."""

import difflib
from collections.abc import Collection

from codemods.inventory.scan import decoded
from codemods.notes.visible import visible
from codemods.values import Change


def unified(title: str, changes: Collection[Change]) -> str:
    """The diff of one step, file by file, under a line that names it."""
    if not changes:
        return ""
    return f"# {title}\n" + "".join(
        file_diff(change) for change in sorted(changes, key=lambda item: item.path)
    )


def file_diff(change: Change) -> str:
    """The diff of one file."""
    before = decoded(change.before or b"").splitlines(keepends=True)
    after = decoded(change.after or b"").splitlines(keepends=True)
    path = visible(change.path)
    old = f"a/{path}" if change.before is not None else "/dev/null"
    new = f"b/{path}" if change.after is not None else "/dev/null"
    lines = list(difflib.unified_diff(before, after, old, new))
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
