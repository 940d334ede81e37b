"""The pools of a project: a queue each, with its own number of processes."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from target_runtime import conf
from target_runtime.errors import OptionError
from target_runtime.queues import BY_NAME
from target_runtime.routes import queue_of_name, queue_of_task, queues_of_routes
from target_runtime.workers.kept import Kept

DEFAULT_CONCURRENCY = 2


@dataclass(frozen=True)
class Pool:
    """The workers of one queue; `sla` is `None` for a queue that has none.

    `is_asked` says that `-c` gave the number of processes, now or when it was started.
    """

    queue: str
    concurrency: int
    sla: float | None = None
    is_asked: bool = False


def pools(
    app: Any,  # noqa: ANN401 - any app
    asked: Mapping[str, int],
    before: Callable[[str], Kept | None] = lambda queue: None,
) -> list[Pool]:
    """A pool for every queue that the app declares, and for the default one.

    `asked` are numbers of processes by queue; `CELERY_CONCURRENCY_EMAIL=8` in the environment does
    the same, with `_` for what is neither letter nor digit; `before` tells with how many a pool was
    started that is to be restarted. Raises `OptionError` for a queue that the app does not have.
    """
    declared = [str(getattr(queue, "name", queue)) for queue in app.conf.task_queues or ()]
    default = str(app.conf.task_default_queue)
    names = list(dict.fromkeys([*declared, *sorted(routed(app)), default]))
    unknown = asked.keys() - set(names)
    if unknown:
        raise OptionError(
            f"The app has no queue '{sorted(unknown)[0]}': its queues are {', '.join(names)}."
        )
    sla = conf.current().sla
    return [_pool(name, asked, before(name), sla.get(name)) for name in names]


def routed(app: Any) -> set[str]:  # noqa: ANN401
    """The queues of tasks, beat entries and routes: a message there waits for ever without a worker.

    Raises `RouteError` for routes that Celery can't read either.
    """
    app.loader.import_default_modules()
    tasks = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    found = {queue_of_task(app, task) for task in tasks}
    for entry in (app.conf.beat_schedule or {}).values():
        queue = (entry.get("options") or {}).get("queue")
        if queue:
            found.add(str(getattr(queue, "name", queue)))
        elif entry.get("task"):
            found.add(queue_of_name(app, str(entry["task"])))
    # Also of a task of another project, which sends here by name.
    return found | queues_of_routes(app)


def _pool(name: str, asked: Mapping[str, int], before: Kept | None, sla: float | None) -> Pool:
    """What `-c` says now, else what it said before, counts for more than the environment."""
    if name in asked:
        return Pool(name, asked[name], sla, is_asked=True)
    if before is not None and before.is_asked:
        return Pool(name, before.number, sla, is_asked=True)
    variable = re.sub(r"\W", "_", name.upper())
    text = os.environ.get(f"CELERY_CONCURRENCY_{variable}", "")
    if text.isdigit() and int(text):
        return Pool(name, int(text), sla)
    if before is not None:
        return Pool(name, before.number, sla)
    return Pool(name, BY_NAME[name].concurrency if name in BY_NAME else DEFAULT_CONCURRENCY, sla)
