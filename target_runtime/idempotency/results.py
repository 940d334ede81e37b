"""Results as the stores keep them: JSON with Celery's own types."""

import logging
from typing import Any, NamedTuple

from kombu.utils.json import dumps, loads

IN_BACKEND, REPLACED = b"@", b">"
"""What a stored result begins with that is to be had under a task's id; JSON begins with neither."""
logger = logging.getLogger(__name__)


def encoded(result: object, limit: int, task: str) -> bytes | None:
    """The result as bytes; `None`, with a warning, if it is no JSON or longer than `limit` bytes.

    Duplicates then ask the result backend for it, and get `None` where there is none.
    """
    try:
        data = str(dumps(result)).encode()
    except (TypeError, ValueError) as error:
        logger.warning(
            "%s: its result is no JSON, so duplicates have to ask the result backend: %s",
            task,
            error,
        )
        return None
    if len(data) > limit:
        logger.warning(
            "%s: its result has %d bytes and %d are kept, so duplicates have to ask the result backend; or raise CONVERGE_RUNTIME['max_result_bytes']",
            task,
            len(data),
            limit,
        )
        return None
    return data


def decoded(data: bytes | None) -> Any:  # noqa: ANN401 - whatever a task returned
    """The result that `data` was made from; `None` without one, or if it is kept elsewhere."""
    return None if data is None or elsewhere(data) is not None else loads(data.decode())


class Elsewhere(NamedTuple):
    """Whose result counts: this task's in the result backend, or that of what took its place there."""

    task_id: str
    is_replacement: bool


def in_backend(task_id: str) -> bytes:
    """What is stored for a result that only the result backend has."""
    return IN_BACKEND + task_id.encode()


def replaced(task_id: str) -> bytes:
    """What is stored for a task whose place another one took, under its id."""
    return REPLACED + task_id.encode()


def elsewhere(data: bytes | None) -> Elsewhere | None:
    """Where the result is to be had; `None` if it is stored here."""
    if data is None or not data.startswith((IN_BACKEND, REPLACED)):
        return None
    return Elsewhere(data[1:].decode(), data.startswith(REPLACED))
