"""A plan read from its file; what a person wrote there and nothing matches is named with its line."""

import difflib
import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec

from codemods.values import Decision
from migrate.config import explain
from migrate.errors import SafetyError, UsageError
from migrate.plans.plan import Lock, Plan, convert_decisions, lock_path
from migrate.steps import Step, Steps

ABOUT = ("path", "task", "name", "old", "key", "app", "part")
"""The fields by which an entry says what it is about, where its id has their value."""

ANEW = "Or decide everything anew: migrate plan --fresh"


def read_plan(path: Path, steps: Steps) -> Plan:
    """A plan from its file. Raises an error with the line of what is wrong.

    That is `UsageError` for what is no plan, `SafetyError` for an entry that is about nothing.
    """
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise UsageError(
            f"there is no plan '{path}'. Write one: migrate plan --out {path}"
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"'{path}' can't be read as a plan: {error}. Mend it") from None
    revision = table.pop("revision", "")
    decisions: dict[str, tuple[Decision, ...]] = {}
    for name, entries in table.items():
        if name not in steps.by_name:
            message = f"Object contains unknown field `{name}`"
            raise UsageError(explain(message, text, path.name, [*steps.by_name, "revision"]))
        decisions[name] = _decisions(steps.by_name[name], entries, text, path.name)
    try:
        lock = msgspec.json.decode(lock_path(path).read_bytes(), type=Lock)
    except (OSError, msgspec.MsgspecError):
        lock = None
    plan = Plan(str(revision), decisions, lock, path, steps)
    for id_, field, wrong in _matching_nothing(plan):
        raise SafetyError(f"{_place(text, path.name, id_, field)}: {wrong}. {ANEW}")
    return plan


def _decisions(step: Step, entries: object, text: str, name: str) -> tuple[Decision, ...]:
    words = [field.name for kind in step.kinds for field in msgspec.structs.fields(kind)]
    try:
        made = convert_decisions(step, entries)
    except msgspec.ValidationError as error:
        raise UsageError(explain(str(error), text, name, words)) from None
    for decision in made:
        field, wrong = decision.wrong
        if wrong:
            raise UsageError(f"{_place(text, name, decision.id, field)}: {wrong}")
    return made


def _matching_nothing(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """The id and field of what is about nothing that was planned, so that it would be left out unseen.

    Where no lock tells what was planned, nothing can be said.
    """
    for name, made in plan.decisions.items():
        if plan.lock is None or name not in plan.lock.entries:
            continue
        known = [str(entry.get("id")) for entry in plan.lock.entries[name]]
        planned = {item.id: item for item in plan.planned(plan.steps.by_name[name])}
        for item in made:
            if item.id not in known:
                near = difflib.get_close_matches(item.id, known, 1, 0.8)
                hint = f'the nearest is "{near[0]}"' if near else "take the whole entry out"
                yield item.id, "id", f'nothing planned for {name} has the id "{item.id}"; {hint}'
            for field in ABOUT:
                was, value = getattr(planned.get(item.id), field, ""), getattr(item, field, "")
                if was and was != value and was in item.id:
                    wrong = f'{field} is "{value}", and the entry is about "{was}", as its id says: write that back, or take the whole entry out'
                    yield item.id, field, wrong


def _place(text: str, name: str, id_: str, field: str) -> str:
    """The plan's file, with the line of a field in the entry with an id where that is a table of its own."""
    lines = text.splitlines()
    heads = [n for n, line in enumerate(lines) if re.match(r"\s*\[\[", line)]
    for first, end in pairwise([*heads, len(lines)]):
        own = lines[first + 1 : end]
        try:
            entry = tomllib.loads("\n".join(own))
        except tomllib.TOMLDecodeError:
            continue
        if entry.get("id") == id_:
            key = re.compile(rf"\s*[\"']?{field}[\"']?\s*=")
            line = next((first + 2 + n for n, line in enumerate(own) if key.match(line)), 0)
            return f"{name}:{line}" if line else name
    return name
