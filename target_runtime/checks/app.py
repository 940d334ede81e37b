"""What is wrong with the settings and the app."""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.core import checks

from target_runtime import conf
from target_runtime.checks.priorities import priorities
from target_runtime.checks.registered import few, own_tasks
from target_runtime.conf import REDIS_SCHEMES
from target_runtime.errors import NoStoreError, RuntimeFault
from target_runtime.idempotency.marks import mark_of
from target_runtime.stores.configured import store_for


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
    return [*_visibility(app), *_limits(app), *priorities(app)]


def _limits(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    """Prefork starts the hard limit's clock when the soft one has run out."""
    for task in own_tasks(app):
        soft = task.soft_time_limit or app.conf.task_soft_time_limit
        hard = task.time_limit or app.conf.task_time_limit
        if soft and hard and soft >= hard:
            yield checks.Error(
                f"{task.name} has a hard limit of {hard:g} s and a soft one of {soft:g} s: it is stopped after {soft:g} s only.",
                hint="Set soft_time_limit and time_limit together, the soft one lower.",
                id="target_runtime.E007",
            )


def _visibility(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    if not str(app.conf.broker_url or "").startswith(REDIS_SCHEMES):
        return
    timeout = float((app.conf.broker_transport_options or {}).get("visibility_timeout", 3600))
    longest, name, endless = 0.0, "", list[str]()
    for task in own_tasks(app):
        # Without late acknowledgement the message is gone from the broker before its task runs.
        late = app.conf.task_acks_late if task.acks_late is None else task.acks_late
        limit = float(task.time_limit or app.conf.task_time_limit or 0) if late else 0.0
        if late and not limit and mark_of(task) is None:
            endless.append(task.name)
        if limit > longest:
            longest, name = limit, f"the time_limit of {task.name}"
    if longest >= timeout:
        yield checks.Error(
            f"Redis gives a message out again after {timeout:.0f} s, but {name} is {longest:.0f} s: a long run would start twice.",
            hint="Set broker_transport_options['visibility_timeout'] with target_runtime.defaults.visibility_timeout(longest_limit=...).",
            id="target_runtime.E003",
        )
    if endless:
        yield checks.Warning(
            f"Redis gives a message out again after {timeout:.0f} s, and nothing ends a run of {few(endless)} before: a longer one would start twice.",
            hint="Give them a time_limit, or set task_time_limit.",
            id="target_runtime.W008",
        )
