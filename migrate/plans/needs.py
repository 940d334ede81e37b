"""What a plan needs from a person: suggestions that nobody has accepted yet."""

from collections.abc import Iterable, Iterator

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
