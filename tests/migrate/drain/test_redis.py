"""Every message in Redis counts: in lists, taken by workers, with prefix, separator and priorities."""

import json
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from celery import chain

from tests.command import Terminal
from tests.migrate.drain.places import sender, worker, write_tasks
from tests.servers import free_port
from tests.target_runtime.servers import RedisServer, until

OLD = "create_job()"
HELD = """
    @app.task(name="create_job()")
    def one(*args):
        time.sleep(60)

    @app.task(name="late", acks_late=True)
    def late(*args):
        time.sleep(60)

    @app.task(name="short")
    def short(*args):
        time.sleep(3)
"""


def counts(found: dict[str, Any]) -> dict[str, tuple[int, int, int, int]]:
    return {
        item["name"]: (item["waiting"], item["held"], item["inside"], item["running"])
        for item in (*found["names"], *found["others"])
    }


@pytest.fixture
def drain(shop: Path, redis_server: RedisServer, migrate: Terminal) -> Callable[..., Any]:
    """Drains the test's Redis, where no worker runs."""

    def run(*words: str, code: int = 1, workers: bool = False) -> Any:
        more = ["--longest", "0.1"] if workers else ["--no-workers"]
        return migrate(
            "drain", "--broker", redis_server.url, "--json", *more, *words, code=code
        ).json

    return run


def test_nothing_in_flight_lets_the_old_names_go(drain: Callable[..., Any]) -> None:
    found = drain(code=0)
    assert [(item["name"], item["may_go"]) for item in found["names"]] == [(OLD, True)]
    assert (found["looks"], found["cant_know"]) == (2, [])


