"""What is wrong with single tasks: an unenforced mark, a key that can't be made, a queue of nobody."""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.core import checks
from kombu import Queue as KombuQueue

from target_runtime import conf
from target_runtime.checks.deliveries import deliveries
from target_runtime.checks.registered import few, own_tasks
from target_runtime.errors import NoStoreError, RuntimeFault
from target_runtime.idempotency.faults import faults_of
from target_runtime.idempotency.marks import mark_of
from target_runtime.routes import fault_of, queue_of_task, route_of
from target_runtime.stores.configured import store_for
from target_runtime.tasks.base import RuntimeTask


def check_tasks(**_: object) -> list[checks.CheckMessage]:
    """Every task has a route to a queue that exists, and every mark is enforced."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    return [
        *_marks(app),
        *_faults(app),
        *_own_call(app),
        *_store(app),
        *_routes(app),
        *deliveries(app),
    ]


def _marks(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    for task in own_tasks(app):
        if mark_of(task) is not None and not isinstance(task, RuntimeTask):
            yield checks.Error(
                f"{task.name} is marked with with_idempotency, but its class {type(task).__mro__[1].__name__} does not enforce it: it runs unguarded.",
                hint="Give it base=IdempotentTask, or make the app with task_cls='target_runtime.tasks.base:RuntimeTask'.",
                id="target_runtime.E004",
            )


def _faults(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    try:
        settings = conf.current()
    except RuntimeFault:
        return  # check_settings says so.
    for task in own_tasks(app):
        mark = mark_of(task)
        for fault in faults_of(task, mark, settings) if mark is not None else ():
            yield checks.Error(
                f"{task.name} is to be guarded, but {fault}",
                hint="Correct its with_idempotency(...) or idempotency_ options, or CONVERGE_RUNTIME.",
                id="target_runtime.E010",
            )


def _own_call(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    for task in own_tasks(app):
        call = next(cls for cls in type(task).__mro__ if "__call__" in vars(cls))
        if mark_of(task) is not None and not call.__module__.startswith("target_runtime."):
            yield checks.Warning(
                f"{task.name} is to be guarded, but {call.__name__} has a __call__ of its own: it is guarded only if that calls super().__call__.",
                hint="Call super().__call__(*args, **kwargs) there instead of self.run(*args, **kwargs).",
                id="target_runtime.W005",
            )


def _store(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    """A guarded task without a store fails at every run."""
    marked = [str(task.name) for task in own_tasks(app) if mark_of(task) is not None]
    try:
        if marked:
            store_for(conf.current())
    except NoStoreError as error:
        yield checks.Error(f"{', '.join(marked[:3])} can't run: {error}", id="target_runtime.E008")
    except (RuntimeFault, TypeError):
        return  # check_settings says so.


def _routes(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    """What Celery's own router raises at; where it sends the other tasks."""
    tasks = own_tasks(app)
    faults = {str(task.name): why for task in tasks if (why := fault_of(app, task))}
    for why in dict.fromkeys(faults.values()):
        yield checks.Error(
            f"{few(name for name in faults if faults[name] == why)} can't be sent: {why}",
            hint="Give task_routes a dict of names and queues, or a list of such dicts and of routers.",
            id="target_runtime.E011",
        )
    yield from _queues(app, [task for task in tasks if task.name not in faults])


def _queues(app: Any, tasks: list[Any]) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
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
    is_made = bool(app.conf.task_create_missing_queues)
    unrouted: list[str] = []
    for task in tasks:
        name = queue_of_task(app, task)
        hint = "Add it to CELERY_TASK_QUEUES, or route the task to one of its queues."
        if name not in declared and is_made:
            yield checks.Warning(
                f"{task.name} is routed to '{name}', which is not among CELERY_TASK_QUEUES: a worker started without -Q does not take from it.",
                hint=hint,
                id="target_runtime.W007",
            )
        elif name not in declared:
            yield checks.Error(
                f"{task.name} is routed to '{name}', which is not among CELERY_TASK_QUEUES and which Celery may not make: sending it fails.",
                hint=hint,
                id="target_runtime.E005",
            )
        is_routed = getattr(task, "queue", None) or route_of(app, task.name, task) is not None
        if not is_routed:
            unrouted.append(str(task.name))
    if unrouted:
        yield checks.Warning(
            f"Without a route: {few(unrouted)}: they go to '{default}'.",
            hint="Add them to CELERY_TASK_ROUTES.",
            id="target_runtime.W002",
        )
