"""Two looks at a broker: what is in flight may move behind one look, and not behind both."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager

import msgspec

from migrate.drain.broker import Broker
from migrate.drain.values import Look

LONGEST = 300.0
"""Seconds that a task may run where neither its code nor a person says."""


def passes(
    opens: Callable[[], AbstractContextManager[Broker]],
    names: Collection[str],
    longest: float,
    wait: Callable[[float], None],
    *,
    settled: bool = False,
) -> list[Look]:
    """The looks that were needed: one where it shows that a name is in flight or can't be known.

    A task that ran during the first look may have sent something behind its back; between the two it
    has the time to end. `opens` opens the broker, `wait` waits for some seconds; `settled` tells that
    the answer is no already.
    """
    asked = frozenset(names)
    with opens() as broker:
        first, settles = broker.look(asked), broker.settles
    if not asked or settled or first.doubts or any(first.of(name) for name in asked):
        return [first]
    # No connection is held meanwhile: a long idle one may be cut.
    wait(max(longest, settles))
    with opens() as broker:
        second = broker.look(asked)
    still = [first.running[task] for task in second.running if task in first.running]
    doubts = [
        f"what {what} will send: it runs since the first look, so --longest is too short"
        for what in still
    ]
    return [first, msgspec.structs.replace(second, doubts=(*second.doubts, *doubts))]
