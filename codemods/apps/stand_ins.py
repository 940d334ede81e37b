"""Things that stand in for a Celery app under a condition, and make no Celery task of what they decorate.

if NO_WORKERS:
    app = Threads()          @app.task runs in a thread then; @shared_task would send a message.
else:
    app = Celery("shop")
"""

import ast

from codemods.inventory.evaluation.library import is_app_class
from codemods.inventory.evaluation.things import AppThing, InstanceThing, Outside, Thing, each
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task


def stand_in(inventory: Inventory, app: str) -> tuple[str, str, int] | None:
    """What an app's name stands for instead under a condition: its source, path and line."""
    module, rest = inventory.project.split(app)
    if not module or len(rest) != 1:
        return None
    path, evaluator = inventory.project.path_of[module], inventory.apps.evaluator
    found: list[tuple[Thing, ast.expr]] = []
    for binder in evaluator.sources.index(path).of(rest[0], 0):
        if isinstance(binder.node, ast.Assign | ast.AnnAssign) and binder.node.value is not None:
            things = each(evaluator.expression(binder.node.value, path))
            found.extend((thing, binder.node.value) for thing in things)
    others = [value for thing, value in found if _is_no_app(thing)]
    if not others or not any(isinstance(thing, AppThing) for thing, _ in found):
        return None
    return ast.unparse(others[0]), path, others[0].lineno


def _is_no_app(thing: Thing) -> bool:
    """Whether this is an object of a class that makes no Celery app."""
    if isinstance(thing, Outside):
        return thing.made and not is_app_class(thing.name.removesuffix("()"))
    return isinstance(thing, InstanceThing)


def imported_instead(inventory: Inventory, task: Task) -> str:
    """What a task's file imports in place of the app where that can't be imported; `""` for nothing."""
    bindings = inventory.facts[task.path].bindings
    for use in inventory.function_of(task).decorators:
        binding = bindings.get(use.source.partition(".")[0])
        for other in binding.others if binding is not None else ():
            dotted = inventory.project.resolve(other)
            if inventory.project.split(dotted)[1] and not inventory.apps.is_app(dotted):
                return dotted
    return ""
