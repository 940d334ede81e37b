"""Django system checks for what would go wrong without a word."""

import sys
from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.core import checks
from kombu import Queue as KombuQueue

from target_runtime import conf
from target_runtime.connections import SCHEMES, redis_client, redis_url
from target_runtime.errors import NoStoreError, RuntimeFault
from target_runtime.idempotency.marks import mark_of
from target_runtime.idempotency.stores import durable_stores, store_for
from target_runtime.queues import queue_of_task
from target_runtime.tasks.base import RuntimeTask

TAG = "celery"
BUILT_IN = "celery."
_loading: list[object] = []


def register_all() -> None:
    """Registers the checks; those that ask a server run with `manage.py check --tag celery --deploy`."""
    checks.register(check_settings, TAG)
    checks.register(check_app, TAG)
    checks.register(check_tasks, TAG)
    checks.register(check_servers, TAG, deploy=True)


def check_settings(**_: object) -> list[checks.CheckMessage]:
    """`CONVERGE_RUNTIME` is understood and names a store."""
    try:
        store_for(conf.current())
    except NoStoreError as error:
        return [checks.Warning(str(error), id="target_runtime.W004")]
    except (RuntimeFault, TypeError) as error:
        return [checks.Error(str(error), id="target_runtime.E001")]
    return []


def check_app(**_: object) -> list[checks.CheckMessage]:
    """The project's own Celery app is the current one, and waits long enough for its tasks."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    if app.main in {None, "default"} or getattr(app, "set_as_current", True) is False:
        return [
            checks.Error(
                "No Celery app of this project is loaded: tasks would go to a default app at amqp://localhost.",
                hint="Import it in the project's __init__.py: from .celery import app as celery_app",
                id="target_runtime.E002",
            )
        ]
    return [*_visibility(app), *_limits(app), *_priorities(app)]


def _limits(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    """Prefork starts the hard limit's clock when the soft one has run out."""
    for task in _own_tasks(app):
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        hard = task.time_limit or app.conf.task_time_limit
        if soft and hard and soft >= hard:
            yield checks.Error(
                f"{task.name} has a hard limit of {hard:g} s and a soft one of {soft:g} s: it is stopped after {soft:g} s only.",
                hint="Set soft_time_limit and time_limit together, the soft one lower.",
                id="target_runtime.E007",
            )


