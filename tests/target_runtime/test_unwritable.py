"""What JSON can't hold: as a result, and among the arguments of a retry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from celery.exceptions import Reject, Retry
from kombu.exceptions import OperationalError

from target_runtime.tasks import RuntimeTask
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


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize(
    ("task", "how"),
    [
        ("grows", "by hand"),
        ("grows", "goes on"),
        ("grows", "by itself"),
        ("grows_unguarded", "by hand"),
    ],
)
def test_a_retry_of_changed_arguments_that_can_t_be_written_has_those_that_came(
    task: str, how: str, late: bool, broker: RedisServer, shop: Make
) -> None:
    """Celery takes the message off the queue for good where it can't send its retry."""
    here = shop(broker, celery={"task_acks_late": late})
    here.worker()
    sent = here.send(task, "k", how, {"rows": [1]})
    until(lambda: here.ended("k") == 1, 20, here.logs)
    until(lambda: sent.state == "SUCCESS", 10, here.logs)
    # Celery keeps the first success: that of the attempt which went on.
    assert patiently(sent, here) == (None if how == "goes on" else {"rows": [1]})
    assert here.began("k") == 2
    assert "is sent again with the arguments that it came with" in here.logs()


@pytest.mark.parametrize("late", [True, False])
def test_arguments_given_to_a_retry_that_can_t_be_written_are_a_failure_to_see(
    late: bool, broker: RedisServer, shop: Make
) -> None:
    """Other ones than were asked for could make the task do what it must not."""
    here = shop(broker, celery={"task_acks_late": late})
    here.worker()
    sent = here.send("grows_unguarded", "k", "given", {"rows": [1]})
    until(sent.ready, 20, here.logs)
    assert sent.state == "FAILURE"
    assert "give self.retry() what 'json' can hold" in str(sent.result)
    assert (here.began("k"), here.ended("k")) == (1, 0)


def test_an_automatic_retry_goes_on_where_the_arguments_of_one_can_t_be_written(
    broker: RedisServer, shop: Make
) -> None:
    here = shop(broker)
    here.worker()
    assert patiently(here.send("grows", "k", "given", {"rows": [1]}), here) == {"rows": [1]}
    assert here.began("k") == 2


@pytest.mark.parametrize("late", [True, False])
def test_a_retry_that_the_broker_does_not_take_at_once_is_not_dropped(
    late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given back to a broker that still has the message, else sent until the broker takes it."""
    app = Celery(broker="memory://", set_as_current=False, task_cls=RuntimeTask)
    app.conf.task_acks_late = late
    tries: list[object] = []

    def apply_async(*_: object, **options: object) -> None:
        tries.append(options["countdown"])
        if len(tries) < 3:
            raise OperationalError("the broker is away")

    @app.task(shared=False, bind=True, name="work")
    def work(self: Any) -> None:
        self.retry(countdown=0.2)

    monkeypatch.setattr("target_runtime.idempotency.resend.PAUSES", (0.01, 0.01))
    monkeypatch.setattr(work, "apply_async", apply_async)
    work.push_request(id="a", called_directly=False, retries=0, args=(), kwargs={})
    try:
        with pytest.raises(Reject if late else Retry) as raised:
            work()
    finally:
        work.pop_request()
    assert getattr(raised.value, "requeue", True)
    assert tries == ([0.2, 1.0] if late else [0.2, 1.0, 1.0])
