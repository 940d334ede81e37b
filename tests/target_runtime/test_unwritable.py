"""What JSON can't hold: as a result, and among the arguments of a retry."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.target_runtime.conftest import Shop, patiently
from tests.target_runtime.servers import RedisServer, until

Make = Callable[..., Shop]
KEYS = [f"k{number}" for number in range(10)]


@pytest.fixture(params=["redis", "postgres", "sqlite", "memory", "write_through", "redis_first"])
def here(request: pytest.FixtureRequest, broker: RedisServer, shop: Make, tmp_path: Path) -> Shop:
    """A shop with a worker, its keys in each store and in each pair of them."""
    store: str = request.param
    runtime: dict[str, object] = {"store": store}
    if store in {"postgres", "sqlite"}:
        runtime["store"] = "database"
    if store == "sqlite":
        runtime["sqlite_path"] = str(tmp_path / "keys.sqlite3")
    if store in {"write_through", "redis_first"}:
        runtime = {"policy": store}
    database = store in {"postgres", "write_through", "redis_first"}
    postgres = request.getfixturevalue("postgres") if database else None
    made = shop(broker, broker, postgres, **runtime)
    # The keys in memory are those of one process.
    made.worker("-c", "2", "-P", "threads" if store == "memory" else "prefork")
    return made


@pytest.mark.parametrize("task", ["unwritable", "unreadable"])
def test_a_key_whose_result_nothing_can_hold_runs_once(task: str, here: Shop) -> None:
    """The run itself fails where Celery stores its result; its duplicates have `None`, and say so."""
    sent = {key: [here.send(task, key) for _ in range(3)] for key in KEYS}
    until(lambda: all(one.ready() for group in sent.values() for one in group), 60, here.logs)
    assert [here.began(key) for key in KEYS] == [1] * len(KEYS), here.logs()
    for group in sent.values():
        assert sorted(one.state for one in group) == ["FAILURE", "SUCCESS", "SUCCESS"]
        assert [one.result for one in group if one.state == "SUCCESS"] == [None, None]
    log = here.workers[0].log.read_text()
    assert log.count("has None for a result") == 2 * len(KEYS)


def test_it_stays_so_for_a_later_message(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    first = here.send("unwritable", "k")
    until(first.ready, 20, here.logs)
    again = here.app.send_task("unwritable", ("k",), task_id=first.id)
    assert patiently(here.send("unwritable", "k"), here) is None
    until(lambda: again.state == "SUCCESS", 10, here.logs)
    assert here.began("k") == 1
