"""Celery settings that lose no message, for what a project does not set itself."""

from collections.abc import Iterable, Mapping
from typing import Any

from celery.app.amqp import AMQP
from celery.app.utils import Settings
from kombu import Queue

from target_runtime.queues import task_queue

MARGIN = 600
"""Seconds that the visibility timeout exceeds the longest that a message can stay with a worker."""
LONGEST = 1800.0
"""Seconds of the longest time limit that is allowed for where none is named."""
LIMITS = frozenset({"task_time_limit", "task_soft_time_limit"})
TRANSPORTS = ("broker_transport_options", "result_backend_transport_options")
VISIBILITY = "visibility_timeout"
_ABSENT = object()


def visibility_timeout(
    *,
    longest_limit: float = LONGEST,
    longest_countdown: float = 3600,
    longest_backoff: float = 3600,
) -> int:
    """Seconds for which Redis must not give a message out again.

    The longest time limit, after the longest countdown or backoff, and a margin: with 4 s and a
    body of 14 s one message ran four times at once.
    """
    return int(longest_limit + max(longest_countdown, longest_backoff) + MARGIN)


def safe_defaults(**timeout: float) -> dict[str, Any]:
    """Celery settings, in lower case, that lose no message; the reason is beside each."""
    return {
        # A message is acknowledged when its task has ended: a killed worker's comes back.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        # A worker holds no message that another one could start now.
        "worker_prefetch_multiplier": 1,
        # Redis gives a message out again after this time, whether or not its task still runs.
        "broker_transport_options": {VISIBILITY: visibility_timeout(**timeout)},
        "result_backend_transport_options": {VISIBILITY: visibility_timeout(**timeout)},
        # A lost connection stops the tasks whose messages will come back, else they run twice.
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "broker_connection_retry_on_startup": True,
        "task_track_started": True,
    }


def limits(hard: float = 600) -> dict[str, float]:
    """Limits in seconds for tasks that set none; a soft one too, so that a task can clean up.

    Only where no task sets just one of the two: prefork starts the clock of the hard limit when the
    soft one has run out, so a task's own hard limit under this soft one would come too late.
    """
    return {"task_soft_time_limit": round(hard * 0.9), "task_time_limit": hard}


def lacking(app: Any, settings: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - any app
    """Those of some settings, named in lower case, that the project does not set itself.

        app.add_defaults(lambda: lacking(app, safe_defaults()))

    Celery asks for them once it has read the project's own, over which it lays whatever it is given
    here: a plain dict would win. Of the two limits the project's one stands alone; its transport
    options get a visibility timeout if they name none; and queues are declared as Celery would make
    them by itself, the default one beside them: RabbitMQ refuses one that exists in another form.
    """
    own = _Own(app)
    found = {name: value for name, value in settings.items() if not own.has(name)}
    if any(own.has(name) for name in LIMITS):
        found = {name: value for name, value in found.items() if name not in LIMITS}
    hard = app.conf.task_time_limit if own.has("task_time_limit") else 0
    for name in TRANSPORTS:
        if name in settings:
            found[name] = _visible(settings[name], own.get(name), float(hard or 0))
    if "task_queues" in found:
        found["task_queues"] = _queues(app, found["task_queues"])
    return found


class _Own:
    """What a project sets, under whatever names Celery takes: a prefix, those of Celery 3."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401
        conf = app.conf
        # Celery's own defaults are the last of the maps.
        self._settings = Settings({}, conf.maps[:-1], conf._keys, conf.prefix)  # noqa: SLF001

    def get(self, name: str) -> Any:  # noqa: ANN401
        return self._settings.get(name)

    def has(self, name: str) -> bool:
        return self._settings.get(name, _ABSENT) is not _ABSENT


def _visible(given: Mapping[str, Any], own: Mapping[str, Any] | None, hard: float) -> Any:  # noqa: ANN401
    """Transport options that hold the project's own, and a timeout that its own limit fits into."""
    least = visibility_timeout(longest_limit=hard)
    return {VISIBILITY: max(least, given.get(VISIBILITY, 0)), **(own or {})}


def _queues(app: Any, declared: Iterable[Queue]) -> tuple[Queue, ...]:  # noqa: ANN401
    """The default queue, unless it is among them, and the declared ones."""
    made = AMQP(app).Queues([])
    wanted = {queue.name: queue for queue in declared}
    default = [queue for name, queue in made.items() if name not in wanted]
    if app.conf.task_create_missing_queues:
        # One that says no more than its name may be there, made when a route named it.
        plain = [name for name, queue in wanted.items() if queue == task_queue(name)]
        wanted |= {name: made[name] for name in plain}
    return (*default, *wanted.values())
