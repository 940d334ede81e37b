"""Old names of renamed tasks: the same task object under both, each use of an old one counted.

A second task that calls the new one would break `self.request` and lose autoretry; a subclass would
double rate limits. So the registry holds one object under two keys.
"""

import logging
from collections.abc import Mapping
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, celeryd_after_setup, task_received

from target_runtime.observe.counters import COUNTERS

logger = logging.getLogger(__name__)
_known: dict[str, str] = {}


def count_uses(aliases: Mapping[str, str]) -> None:
    """Counts and logs each message that this process sends or receives under an old name."""
    _known.update(aliases)
    uid = "target_runtime.aliases"
    before_task_publish.connect(_sent, weak=False, dispatch_uid=uid)
    task_received.connect(_received, weak=False, dispatch_uid=uid)


def install(app: Celery, aliases: Mapping[str, str]) -> None:
    """Makes every worker of this app answer to both names, and counts each use of an old one."""
    count_uses(aliases)

    def on_finalize(**_: object) -> None:
        _add(app, aliases)

    def on_worker_setup(instance: Any = None, **_: object) -> None:  # noqa: ANN401 - the worker
        # Tasks of modules that were imported after the app was finalized.
        if instance.app is app:
            _add(app, aliases)

    app.on_after_finalize.connect(on_finalize, weak=False)
    celeryd_after_setup.connect(on_worker_setup, weak=False)


def _add(app: Celery, aliases: Mapping[str, str]) -> None:
    registry: dict[str, Any] = app.tasks
    for old, new in aliases.items():
        found = [registry[name] for name in (old, new) if name in registry]
        if not found or found[0] is not found[-1]:
            # Nobody here has it, or two tasks of their own bear the names: neither is hidden.
            continue
        task = found[0]
        registry[old] = registry[new] = task
        # A worker logs the last name that it finds for an object: that is the task's own.
        registry[task.name] = registry.pop(task.name)


def uses() -> dict[str, int]:
    """How often each old name was sent or received, over all workers whose counts reached Redis."""
    totals = COUNTERS.totals()
    return {
        old: int(totals.get(f"alias_sent:{old}", 0) + totals.get(f"alias_received:{old}", 0))
        for old in _known
    }


def first_name(name: str) -> str:
    """The first of the old names of a task, else its own: what stays the same through a rename.

    Workers of both sides of a deploy then make the same idempotency keys.
    """
    return next((old for old, new in _known.items() if new == name), name)


def _sent(sender: object = None, **_: object) -> None:
    name = str(sender)
    if name in _known:
        COUNTERS.add(f"alias_sent:{name}")
        logger.warning("sent under the old name '%s': it is '%s' now", name, _known[name])


def _received(request: Any = None, **_: object) -> None:  # noqa: ANN401 - Celery's request
    name = getattr(request, "name", None) or getattr(request, "task_name", "")
    if name in _known:
        COUNTERS.add(f"alias_received:{name}")
        logger.warning("received under the old name '%s': it is '%s' now", name, _known[name])
