"""Results as the stores keep them: JSON with Celery's own types."""

import logging
from typing import Any

from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)


def encoded(result: object, limit: int, task: str) -> bytes | None:
    """The result as bytes; `None`, with a warning, if it is no JSON or longer than `limit` bytes."""
    try:
        data = str(dumps(result)).encode()
    except (TypeError, ValueError) as error:
        logger.warning("%s: duplicates get None, since its result is no JSON: %s", task, error)
        return None
    if len(data) > limit:
        logger.warning(
            "%s: duplicates get None, since its result has %d bytes and %d are kept; raise CONVERGE_RUNTIME['max_result_bytes']",
            task,
            len(data),
            limit,
        )
        return None
    return data


def decoded(data: bytes | None) -> Any:  # noqa: ANN401 - whatever a task returned
    """The result that `data` was made from; `None` without one."""
    return None if data is None else loads(data.decode())
