"""A check that whatever sends or holds tasks still loads the Celery app."""

from codemods.inventory.graph import no_longer_reaching, reaching
from codemods.inventory.testing import is_test
from migrate.pipeline import StepRun

SENDING = frozenset({"send", "send_task", "signature", "canvas"})


def app_loaded(run: StepRun) -> list[str]:
    """Every module that sends or holds tasks loads the Celery app if it did so before."""
    found: list[str] = []
    before, after = run.before, run.after
    holding = {task.path for task in before.tasks}
    for app in before.app_names:
        module = before.project.split(app)[0]
        lost: set[str] = set()
        # What may be loaded under a condition, and what is for sure.
        graphs = ((before.graph, after.graph), (before.certain_graph, after.certain_graph))
        for old, new in graphs:
            first, then = (old, before.always_starts), (new, after.always_starts)
            lost |= no_longer_reaching(first, then, module)
        for path, facts in before.facts.items():
            name = before.project.module_of[path]
            sends = any(call.kind in SENDING for call in facts.calls)
            if name in lost and not is_test(path) and (sends or path in holding):
                found.append(f"{name} no longer loads {app}")
        found.extend(f"{name} does not load {app}" for name in _moved_from_app(run, module))
    return found


def _moved_from_app(run: StepRun, app: str) -> list[str]:
    """The modules that have a task now and do not load an app for sure, where its module did before.

    Code may import a task inside of a function, so that its module alone loads the app for it.
    """
    before, after = run.before, run.after
    if app in after.loaded_always:
        return []
    old, new = reaching(before.certain_graph, app), reaching(after.certain_graph, app)
    module_of = before.project.module_of
    homes: dict[str, set[str]] = {}
    for task in before.tasks:
        homes.setdefault(task.name or "", set()).add(module_of[task.path])
    fresh = {
        after.project.module_of[task.path]: homes[task.name]
        for task in after.tasks
        if task.name in homes and after.project.module_of[task.path] not in homes[task.name]
    }
    return sorted(name for name, olds in fresh.items() if olds & old and name not in new)
