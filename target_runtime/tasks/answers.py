"""How long an answer asks to wait before the next attempt."""

from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

LONGEST = 3600.0
"""Seconds that are waited at the most: on Redis a message that waits for longer would be given out again."""


def retry_after(error: BaseException | None) -> float:
    """Seconds that a `Retry-After` header asks for (RFC 9110, 10.2.3), an hour at the most; 0 without one.

    Read from `error.response.headers`, as requests, httpx and urllib3 have it.
    """
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None) or getattr(error, "headers", None)
    if headers is None or not hasattr(headers, "get"):
        return 0.0
    return min(_seconds(headers), LONGEST)


def _seconds(headers: Mapping[str, str]) -> float:
    value = headers.get("Retry-After") or headers.get("retry-after") or ""
    text = str(value).strip()
    if text.isdigit():
        return float(text)
    try:
        moment: datetime = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return 0.0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    seconds: float = (moment - datetime.now(timezone.utc)).total_seconds()
    return max(0.0, seconds)
