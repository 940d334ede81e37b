"""The project's tasks, as the checks see them."""

import sys
from collections.abc import Iterable
from typing import Any

BUILT_IN = "celery."
_loading: list[object] = []


def own_tasks(app: Any) -> list[Any]:  # noqa: ANN401
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


def few(names: Iterable[str]) -> str:
    """The first three names, and how many more there are."""
    known = sorted(names)
    more = f" and {len(known) - 3} more" if len(known) > 3 else ""
    return ", ".join(known[:3]) + more
