"""What a plan needs from a person: suggestions that nobody has accepted yet."""

from collections.abc import Iterable, Iterator

from codemods.dedupe import Merge
from migrate.pipeline import StepRun
from reports.terminal import Need


def needs_of(runs: Iterable[StepRun]) -> Iterator[Need]:
    """The open decisions of some runs."""
    for run in runs:
        for item in run.waiting:
            if isinstance(item, Merge):
                changed = [line for line in item.diff.splitlines() if line[:1] in "+-"]
                yield Need(
                    name=item.name,
                    difference=item.difference,
                    because=item.because,
                    suggestion=_suggestion(item),
                    diff=tuple(line for line in changed if line[:3] not in {"+++", "---"}),
                )


def _suggestion(item: Merge) -> str:
    place, text = item.place.partition("::")[0], item.text.partition("::")[0]
    return f"keep {place} as it is" if place == text else f"text of {text}, in {place}"
