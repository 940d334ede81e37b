"""Celery settings that lose no message, for what a project does not set itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

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
LATE = frozenset({"task_acks_late", "task_reject_on_worker_lost"})
TIMED = ("redis", "rediss", "sentinel", "sqs")
"""Schemes of servers that give a message out again if it is not acknowledged in time."""
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


def limits() -> dict[str, float]:
    """Limits in seconds for tasks that set none; a soft one too, so that a task can clean up.

    Only where no task sets just one of the two: prefork starts the clock of the hard limit when the
    soft one has run out, so a task's own hard limit under this soft one would come too late.
    """
    return {"task_soft_time_limit": 540, "task_time_limit": 600}


def lacking(app: Any, settings: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - any app
    """Those of some settings, named in lower case, that the project does not set itself.

        app.add_defaults(lambda: lacking(app, safe_defaults()))

    Celery lays what it is given here over what it reads of the project: a plain dict would win. What
    the project sets counts at any time, also after its settings were read once:

    - of the two limits the project's one stands alone;
    - transport options get a visibility timeout on brokers that have one, if they name none;
    - acknowledgement stays early where the project's own timeout is not above the limit of its tasks;
    - queues are declared as Celery would make them by itself, the default one beside them: RabbitMQ
      refuses one that exists in another form. With predefined queues (SQS) none are.
    """
    found = Lacking(app, settings)

    def again(source: Any = None, **_: object) -> None:  # noqa: ANN401 - Celery's settings
        """Settings that are read again forget what was laid over them."""
        if not any(isinstance(known, Lacking) for known in source.maps):
            source.add_defaults(found)

    app.on_after_configure.connect(again, weak=False, dispatch_uid="target_runtime.defaults")
    # Celery only reads it; what is published of Celery's types asks for a dict.
    return cast("dict[str, Any]", found)


class Lacking(Mapping[str, Any]):
    """Settings that are there as long as the project has none of its own."""

    def __init__(self, app: Any, settings: Mapping[str, Any]) -> None:  # noqa: ANN401
        self._app = app
        self._settings = dict(settings)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        prefix = self._app.conf.prefix or ""
        transport = name.removeprefix(prefix).lower() if prefix else name
        if transport in TRANSPORTS:
            # Before 5.7 Celery asks for a name with the prefix first, and would find the project's own.
            return self._visible(transport, self._own())
        found, own = self._settings[name], self._own()
        if own.get(name, _ABSENT) is not _ABSENT:
            raise KeyError(name)
        if name in LIMITS and any(own.get(limit, _ABSENT) is not _ABSENT for limit in LIMITS):
            raise KeyError(name)
        if name in LATE and not self._may_be_late(own):
            raise KeyError(name)
        return self._queues(found, own) if name == "task_queues" else found

    def __iter__(self) -> Iterator[str]:
        for name in self._settings:
            if name in self:
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _own(self) -> Settings:
        """What the project sets, under whatever names Celery takes: a prefix, those of Celery 3."""
        conf = self._app.conf
        # Celery's own defaults are the last of the maps.
        maps = [known for known in conf.maps[:-1] if known is not self]
        return Settings({}, maps, conf._keys, conf.prefix)  # noqa: SLF001

    def _visible(self, name: str, own: Settings) -> Any:  # noqa: ANN401
        """The project's own transport options, and a timeout that its own limit fits into."""
        given = dict(own.get(name) or {})
        if name not in self._settings or VISIBILITY in given or not self._has_visibility(name):
            raise KeyError(name)
        least = visibility_timeout(longest_limit=float(own.get("task_time_limit") or 0))
        return {VISIBILITY: max(least, self._settings[name].get(VISIBILITY, 0)), **given}

    def _has_visibility(self, name: str) -> bool:
        """Whether the server gives messages out again after a time; others refuse the option."""
        conf = self._app.conf
        url = conf.broker_read_url if name == TRANSPORTS[0] else conf.result_backend
        return _first(url).startswith(TIMED)

    def _may_be_late(self, own: Settings) -> bool:
        """Whether a message that is not acknowledged stays away until its task must have ended."""
        timeout = (own.get(TRANSPORTS[0]) or {}).get(VISIBILITY)
        if timeout is None or not self._has_visibility(TRANSPORTS[0]):
            return True
        return float(timeout) > float(self._app.conf.task_time_limit or 0)

    def _queues(self, declared: Iterable[Queue], own: Settings) -> tuple[Queue, ...]:
        """The default queue, unless it is among them, and the declared ones."""
        if (own.get(TRANSPORTS[0]) or {}).get("predefined_queues"):
            raise KeyError("task_queues")
        made = AMQP(self._app).Queues([])
        wanted = {queue.name: queue for queue in declared}
        default = [queue for name, queue in made.items() if name not in wanted]
        if self._app.conf.task_create_missing_queues:
            # One that says no more than its name may be there, made when a route named it.
            plain = [name for name, queue in wanted.items() if queue == task_queue(name)]
            wanted |= {name: made[name] for name in plain}
        return (*default, *wanted.values())


def _first(url: Any) -> str:  # noqa: ANN401 - a text or a list of texts
    """The first of several URLs."""
    if isinstance(url, list | tuple):
        url = url[0] if url else ""
    return str(url or "").split(";")[0]
