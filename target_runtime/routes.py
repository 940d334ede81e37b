"""Where messages go: Celery's own router asked, whatever form the project's routes have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from celery.app.routes import MapRoute

from target_runtime.errors import RouteError


def route_of(app: Any, name: str, task: Any = None) -> Mapping[str, Any] | None:  # noqa: ANN401
    """The options of the route that answers for a name, `None` if none does. `{}` is an answer.

    Raises `RouteError` where sending the name would raise: for a table that Celery can't read, and
    for what a router of the project raises.
    """
    router = _router(app, name)
    # Not `route`, which raises where the app may not make the queue that is asked for.
    try:
        found = router.lookup_route(name, (), {}, {}, task)
    except Exception as error:
        raise RouteError(name, f"its route can't be read: {_told(error)}") from error
    return {"queue": found} if isinstance(found, str) else found


def fault_of(app: Any, task: Any) -> str:  # noqa: ANN401
    """Why a task can't be sent, as far as its routes tell; `""` if they let it."""
    try:
        route_of(app, task.name, task)
    except RouteError as error:
        return error.why
    return ""


def _router(app: Any, name: str) -> Any:  # noqa: ANN401
    try:
        return app.amqp.router
    except Exception as error:
        raise RouteError(name, f"task_routes is no table of routes: {_told(error)}") from error


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


@dataclass(frozen=True)
class Written:
    """A route as it stands in a table: `key` is the text of the expression where it is none of a name."""

    key: str
    is_exact: bool
    options: Mapping[str, Any]


def written(app: Any) -> Iterator[Written]:  # noqa: ANN401
    """The routes that stand in tables, in the order in which they are asked; a router's are not told.

    Raises `RouteError` for a table that Celery can't read.
    """
    for element in _router(app, "any task").routes:
        if isinstance(element, MapRoute):
            table: Any = element
            exact = [(key, True, route) for key, route in table.map.items()]
            globs = [(key.pattern, False, route) for key, route in table.patterns.items()]
            for key, is_exact, route in (*exact, *globs):
                options = {"queue": route} if isinstance(route, str) else route
                if isinstance(options, Mapping):
                    yield Written(key, is_exact, options)


def queue_of_task(app: Any, task: Any) -> str:  # noqa: ANN401 - any app and task
    """The queue that a message of this task goes to: its own `queue`, else its route's, else the default."""
    own = getattr(task, "queue", None)
    return _name(own or (route_of(app, task.name, task) or {}).get("queue"), app)


def queue_of_name(app: Any, name: str) -> str:  # noqa: ANN401
    """The queue that beat sends a name to: its task's, or that of the text where no task bears it."""
    task = app.tasks.get(name)
    if task is not None:
        return queue_of_task(app, task)
    return _name((route_of(app, name) or {}).get("queue"), app)


def queues_of_routes(app: Any) -> set[str]:  # noqa: ANN401
    """The queues that tables of routes name, also for tasks of other projects."""
    queues = [route.options.get("queue") for route in written(app)]
    return {str(getattr(queue, "name", queue)) for queue in queues if queue}


def _name(queue: Any, app: Any) -> str:  # noqa: ANN401 - a name or a queue of Kombu's
    return str(getattr(queue, "name", queue) or app.conf.task_default_queue)
