"""What must be so of every project whatever is written in it, and what of it is not."""

import signal
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import NoReturn

from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.inventory.trees import parse
from codemods.inventory.values import ParseError
from codemods.rules.table import TABLE
from codemods.rules.values import Ground
from codemods.settings import Settings
from codemods.snapshot import Snapshot, snapshot_of
from migrate.checking.run import findings
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.proof.comments import comments
from migrate.proof.lines import free_lines, python_changes
from migrate.steps import BUILT_IN
from reports.progress import measure

SECONDS = 10
"""How long reading and each step may take, of this process's own time."""
TAKES_OUT = frozenset({"dedupe", "beat", "routes", "drop-aliases"})
"""Steps that take statements out, with the comments in them."""


class TookTooLong(Exception):
    """A project took longer than it may."""


@contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """Raises `TookTooLong` inside once the process has worked so long."""

    def stop(*_: object) -> NoReturn:
        raise TookTooLong(f"more than {seconds} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def faults(files: Mapping[str, bytes], settings: Settings) -> list[str]:
    """What fails, step by step, with every suggestion taken; nothing where all is as it must be."""
    at = "reading"
    try:
        with in_time(SECONDS):
            snapshot = snapshot_of(files)
            inventory = load(snapshot, settings)
            _look_at(inventory)
        for step in BUILT_IN:
            at = step.name
            with in_time(SECONDS):
                run = run_step(step, snapshot, inventory, load, accept=True)
                found = [*_of_files(run, snapshot), *_refused(run)]
            if found:
                return [f"{at}: {finding}" for finding in found]
            snapshot, inventory = run.snapshot, run.after
        with in_time(SECONDS):
            _look_at(inventory)
    except Exception as error:  # noqa: BLE001 - whatever escapes is what is looked for
        return [f"{at}: {type(error).__name__}: {error}\n{traceback.format_exc()}"]
    return []


def _refused(run: StepRun) -> list[str]:
    """Why the proofs refuse a step; not where its project imports what is not there, which they ask about."""
    return [found for found in prove(run, load).findings if not found.startswith("roots:")]


def _look_at(inventory: Inventory) -> None:
    """Has the figures and the rules told, which must not fail either."""
    measure(inventory)
    findings(Ground(inventory, inventory.files.read), TABLE)


def _of_files(run: StepRun, before: Snapshot) -> list[str]:
    """What a step did to files that it must not, told without the proofs."""
    found: list[str] = []
    for change in run.changes:
        path = PurePosixPath(change.path)
        if path.is_absolute() or {"..", ".git"} & set(path.parts):
            found.append(f"writes '{change.path}'")
        known = before.read(change.path) if change.path in before else None
        if change.before != known:
            found.append(f"takes '{change.path}' for another file")
        if change.after is not None and path.suffix == ".py":
            tree = parse(change.after)
            if isinstance(tree, ParseError):
                found.append(f"'{change.path}' no longer parses: {tree.message}")
    if run.step.name not in TAKES_OUT:
        lost = _comments(before) - _comments(run.snapshot) - _free(run)
        found.extend(f"lost the comment {text!r}" for text in lost)
    return found


def _free(run: StepRun) -> Counter[str]:
    """The comments on lines that the step says it takes out, as the import of what nobody reads."""
    lines = free_lines(run)
    return Counter(
        text
        for change in python_changes(run)
        for line, text in comments(change.before or b"")
        if line in lines.get(change.path, ())
    )


def _comments(snapshot: Snapshot) -> Counter[str]:
    """All comments, but for what only linters read."""
    return Counter(
        text
        for path, data in snapshot.read_many(snapshot.files).items()
        if path.endswith(".py")
        for _, text in comments(data)
        if "noqa" not in text and "type:" not in text
    )
