"""A message whose process dies each time that it runs: given up, and nothing else is."""

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from target_runtime import conf
from target_runtime.errors import ProcessLostError
from target_runtime.idempotency import deliveries
from target_runtime.idempotency.deliveries import note_redelivered, run_counted
from tests.target_runtime.conftest import Shop, patiently
from tests.target_runtime.servers import RedisServer

Make = Callable[..., Shop]


@pytest.mark.parametrize("task", ["kills_itself", "kills_itself_guarded"])
def test_a_task_that_kills_its_process_does_not_come_back_for_ever(
    task: str, broker: RedisServer, shop: Make
) -> None:
    here = shop(broker, max_deliveries=2, lease=1)
    here.worker("-c", "1")
    sent = here.send(task, "k")
    with pytest.raises(ProcessLostError, match=f"The process of '{task}' died 2 times"):
        patiently(sent, here, 60)
    assert here.began("k") == 2
    assert patiently(here.send("plain", 1), here) == [1]
    assert not list(broker.client.scan_iter("*:deaths:*"))


class Message:
    """A task whose runs end as they are told to, and the message that it is run for."""

    def __init__(self, *ends: object, is_redelivered: bool = True) -> None:
        self.name = "shop.task"
        self.ends = list(ends)
        self.is_redelivered = is_redelivered

    def run(self) -> object:
        end = self.ends.pop(0)
        if isinstance(end, BaseException):
            raise end
        return end

    def given_out(self) -> object:
        """What comes of giving it out once more."""
        info = {"redelivered": self.is_redelivered}
        request = SimpleNamespace(id="one", retries=0, headers=None, delivery_info=info)
        self.request = request
        note_redelivered(request)
        return run_counted(self, (), {})


class Killed(BaseException):
    """Stands for the death of a process, after which nothing is done any more."""


@pytest.fixture
def counted(redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> RedisServer:
    """Settings with a Redis of one test; a `Killed` run leaves it as a killed process would."""
    settings = conf.read({"redis_url": redis_server.url, "max_deliveries": 3, "redis_timeout": 1})
    monkeypatch.setattr(conf, "current", lambda: settings)
    real = deliveries._asked

    def asked(what: Callable[[Any], Any]) -> int:
        return 0 if isinstance(sys.exc_info()[1], Killed) else real(what)

    monkeypatch.setattr(deliveries, "_asked", asked)
    return redis_server


def deaths(server: RedisServer) -> list[bytes]:
    return [server.client.get(key) for key in server.client.scan_iter("*:deaths:*")]  # type: ignore[misc]


def test_deaths_are_counted_and_then_the_message_is_given_up(counted: RedisServer) -> None:
    message = Message(Killed(), Killed(), "never")
    for number in (b"1", b"2"):
        with pytest.raises(Killed):
            message.given_out()
        assert deaths(counted) == [number]
    (key,) = counted.client.scan_iter("*:deaths:*")
    assert 0 < counted.client.ttl(key) <= deliveries.KEPT
    with pytest.raises(ProcessLostError, match="died 3 times"):
        message.given_out()
    assert message.ends == ["never"]
    assert deaths(counted) == []


@pytest.mark.parametrize("end", ["result", ValueError("k")])
def test_a_run_that_ends_is_no_death(end: object, counted: RedisServer) -> None:
    message = Message(*([Killed(), end] * 3))
    for _ in range(3):
        with pytest.raises(Killed):
            message.given_out()
        if isinstance(end, ValueError):
            with pytest.raises(ValueError, match="k"):
                message.given_out()
        else:
            assert message.given_out() == end
        assert deaths(counted) == []


def test_a_first_delivery_asks_nobody(counted: RedisServer) -> None:
    counted.stop()
    assert Message("result", is_redelivered=False).given_out() == "result"


def test_without_redis_nothing_is_counted(counted: RedisServer) -> None:
    counted.stop()
    assert Message("result").given_out() == "result"
