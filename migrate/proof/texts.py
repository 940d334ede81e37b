"""Checks of the files as texts: they parse, and differ and lose comments only where the step says so."""

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.source.import_headings import heading_lines, with_headings
from codemods.values import Change
from migrate.pipeline import StepRun
from migrate.proof.comments import comments as comments_of
from migrate.proof.comments import lost_comments, strayed_comments
from migrate.proof.differences import undeclared_differences
from migrate.proof.lines import (
    declared_lines,
    dropped_lines,
    free_lines,
    path_before,
    python_changes,
)


def parses(run: StepRun) -> list[str]:
    """Every changed file parses, and did so before."""
    found: list[str] = []
    for change in python_changes(run):
        old = path_before(run, change.path)
        if not run.before.editable(old):
            found.append(f"{run.before.why_not_edited(old)}, and this step changes it")
        tree = parsed(change.after) if change.after is not None else None
        if isinstance(tree, ParseError):
            found.append(f"'{change.path}' no longer parses, line {tree.line}: {tree.message}")
    return found


def bodies(run: StepRun) -> list[str]:
    """Every difference between the syntax trees is one that the step declared."""
    changes = [change for change in python_changes(run) if change.after is not None]
    return [
        f"'{path}' line {line} differs in a way that no decision names"
        for path, line in undeclared_differences(changes, declared_lines(run), dropped_lines(run))
    ]


def comments(run: StepRun) -> list[str]:
    """No comment has gone, nor from its definition, but with a statement that a decision takes out."""
    changes = [change for change in python_changes(run) if change.after is not None]
    unheaded = [change.path for change in changes if _misses_headings(run, change)]
    lost = lost_comments(changes, free_lines(run))
    strayed = strayed_comments(changes, free_lines(run))
    return [
        *(f"'{path}' line {line} lost its comment {text}" for path, line, text in lost),
        *(
            f"'{path}' line {line} has its comment {text} elsewhere now"
            for path, line, text in strayed
            if (path, line, text) not in lost
        ),
        *(f"the imports of '{path}' have not the headings that isort writes" for path in unheaded),
    ]


def _misses_headings(run: StepRun, change: Change) -> bool:
    """Whether headings of imports that came or went as the step says are not those of the imports below.

    A file that is generated whole has none.
    """
    layout, after = run.after.layout(change.path), change.after or b""
    if isinstance(parsed(after), ParseError):
        return False
    if change.before is None:
        told = 0 not in declared_lines(run).get(change.path, ())
    else:
        free, headings = free_lines(run).get(change.path, set()), heading_lines(layout)
        told = any(line in free and text in headings for line, text in comments_of(change.before))
    return told and with_headings(after, layout) != after
