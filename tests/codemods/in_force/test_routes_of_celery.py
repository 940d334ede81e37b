"""The evaluator of routes against Celery's own router, on generated tables, in several versions."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from codemods.in_force.destination import Destination, destination
from codemods.in_force.routing import Refused, RouteTable, Unknown, answer, prepared
from tests.celeries import SIDE, VERSIONS, answers
from tests.codemods.in_force.made_routes import NAMES, call, readable, routes

COUNT = int(os.environ.get("SOAK_ROUTES", "3000"))
CALLS = max(300, COUNT // 20)
TOGETHER = 20_000
"""Tables that one process is asked about."""
RUNNER = Path(__file__).with_name("routes_runner.py")


def ours(table: RouteTable | Refused) -> Any:
    """The answers of the evaluator, in the form of those of the runner."""
    if isinstance(table, Refused):
        return "refused"
    return [shown(answer(table, name)) for name in NAMES]


def shown(given: Any) -> Any:
    if isinstance(given, Unknown):
        return {"queue": given.source if given.source == "asked" else "a path"}
    return "refused" if isinstance(given, Refused | str) else given


def theirs(given: Any) -> Any:
    return "refused" if isinstance(given, str) else [shown(each) for each in given]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_table_gives_what_celery_gives(version: str) -> None:
    for first in range(0, COUNT, TOGETHER):
        seeds = range(first, min(first + TOGETHER, COUNT))
        tables = [routes(random.Random(seed)) for seed in seeds]
        asked = [{"routes": table, "names": NAMES} for table in tables]
        found = answers(version, RUNNER, asked)
        differing = {
            seed: (table, said, mine)
            for seed, table, said in zip(seeds, tables, map(theirs, found), strict=True)
            if said != (mine := ours(prepared(readable(table))))
        }
        assert not differing, list(differing.items())[:3]
        assert sum(isinstance(said, str) for said in found) < len(found) / 2


@pytest.mark.parametrize("version", VERSIONS)
def test_every_call_goes_where_celery_sends_it(version: str) -> None:
    calls = [call(seed) for seed in range(CALLS)]
    found = answers(version, RUNNER, calls)
    differing = {
        seed: (given, said, mine)
        for seed, (given, said) in enumerate(zip(calls, found, strict=True))
        if ("refused" if isinstance(said, str) else said) != (mine := gone_to(given, version))
    }
    assert not differing, list(differing.items())[:3]
    assert sum(not isinstance(said, str) for said in found) > len(found) / 2


def gone_to(given: dict[str, Any], version: str) -> Any:
    table = prepared(given["routes"])
    assert isinstance(table, RouteTable)
    rest = {key: given[key] for key in ("default_queue", "call", "task", "by_name", "declared")}
    found = destination(table, given["name"], celery=SIDE[version], **rest)
    if not isinstance(found, Destination):
        return "refused"
    return found.exchange, found.routing_key, found.priority
