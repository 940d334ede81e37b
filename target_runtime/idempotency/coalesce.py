"""The mode `coalesce`: one run of a key goes on, one message waits to run after it for all that came meanwhile.

No message is let go before a run that began after it was sent has completed. Every one that waits
looks again; the first to find the key free runs, and its result answers the others.
"""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from target_runtime.errors import StoreUnavailableError
from target_runtime.idempotency.deliveries import REDELIVERED
from target_runtime.idempotency.generations import (
    Generation,
    delivery_of,
    generation_of,
    with_generation,
)
from target_runtime.idempotency.guard import Run
from target_runtime.idempotency.looks import give_header, own_header
from target_runtime.idempotency.results import elsewhere
from target_runtime.stores.policies import looks
from target_runtime.stores.store import Store
from target_runtime.stores.values import Answer, State

SEEN = "converge_seen"
"""The newest generation that was known when the message was sent, else when it first came."""
RUNS = "converge_runs"
"""The generation of the run that a retry goes on with."""
REMEMBERED = 3
"""Times `look_again` that a result is kept at least, so that whoever waits sees it."""
ROUNDS = 5
"""Times that a key is claimed while ever newer runs complete it."""

LATER = Answer(State.IN_PROGRESS, remaining=1.0)
"""Another look after a second."""


class CoalescedRun(Run):
    """One delivery of a task in this mode. A result answers only what was sent before its run began."""

    generation = Generation(0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.kept = REMEMBERED * self.service.settings.look_again
        self.ttl = max(self.ttl, self.kept)

    def _claim(self) -> Answer:
        try:
            seen = self._seen()
        except StoreUnavailableError:
            # Whether it may run without a store is for the policy to say.
            answer = super()._claim()
            return answer if answer.acquired else LATER
        self._begins_after(seen)
        before, answer = None, super()._claim()
        for _ in range(ROUNDS):
            if answer.acquired:
                self._begun(before)
                return answer
            if answer.state is State.IN_PROGRESS:
                return self._last_before(answer, seen)
            if self._is_answered_by(answer, seen):
                return answer
            # Of an earlier run: the key is taken from it, unless another message is faster.
            before, number = answer, generation_of(answer).number
            self._begins_after(number, done=number)
            self.service.store.drop(self.key, answer.result or b"")
            answer = super()._claim()
        return LATER

    def _seen(self) -> int:
        """The newest generation known when the message was sent; when it came, if nobody said so."""
        told = own_header(self.task.request, SEEN)
        if not told.isdigit():
            told = str(newest(self.service.store, self.key))
        give_header(self.task.request, SEEN, told)
        return int(told)

    def _begins_after(self, number: int, done: int = 0) -> None:
        """Numbers the run. A retry keeps the number of its first attempt, and may use what that one read."""
        kept = Generation.read(own_header(self.task.request, RUNS))
        is_later = kept.number > number
        self.generation = kept if is_later else Generation.after(number, done)
        self.owner = replace(self.owner, token=self.generation.token())

    def _is_answered_by(self, answer: Answer, seen: int) -> bool:
        if generation_of(answer).number > seen:
            return True
        # Given out again after its end: where nobody stamped it as it was sent, its name tells.
        is_again = own_header(self.task.request, REDELIVERED)
        return bool(is_again) and delivery_of(answer) == self.owner.delivery

    def _last_before(self, answer: Answer, seen: int) -> Answer:
        """The result of the run before the one under way, if that is enough; else the one under way."""
        done = generation_of(answer).done
        if done <= seen:
            return answer
        found = self.service.store.look(_result_key(self.key, done))
        where = elsewhere(found.result)
        is_final = where is None or not where.is_replacement
        return found if found.state is State.COMPLETED and is_final else answer

    def _begun(self, before: Answer | None) -> None:
        """Keeps the result that this run writes over, for those that it answers."""
        give_header(self.task.request, RUNS, self.generation.text)
        if before is None:
            return
        store, key = self.service.store, _result_key(self.key, self.generation.done)
        with suppress(StoreUnavailableError):
            # Without it they wait for the end of this run.
            store.complete(key, self.owner, before.result, self.kept)

    def _complete(self, data: bytes | None) -> None:
        number, delivery = self.generation.number, self.owner.delivery
        super()._complete(with_generation(number, delivery, data))


def newest(store: Store, key: str) -> int:
    """The number of the newest run that any store knows of a key; 0 if none does."""
    return max(generation_of(found).number for found in looks(store, key))


def _result_key(key: str, number: int) -> str:
    """Where the result of a run stands once a later one has the key."""
    return f"{key}@{number:x}"
