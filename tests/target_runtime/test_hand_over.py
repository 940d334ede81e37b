"""Messages whose task goes on under another message: retries, replacements, results kept elsewhere."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from celery.signals import worker_process_shutdown

import target_runtime.tasks  # noqa: F401 - what a worker imports
from target_runtime.errors import StoreUnavailableError
from target_runtime.stores.debts import DEBTS, Debts
from target_runtime.stores.memory import MemoryStore
from target_runtime.stores.policies import WriteThrough
from target_runtime.stores.values import Owner, State
from tests.target_runtime.conftest import Shop, patiently
from tests.target_runtime.servers import PostgresServer, RedisServer, until

Make = Callable[..., Shop]


def test_a_duplicate_of_a_replaced_task_gets_the_result_of_what_replaced_it(
    broker: RedisServer, shop: Make
) -> None:
    here = shop(broker, look_again=1)
    here.worker("-c", "4")
    sent = [here.send("replaced", "k") for _ in range(3)]
    assert [patiently(result, here) for result in sent] == [40, 40, 40]
    assert patiently(here.send("replaced", "k"), here) == 40
    assert (here.began("k"), here.began("double")) == (1, 1)


def test_a_replacement_that_is_retried_is_waited_for(broker: RedisServer, shop: Make) -> None:
    """Its state says meanwhile that an attempt failed; the task that it stands for does not run anew."""
    here = shop(broker)
    here.worker()
    first = here.send("replaced_by_retries", "k")
    here.wait_begun("k-in")
    until(lambda: first.state == "RETRY", 10, here.logs)
    second = here.send("replaced_by_retries", "k")
    assert [patiently(first, here), patiently(second, here)] == ["done", "done"]
    assert (here.began("k"), here.began("k-in")) == (1, 2)


def test_a_task_that_takes_its_own_place_goes_on(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    assert patiently(here.send("polls", "k", 3), here) == "found"
    assert (here.began("k"), here.ended("k")) == (4, 1)
    assert patiently(here.send("polls", "k", 3), here) == "found"
    assert here.began("k") == 4


def test_a_retry_that_the_task_catches_itself_runs(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    here.send("catches", "k")
    until(lambda: here.ended("k") == 1, 15, here.logs)
    assert here.began("k") == 2
    assert patiently(here.send("catches", "k"), here) == "again"
    assert here.began("k") == 2


def test_a_retry_with_other_arguments_ends_the_key_of_the_first_attempt(
    broker: RedisServer, shop: Make
) -> None:
    here = shop(broker)
    here.worker()
    assert patiently(here.send("steps", "k"), here) == 2
    assert patiently(here.send("steps", "k"), here) == 2
    assert [here.began(f"k-{step}") for step in range(3)] == [1, 1, 1]


def test_a_result_too_large_for_the_key_comes_from_the_backend(
    broker: RedisServer, shop: Make
) -> None:
    here = shop(broker, look_again=1)
    here.worker()
    sent = [here.send("big", "k") for _ in range(2)]
    assert [len(str(patiently(result, here))) for result in sent] == [200_000, 200_000]
    assert here.began("k") == 1


@pytest.mark.parametrize(("task", "runs"), [("big", 1), ("replaced", 1)])
def test_a_message_given_out_again_after_its_end(
    task: str, runs: int, broker: RedisServer, shop: Make
) -> None:
    """Its worker died between the end of the run and the acknowledgement."""
    here = shop(broker, look_again=1)
    here.worker()
    sent = here.send(task, "k")
    first = patiently(sent, here)
    again = here.app.send_task(task, ("k",), task_id=sent.id)
    time.sleep(1.5)
    assert patiently(again, here) == first
    assert here.began("k") == runs


def test_a_completed_key_whose_result_was_lost_does_not_run_again(
    broker: RedisServer, shop: Make
) -> None:
    """Not for the message itself, given out again, nor for another one."""
    here = shop(broker, look_again=1)
    here.environment["SITE_SETTLES"] = "0"
    here.worker()
    sent = here.send("big", "k")
    patiently(sent, here)
    sent.forget()
    again = [here.app.send_task("big", ("k",), task_id=sent.id), here.send("big", "k")]
    assert [patiently(result, here) for result in again] == [None, None]
    assert here.began("k") == 1
    assert "the result backend no longer has what" in here.logs()


@pytest.mark.parametrize("task", ["big", "replaced_by_silent"])
def test_a_result_that_nobody_keeps_is_not_waited_for(
    task: str, broker: RedisServer, shop: Make
) -> None:
    here = shop(broker, look_again=1)
    here.worker()
    here.send(task, "k", ignore_result=True)
    until(lambda: here.ended("k") == 1, 10, here.logs)
    time.sleep(0.5)
    assert patiently(here.send(task, "k"), here, 10) is None
    assert here.began("k") == 1


def test_a_message_in_another_form_is_sent_again_in_that_form(
    broker: RedisServer, shop: Make
) -> None:
    """YAML carries a set, which JSON refuses; in a form that no worker takes it would be lost."""
    here = shop(broker, celery={"accept_content": ["json", "yaml"]})
    here.worker()
    form: dict[str, Any] = {"kwargs": {"seconds": 1.5, "breaks": set()}, "serializer": "yaml"}
    sent = [here.app.send_task("work", ("k",), **form) for _ in range(2)]
    first, second = [patiently(result, here) for result in sent]
    assert first == second
    assert (here.began("k"), here.ended("k")) == (1, 1)


def test_a_task_id_of_any_length_is_guarded(
    broker: RedisServer, postgres: PostgresServer, shop: Make
) -> None:
    here = shop(broker, broker, postgres)
    here.worker()
    ids = ["x" * 300, "y" * 300]
    sent = [here.app.send_task("work", ("k", 0.5), task_id=task_id) for task_id in ids]
    first, second = [patiently(result, here) for result in sent]
    assert first == second
    assert here.began("k") == 1
    assert "is not stored" not in here.logs()
    assert "PostgreSQL does not" not in here.logs()


def test_a_store_that_is_away_when_a_run_ends_gets_the_result_later(
    broker: RedisServer, redis_server: RedisServer, shop: Make
) -> None:
    """Longer than one answer takes, and longer than the lease: the result is owed until then."""
    here = shop(broker, redis_server, policy="fail_closed", store="redis", lease=1)
    here.worker("-c", "1")
    sent = here.send("work", "k", 1.0)
    here.wait_begun("k")
    redis_server.stop()
    assert patiently(sent, here) is not None
    time.sleep(1.5)
    redis_server.start()
    until(lambda: redis_server.client.keys("*:work:*"), 10, here.logs)
    assert patiently(here.send("work", "k", 1.0), here) == patiently(sent, here)
    assert (here.began("k"), here.ended("k")) == (1, 1)


class Away(MemoryStore):
    """A store that can't be reached at first."""

    is_away = True

    def complete(self, key: str, owner: Owner, result: bytes | None, ttl: float) -> bool:
        if self.is_away:
            raise StoreUnavailableError
        return super().complete(key, owner, result, ttl)


