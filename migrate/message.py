"""The commit message of a step."""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import wrap

from codemods.notes.visible import visible
from codemods.values import Decision
from migrate import __version__
from migrate.pipeline import StepRun
from migrate.plans.plan import digest
from migrate.plans.sittings import TRAILER, decided_line
from reports.words import plural

PROVED = "Migrate-Proved"
"""The trailer with the names of the checks that held before the commit was made."""
NO_CHECKS: Mapping[str, str] = {}
WIDTH = 72
"""Columns of a commit message's lines, as git's own are."""
GROUPS, ITEMS = 30, 12
"""How many paragraphs a message has, and how many names each."""


def commit_message(run: StepRun, checks: Mapping[str, str] = NO_CHECKS) -> str:
    """The commit message of a step: what it did, why, and the trailers that record it and its proof."""
    held = ", ".join(name for name, outcome in checks.items() if outcome == "held")
    count = len(run.files)
    done = [decision for decision in run.decisions if decision.id not in run.rewrite.undone]
    does = run.step.says(done) or f"{run.step.does} in {count} {plural(count, 'file')}"
    head = f"{run.step.name}: {does}"
    lines = [visible(head), ""]
    lines.extend(told(done))
    lines.extend(_besides(run, done))
    lines.extend(
        (
            "",
            f"Migrate-Step: {run.step.name}",
            f"Migrate-Plan: {digest({run.step.name: run.decisions})}",
            f"Migrate-Tool: {__version__}",
            *([f"{PROVED}: {held}"] if held else []),
            *([f"{TRAILER}: {said}"] if (said := decided_line(run)) else []),
            "",
        )
    )
    return "\n".join(lines)


def _besides(run: StepRun, done: Iterable[Decision]) -> Iterator[str]:
    """New files that no decision names, as one of helpers; and what holds for the whole step."""
    said = "\n".join(part for item in done for part in item.said)
    new = [c.path for c in run.changes if c.before is None and c.path not in said]
    if new:
        yield from _wrapped(f"also new: {', '.join(new)}")
    if run.step.holds and run.changes:
        yield ""
        yield from wrap(run.step.holds, WIDTH)


def _wrapped(text: str) -> list[str]:
    return wrap(
        visible(text),
        WIDTH,
        initial_indent="- ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def told(done: Iterable[Decision]) -> Iterator[str]:
    """What was done, in a paragraph for all that has the same words; their ids are in the plan."""
    groups: dict[str, list[str]] = {}
    for item in done:
        heading, what = item.said
        groups.setdefault(heading, []).append(what)
    for heading, found in list(groups.items())[:GROUPS]:
        more = [f"and {len(found) - ITEMS} more"] if len(found) > ITEMS else []
        listed, first = ", ".join([*found[:ITEMS], *more]), heading.removesuffix(":")
        alone = len(found) == 1 and first == heading
        text = f"{listed}: {heading}" if alone else f"{first}: {listed}"
        yield from _wrapped(text)
    if len(groups) > GROUPS:
        yield f"- and {len(groups) - GROUPS} more"
