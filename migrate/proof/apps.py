"""A check that whatever sends or holds tasks still loads the Celery app."""

from codemods.inventory.graph import no_longer_reaching
from codemods.inventory.testing import is_test
from migrate.pipeline import StepRun

SENDING = frozenset({"send", "send_task", "signature"})


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
    return found
