"""What the workers of a broker say of themselves: what they run, have taken, and wait to run."""

from typing import Any

from msgspec import Struct

from migrate.drain.messages import names_inside

SECONDS = 2.0
"""How long the answers to one question are waited for."""


class Taken(Struct, frozen=True):
    """One task that a worker reports. `runs` tells whether it is running now."""

    id: str
    name: str
    worker: str
    runs: bool
    acknowledged: bool
    inside: frozenset[str] = frozenset()
    until: str = ""


class Answers(Struct, frozen=True):
    """The workers that answered, and what they spoke of."""

    workers: tuple[str, ...]
    taken: tuple[Taken, ...]


def ask(
    app: Any,  # noqa: ANN401 - Celery's
    connection: Any,  # noqa: ANN401 - kombu's
    asked: frozenset[str],
    there: int | None,
) -> Answers:
    """Asks all workers, in the order in which a task goes on, so that none slips through.

    `there` is how many will hear it, where that is known, else those count who say that they are
    there: what is asked then waits for no more answers than that.
    """
    if there is None:
        there = len(app.control.inspect(timeout=SECONDS, connection=connection).ping() or {})
    if there == 0:
        return Answers((), ())
    inspect = app.control.inspect(timeout=SECONDS, connection=connection, limit=there)
    workers: set[str] = set()
    found: dict[str, Taken] = {}
    for method, runs in (("scheduled", False), ("reserved", False), ("active", True)):
        for worker, items in (getattr(inspect, method)() or {}).items():
            workers.add(worker)
            for item in items if isinstance(items, list) else ():
                taken = _taken(item, worker, asked, runs=runs)
                found[taken.id] = taken
    return Answers(tuple(sorted(workers)), tuple(found.values()))


def _taken(item: dict[str, Any], worker: str, asked: frozenset[str], *, runs: bool) -> Taken:
    request = item.get("request", item)
    return Taken(
        id=str(request.get("id") or ""),
        name=str(request.get("name") or request.get("type") or ""),
        worker=worker,
        runs=runs,
        acknowledged=bool(request.get("acknowledged")),
        inside=names_inside([request.get("args"), request.get("kwargs")], asked),
        until=str(item.get("eta") or ""),
    )
