"""How a worker takes a message: one that is to wait waits for no longer than its sender meant.

Celery writes a delay as a time of day, so a worker whose clock is an hour behind the sender's would
keep a message for an hour that was to wait for a tenth of a second.
"""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from celery.worker import strategy

from target_runtime.observe.messages import SENT


def default(task: Any, app: Any, consumer: Any, **options: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Celery's own strategy, behind `mend_eta`."""
    handle: Callable[..., Any] = strategy.default(task, app, consumer, **options)

    def handle_message(message: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if message.headers and message.headers.get("eta"):
            mend_eta(message.headers)
        return handle(message, *args, **kwargs)

    return handle_message


def mend_eta(headers: dict[str, Any]) -> None:
    """Moves a time that is further off than the sender meant, by the sender's own clock.

    A message that was not stamped, or whose time can't be read, is left as it is.
    """
    sent, eta = headers.get(SENT), headers["eta"]
    if not isinstance(sent, int | float) or not isinstance(eta, str):
        return
    try:
        due = datetime.fromisoformat(eta.replace("Z", "+00:00"))
    except ValueError:
        return
    if due.tzinfo is None:
        return
    meant = timedelta(seconds=max(0.0, due.timestamp() - sent))
    latest = datetime.now(timezone.utc) + meant
    if due > latest:
        headers["eta"] = latest.isoformat()
