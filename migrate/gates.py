"""Deploy gates: what must have gone out to the workers before the commit of a step may follow."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from migrate.errors import UsageError
from migrate.git.opened import Commit
from migrate.steps import Step, Steps


class Gates(Struct, frozen=True):
    """What a person said of deploys: the last that is behind them, or that none is waited for."""

    deployed: int = 0
    through: bool = False


def check_gate(gate: int | None, steps: Iterable[Step], word: str) -> None:
    """Raises `UsageError` for a deploy gate that no step has."""
    gates = sorted({step.gate for step in steps if step.gate})
    if gate is not None and gate not in gates:
        known = ", ".join(map(str, gates))
        raise UsageError(
            f"there is no gate {gate} for {word}: the deploy gates are {known}. What each step waits for: migrate status"
        )


def select(steps: list[Step], gate: int | None) -> list[Step]:
    """The steps that come before a deploy gate; all of them without one."""
    return [step for step in steps if gate is None or step.gate < gate]


def is_held(
    step: Step, known: Steps, commits: Sequence[Commit], gates: Gates, made: Collection[str] = ()
) -> bool:
    """Whether a deploy must come before a step; `made` are the steps that this run commits."""
    if not step.gate or gates.through:
        return False
    if step.requires in made:
        # No worker can run what is committed only now, whatever was deployed before.
        return True
    return step.gate > gates.deployed and not _passed(step, known, commits)


def _passed(step: Step, known: Steps, commits: Sequence[Commit]) -> bool:
    """Whether a commit behind the step's gate stands on the last one of what the step requires."""
    names = [commit.step or "" for commit in commits]
    last = max((i for i, name in enumerate(names) if name == step.requires), default=-1)
    behind = (known.by_name[name].gate for name in names[last + 1 :] if name in known.by_name)
    return any(gate >= step.gate for gate in behind)
