"""The task names of one message: its own, and those of what it will send. Pickle is never loaded."""

import base64
import binascii
import bz2
import json
import lzma
import zlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from migrate.drain.values import Message

LARGEST = 64 * 1024 * 1024
"""Bytes that a compressed body may become; more is not unpacked."""
PICKLE = frozenset({"application/x-python-serialize", "pickle"})
SIGNATURE = frozenset({"args", "kwargs", "options", "subtask_type", "immutable"})
"""Keys one of which every signature has beside its `task`."""


Form = TypeVar("Form")
NONE: frozenset[str] = frozenset()


class UnreadError(Exception):
    """A body that can't be read; the message is the word for what it is."""


def read_message(
    headers: Mapping[str, Any],
    body: bytes,
    content_type: str,
    encoding: str = "utf-8",
    asked: frozenset[str] = NONE,
) -> Message | None:
    """The names of a message in either of Celery's protocols; `None` for one that is no task's.

    A text that equals an asked name counts as inside too: it may be what the task sends next.
    """
    name = headers.get("task")
    name = name if isinstance(name, str) else ""
    try:
        content = unpacked(body, str(headers.get("compression") or ""))
        found = decoded(content, content_type, encoding)
    except UnreadError as error:
        if not name and headers.get("id") is None and content_type not in PICKLE:
            return None
        return Message(_key(headers), name, until=_until(headers), unread=str(error))
    if name:
        return Message(_key(headers), name, names_inside(found, asked), _until(headers))
    if isinstance(found, dict) and isinstance(found.get("task"), str) and "id" in found:
        rest = {key: value for key, value in found.items() if key != "task"}
        return Message(_key(found), found["task"], names_inside(rest, asked), _until(found))
    return None


def _key(said: Mapping[str, Any]) -> tuple[str, int]:
    retries = said.get("retries")
    return str(said.get("id") or ""), retries if isinstance(retries, int) else 0


def _until(said: Mapping[str, Any]) -> str:
    eta = said.get("eta")
    return eta if isinstance(eta, str) else ""


def names_inside(value: object, asked: frozenset[str]) -> frozenset[str]:
    """The names of all signatures in a value: chains, chords, callbacks, what is mapped over."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        item = waiting.pop()
        parts: Iterable[object] = ()
        if isinstance(item, dict):
            name = item.get("task")
            if isinstance(name, str) and not SIGNATURE.isdisjoint(item):
                found.add(name)
            found.update(asked.intersection(item))
            parts = item.values()
        elif isinstance(item, list):
            parts = item
        # Most parts are texts and figures, of which there may be millions: they take no turn.
        for part in parts:
            if isinstance(part, str):
                if part in asked:
                    found.add(part)
            elif isinstance(part, dict | list):
                waiting.append(part)
    return frozenset(found)


def decoded(body: bytes, content_type: str, encoding: str) -> object:
    """A body's value. Raises `UnreadError` for what is not plain data."""
    if content_type in PICKLE:
        raise UnreadError("pickled")
    try:
        if content_type in {"application/json", "json"}:
            return plain(body, encoding)
        if content_type in {"application/x-msgpack", "msgpack"}:
            return msgspec.msgpack.decode(body)
    except (ValueError, RecursionError, LookupError):
        raise UnreadError("broken") from None
    raise UnreadError(f"unreadable ({content_type or 'no content type'})")


def plain(body: bytes, encoding: str = "utf-8") -> object:
    """The value of JSON as Celery writes it, which may hold NaN."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return json.loads(body.decode(encoding if encoding not in {"", "binary"} else "utf-8"))


def unpacked(body: bytes, compression: str) -> bytes:
    """A body without its compression, as far as that is one of Python's own and not a bomb."""
    if not compression:
        return body
    make = UNPACKERS.get(compression)
    if make is None:
        raise UnreadError(f"compressed ({compression})")
    try:
        unpacker = make()
        content: bytes = unpacker.decompress(body, LARGEST)
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError):
        raise UnreadError("broken") from None
    if not unpacker.eof:
        raise UnreadError("broken" if len(content) < LARGEST else "oversized")
    return content


UNPACKERS: dict[str, Callable[[], Any]] = {
    "application/x-gzip": zlib.decompressobj,
    "gzip": zlib.decompressobj,
    "zlib": zlib.decompressobj,
    "application/x-bz2": bz2.BZ2Decompressor,
    "bzip2": bz2.BZ2Decompressor,
    "application/x-lzma": lzma.LZMADecompressor,
    "lzma": lzma.LZMADecompressor,
}


class Payload(msgspec.Struct):
    """A message as kombu writes it into Redis."""

    body: str | None
    headers: dict[str, Any]
    properties: dict[str, Any]
    content_type: str | None = msgspec.field(default=None, name="content-type")
    content_encoding: str | None = msgspec.field(default=None, name="content-encoding")


def read_payload(data: bytes, asked: frozenset[str]) -> Message | None:
    """The names of a message that lies in Redis. Raises `ValueError` for what is no message."""
    return message_of(_converted(data, Payload), asked)


def message_of(payload: Payload, asked: frozenset[str]) -> Message | None:
    """The names of a message as kombu writes it. Raises `ValueError` for a body that is no base64."""
    text = payload.body or ""
    encoding = payload.content_encoding or ""
    body = text.encode("utf-8", "surrogatepass")
    if payload.properties.get("body_encoding") == "base64":
        try:
            body = base64.b64decode(body)
        except binascii.Error as error:
            raise ValueError(str(error)) from None
    return read_message(payload.headers, body, payload.content_type or "", encoding, asked)


class Held(msgspec.Struct, array_like=True):
    """An entry of kombu's hash of messages that workers have taken."""

    message: Payload
    exchange: str | None
    routing_key: str | None


def read_held(data: bytes, asked: frozenset[str]) -> tuple[Message | None, str]:
    """A message that a worker has taken, and its queue. Raises `ValueError` for what is none."""
    held = _converted(data, Held)
    return message_of(held.message, asked), held.routing_key or held.exchange or ""


def _converted(data: bytes, kind: type[Form]) -> Form:
    """JSON in a form, be it strict or as Celery writes it."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        return msgspec.convert(plain(data), kind)
