"""One decision of a plan as TOML: shown to be edited, read back, and put into the plan's file."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from codemods.notes.visible import toml_escaped
from codemods.values import Answered, Decision
from migrate.config import explain
from migrate.errors import UsageError
from migrate.pipeline import StepRun
from migrate.plans.plan import convert_decisions, toml_item
from migrate.steps import Step
from migrate.writing import write_own

LONG = frozenset({"diff", "comments"})
"""What says again what the source has: no answer to anything, and too long to be edited."""


class Open(Struct, frozen=True):
    """A decision that waits for a person, and the step that asks it."""

    step: Step
    decision: Decision


def open_decisions(runs: list[StepRun], asked: set[str]) -> list[Open]:
    """What the first step that has something open asks, without what was asked before.

    Later steps are planned on its result, so what they ask may be another thing by then.
    """
    for run in runs:
        found = [Open(run.step, item) for item in run.waiting if item.id not in asked]
        if found and run.step.consented:
            return found
    return []


def open_count(runs: list[StepRun], asked: set[str]) -> int:
    """How many decisions of all steps wait for a person, without what was asked before."""
    return sum(item.id not in asked for run in runs for item in run.waiting)


def offers(decision: Decision) -> tuple[str, ...]:
    """The answers that a question offers in quotes: `remove`, `keep`, `point-to NAME`."""
    asks = decision.asks
    if not isinstance(decision, Answered) or asks is None:
        return ()
    return tuple(re.findall(r'"([^"]+)"', asks.suggestion))


def with_answer(decision: Decision, answer: str) -> Decision | None:
    """The decision with a person's answer; `None` where it does not take that."""
    if not isinstance(decision, Answered):
        return None
    made = msgspec.structs.replace(decision, answer=answer)
    return None if made.waits else made


def entry_text(decision: Decision) -> str:
    """A decision as TOML, without what is too long to be edited."""
    import tomlkit

    document = tomlkit.document()
    for key, value in _plain(decision).items():
        if key not in LONG:
            document.add(key, toml_item(value))
    return toml_escaped(tomlkit.dumps(document))


def read_entry(open_: Open, text: str) -> Decision:
    """The decision that a person made of one. Raises `UsageError` with the line of what is wrong."""
    step, decision = open_.step, open_.decision
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"this is not TOML: {error}") from None
    hidden = {key: value for key, value in _plain(decision).items() if key in LONG}
    words = [field.name for kind in step.kinds for field in msgspec.structs.fields(kind)]
    try:
        (made,) = convert_decisions(step, [hidden | table])
    except msgspec.ValidationError as error:
        # It is read as the first of a list, which it is not to the person.
        told = explain(str(error), text, "entry.toml", words).replace(", entry 1", "")
        raise UsageError(told) from None
    if made.id != decision.id:
        raise UsageError(f'"id" must stay "{decision.id}": the entry is found by it')
    return made


def with_entry(text: str, step: Step, made: Decision) -> str:
    """The text of a plan with one entry as it was decided; all else stays as a person wrote it."""
    import tomlkit

    document = tomlkit.parse(text)
    for entry in _entries(document, step.name):
        if entry.get("id") == made.id:
            for key, value in _plain(made).items():
                if entry.get(key) != value:
                    entry[key] = toml_item(value)
            return toml_escaped(tomlkit.dumps(document))
    raise UsageError(f"the plan has no entry '{made.id}' any more. Plan again: migrate plan")


def keep_answer(own_dir: Path, step: Step, made: Decision) -> None:
    """Writes a decision into the plan of a repository, whole or not at all."""
    path = own_dir / "plan.toml"
    text = with_entry(path.read_text("utf-8"), step, made)
    write_own(own_dir, {path.name: text.encode()}, own_dir.parent)


def _entries(document: Any, name: str) -> Iterator[Any]:  # noqa: ANN401 - tomlkit's own types
    yield from document.get(name, ())


def _plain(decision: Decision) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(decision)
    return found
