"""Checks of whole files: those that go, those that are not Python, and those that are generated."""

from codemods.aliases import Alias
from codemods.renaming.alias_module import alias_module
from migrate.pipeline import StepRun
from migrate.proof.lines import packaged_files


def paths(run: StepRun) -> list[str]:
    """A file goes, or one that is not Python changes, only where the step says so."""
    named = {edit.path for edit in run.edits}
    gone = named | {item.path for item in run.rewrite.dropped} | packaged_files(run).keys()
    found: list[str] = []
    for change in run.changes:
        if change.after is None and change.path not in gone:
            found.append(f"'{change.path}' would be deleted, and no decision names it")
        elif not change.path.endswith(".py") and change.path not in named:
            found.append(f"'{change.path}' would change, and no decision names it")
    return found


def generated(run: StepRun) -> list[str]:
    """A module of old names holds the names that it held and those decided, and is what they generate."""
    made = [item for item in run.decisions if isinstance(item, Alias)]
    made = [item for item in made if item.id not in run.rewrite.undone]
    found: list[str] = []
    for path in sorted({item.path for item in made} & {change.path for change in run.changes}):
        old = run.before.facts.get(path)
        table = dict(old.aliases) if old is not None else {}
        table.update({item.old: item.new for item in made if item.path == path})
        change = next(item for item in run.changes if item.path == path)
        if change.after != alias_module(table, change.before or b""):
            found.append(f"'{path}' is not what its table of old names generates")
    return found
