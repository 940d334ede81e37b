"""The lines of files that a step says it changes or takes out."""

from codemods.values import Change
from migrate.pipeline import StepRun


def python_changes(run: StepRun) -> list[Change]:
    """The changed Python files."""
    return [change for change in run.changes if change.path.endswith(".py")]


def declared_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines of each file that a step says it changes."""
    found: dict[str, set[int]] = {}
    for edit in run.edits:
        found.setdefault(edit.path, set()).add(edit.line)
    return found


def dropped_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines of each file that a decision takes out."""
    found: dict[str, set[int]] = {}
    for item in run.rewrite.dropped:
        found.setdefault(item.path, set()).update(range(item.first, item.last + 1))
    return found


def free_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines whose comments may go."""
    found: dict[str, set[int]] = {}
    for edit in run.edits:
        if edit.loses_remarks:
            found.setdefault(edit.path, set()).add(edit.line)
    for item in run.rewrite.dropped:
        if item.loses_remarks:
            found.setdefault(item.path, set()).update(range(item.first, item.last + 1))
    return found