def test_what_is_owed_is_stored_before_a_worker_s_process_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("target_runtime.stores.debts.LAST", 0.5)
    store = Away()
    DEBTS.owe(store, "k", Owner("token", "id"), b"1", 60)
    worker_process_shutdown.send(sender=None)
    assert store.look("k").state is State.ABSENT
    assert "1 results are lost with this process" in caplog.text
    monkeypatch.setattr("target_runtime.stores.debts.LAST", 20)
    monkeypatch.setattr("target_runtime.stores.debts.PAUSE", 0.05)
    threading.Timer(0.3, lambda: setattr(store, "is_away", False)).start()
    worker_process_shutdown.send(sender=None)
    assert store.look("k").state is State.COMPLETED


@pytest.mark.parametrize("is_fast_away", [True, False])
def test_the_one_of_two_stores_that_is_away_when_a_run_ends_gets_the_result_later(
    is_fast_away: bool,
) -> None:
    """Else the key would run again as soon as the other one loses its memory."""
    away, other = Away(), MemoryStore()
    both = WriteThrough(*((away, other) if is_fast_away else (other, away)))
    owner = Owner("token", "id")
    both.claim("k", owner, 60)
    assert both.complete("k", owner, b"1", 60)
    assert (other.look("k").result, away.look("k").state) == (b"1", State.IN_PROGRESS)
    away.is_away = False
    until(lambda: away.look("k").result == b"1", 5, "the store that was away has no result")
    until(lambda: not DEBTS.owed, 5, "it is still owed")


def test_an_owed_result_whose_key_another_run_took_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = MemoryStore()
    store.claim("k", Owner("other", "other"), 60)
    DEBTS.owe(store, "k", Owner("token", "id"), b"1", 60)
    until(lambda: not DEBTS.owed, 5, "it is still owed")
    assert "k: another delivery took it before memory could keep its result" in caplog.text


def test_a_store_that_stays_away_is_owed_no_more_than_so_many_results(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("target_runtime.stores.debts.MOST", 3)
    store, debts = Away(), Debts()
    for number in range(5):
        debts.owe(store, f"k{number}", Owner("token", "id"), b"1", 60)
    assert [debt.key for debt in debts.owed] == ["k2", "k3", "k4"]
    assert "more than 3 results wait for memory" in caplog.text


def test_a_short_pause_of_redis_when_a_run_ends_changes_nothing(
    broker: RedisServer, redis_server: RedisServer, shop: Make
) -> None:
    here = shop(broker, redis_server, policy="fail_closed", store="redis")
    here.worker("-c", "1")
    sent = here.send("work", "k", 1.0)
    here.wait_begun("k")
    time.sleep(0.7)
    redis_server.client.execute_command("CLIENT", "PAUSE", "500", "ALL")  # type: ignore[no-untyped-call]
    first = patiently(sent, here)
    time.sleep(2.5)
    assert patiently(here.send("work", "k", 1.0), here) == first
    assert here.began("k") == 1


def test_a_decorator_that_gives_arguments_of_its_own(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    sent = [here.send("injected", "k"), here.send("injected", kwargs={"key": "k"})]
    sent.append(here.app.send_task("injected", kwargs={"key": "k"}))
    assert [patiently(result, here) for result in [sent[0], sent[2]]] == ["session", "session"]
    assert here.began("k") == 1


def test_headers_handed_on_do_not_hand_the_key_on(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    assert patiently(here.send("parent", "outer"), here) == "outer"
    until(lambda: here.began("inner") == 1, 10, here.logs)


@pytest.mark.parametrize("expires", [None, 2])
def test_a_message_that_came_in_time_outlives_the_lease_of_a_dead_worker(
    expires: int | None, broker: RedisServer, shop: Make
) -> None:
    here = shop(broker, lease=5, celery={"task_acks_late": False})
    first = here.worker("-c", "1", name="first")
    here.send("work", "k", 30.0)
    here.wait_begun("k")
    first.kill()
    here.worker("-c", "1", name="second")
    sent = here.send("work", "k", 30.0, expires=expires)
    until(lambda: here.began("k") == 2, 20, here.logs)
    assert sent.state != "REVOKED"  # type: ignore[comparison-overlap]
