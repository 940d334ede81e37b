"""Tasks that come back for ever once they kill their process."""

from collections.abc import Iterator
from typing import Any

from django.core import checks

from target_runtime import conf
from target_runtime.checks.priorities import on_redis
from target_runtime.checks.registered import few, own_tasks
from target_runtime.connections import redis_url
from target_runtime.errors import RuntimeFault
from target_runtime.tasks.base import RuntimeTask


def deliveries(app: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - any app
    """A warning for late acknowledged tasks on Redis whose deaths nobody counts."""
    if not on_redis(app):
        return
    try:
        is_counted = bool(redis_url(conf.current()))
    except RuntimeFault:
        return  # check_settings says so.
    endless = [
        str(task.name)
        for task in own_tasks(app)
        if task.acks_late and not (is_counted and isinstance(task, RuntimeTask))
    ]
    if endless:
        yield checks.Warning(
            f"Redis gives a message out again however often its process died: {few(endless)} would come back for ever after an out-of-memory kill.",
            hint="Make the app with task_cls='target_runtime.tasks.base:RuntimeTask', which counts; with a broker behind Sentinel set broker_transport_options['master_name'].",
            id="target_runtime.W009",
        )
