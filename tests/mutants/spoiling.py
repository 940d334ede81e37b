"""A step's result spoilt in one place and proved: what the proofs refuse, and what slips."""

from collections.abc import Iterable, Iterator, Mapping
from random import Random

import msgspec
from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.inventory.load import load as load_anew
from codemods.inventory.load import read_plainly
from codemods.inventory.values import FileFacts
from codemods.settings import Settings
from codemods.snapshot import Snapshot
from codemods.values import Rewrite
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.mutants.kinds import FILES, LINES, spoil_files, spoil_line

STEPS = ("split", "dedupe", "decorators", "aliases", "names", "beat", "routes")

_KNOWN: dict[tuple[str, str, tuple[bytes, ...]], dict[str, FileFacts]] = {}


def load(snapshot: Snapshot, settings: Settings) -> Inventory:
    """The inventory of a snapshot; a file that was read before is not read again."""

    def read(
        files: Snapshot, paths: Iterable[str], words: tuple[bytes, ...]
    ) -> dict[str, FileFacts]:
        found: dict[str, FileFacts] = {}
        for path in paths:
            key = path, files.entries[path].id, words
            if key not in _KNOWN:
                _KNOWN[key] = read_plainly(files, [path], words)
            found.update(_KNOWN[key])
        return found

    return load_anew(snapshot, settings, read)


class Spoilt(Struct, frozen=True):
    """One result that was spoilt, and whether the proofs said so."""

    step: str
    kind: str
    where: str
    findings: tuple[str, ...]


def runs_of(snapshot: Snapshot, settings: Settings | None = None) -> dict[str, StepRun]:
    """The steps that change something, each on the result of the one before, with all suggestions taken."""
    inventory = load(snapshot, settings or Settings())
    found: dict[str, StepRun] = {}
    for name in STEPS:
        run = run_step(BY_NAME[name], snapshot, inventory, load, accept=True)
        snapshot, inventory = run.snapshot, run.after
        if run.changes:
            found[name] = run
    return found


def spoil(runs: Mapping[str, StepRun], seed: int) -> Iterator[Spoilt]:
    """Results spoilt without end, each kind in its turn, at places by chance."""
    chance = Random(seed)
    while True:
        for kind in (*LINES, *FILES):
            names = list(runs)
            chance.shuffle(names)
            for name in names:
                found = _spoilt(runs[name], kind, chance)
                if found is not None:
                    rewrite, where = found
                    yield Spoilt(name, kind, where, findings(runs[name], rewrite))
                    break


def _spoilt(run: StepRun, kind: str, chance: Random) -> tuple[Rewrite, str] | None:
    changes = list(run.changes)
    if kind in FILES:
        made = spoil_files(run.changes, run.before.files, kind, chance)
        return made and (msgspec.structs.replace(run.rewrite, changes=made[0]), made[1])
    chance.shuffle(changes)
    for change in changes:
        new = spoil_line(change, kind, chance)
        if new is not None:
            whole = tuple(new[0] if item is change else item for item in run.changes)
            return msgspec.structs.replace(run.rewrite, changes=whole), new[1]
    return None


def findings(run: StepRun, rewrite: Rewrite) -> tuple[str, ...]:
    """What the proofs find in a step's run with this result in the place of its own."""
    first = [rewrite]
    real = run.step.rewrite
    step = msgspec.structs.replace(
        run.step, rewrite=lambda *given: first.pop() if first else real(*given)
    )
    made = run_step(step, run.before.files, run.before, load, run.decisions)
    return prove(msgspec.structs.replace(made, whole=run.whole), load).findings
