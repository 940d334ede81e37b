"""The names inside of messages, as Celery itself makes them, and those that nobody can read."""

import base64
import bz2
import datetime
import json
import pickle
import zlib
from typing import Any

import pytest
from celery import Celery, chain, chord, group

from migrate.drain.messages import LARGEST, read_held, read_message, read_payload
from migrate.drain.values import Message

APP = Celery("messages", backend="cache+memory://", set_as_current=False)


@APP.task(name="a")
def a() -> None:
    pass


@APP.task(name="b()")
def b() -> None:
    pass


@APP.task(name="c")
def c() -> None:
    pass


def sent(signature: Any, **options: Any) -> list[Message | None]:
    """What is read of the messages that sending a signature makes, on a broker in memory."""
    with Celery("s", broker="memory://", set_as_current=False) as app:
        app.tasks.update(APP.tasks)
        with app.connection_for_write() as connection:
            channel = connection.channel()
            from kombu import Queue

            queue: Any = Queue("celery", channel=channel, exchange="celery", routing_key="celery")
            queue.declare()
            # The broker in memory is one for all tests of a process.
            queue.purge()
            signature.apply_async(connection=connection, **options)
            found = []
            while message := queue.get():
                found.append(
                    read_message(
                        message.headers,
                        message.body if isinstance(message.body, bytes) else message.body.encode(),
                        message.content_type,
                        message.content_encoding,
                    )
                )
            return found


def names(found: list[Message | None]) -> list[tuple[str, set[str]]]:
    return [(item.name, set(item.inside)) for item in found if item is not None]


def of(task: str, args: Any = (), kwargs: Any = None, embed: Any = None, **headers: Any) -> Message:
    body = json.dumps([args, kwargs or {}, embed or {}]).encode()
    found = read_message({"task": task, "id": "1", **headers}, body, "application/json")
    assert found is not None
    return found


def test_a_plain_message_has_its_own_name_alone() -> None:
    found = of("a", ["x"], {"y": {"task": "no signature"}}, {"chain": None}, retries=2, eta="2027")
    assert found == Message(("1", 2), "a", until="2027")


@pytest.mark.parametrize(
    ("make", "inside"),
    [
        (lambda: chain(a.si(), b.si(), c.si()), {"b()", "c"}),
        (lambda: a.si().set(link=b.si()), {"b()"}),
        (lambda: a.si().set(link_error=[c.si() | b.si()]), {"b()", "c", "celery.chain"}),  # type: ignore[arg-type]
        (lambda: chain(a.si(), group(b.si(), c.si())), {"b()", "c", "celery.group"}),
        (
            lambda: chain(a.si(), chord([b.si()], c.si())),
            {"b()", "c", "celery.chord", "celery.group"},
        ),
        (lambda: a.si().set(link=b.map([1])), {"b()", "celery.map"}),
    ],
)
def test_what_follows_is_inside(make: Any, inside: set[str]) -> None:
    assert names(sent(make())) == [("a", inside)]


def test_what_is_mapped_over_is_inside() -> None:
    for made in (b.map([1, 2]), b.starmap([(1, 2)]), b.chunks([(1,)], 1).group().tasks[0]):
        ((_, inside),) = names(sent(made))
        assert "b()" in inside


def test_a_chord_s_body_is_inside_of_its_members_and_its_collector() -> None:
    with_body = {"chord": {"task": "b()", "args": [], "kwargs": {}, "options": {}}}
    assert of("a", embed=with_body).inside == {"b()"}
    callback: dict[str, Any] = {
        "task": "b()",
        "args": [],
        "kwargs": {},
        "subtask_type": None,
        "immutable": False,
    }
    assert of("celery.chord_unlock", ["group", callback, 1, None]).inside == {"b()"}


def test_an_old_message_has_its_name_in_the_body() -> None:
    body = {"task": "a", "id": "1", "args": [], "kwargs": {}, "retries": 1, "eta": "2027"}
    body["callbacks"] = [{"task": "b()", "args": [], "kwargs": {}}]
    found = read_message({}, json.dumps(body).encode(), "application/json")
    assert found == Message(("1", 1), "a", frozenset({"b()"}), "2027")


def test_an_asked_name_counts_wherever_it_stands_as_a_text() -> None:
    body = json.dumps([["b()"], {"k": {"b() ": 1}}, {}]).encode()
    assert read_message(
        {"task": "a", "id": "1"}, body, "application/json", "utf-8", frozenset({"b()"})
    ) == (Message(("1", 0), "a", frozenset({"b()"})))


