"""What is wrong with a mark, as far as the task and the settings show it before any run."""

import inspect
from collections.abc import Iterator
from typing import Any

from target_runtime.conf import RuntimeSettings
from target_runtime.errors import nearest
from target_runtime.idempotency.keys import signatures_of
from target_runtime.idempotency.marks import Mark


def faults_of(
    task: Any,  # noqa: ANN401 - any task
    mark: Mark,
    settings: RuntimeSettings,
) -> Iterator[str]:
    """A sentence for each fault: most would fail every run, a wrong category would go unseen."""
    called, own = signatures_of(task.run)
    taken = {*called.parameters, *own.parameters}
    # Celery's wrapper for retries takes whatever the function may.
    kinds = [parameter.kind for parameter in own.parameters.values()]
    takes_any = inspect.Parameter.VAR_KEYWORD in kinds
    if mark.category and mark.ttl is None and mark.category not in settings.ttls:
        yield f"the category '{mark.category}' has no time to live: {nearest(mark.category, settings.ttls)}"
    if isinstance(mark.scope, str) and mark.scope != "global":
        scopes = {"global", *settings.scope_arguments}
        names = settings.scope_arguments.get(mark.scope)
        if names is None:
            yield f"the scope '{mark.scope}' is unknown: {nearest(mark.scope, scopes)}"
        elif not takes_any and not taken.intersection(names):
            yield f"the scope is '{mark.scope}', but it takes none of {', '.join(names)}"
    for name in mark.arguments or ():
        if name not in taken:
            yield f"it has no argument '{name}' for its key: {nearest(name, taken)}"
