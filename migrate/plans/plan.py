"""The plan: decisions in a file that a person edits, and beside it what they were computed to give."""

import hashlib
import itertools
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from codemods.notes.visible import toml_escaped
from codemods.settings import Settings
from codemods.values import Decision
from migrate import __version__
from migrate.pipeline import StepRun, accepted
from migrate.steps import Step, Steps
from migrate.writing import write_beside, write_own

HEADER = """\
Decisions of migrate plan. Take an entry out, or change its words, and `migrate apply` does just
what is left here, proved again. `migrate plan` keeps such edits; `migrate plan --fresh` drops them.
"""


class Lock(Struct, frozen=True):
    """What the decisions gave when they were planned: trees by step, blobs of the files they touch."""

    revision: str
    digest: str
    tool: str
    trees: dict[str, str]
    blobs: dict[str, str]
    settings: str = ""
    entries: dict[str, list[dict[str, Any]]] = {}
    """The decisions as they were planned, so that a person's edits are known from them."""
    digests: dict[str, str] = {}
    """The decisions of each step, so that a person's edits of one are known from another's."""


class Plan(Struct, frozen=True):
    """A plan read from its file: the decisions of each step, and the lock if it is there."""

    revision: str
    decisions: dict[str, tuple[Decision, ...]]
    lock: Lock | None
    path: Path
    steps: Steps

    @property
    def edited(self) -> bool:
        """Whether a person changed the decisions since they were planned."""
        return self.lock is None or self.lock.digest != digest(self.decisions)

    def planned(self, step: Step) -> tuple[Decision, ...]:
        """The decisions of a step as they were planned; none where no lock tells."""
        try:
            entries = self.lock.entries.get(step.name, []) if self.lock is not None else []
            return convert_decisions(step, entries)
        except msgspec.ValidationError:
            return ()

    def of(self, step: Step, done: Collection[str]) -> tuple[Decision, ...] | None:
        """The decisions to go by for a step; `None` where it must decide again.

        A step that nobody edited decides again once an earlier one was edited, or is not `done`: its
        planned decisions are about what the earlier one would have left.
        """
        if step.only_named:
            return None
        known = self.lock.digests if self.lock is not None else {}
        if known and step.name not in known and step.name not in self.decisions:
            # It waited for consent when this was planned, so it has not decided yet.
            return None
        changed = {
            name
            for name in {*known, *self.decisions}
            if known.get(name) != digest({name: self.decisions.get(name, ())})
        }
        lacking = {name for name, made in self.decisions.items() if made and name not in done}
        earlier = any(self.steps.by_name[name].order < step.order for name in changed | lacking)
        if known and earlier and step.name not in changed:
            return None
        return self.decisions.get(step.name, ())


def taken(plan: Plan) -> Plan:
    """The plan with every suggestion of its own accepted."""
    decisions = {name: accepted(made) for name, made in plan.decisions.items()}
    return msgspec.structs.replace(plan, decisions=decisions)


def digest(decisions: dict[str, tuple[Decision, ...]]) -> str:
    """A fingerprint of decisions, blind to comments and layout of their file."""
    plain = {name: msgspec.to_builtins(made) for name, made in decisions.items() if made}
    return hashlib.sha256(msgspec.json.encode(plain, order="deterministic")).hexdigest()


def settings_digest(settings: Settings) -> str:
    """A fingerprint of the configuration that decisions were made under."""
    return hashlib.sha256(msgspec.json.encode(settings, order="deterministic")).hexdigest()


def lock_path(path: Path) -> Path:
    """The lock beside a plan; beside one of another name it never takes the place of a file."""
    return (
        path.with_suffix(".lock")
        if path.name == "plan.toml"
        else path.with_name(path.name + ".plan-lock")
    )


def write_plan(
    folder: Path,
    revision: str,
    runs: list[StepRun],
    trees: dict[str, str],
    path: Path | None = None,
    *,
    settings: Settings | None = None,
    accept: bool = False,
    keep: bool = False,
) -> Path:
    """Writes `plan.toml` and `plan.lock` into the folder, which ignores itself.

    With `keep` what stood in the file before stays beside it.
    """
    target = path or folder / "plan.toml"
    blobs: dict[str, str] = {}
    for run in runs:
        for change in run.changes:
            if change.path in runs[0].before.facts or change.before is not None:
                blobs.setdefault(change.path, _fingerprint(change.before))
    settings = settings or (runs[0].before.settings if runs else Settings())
    made = {run.step.name: accepted(run.own) if accept else run.own for run in runs}
    waiting = [run.step for run in runs if not run.step.consented]
    for step in waiting:
        made.pop(step.name)
    # What comes after a step that waits gives other trees once that has run.
    late = {run.step.name for run in runs if any(step.order < run.step.order for step in waiting)}
    trees = {name: tree for name, tree in trees.items() if name not in late}
    digests = {name: digest({name: items}) for name, items in made.items()}
    entries = {name: msgspec.to_builtins(items) for name, items in made.items()}
    lock = Lock(
        revision,
        digest(made),
        __version__,
        trees,
        blobs,
        settings_digest(settings),
        entries,
        digests,
    )
    files = {
        target.name: plan_text(revision, runs).encode(),
        lock_path(target).name: msgspec.json.format(msgspec.json.encode(lock)) + b"\n",
    }
    if keep:
        files |= _kept(target)
    if path is None:
        write_own(folder, {".gitignore": b"*\n", **files}, folder.parent)
    else:
        write_beside(target.parent, files, folder.parent)
    return target


def _kept(path: Path) -> dict[str, bytes]:
    """What stands in a file under a free name: `plan.toml.1` and so on; nothing where one holds it."""
    data = path.read_bytes()
    for number in itertools.count(1):
        beside = path.with_name(f"{path.name}.{number}")
        if not os.path.lexists(beside):
            return {beside.name: data}
        if beside.is_file() and beside.read_bytes() == data:
            break
    return {}


def _fingerprint(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()


def plan_text(revision: str, runs: list[StepRun]) -> str:
    """The plan as TOML."""
    # Loaded on demand: of all that read plans only one writes them.
    import tomlkit

    document = tomlkit.document()
    for line in HEADER.splitlines():
        document.add(tomlkit.comment(line))
    document.add("revision", tomlkit.item(revision))
    for run in runs:
        if not run.decisions:
            continue
        array = tomlkit.aot()
        for decision in run.decisions:
            table = tomlkit.table()
            for key, value in msgspec.to_builtins(decision).items():
                table.add(key, toml_item(value))
            array.append(table)
        document.add(run.step.name, array)
    return toml_escaped(tomlkit.dumps(document))


def toml_item(value: Any) -> Any:  # noqa: ANN401 - tomlkit's own type
    """A value as TOML has it; long lists have a line for each item."""
    import tomlkit

    item = tomlkit.item(value)
    if isinstance(value, list | tuple) and len(value) > 3:
        item.multiline(True)
    return item


def convert_decisions(step: Step, entries: object) -> tuple[Decision, ...]:
    """A step's decisions from plain values. Raises `ValidationError` for those of another shape."""
    kinds: Any = step.kinds[0]
    for kind in step.kinds[1:]:
        kinds = kinds | kind
    found: tuple[Decision, ...] = msgspec.convert(entries, tuple[kinds, ...])
    return found


def moved_files(plan: Plan, contents: dict[str, bytes | None]) -> list[str]:
    """The files that the plan's decisions were made on and that are otherwise now."""
    blobs = plan.lock.blobs if plan.lock else {}
    return sorted(
        p for p, blob in blobs.items() if p in contents and _fingerprint(contents[p]) != blob
    )