FIRED: list[str] = []


def fire() -> None:
    FIRED.append("loaded")


class Fires:
    """Tells when it is unpickled."""

    def __reduce__(self) -> Any:
        return (fire, ())


@pytest.mark.parametrize("kind", ["application/x-python-serialize", "pickle"])
def test_pickle_is_never_loaded(kind: str) -> None:
    body = pickle.dumps(([Fires()], {}, {}))
    found = read_message({"task": "a", "id": "1"}, body, kind)
    assert found == Message(("1", 0), "a", unread="pickled")
    assert FIRED == []
    pickle.loads(body)
    assert FIRED == ["loaded"]
    FIRED.clear()


def test_an_old_pickled_message_has_no_name_that_can_be_known() -> None:
    found = read_message({}, pickle.dumps({"task": "a"}), "application/x-python-serialize")
    assert found == Message(("", 0), "", unread="pickled")


@pytest.mark.parametrize(
    ("kind", "encoding", "body"),
    [
        ("application/x-yaml", "utf-8", b"- []"),
        ("application/json", "utf-8", b"[[], {"),
        ("application/json", "no-such-encoding", b"[[], {'"),
        ("application/json", "utf-8", b"[" * 100_000),
        ("application/data", "binary", b"signed"),
    ],
)
def test_what_is_no_plain_data_is_unread(kind: str, encoding: str, body: bytes) -> None:
    found = read_message({"task": "a", "id": "1"}, body, kind, encoding)
    assert found is not None
    assert (found.name, bool(found.unread)) == ("a", True)


@pytest.mark.parametrize(
    ("name", "pack"),
    [("application/x-gzip", zlib.compress), ("application/x-bz2", bz2.compress)],
)
def test_a_compressed_body(name: str, pack: Any) -> None:
    plain = json.dumps([[], {}, {"chain": [{"task": "b()", "args": []}]}]).encode()
    headers = {"task": "a", "id": "1", "compression": name}
    found = read_message(headers, pack(plain), "application/json")
    assert found is not None
    assert found.inside == {"b()"}
    for broken in (pack(plain)[:-3], b"nothing"):
        said = read_message(headers, broken, "application/json")
        assert said is not None
        assert said.unread == "broken"
    bomb = pack(b" " * (LARGEST + 1))
    said = read_message(headers, bomb, "application/json")
    assert said is not None
    assert said.unread == "oversized"
    other = read_message(headers | {"compression": "zstd"}, plain, "application/json")
    assert other is not None
    assert other.unread == "compressed (zstd)"


@pytest.mark.parametrize("body", [b'{"method": "ping"}', b"[]", b"[[], {}, {}]", b'{"task": "a"}'])
def test_what_is_no_task_s_message(body: bytes) -> None:
    assert read_message({}, body, "application/json") is None


def test_kombu_s_own_dates_and_nan_are_read() -> None:
    from kombu.utils.json import dumps

    when = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    body = dumps([[when, float("nan")], {}, {"chain": [b.si()]}]).encode()
    found = read_message({"task": "a", "id": "1"}, body, "application/json")
    assert found is not None
    assert found.inside == {"b()"}


def test_a_message_as_it_lies_in_redis() -> None:
    body = base64.b64encode(json.dumps([[], {}, {}]).encode()).decode()
    headers = {"task": "a", "id": "1"}
    lies = {
        "body": body,
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": headers,
        "properties": {"body_encoding": "base64"},
    }
    assert read_payload(json.dumps(lies).encode(), frozenset()) == Message(("1", 0), "a")
    held = json.dumps([lies, "", "email"]).encode()
    assert read_held(held, frozenset()) == (Message(("1", 0), "a"), "email")
    lies["properties"] = {"body_encoding": None}
    with_nan = json.dumps(lies | {"body": "[[NaN], {}, {}]"}).encode()
    assert read_payload(with_nan, frozenset()) == Message(("1", 0), "a")


@pytest.mark.parametrize("data", [b"", b"1", b"{}", b"[]", b"\xff", b'{"body": 1, "headers": {}}'])
def test_what_is_no_message_at_all(data: bytes) -> None:
    for read in (read_payload, read_held):
        with pytest.raises(ValueError):
            read(data, frozenset())
