"""A step proved: what of it can't be is left out, as little as can be found, and the rest is proved again."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from codemods.values import Decision, Note
from migrate.pipeline import StepRun
from migrate.proof import Proof

MOST = 16
"""How often a step is run and proved again before all that is still unproved is left out."""

TOO_OFTEN = "the proofs were tried too often"

Again = Callable[[tuple[Decision, ...]], StepRun]
"""The step once more, with these decisions alone."""

Prove = Callable[[StepRun], Proof]


class Proved(Struct, frozen=True):
    """A step of which everything is proved, and the decisions that are not part of it, with their findings."""

    run: StepRun
    proof: Proof
    left: tuple[tuple[Decision, tuple[str, ...]], ...] = ()

    @property
    def notes(self) -> Iterator[Note]:
        """What is told of that."""
        for decision, findings in self.left:
            why = findings[0].splitlines()[0].rstrip(": ") if findings else TOO_OFTEN
            message = f"{decision.id} is left out, since with it this can't be proved: {why}"
            path = next((text for text in _texts(decision) if text in self.run.before.facts), "")
            yield Note(path, 0, "left-unproved", message, why)


def proved(run: StepRun, again: Again, prove: Prove) -> Proved:
    """As much of a step as can be proved; all of it where that holds at once."""
    first = prove(run)
    if first.holds:
        return Proved(run, first)
    return _Search(run, again, prove, first).result()


class _Search:
    """Decisions taken in again, in halves, as long as the proofs hold with them."""

    def __init__(self, run: StepRun, again: Again, prove: Prove, first: Proof) -> None:
        self.again = again
        self.prove = prove
        self.all = run.decisions
        self.first = first
        self.left = MOST
        self.kept: set[str] = set()
        self.out: dict[str, tuple[str, ...]] = {}
        self.best: tuple[StepRun, Proof] | None = None

    def result(self) -> Proved:
        """The largest part that was found to hold."""
        named = suspects(self.all, self.first.findings)
        others = [item for item in self.all if item.id not in named]
        blamed = [item for item in self.all if item.id in named]
        parts = [others, blamed] if others and blamed else list(_halves(self.all))
        for part in parts:
            self._take(part, self.first.findings)
        if self.best is None:
            none = self.again(())
            self.best = none, self.prove(none)
        run, proof = self.best
        return Proved(run, proof, tuple((d, self.out[d.id]) for d in self.all if d.id in self.out))

    def _take(self, part: Sequence[Decision], findings: tuple[str, ...]) -> None:
        """Takes some decisions in, or those of them with which the proofs hold."""
        if not part:
            return
        if not self.left:
            self.out.update({item.id: findings for item in part})
            return
        self.left -= 1
        wanted = self.kept | {item.id for item in part}
        run = self.again(tuple(item for item in self.all if item.id in wanted))
        proof = self.prove(run)
        if proof.holds:
            self.kept, self.best = wanted, (run, proof)
        elif len(part) == 1:
            self.out[part[0].id] = proof.findings
        else:
            for half in _halves(part):
                self._take(half, proof.findings)


def _halves(items: Sequence[Decision]) -> Iterator[Sequence[Decision]]:
    middle = (len(items) + 1) // 2
    yield items[:middle]
    yield items[middle:]


def suspects(decisions: Sequence[Decision], findings: Iterable[str]) -> set[str]:
    """The ids of decisions of which findings name something that not all of them have."""
    said = {word.strip("'\"`.,:;()") for finding in findings for word in finding.split()}
    texts = {item.id: set(_texts(item)) for item in decisions}
    shared = set.intersection(*texts.values()) if len(texts) > 1 else set[str]()
    return {name for name, own in texts.items() if (own - shared) & said}


def _texts(decision: Decision) -> Iterator[str]:
    """The names and paths of a decision, paths also as modules."""
    for key, value in msgspec.to_builtins(decision).items():
        for text in value if isinstance(value, list | tuple) else [value]:
            if isinstance(text, str) and text and key not in {"because", "diff", "type"}:
                yield text
                if text.endswith(".py"):
                    yield text.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
