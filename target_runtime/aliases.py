"""Old names of renamed tasks: the same task object under both, each use of an old one counted.

A second task that calls the new one would break `self.request` and lose autoretry; a subclass would
double rate limits. So the registry holds one object under two keys.
"""

import logging
from collections.abc import Mapping
from typing import Any

from celery import Celery
from celery.signals import before_task_publish, task_received

from target_runtime.errors import UnknownTaskError
from target_runtime.observe.counters import COUNTERS

logger = logging.getLogger(__name__)
_known: dict[str, str] = {}


def install(app: Celery, aliases: Mapping[str, str]) -> None:
    """Registers each old name beside its new one once the app is finalized, and counts its uses.

    Raises `UnknownTaskError` at that time if a new name is not registered.
    """
    _known.update(aliases)
    app.on_after_finalize.connect(_Registering(aliases), weak=False)
    uid = "target_runtime.aliases"
    before_task_publish.connect(_sent, weak=False, dispatch_uid=uid)
    task_received.connect(_received, weak=False, dispatch_uid=uid)


class _Registering:
    def __init__(self, aliases: Mapping[str, str]) -> None:
        self.aliases = dict(aliases)

    def __call__(self, sender: Celery, **_: object) -> None:
        # The property `tasks` would finalize once more.
        registry: dict[str, Any] = getattr(sender, "_tasks")  # noqa: B009
        for old, new in self.aliases.items():
            if old in registry and old != new:
                continue
            task = registry.get(new)
            if task is None:
                raise UnknownTaskError(
                    f"The alias '{old}' is for '{new}', which is not registered: import its module, or take the alias out."
                )
            registry[old] = task
            # Celery's log lines take the key that was put in last.
            registry[new] = registry.pop(new)


def uses() -> dict[str, int]:
    """How often each old name was sent or received, over all workers whose counts reached Redis."""
    totals = COUNTERS.totals()
    return {
        old: int(totals.get(f"alias_sent:{old}", 0) + totals.get(f"alias_received:{old}", 0))
        for old in _known
    }


def _sent(sender: object = None, **_: object) -> None:
    name = str(sender)
    if name in _known:
        COUNTERS.add(f"alias_sent:{name}")
        logger.warning("sent under the old name '%s': it is '%s' now", name, _known[name])


def _received(request: Any = None, **_: object) -> None:  # noqa: ANN401 - Celery's request
    name = getattr(request, "name", None) or getattr(request, "task_name", "")
    if name in _known:
        COUNTERS.add(f"alias_received:{name}")
        COUNTERS.send_if_due()
        logger.warning("received under the old name '%s': it is '%s' now", name, _known[name])
