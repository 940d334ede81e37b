"""A check that whatever sends or holds tasks still loads the Celery app."""

from codemods.inventory.graph import closure, reaching
from codemods.inventory.testing import is_test
from migrate.pipeline import StepRun


def app_loaded(run: StepRun) -> list[str]:
    """Every module that sends or holds tasks loads the Celery app if it did so before."""
    found: list[str] = []
    for app in run.before.app_names:
        module = run.before.project.split(app)[0]
        if module in closure(run.after.graph, run.after.always_starts):
            continue
        always = module in closure(run.before.graph, run.before.always_starts)
        loading = reaching(run.before.graph, module)
        still_loading = reaching(run.after.graph, module)
        holding = {task.path for task in run.before.tasks}
        for path, facts in run.before.facts.items():
            name = run.before.project.module_of[path]
            sends = any(call.kind in {"send", "send_task", "signature"} for call in facts.calls)
            if is_test(path) or not (sends or path in holding):
                continue
            if (always or name in loading) and name not in still_loading:
                found.append(f"{name} no longer loads {app}")
    return found
