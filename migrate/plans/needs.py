"""What a plan needs from a person, suggestions that nobody has accepted yet, and what it tells one."""

from collections.abc import Iterable, Iterator

from codemods.inventory.link import Inventory
from codemods.notes.unused_settings import unused_settings
from codemods.values import Note
from migrate.pipeline import StepRun
from reports.terminal import Need


def needs_of(runs: Iterable[StepRun]) -> Iterator[Need]:
    """The open decisions of some runs."""
    for run in runs:
        for item in run.waiting:
            asked = item.asks
            changed = asked.diff.splitlines() if asked else []
            shown = [line for line in changed if line[:1] in {"+", "-"}]
            yield Need(
                name=asked.name if asked else item.id,
                difference=asked.kind if asked else run.step.name,
                because=item.because,
                answered=item.taken().waits,
                suggestion=asked.suggestion if asked else run.step.does,
                diff=tuple(line for line in shown if line[:3] not in {"+++", "---"}),
            )


def notes_of(inventory: Inventory, runs: Iterable[StepRun], *, begun: bool) -> list[Note]:
    """Every note once, of the code and of the steps: all verbs that count notes count these."""
    # A god file or a winner may be gone once its tasks moved.
    idle = () if begun else unused_settings(inventory)
    return sorted({*inventory.notes, *idle, *(note for run in runs for note in run.notes)})
