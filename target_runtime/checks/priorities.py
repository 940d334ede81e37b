"""Priorities on Redis, wherever a project sets them."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core import checks

from target_runtime.checks.registered import own_tasks
from target_runtime.conf import REDIS_SCHEMES
from target_runtime.errors import RouteError
from target_runtime.routes import route_of, written

SHOWN = 5


def on_redis(app: Any) -> bool:  # noqa: ANN401 - any app
    """Whether Redis takes the messages: the other way round than RabbitMQ it runs low numbers first."""
    return str(app.conf.broker_url or "").startswith(REDIS_SCHEMES)


def priorities(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    """One warning for all that sets a priority: settings, routes, tasks, beat entries."""
    named = dict.fromkeys([*_of_tasks(app), *_in_routes(app), *_of_entries(app)])
    if app.conf.task_default_priority is not None:
        named["task_default_priority"] = None
    yield from warned(app, named)


def warned(app: Any, names: Iterable[str]) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    """The warning for these names, of which the first are shown."""
    named = list(names)
    if not named or not on_redis(app):
        return
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    yield checks.Warning(
        f"Priorities are set for {', '.join(named[:SHOWN])}{more}, but Redis takes 0 as the first and 9 as the last: a high number runs late.",
        hint="Give each rank a queue of its own, as target_runtime.queues has them.",
        id="target_runtime.W001",
    )


def _in_routes(app: Any) -> Iterator[str]:  # noqa: ANN401
    """Exact keys, which may be names of another project's tasks, and own tasks whose route has one."""
    tasks = own_tasks(app)
    if not app.finalized:
        # While a worker starts: routes that are asked for once stay, whatever is set later.
        return
    try:
        for route in written(app):
            if route.is_exact and route.options.get("priority") is not None:
                yield route.key
        for name in sorted(str(task.name) for task in tasks):
            if (route_of(app, name) or {}).get("priority") is not None:
                yield name
    except RouteError:
        return  # check_tasks says so.


def _of_tasks(app: Any) -> Iterator[str]:  # noqa: ANN401
    """Tasks with a priority of their own, by a decorator, a class or an annotation."""
    usual = app.conf.task_default_priority
    for task in own_tasks(app):
        if task.priority is not None and task.priority != usual:
            yield str(task.name)


def _of_entries(app: Any) -> Iterator[str]:  # noqa: ANN401
    """Entries of the settings' schedule whose options have one."""
    for name, entry in dict(app.conf.beat_schedule or {}).items():
        options = entry.get("options") if isinstance(entry, dict) else None
        if isinstance(options, dict) and options.get("priority") is not None:
            yield f"the beat entry '{name}'"
