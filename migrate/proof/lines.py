"""The lines of files that a step says it changes or takes out."""

from codemods.values import Change
from migrate.pipeline import StepRun


def python_changes(run: StepRun) -> list[Change]:
    """The changed Python files. One that became a package is one change, at its new place."""
    packaged = packaged_files(run)
    before = {package: _held_before(run, old) for old, package in packaged.items()}
    return [
        Change(change.path, before.get(change.path, change.before), change.after)
        for change in run.changes
        if change.path.endswith(".py") and change.path not in packaged
    ]


def packaged_files(run: StepRun) -> dict[str, str]:
    """The files that became packages, each with its new place."""
    new = {change.path for change in run.changes if change.before is None}
    gone = [change.path for change in run.changes if change.after is None]
    places = {path: f"{path.removesuffix('.py')}/__init__.py" for path in gone}
    return {path: place for path, place in places.items() if place in new}


def _held_before(run: StepRun, path: str) -> bytes | None:
    """What a changed file held before."""
    return next(change.before for change in run.changes if change.path == path)


def path_before(run: StepRun, path: str) -> str:
    """Where a file stood before the step, that may have become a package."""
    return next((old for old, place in packaged_files(run).items() if place == path), path)


def declared_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines of each file, by where it stands now, that a step says it changes."""
    packaged = packaged_files(run)
    found: dict[str, set[int]] = {}
    for edit in run.edits:
        found.setdefault(packaged.get(edit.path, edit.path), set()).add(edit.line)
    return found


def dropped_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines of each file that a decision takes out."""
    found: dict[str, set[int]] = {}
    for item in run.rewrite.dropped:
        found.setdefault(item.path, set()).update(range(item.first, item.last + 1))
    return found


def free_lines(run: StepRun) -> dict[str, set[int]]:
    """The lines whose comments may go, by where their files stand now."""
    packaged = packaged_files(run)
    found: dict[str, set[int]] = {}
    for edit in run.edits:
        if edit.loses_remarks:
            found.setdefault(packaged.get(edit.path, edit.path), set()).add(edit.line)
    for item in run.rewrite.dropped:
        if item.loses_remarks:
            found.setdefault(item.path, set()).update(range(item.first, item.last + 1))
    return found
