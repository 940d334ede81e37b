"""Groups of Redis servers: one behind Sentinel goes on after a failover, a Cluster is refused."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.core import checks

from target_runtime.checks import servers
from target_runtime.errors import StoreUnavailableError
from target_runtime.stores.redis import RedisStore
from target_runtime.stores.store import Breaker
from target_runtime.stores.values import State
from tests.target_runtime.conftest import Shop, patiently
from tests.target_runtime.groups import MASTER, RedisCluster, SentinelGroup
from tests.target_runtime.servers import PostgresServer, until
from tests.target_runtime.test_claims import ONE, OTHER

OPTIONS = {"master_name": MASTER}


@pytest.fixture
def group(tmp_path: Path) -> Iterator[SentinelGroup]:
    """A master, its replica and a Sentinel."""
    found = SentinelGroup(tmp_path)
    try:
        yield found.start()
    finally:
        found.stop()


def test_a_store_goes_on_with_the_new_master(group: SentinelGroup) -> None:
    """What the replica had is known still; that it may have missed something is noticed."""
    store = RedisStore(f"{group.url}?master_name={MASTER}", 0.5, Breaker("Redis", 3, 0.2))
    store.refill("test", ())
    assert store.is_whole("test")
    assert store.claim("test:done", ONE, 60).acquired
    assert store.complete("test:done", ONE, b"1", 60)
    group.fail_over()
    until(lambda: store.look("test:done").state is State.COMPLETED, 10, "the key is gone")
    assert store.claim("test:done", OTHER, 60).result == b"1"
    found = store.claim("test:new", OTHER, 60)
    assert (found.acquired, found.is_whole) == (True, False)
    store.close()


def test_a_failover_in_the_middle_of_runs(
    group: SentinelGroup, postgres: PostgresServer, shop: Callable[..., Shop]
) -> None:
    """With the database beside it nothing runs twice, and what was replicated is not lost.

    A message that a worker took just then and has not noted as taken would be lost: Redis' transport
    does that in two steps. So nothing but a run is under way when the master goes.
    """
    celery = {
        "broker_transport_options": OPTIONS | {"visibility_timeout": 3},
        "result_backend_transport_options": OPTIONS,
        "result_backend_always_retry": True,
        # Celery tells whoever waits that a run it stops is revoked, although it comes again.
        "worker_cancel_long_running_tasks_on_connection_loss": False,
    }
    here = shop(group, None, postgres, celery=celery, look_again=1)
    here.app.conf.broker_transport_options = OPTIONS
    here.app.conf.result_backend_transport_options = OPTIONS
    here.worker("-c", "4")
    patiently(here.send("plain"), here)
    sent = {f"k{n}": [here.send("work", f"k{n}", 0.1) for _ in range(2)] for n in range(12)}
    for all_ in sent.values():
        for one in all_:
            patiently(one, here)
    sent["long"] = [here.send("work", "long", 4.0)]
    here.wait_begun("long")
    group.fail_over()
    for number in range(12, 20):
        key = f"k{number}"
        sent[key] = [here.send("work", key, 0.1) for _ in range(2)]
    # Redis' transport looks for what was under way as a worker starts, then every 100 s.
    time.sleep(3.5)
    here.worker(name="second")
    results = {key: {str(patiently(one, here, 150)) for one in all_} for key, all_ in sent.items()}
    assert {key: len(found) for key, found in results.items()} == dict.fromkeys(sent, 1)
    assert {key: here.ended(key) for key in sent} == dict.fromkeys(sent, 1), here.logs()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[RedisCluster]:
    """Three masters."""
    found = RedisCluster(tmp_path)
    try:
        yield found.start()
    finally:
        found.stop()


def test_a_cluster_is_refused(cluster: RedisCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the claim of a key that another node has, and by the check that says what to do."""
    store = RedisStore(cluster.url, 1.0, Breaker("Redis", 1_000, 0.2))
    refused = []
    for number in range(10):
        with suppress(StoreUnavailableError):
            store.claim(f"test:{number}", ONE, 60)
            continue
        refused.append(number)
    assert len(refused) > 3
    with pytest.raises(StoreUnavailableError, match="Redis runs as a Cluster"):
        store.claim(f"test:{refused[0]}", ONE, 60)
    store.close()
    monkeypatch.setattr(servers, "redis_url", lambda _: cluster.url)
    found = [(one.id, one.level) for one in servers._redis()]
    assert found == [("target_runtime.E012", checks.ERROR)]
