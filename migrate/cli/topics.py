"""All that `migrate explain` explains: its list, and what a word may have meant."""

import difflib
from collections.abc import Iterator

from codemods.notes.codes import CODES, GROUPS, KINDS
from codemods.rules.table import TABLE
from codemods.values import Decision, Offered
from migrate.cli.reasons import TOPICS
from migrate.steps import Step, Steps
from reports.words import either


def everything() -> str:
    """A line for each thing that can be explained."""
    steps = Steps()
    parts = [
        ("steps", [(step.name, step.does) for step in steps.all]),
        ("the reading", [(name, does.partition(". ")[0]) for name, does in TOPICS.items()]),
        ("rules of migrate check", [(r.code, _seen(r.name)) for r in TABLE]),
        ("decisions in .migrate/plan.toml", [*_decisions(steps)]),
        *((f"notes, {group}", [*_notes(group)]) for group in GROUPS),
    ]
    blocks = ["\n".join([f"{head}:", *_rows(rows)]) for head, rows in parts if rows]
    return "\n\n".join([*blocks, "one of them: migrate explain NAME"])


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(name) for name, _ in rows)
    yield from (f"  {name:<{width}}  {does}" for name, does in rows)


def _seen(name: str) -> str:
    return f"{CODES[name].one} {CODES[name].seen}"


def _notes(group: str) -> Iterator[tuple[str, str]]:
    yield from ((name, _seen(name)) for name in KINDS if CODES[name].group == group)


def _decisions(steps: Steps) -> Iterator[tuple[str, str]]:
    for name, (step, _) in sorted(kinds_of(steps).items()):
        if name not in CODES:
            yield name, f"of the step {step.name}"


def kinds_of(steps: Steps) -> dict[str, tuple[Step, type[Decision]]]:
    """The kinds of decisions as plans name them, each with the first step that takes it."""
    found: dict[str, tuple[Step, type[Decision]]] = {}
    for step in steps.all:
        for kind in step.kinds:
            found.setdefault(str(kind.__struct_config__.tag), (step, kind))
    return found


def decision_of(word: str, steps: Steps) -> tuple[Step, type[Decision]] | None:
    """The kind of decision that a plan names so, with its step."""
    return kinds_of(steps).get(word)


def is_asked(kind: type[Decision]) -> bool:
    """Whether decisions of a kind may wait for a person."""
    return kind.waits is not Decision.waits and not issubclass(kind, Offered)


def nearest(word: str, steps: Steps) -> str:
    """The names that a word may stand for, as a question; nothing where none is near."""
    names = [*steps.by_name, *TOPICS, *(rule.code for rule in TABLE), *kinds_of(steps), *CODES]
    known = [*dict.fromkeys(names)]
    near = difflib.get_close_matches(word, known, 3, cutoff=0.6)
    near = near or difflib.get_close_matches(word.upper(), known, 3, cutoff=0.6)
    near = near or [name for name in known if word in name][:3]
    return f"Did you mean {either(near)}? " if near else ""