def test_messages_in_any_queue_with_any_priority(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    app = sender(redis_server.url)
    for priority in (0, 3, 9):
        app.send_task(OLD, queue="email", priority=priority)
    app.send_task("other", queue="never-declared", countdown=600)
    found = drain()
    assert counts(found) == {OLD: (3, 0, 0, 0), "other": (1, 0, 0, 0)}
    assert found["names"][0]["places"] == [{"place": "email", "how": "waiting", "count": 3}]
    assert found["others"][0]["until"] > "2026"
    assert found["looks"] == 1
    assert drain("--name", "gone", code=0)["before"] == "names"


@pytest.mark.parametrize("tells", [True, False])
def test_a_prefix_a_separator_and_a_key_of_ones_own(
    tells: bool, redis_server: RedisServer, drain: Callable[..., Any], here: Path
) -> None:
    """Told or not: no key of the database is left out."""
    options = {"global_keyprefix": "shop:", "sep": ":", "unacked_key": "taken"}
    app = sender(redis_server.url, **options)
    app.send_task(OLD, priority=6)
    write_tasks(here, redis_server.url, HELD, broker_transport_options=options)
    with worker(here, "held", "-c", "1", "-Q", "held"):
        app.send_task(OLD, queue="held", countdown=600)
        until(lambda: redis_server.client.hlen("shop:taken"), 10, "it is not taken")
        app.send_task("other.prefix")
        words = [f"--option={key}={value}" for key, value in options.items()] if tells else []
        # A prefix with brackets they would not hear: Celery subscribes to it as to a pattern.
        found = drain(*words, workers=tells)
    assert counts(found) == {OLD: (1, 1, 0, 0), "other.prefix": (1, 0, 0, 0)}
    assert {place["place"] for place in found["names"][0]["places"]} >= {"held"}
    assert found["cant_know"] == []


def test_another_prefix_s_messages_are_another_project_s(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    sender(redis_server.url, global_keyprefix="b[1]:").send_task(OLD)
    assert counts(drain("--option", "global_keyprefix=a:", code=0))[OLD] == (0, 0, 0, 0)
    assert counts(drain("--option", "global_keyprefix=b[1]:"))[OLD] == (1, 0, 0, 0)


def test_what_a_worker_holds_runs_and_carries(
    redis_server: RedisServer, drain: Callable[..., Any], here: Path
) -> None:
    write_tasks(here, redis_server.url, HELD, worker_prefetch_multiplier=4)
    app = sender(redis_server.url)
    with worker(here, "held", "-c", "1") as made:
        app.send_task("late")
        until(lambda: "received" in made.log.read_text(), 10, "it is not taken")
        # Two that are fetched ahead, two with an ETA, one of them with a chain.
        for countdown in (None, None, 600):
            app.send_task(OLD, countdown=countdown)
        chain(app.signature("late"), app.signature(OLD)).apply_async(countdown=900)
        until(lambda: redis_server.client.hlen("unacked") == 5, 10, "they are not taken")
        found = drain(workers=True)
    assert counts(found) == {OLD: (0, 3, 1, 0), "late": (0, 2, 0, 0)}
    assert found["workers"] == [made.name]
    assert found["cant_know"] == []


def test_a_task_that_runs_after_an_early_acknowledgement(
    redis_server: RedisServer, drain: Callable[..., Any], here: Path
) -> None:
    """Its message is nowhere: the worker says what it runs, and what it carries may still come."""
    write_tasks(here, redis_server.url, HELD)
    app = sender(redis_server.url)
    with worker(here, "held", "-c", "1") as made:
        chain(app.signature("short"), app.signature(OLD)).apply_async()
        until(lambda: "received" in made.log.read_text(), 10, "it does not run")
        time.sleep(0.5)
        early = drain("--longest", "0.1", workers=True)
        assert counts(early) == {OLD: (0, 0, 0, 0), "short": (0, 0, 0, 1)}
        assert early["looks"] == 2
        assert "runs since the first look, so --longest is too short" in early["cant_know"][0]
        late = drain("--longest", "4", workers=True)
    assert counts(late)[OLD] == (0, 0, 0, 1)


def test_a_worker_that_does_not_answer(
    redis_server: RedisServer, drain: Callable[..., Any], here: Path
) -> None:
    write_tasks(here, redis_server.url, HELD)
    with worker(here, "held", "-P", "solo") as made:
        sender(redis_server.url).send_task("late")
        until(lambda: "received" in made.log.read_text(), 10, "it does not run")
        found = drain(workers=True)
    assert found["cant_know"] == ["what 1 of 1 workers run: no answer came"]
    assert "so it is not known what runs" in drain(workers=True)["cant_know"][0]


def test_pickled_messages_can_t_be_known(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    app = sender(redis_server.url)
    for _ in range(3):
        app.send_task("other", queue="email", serializer="pickle")
    found = drain()
    assert counts(found) == {OLD: (0, 0, 0, 0), "other": (3, 0, 0, 0)}
    assert found["cant_know"] == ['3 pickled messages in "email"']
    assert not found["names"][0]["may_go"]


def test_what_is_no_message_is_left_alone(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    client = redis_server.client
    client.rpush("a list of the shop", "one", pickle.dumps({"task": OLD}))
    client.hset("a hash of the shop", "definition", "x")
    client.hset("another", mapping={"k": json.dumps([1, 2, 3])})
    client.set("celery-task-meta-1", json.dumps({"task": OLD}))
    client.rpush(
        "x.reply.celery.pidbox", json.dumps({"body": "e30=", "headers": {}, "properties": {}})
    )
    before = {key: client.dump(key) for key in client.scan_iter()}
    assert drain(code=0)["messages"] == 0
    assert {key: client.dump(key) for key in client.scan_iter()} == before


def test_a_broken_element_among_messages_is_told(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    sender(redis_server.url).send_task("other", queue="email")
    redis_server.client.rpush("email", "not a message")
    assert drain()["cant_know"] == ['1 broken message in "email"']


@pytest.mark.parametrize("key", ["unacked", "celery"])
def test_what_is_broken_in_a_place_of_kombu_s_own_is_told(
    key: str, redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    """Alone, too: elsewhere it would be something of somebody else's."""
    if key == "celery":
        sender(redis_server.url).send_task("other")
        redis_server.client.delete("celery")
        redis_server.client.rpush("celery", *["broken"] * 2_000)
    else:
        redis_server.client.hset("unacked", "tag", "broken")
    (doubt,) = drain()["cant_know"]
    assert doubt.endswith(f'in "{key}"')


def test_an_old_message_behind_a_page_of_broken_ones_counts(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    sender(redis_server.url).send_task(OLD)
    redis_server.client.lpush("celery", *["broken"] * 1_500)
    assert counts(drain())[OLD] == (1, 0, 0, 0)


def test_a_taken_message_with_a_figure_that_is_none(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    sender(redis_server.url).send_task("other", headers={"ratio": float("nan")})
    (message,) = redis_server.client.lrange("celery", 0, -1)
    assert isinstance(message, bytes)
    redis_server.client.hset("unacked", "tag", b"[" + message + b', "", "celery"]')
    redis_server.client.delete("celery")
    assert counts(drain(code=0))["other"] == (0, 1, 0, 0)


def test_an_entry_of_redbeat_s_sends_for_ever(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    entry = json.dumps({"name": "jobs", "task": OLD, "enabled": True})
    redis_server.client.hset("redbeat:jobs", mapping={"definition": entry, "meta": "{}"})
    assert drain()["names"][0]["still_sent"] == ['redbeat: entry "jobs" in Redis']


def test_a_message_that_is_on_its_way_counts_once(
    redis_server: RedisServer, drain: Callable[..., Any]
) -> None:
    """As a worker takes it between two commands, it stands in both places that are read."""
    sender(redis_server.url).send_task(OLD)
    client = redis_server.client
    (message,) = client.lrange("celery", 0, -1)
    client.hset("unacked", "tag", json.dumps([json.loads(message), "", "celery"]))
    found = drain()
    assert sum(counts(found)[OLD]) == 1
    assert found["messages"] == 1


def test_more_than_a_page_of_messages(redis_server: RedisServer, drain: Callable[..., Any]) -> None:
    app = sender(redis_server.url)
    app.send_task(OLD)
    (message,) = redis_server.client.lrange("celery", 0, -1)
    assert isinstance(message, bytes)
    id_ = json.loads(message)["headers"]["id"].encode()
    many = [message.replace(id_, b"%036d" % number) for number in range(4_321)]
    redis_server.client.lpush("celery", *many)
    taken = {str(n): json.dumps([json.loads(m), "", "q"]) for n, m in enumerate(many[:2_500])}
    redis_server.client.hset(
        "unacked", mapping={k: v.replace('"0000', '"1000') for k, v in taken.items()}
    )
    assert counts(drain())[OLD] == (4_322, 2_500, 0, 0)


def test_sentinel(
    redis_server: RedisServer, drain: Callable[..., Any], here: Path, migrate: Terminal
) -> None:
    import subprocess

    from tests.servers import redis_binary

    port = free_port()
    conf = here / "sentinel.conf"
    conf.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {here}\nsentinel monitor shop 127.0.0.1 {redis_server.port} 1\n"
    )
    process = subprocess.Popen([redis_binary(), str(conf), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        sender(redis_server.url).send_task(OLD)
        url, option = f"sentinel://127.0.0.1:{port}/0", "master_name=shop"

        def found() -> Any:
            return migrate(
                "drain", "--broker", url, "--option", option, "--json", "--no-workers", code=None
            )

        until(lambda: found().code == 1, 20, lambda: found().err)
        assert counts(found().json)[OLD] == (1, 0, 0, 0)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["--broker", "redis://user:secret@127.0.0.1:1/0"],
            "redis://user:**@127.0.0.1:1/0 can't be read",
        ),
        (["--broker", "redis://127.0.0.1:1/0"], "refused. Say which: "),
        (["--broker", "sqs://x"], "'sqs' is no broker that drain reads"),
        (["--broker", "127.0.0.1"], "is no broker"),
        (["--broker", "redis://127.0.0.1:1/0", "--option", "prefix"], "--option takes KEY=VALUE"),
        (["--broker", "redis://127.0.0.1:1/0", "--before", "names"], "drop-aliases"),
        ([], "--broker"),
    ],
)
def test_wrong_words_are_2(shop: Path, migrate: Terminal, words: list[str], said: str) -> None:
    error = migrate("drain", *words, code=2).err
    assert said in error
    assert "secret" not in error


def test_a_password_is_neither_shown_nor_kept(
    shop: Path, redis_server: RedisServer, migrate: Terminal
) -> None:
    redis_server.client.config_set("requirepass", "secret")
    url = redis_server.url.replace("//", "//:secret@")
    said = migrate("drain", "--broker", url, "--no-workers")
    assert "secret" not in said.out + said.err
    assert "secret" not in (shop / ".migrate" / "drain.json").read_text()
    assert "can't be read" in migrate("drain", "--broker", redis_server.url, code=2).err
