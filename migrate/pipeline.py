"""The steps run in memory over one snapshot after another: what `plan` shows is what `apply` commits."""

import logging
import time
from collections.abc import Callable, Collection, Iterable
from weakref import WeakKeyDictionary

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.settings import Settings
from codemods.snapshot import Snapshot
from codemods.values import Change, Decision, Decisions, Edit, Note, Rewrite
from migrate.steps import BY_NAME, Step

Load = Callable[[Snapshot, Settings], Inventory]
Choose = Callable[[Step, tuple[Decision, ...]], tuple[Decision, ...]]
"""What a person makes of the decisions that a step makes by itself."""


_DECIDED: WeakKeyDictionary[Inventory, dict[Step, Decisions]] = WeakKeyDictionary()


def decided_by(step: Step, inventory: Inventory) -> Decisions:
    """What a step decides of an inventory: worked out once, since it follows from that alone."""
    known = _DECIDED.setdefault(inventory, {})
    if step not in known:
        known[step] = step.decide(inventory)
    return known[step]


Begun = Callable[[int, list[str]], None]
"""Told which of some steps begins, by its place among their names."""
Held = Callable[[Step, Collection[str]], bool]
"""Whether a step waits, where the steps of these names have made their changes."""
LOG = logging.getLogger("migrate.steps")


def unwatched(_place: int, _names: list[str]) -> None:
    """What nobody watches."""


def never(_step: Step, _made: Collection[str]) -> bool:
    """Where no step waits for anything."""
    return False


class StepRun(Struct, frozen=True):
    """One step, run: its decisions and changes, and the project before and after it."""

    step: Step
    decisions: tuple[Decision, ...]
    changes: tuple[Change, ...]
    rewrite: Rewrite
    notes: tuple[Note, ...]
    before: Inventory
    after: Inventory
    snapshot: Snapshot
    whole: bool = True
    """Whether these are all the decisions that the step would make."""
    own: tuple[Decision, ...] = ()
    """What the step decides by itself."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The differences that the step declared."""
        return self.rewrite.edits

    @property
    def renames(self) -> dict[str, str]:
        """Old task names to new, as this run made them."""
        return self.step.renames(self.decisions, self.rewrite)

    @property
    def drops(self) -> set[str]:
        """Names that workers no longer answer to after this run."""
        return self.step.drops(self.decisions, self.rewrite)

    @property
    def merges(self) -> set[str]:
        """Names that had several definitions and have one after this run."""
        return self.step.merges(self.decisions, self.rewrite)

    @property
    def waiting(self) -> tuple[Decision, ...]:
        """Decisions that a person has to accept."""
        return tuple(item for item in self.decisions if item.waits)

    @property
    def left_open(self) -> tuple[str, ...]:
        """The ids of what a person is asked and that is not done: it waits, or can't be done yet."""
        return tuple(
            item.id
            for item in self.decisions
            if item.waits or (item.asks is not None and item.id in self.rewrite.undone)
        )

    @property
    def files(self) -> list[str]:
        """The paths that the step changes."""
        return sorted(change.path for change in self.changes)


def run_step(
    step: Step,
    snapshot: Snapshot,
    inventory: Inventory,
    load: Load,
    decisions: tuple[Decision, ...] | None = None,
    *,
    choose: Choose | None = None,
    accept: bool = False,
    known: Iterable[StepRun] = (),
) -> StepRun:
    """One step over one snapshot, with these decisions or its own; `accept` takes its suggestions.

    Its own go through `choose` first, where that is given. What is `known` is not run once more.
    """
    decided = decided_by(step, inventory)
    made = decisions
    if made is None:
        made = choose(step, decided.decisions) if choose is not None else decided.decisions
    if accept:
        made = accepted(made)
    for run in known:
        if run.step == step and run.before is inventory and run.decisions == made:
            return run
    whole = made == decided.decisions
    started = time.perf_counter()
    rewrite = step.rewrite(snapshot, inventory, made)
    took = time.perf_counter() - started
    LOG.info("%s: %d decisions made, rewritten in %.1f s", step.name, len(made), took)
    changes = tuple(change for change in rewrite.changes if change.after != change.before)
    if not changes:
        notes = (*decided.notes, *rewrite.notes)
        own = decided.decisions
        return StepRun(step, made, (), rewrite, notes, inventory, inventory, snapshot, whole, own)
    after = snapshot.with_changes(changes)
    return StepRun(
        step=step,
        decisions=made,
        changes=changes,
        rewrite=rewrite,
        notes=(*decided.notes, *rewrite.notes),
        before=inventory,
        after=load(after, inventory.settings),
        snapshot=after,
        whole=whole,
        own=decided.decisions,
    )


MoreProof = Callable[[StepRun, str, str], dict[str, list[str] | None]]
"""Proofs beyond the static ones: of a run, from one commit to a tree, by level what was found."""


def accepted(decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
    """The decisions with every suggestion taken."""
    return tuple(item.taken() for item in decisions)


def run_again(run: StepRun, load: Load) -> StepRun:
    """The step once more on its own result; of edited decisions only those that were made."""
    undone = run.rewrite.undone
    if run.whole and not undone and not run.step.once:
        return run_step(run.step, run.snapshot, run.after, load)
    ids = {decision.id for decision in run.decisions} - undone
    again = decided_by(run.step, run.after).decisions
    chosen_again = tuple(decision for decision in again if decision.id in ids)
    return run_step(run.step, run.snapshot, run.after, load, chosen_again)


def run(
    steps: Iterable[Step],
    snapshot: Snapshot,
    inventory: Inventory,
    load: Load,
    *,
    choose: Choose | None = None,
    accept: bool = False,
    known: Iterable[StepRun] = (),
    begun: Begun = unwatched,
    held: Held = never,
) -> list[StepRun]:
    """The steps one after another, each on the result of the one before.

    What a step would change that is `held`, as for a deploy that must come first, is not there for others.
    """
    runs, wanted, made = list[StepRun](), list(steps), list[str]()
    for place, step in enumerate(wanted):
        begun(place, [item.name for item in wanted])
        result = run_step(
            step, snapshot, inventory, load, choose=choose, accept=accept, known=known
        )
        runs.append(result)
        if result.changes and not held(step, made):
            made.append(step.name)
            snapshot, inventory = result.snapshot, result.after
    return runs


def unmet(step: Step, snapshot: Snapshot, inventory: Inventory, load: Load) -> str:
    """The step that this one requires and that still has changes to make, or `""`."""
    if not step.requires:
        return ""
    required = BY_NAME[step.requires]
    earlier = unmet(required, snapshot, inventory, load)
    if earlier:
        return earlier
    return required.name if run_step(required, snapshot, inventory, load).changes else ""
