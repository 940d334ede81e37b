"""Results as the stores keep them: JSON with Celery's own types."""

import logging
from typing import Any

from kombu.utils.json import dumps, loads

POINTER = b"@"
"""What a stored result begins with that is kept elsewhere; JSON never does."""
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
    return None if data is None or data.startswith(POINTER) else loads(data.decode())


def pointer(task_id: str) -> bytes:
    """What is stored for a result that the result backend has under this id."""
    return POINTER + task_id.encode()


def pointed_at(data: bytes | None) -> str | None:
    """The id under which the result backend has the result; `None` if it is stored here."""
    return data[1:].decode() if data is not None and data.startswith(POINTER) else None