def _visibility(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    if not str(app.conf.broker_url or "").startswith(SCHEMES):
        return
    timeout = float((app.conf.broker_transport_options or {}).get("visibility_timeout", 3600))
    longest, name = 0.0, ""
    for task in _own_tasks(app):
        # Without late acknowledgement the message is gone from the broker before its task runs.
        late = app.conf.task_acks_late if task.acks_late is None else task.acks_late
        limit = float(task.time_limit or app.conf.task_time_limit or 0) if late else 0.0
        if limit > longest:
            longest, name = limit, f"the time_limit of {task.name}"
    if longest >= timeout:
        yield checks.Error(
            f"Redis gives a message out again after {timeout:.0f} s, but {name} is {longest:.0f} s: a long run would start twice.",
            hint="Set broker_transport_options['visibility_timeout'] with target_runtime.queues.visibility_timeout(longest_limit=...).",
            id="target_runtime.E003",
        )


def _priorities(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    if not str(app.conf.broker_url or "").startswith(SCHEMES):
        return
    routes = app.conf.task_routes or {}
    entries = routes.items() if isinstance(routes, dict) else ()
    named = [name for name, route in entries if isinstance(route, dict) and "priority" in route]
    if app.conf.task_default_priority is not None:
        named.append("task_default_priority")
    if named:
        yield checks.Warning(
            f"Priorities are set for {', '.join(map(str, named[:5]))}, but Redis takes 0 as the first and 9 as the last: a high number runs late.",
            hint="Give each rank a queue of its own, as target_runtime.queues has them.",
            id="target_runtime.W001",
        )


def check_tasks(**_: object) -> list[checks.CheckMessage]:
    """Every task has a route to a queue that exists, and every mark is enforced."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return [*_marks(app), *_own_call(app), *_store(app), *_queues(app)]


def _own_tasks(app: Any) -> list[Any]:  # noqa: ANN401
    """The project's tasks; none while a worker starts, whose app must not be finalized before its time.

    Celery's worker runs the system checks before it has imported any task. `manage.py check` loads
    them as a worker would.
    """
    if sys.argv[1:2] == ["check"] and not _loading:
        # Loading runs the checks once more, which then have nothing to look at yet.
        _loading.append(app)
        app.loader.import_default_modules()
        _loading.clear()
    elif not app.finalized:
        return []
    seen = {id(task): task for name, task in app.tasks.items() if not name.startswith(BUILT_IN)}
    return sorted(seen.values(), key=lambda task: str(task.name))


def _marks(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    for task in _own_tasks(app):
        if mark_of(task) is not None and not isinstance(task, RuntimeTask):
            yield checks.Error(
                f"{task.name} is marked with with_idempotency, but its class {type(task).__mro__[1].__name__} does not enforce it: it runs unguarded.",
                hint="Give it base=IdempotentTask, or make the app with task_cls='target_runtime.tasks.base:RuntimeTask'.",
                id="target_runtime.E004",
            )


def _own_call(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    for task in _own_tasks(app):
        call = next(cls for cls in type(task).__mro__ if "__call__" in vars(cls))
        if mark_of(task) is not None and not call.__module__.startswith("target_runtime."):
            yield checks.Warning(
                f"{task.name} is to be guarded, but {call.__name__} has a __call__ of its own: it is guarded only if that calls super().__call__.",
                hint="Call super().__call__(*args, **kwargs) there instead of self.run(*args, **kwargs).",
                id="target_runtime.W005",
            )


def _store(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    """A guarded task without a store fails at every run."""
    marked = [str(task.name) for task in _own_tasks(app) if mark_of(task) is not None]
    try:
        if marked:
            store_for(conf.current())
    except NoStoreError as error:
        yield checks.Error(f"{', '.join(marked[:3])} can't run: {error}", id="target_runtime.E008")
    except (RuntimeFault, TypeError):
        return  # check_settings says so.


def _queues(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    declared = {q.name if isinstance(q, KombuQueue) else str(q) for q in app.conf.task_queues or ()}
    if not declared:
        return
    default = str(app.conf.task_default_queue)
    if default not in declared:
        yield checks.Warning(
            f"The default queue '{default}' is not among CELERY_TASK_QUEUES: a worker started without -Q does not take from it.",
            hint=f"Declare it: target_runtime.queues.task_queues(default='{default}').",
            id="target_runtime.W006",
        )
    declared.add(default)
    unrouted: list[str] = []
    for task in _own_tasks(app):
        name = queue_of_task(app, task)
        if name not in declared:
            yield checks.Error(
                f"{task.name} is routed to '{name}', a queue that no worker pool takes.",
                hint="Add it to CELERY_TASK_QUEUES, or route the task to one of its queues.",
                id="target_runtime.E005",
            )
        if name == default:
            unrouted.append(str(task.name))
    if unrouted:
        more = f" and {len(unrouted) - 3} more" if len(unrouted) > 3 else ""
        yield checks.Warning(
            f"Without a route: {', '.join(unrouted[:3])}{more}: they go to '{default}'.",
            hint="Add them to CELERY_TASK_ROUTES.",
            id="target_runtime.W002",
        )


def check_servers(**_: object) -> list[checks.CheckMessage]:
    """Redis keeps every key until its time, and the database has the table of the keys."""
    return [*_eviction(), *_table()]


def _eviction() -> Iterator[checks.CheckMessage]:
    """An LRU policy dropped a third of the live keys."""
    url = redis_url(conf.current())
    if not url:
        return
    from redis.exceptions import RedisError

    try:
        answer: Any = redis_client(url, 2.0).config_get("maxmemory-policy")
    except RedisError as error:
        yield checks.Warning(
            f"The eviction policy of Redis can't be read: {error}",
            hint="See that maxmemory-policy is noeviction.",
            id="target_runtime.W003",
        )
        return
    policy = {_text(name): _text(value) for name, value in answer.items()}.get("maxmemory-policy")
    if policy not in {None, "noeviction"}:
        yield checks.Error(
            f"Redis drops live idempotency keys and messages when it is full: maxmemory-policy is {policy}.",
            hint="redis-cli config set maxmemory-policy noeviction, and in redis.conf.",
            id="target_runtime.E006",
        )


def _table() -> Iterator[checks.CheckMessage]:
    """With the table missing, Redis alone decides, and forgets with its memory."""
    try:
        for store in durable_stores(store_for(conf.current())):
            store.look("check")
    except RuntimeFault as error:
        yield checks.Error(
            str(error),
            hint="manage.py migrate target_runtime, or CONVERGE_RUNTIME['store'] = 'redis'.",
            id="target_runtime.E009",
        )


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
