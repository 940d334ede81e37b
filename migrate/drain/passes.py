"""Two looks at a broker: what is in flight may move behind one look, and not behind both."""

from collections.abc import Callable, Collection

import msgspec

from migrate.drain.broker import Broker
from migrate.drain.values import Look

LONGEST = 300.0
"""Seconds that a task may run where neither its code nor a person says."""


def passes(
    broker: Broker,
    names: Collection[str],
    longest: float,
    wait: Callable[[float], None],
    *,
    settled: bool = False,
) -> list[Look]:
    """The looks that were needed: one where it shows that a name is in flight or can't be known.

    A task that ran during the first look may have sent something behind its back; between the two it
    has the time to end. `wait` waits for some seconds; `settled` tells that the answer is no already.
    """
    asked = frozenset(names)
    first = broker.look(asked)
    if not asked or settled or first.doubts or any(first.of(name) for name in asked):
        return [first]
    wait(max(longest, broker.settles))
    second = broker.look(asked)
    still = [first.running[task] for task in second.running if task in first.running]
    doubts = [
        f"what {what} will send: it runs since the first look, so --longest is too short"
        for what in still
    ]
    return [first, msgspec.structs.replace(second, doubts=(*second.doubts, *doubts))]
