"""Results as the stores keep them: JSON with Celery's own types."""

import json
import logging
from typing import Any, NamedTuple

from celery import Task
from celery.exceptions import SoftTimeLimitExceeded
from kombu.utils.json import dumps, loads

from target_runtime.idempotency.generations import bare

IN_BACKEND, REPLACED, NOWHERE, LOST = b"@", b">", b"~", b"!"
"""What begins, before a task's id, a result that is kept elsewhere, or nowhere; no JSON begins so."""
logger = logging.getLogger(__name__)


def encoded(result: object, limit: int, task: "Task[Any, Any]") -> bytes | None:
    """The result as bytes; `None`, with a warning, if it is no JSON or longer than `limit` bytes.

    Duplicates then ask the result backend for it, and get `None` where there is none. A result that
    JSON changes, as a dict with numbers for keys, is one for the backend if that keeps it as it is.
    """
    try:
        text = str(dumps(result))
        if _is_exact(task) and loads(text) != result:
            raise ValueError("JSON changes it")  # noqa: TRY301 - one way to say that it is no JSON
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:  # noqa: BLE001 - a result's own methods may raise anything
        logger.warning(
            "%s: its result is no JSON, so duplicates have to ask the result backend: %s",
            task.name,
            error,
        )
        return None
    data = text.encode()
    if len(data) > limit:
        logger.warning(
            "%s: its result has %d bytes and %d are kept, so duplicates have to ask the result backend; or raise CONVERGE_RUNTIME['max_result_bytes']",
            task.name,
            len(data),
            limit,
        )
        return None
    return data


def _is_exact(task: "Task[Any, Any]") -> bool:
    """Whether the backend gives back what went in, which JSON does not for all that it takes."""
    return task.app.conf.result_serializer != "json" and not task.request.is_eager


def decoded(data: bytes | None) -> Any:  # noqa: ANN401 - whatever a task returned
    """The result that `data` was made from; `None` without one, or if it is kept elsewhere."""
    data = bare(data)
    return None if data is None or elsewhere(data) is not None else loads(data.decode())


def shown(data: bytes | memoryview | None) -> str:
    """A stored result for a person's eyes: its JSON, or where it is."""
    data = None if data is None else bare(bytes(data))
    where = elsewhere(data)
    if where is None:
        return "none is kept" if data is None else _readable(data.decode(errors="replace"))
    if where.is_lost:
        return f"nothing could hold it: {where.task_id}"
    if not where.is_kept:
        return f"none is kept: {where.task_id}"
    place = "of what took its place" if where.is_replacement else "in the result backend"
    return f"{place}: {where.task_id}"


def _readable(text: str) -> str:
    """JSON with its letters as they are; the text itself if it is none."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


class Elsewhere(NamedTuple):
    """Whose result counts: this task's in the result backend, or that of what took its place there."""

    task_id: str
    is_replacement: bool
    is_kept: bool = True

    @property
    def is_lost(self) -> bool:
        """Whether there was a result that nothing could hold."""
        return not self.is_replacement and not self.is_kept


def in_backend(task_id: str, *, is_writable: bool = True) -> bytes:
    """What is stored for a result that only the result backend has; or not even that can write."""
    return (IN_BACKEND if is_writable else LOST) + task_id.encode()


def replaced(task_id: str, *, is_kept: bool) -> bytes:
    """What is stored for a task whose place another one took, under its id."""
    return (REPLACED if is_kept else NOWHERE) + task_id.encode()


def elsewhere(data: bytes | None) -> Elsewhere | None:
    """Where the result is to be had; `None` if it is stored here."""
    data = bare(data)
    if data is None or not data.startswith((IN_BACKEND, REPLACED, NOWHERE, LOST)):
        return None
    kind, task_id = data[:1], data[1:].decode()
    return Elsewhere(task_id, kind in {REPLACED, NOWHERE}, kind in {IN_BACKEND, REPLACED})
