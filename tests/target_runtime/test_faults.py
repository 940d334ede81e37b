"""What must not lose a task nor run one twice, on real servers that are killed on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from celery import chain, chord

from tests.target_runtime.conftest import ROOT, Shop, manage, patiently
from tests.target_runtime.servers import SITE, PostgresServer, RedisServer, until

Make = Callable[..., Shop]


def check_once(shop: Shop, key: str) -> None:
    """The key's task began and ended once."""
    assert (shop.began(key), shop.ended(key)) == (1, 1), shop.logs()


def test_duplicates_get_the_result_of_the_run(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    sent = [here.send("work", "k", 0.3) for _ in range(4)]
    sent.append(here.app.send_task("work", kwargs={"key": "k", "seconds": 0.3}))
    results = [patiently(result, here) for result in sent]
    assert len({str(result) for result in results}) == 1
    check_once(here, "k")


def test_an_automatic_retry_runs_again(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    assert patiently(here.send("flaky", "k", 2), here) == 2
    assert (here.began("k"), here.ended("k")) == (3, 1)


def test_a_retry_by_hand_runs_again(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    assert patiently(here.send("retries", "k", 2), here) == "done"
    assert (here.began("k"), here.ended("k")) == (3, 1)


def test_a_retry_that_is_not_thrown_runs_too(broker: RedisServer, shop: Make) -> None:
    """The first attempt goes on to its end; that is not the end of the message."""
    here = shop(broker)
    here.worker()
    here.send("unthrown", "k")
    until(lambda: here.ended("k") == 2, 15, here.logs)
    assert patiently(here.send("unthrown", "k"), here) == 1
    assert here.began("k") == 2


def test_a_message_that_comes_before_the_retry_waits_for_it(
    broker: RedisServer, shop: Make
) -> None:
    here = shop(broker)
    here.worker()
    first = here.send("retries", "k", 1, 3)
    here.wait_begun("k")
    time.sleep(0.3)
    second = here.send("retries", "k", 1, 3)
    assert [patiently(first, here), patiently(second, here)] == ["done", "done"]
    assert (here.began("k"), here.ended("k")) == (2, 1)


def test_a_failure_does_not_silence_the_next_call(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    for _ in range(2):
        with pytest.raises(ValueError, match="k"):
            patiently(here.send("fails", "k"), here)
    assert here.began("k") == 2


def test_a_killed_worker_s_task_runs_again(broker: RedisServer, shop: Make) -> None:
    """The broker gives the message out again; the dead one's lease ends by itself."""
    here = shop(broker, celery={"broker_transport_options": {"visibility_timeout": 3}})
    first = here.worker(name="first")
    sent = here.send("work", "k", 2.0)
    here.wait_begun("k")
    first.kill()
    # Redis' transport looks for messages to give out again as it starts, then every 100 s.
    time.sleep(3.5)
    here.worker(name="second")
    assert patiently(sent, here, 60) is not None
    assert (here.began("k"), here.ended("k")) == (2, 1)


def test_a_killed_child_s_task_runs_again(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker("-c", "1")
    sent = here.send("work", "k", 1.5)
    here.wait_begun("k")
    os.kill(int(here.lines("begin", "k")[0].split()[2]), signal.SIGKILL)
    assert patiently(sent, here, 60) is not None
    assert (here.began("k"), here.ended("k")) == (2, 1)


def test_a_hard_limit_leaves_no_key_behind(broker: RedisServer, shop: Make) -> None:
    # Prefork starts the hard limit's clock after the soft one's, so a longer soft one hides it.
    here = shop(broker, celery={"task_soft_time_limit": None})
    here.worker("-c", "1")
    sent = here.send("limited", "k", 30)
    here.wait_begun("k")
    until(sent.ready, 20, "the hard limit does not come")
    again = here.send("limited", "k", 30)
    until(lambda: here.began("k") == 2, 20, lambda: f"the next call is silenced:\n{here.logs()}")
    assert sent.state == "FAILURE"
    assert again.state != "SUCCESS"


def test_a_body_longer_than_the_visibility_timeout_runs_once(
    broker: RedisServer, shop: Make
) -> None:
    """Without a guard one message ran four times at once so."""
    here = shop(broker, celery={"broker_transport_options": {"visibility_timeout": 2}})
    here.worker("-c", "2", name="first")
    here.worker("-c", "2", name="second")
    sent = here.send("work", "k", 9.0)
    assert patiently(sent, here, 60) == {"key": "k", "by": sent.id}
    time.sleep(3)
    check_once(here, "k")


def test_a_chord_with_a_duplicate_ends(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    work = here.app.signature("work", ("k", 0.2))
    parts = [work.clone(), work.clone(), here.app.signature("work", ("other", 0.1))]
    result = patiently(chord(parts, here.app.signature("plain"), app=here.app).delay(), here)
    assert isinstance(result, list)
    assert [part["key"] for part in result[0]] == ["k", "k", "other"]
    check_once(here, "k")


def test_a_chain_with_a_duplicate_goes_on(broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker()
    first = patiently(here.send("work", "k"), here)
    work = here.app.signature("work", ("k",))
    result = patiently(chain(work, here.app.signature("plain"), app=here.app).delay(), here)
    assert result == [first]
    check_once(here, "k")


@pytest.mark.parametrize("pool", ["threads", "solo"])
def test_other_pools_are_guarded_too(pool: str, broker: RedisServer, shop: Make) -> None:
    here = shop(broker)
    here.worker("-P", pool, "-c", "4")
    sent = [here.send("work", "k", 0.5) for _ in range(6)]
    results = [patiently(result, here) for result in sent]
    assert len({str(result) for result in results}) == 1
    check_once(here, "k")


@pytest.mark.parametrize("name", ["above", "below"])
def test_the_mark_works_above_and_below_the_decorator(
    name: str, broker: RedisServer, shop: Make
) -> None:
    here = shop(broker)
    here.worker()
    sent = [here.send(name, 7), here.app.send_task(name, kwargs={"user_id": 7, "notify": True})]
    assert [patiently(result, here) for result in sent] == [7, 7]
    assert patiently(here.send(name, 8), here) == 8
    assert [here.began(f"{name}-{user}") for user in (7, 8)] == [1, 1]


def test_redis_stopped_under_load_runs_nothing_twice(
    broker: RedisServer, redis_server: RedisServer, postgres: PostgresServer, shop: Make
) -> None:
    """The keys' Redis goes away, empty, and comes back, twice, while 240 messages run."""
    here = shop(broker, redis_server, postgres, policy="write_through")
    here.worker("-c", "4")
    sent = []
    for number in range(120):
        sent += [here.send("work", f"k{number}", 0.05) for _ in range(2)]
        if number in {30, 80}:
            redis_server.stop()
        if number in {55, 100}:
            redis_server.start()
        time.sleep(0.02)
    for result in sent:
        patiently(result, here, 60)
    runs = [here.ended(f"k{number}") for number in range(120)]
    assert runs == [1] * 120, here.logs()


def test_postgres_stopped_leaves_redis_to_decide(
    broker: RedisServer,
    redis_server: RedisServer,
    shop: Make,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    postgres = PostgresServer(tmp_path_factory.mktemp("stopped")).start()
    manage({"SITE_PG_PORT": str(postgres.port)}, "migrate")
    try:
        here = shop(broker, redis_server, postgres, policy="write_through")
        here.worker()
        patiently(here.send("work", "before"), here)
        postgres.stop()
        sent = [here.send("work", "away", 0.2) for _ in range(4)]
        sent.append(here.send("work", "before"))
        for result in sent:
            patiently(result, here)
        postgres.start()
        patiently(here.send("work", "away", 0.2), here)
    finally:
        postgres.stop()
    check_once(here, "away")
    check_once(here, "before")


@pytest.mark.parametrize(
    ("policy", "runs"),
    [("fail_closed", 0), ("fail_open", 1), ("write_through", 0), ("redis_first", 0)],
)
def test_both_stores_stopped(
    policy: str, runs: int, broker: RedisServer, redis_server: RedisServer, shop: Make,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    """Only `fail_open` runs without a guard; otherwise the task waits, and runs when they are back."""
    postgres = PostgresServer(tmp_path_factory.mktemp("both")).start()
    manage({"SITE_PG_PORT": str(postgres.port)}, "migrate")
    store = {} if policy in {"write_through", "redis_first"} else {"store": "redis"}
    try:
        here = shop(broker, redis_server, postgres, policy=policy, **store)
        here.worker()
        redis_server.stop()
        postgres.stop()
        sent = here.send("work", "k")
        time.sleep(2)
        assert here.ended("k") == runs, here.logs()
        postgres.start()
        redis_server.start()
        patiently(sent, here)
    finally:
        postgres.stop()
    check_once(here, "k")


def test_two_beats_run_each_slot_once(broker: RedisServer, shop: Make, tmp_path: Path) -> None:
    """A scheduled run is known by its time: two beats send it twice, and no run is skipped."""
    entry = {"task": "work", "schedule": 2.0, "args": ["tick"]}
    here = shop(broker, celery={"beat_schedule": {"tick": entry}})
    here.worker()
    environment = os.environ | here.environment | {"PYTHONPATH": f"{SITE}:{ROOT}"}
    beats = [
        subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "shop_site", "beat", "-s", str(tmp_path / f"b{n}"), "--pidfile", ""],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for n in range(2)
    ]  # fmt: skip
    try:
        until(lambda: here.ended("tick") >= 4, 30, here.logs)
    finally:
        for beat in beats:
            beat.kill()
            beat.wait()
    time.sleep(0.5)
    slots = [line.split()[5] for line in here.lines("begin", "tick")]
    assert all(slot.startswith("2s:") for slot in slots), slots
    assert len(slots) == len(set(slots)), here.logs()
    assert "duplicate=True" in here.logs()


def test_a_clock_five_minutes_off_changes_nothing(broker: RedisServer, shop: Make) -> None:
    """Leases run on the store's own clock, so a worker's is never asked."""
    here = shop(broker)
    here.environment["SITE_CLOCK"] = "300"
    here.worker(name="ahead")
    here.environment["SITE_CLOCK"] = "-300"
    here.worker(name="behind")
    sent = [here.send("work", "k", 3.0) for _ in range(6)]
    results = {str(patiently(result, here)) for result in sent}
    assert len(results) == 1
    check_once(here, "k")
    ahead, behind = (worker.log.read_text() for worker in here.workers)
    assert "work[" in ahead, "one of the two workers had nothing to do"
    assert "work[" in behind, "one of the two workers had nothing to do"


def test_a_lost_reply_does_not_make_a_duplicate_of_the_only_caller(
    broker: RedisServer, redis_server: RedisServer, shop: Make
) -> None:
    """Redis takes the claim, and its answer comes too late for the client."""
    here = shop(broker, redis_server, redis_timeout=0.2)
    here.worker("-c", "1")
    patiently(here.send("work", "warm"), here)
    redis_server.client.execute_command("CLIENT", "PAUSE", "350", "ALL")  # type: ignore[no-untyped-call]
    sent = here.send("work", "k")
    result = patiently(sent, here)
    assert result == {"key": "k", "by": sent.id}
    check_once(here, "k")


def test_an_evicting_redis_is_told_of(
    broker: RedisServer, redis_server: RedisServer, shop: Make
) -> None:
    here = shop(broker, redis_server)
    environment = here.environment | {"SITE_CELERY": '{"task_soft_time_limit": null}'}
    assert "no issues" in manage(environment, "check", "--deploy", "--tag", "celery").stdout
    redis_server.client.config_set("maxmemory-policy", "allkeys-lru")
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--tag", "celery"],
        env=os.environ | environment | {"PYTHONPATH": f"{SITE}:{ROOT}", "DJANGO_SETTINGS_MODULE": "shop_site.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "target_runtime.E006" in done.stderr
    assert "maxmemory-policy is allkeys-lru" in done.stderr


def test_an_old_name_in_flight_runs_and_is_counted(broker: RedisServer, shop: Make) -> None:
    here = shop(broker, metrics_interval=0.1)
    here.environment["SITE_ALIASES"] = '{"create_job_old": "create_job()"}'
    here.worker()
    assert patiently(here.send("create_job_old", 5), here) == 5
    assert patiently(here.send("create_job()", 5), here) == 5
    assert here.began("create_job") == 1
    assert "received under the old name 'create_job_old'" in here.logs()
    until(lambda: broker.client.keys("*:counters"), 5, here.logs)
    names = broker.client.keys("*:counters")
    until(lambda: broker.client.hget(names[0], "alias_received:create_job_old"), 5, here.logs)
    assert float(broker.client.hget(names[0], "alias_received:create_job_old") or 0) == 1


def test_every_run_leaves_a_line_and_figures(broker: RedisServer, shop: Make) -> None:
    here = shop(broker, metrics_interval=0.1)
    here.worker()
    patiently(here.send("work", "k"), here)
    patiently(here.send("work", "k"), here)
    patiently(here.send("plain", 1), here)
    until(
        lambda: here.logs().count("INFO/ForkPoolWorker") and here.logs().count(" run task=") == 3,
        5,
        here.logs,
    )
    for part in ("task=work", "queue=celery", "ran_s=", "outcome=done", "outcome=duplicate"):
        assert part in here.logs()
    name = f"{json.loads(here.environment['SITE_RUNTIME'])['namespace']}:counters"

    def counted(what: str) -> float:
        return float(broker.client.hget(name, what) or 0)

    until(lambda: counted("runs:celery") >= 2 and counted("duplicate:celery"), 15, here.logs)
    time.sleep(0.3)
    assert [counted(what) for what in ("runs:celery", "duplicate:celery", "claims")] == [2, 1, 1]
