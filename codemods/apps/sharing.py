"""Which tasks of an app could be shared, and what keeps a file's as they are."""

from collections.abc import Iterable

from codemods.apps.above import marked_above
from codemods.apps.computed_names import is_surely_text
from codemods.apps.shared_app import SharedApp
from codemods.apps.stand_ins import imported_instead
from codemods.inventory.decorating import decorator_index, takes_unnamed
from codemods.inventory.evaluation.library import OLD_TASKS
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.values import Note

SWALLOWED = {"filter": "filter=", "shared": "shared=False", "lazy": "lazy=False"}
"""Options that `shared_task` takes and ignores (seen on Celery 5.6 and 5.7)."""


def app_tasks(inventory: Inventory) -> list[tuple[str, list[Task]]]:
    """The tasks made by `@app.task`, by the files that they stand in."""
    return _by_file(task for task in inventory.tasks if task.decorator == "app.task")


def old_tasks(inventory: Inventory) -> list[tuple[str, list[Task]]]:
    """The tasks made by `@task` of Celery 3 and 4, by the files that they stand in."""
    old = (task for task in inventory.tasks if task.old)
    return _by_file(task for task in old if _is_made_by_old_decorator(inventory, task))


def _by_file(tasks: Iterable[Task]) -> list[tuple[str, list[Task]]]:
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.path, []).append(task)
    return list(groups.items())


def _is_made_by_old_decorator(inventory: Inventory, task: Task) -> bool:
    """Whether a task's decorator is one of Celery's own that `shared_task` can take the place of."""
    if task.decorator in {"class", "register"}:
        return False
    use = inventory.function_of(task).decorators[decorator_index(inventory, task)]
    return inventory.project.resolve(use.symbol) in OLD_TASKS


def old_stay(inventory: Inventory, path: str, tasks: list[Task]) -> Note | None:
    """Why a file keeps `@task` of Celery 3 and 4, or `None` if all its tasks can be converted."""
    lacks = "@task of Celery 3 and 4, which Celery 5 lacks"
    if not inventory.editable(path):
        why = inventory.why_not_edited(path)
        return Note(path, tasks[0].line, "old-form", f"{kept(len(tasks))} {lacks}: {why}")
    for task in tasks:
        reason = unsafe(inventory, task, "")
        if reason is not None:
            message = f"{kept(len(tasks))} {lacks}: {task.qualname} {reason}"
            return Note(path, task.line, "old-form", message, f"a task {reason}")
    return None


def stays(inventory: Inventory, path: str, tasks: list[Task], app: SharedApp) -> Note | None:
    """Why a file keeps `@app.task`, or `None` if all its tasks can be converted.

    What the app lacks is told last: a line below it would not help a task that stays for more.
    """
    rule = inventory.settings.exception_for(path, "app.task")
    if rule is not None:
        return Note(
            path, 0, "exception", f"{kept(len(tasks))} @app.task, as configured: {rule.reason}"
        )
    if not inventory.editable(path):
        why = inventory.why_not_edited(path)
        return Note(path, tasks[0].line, "app-task-stays", f"{kept(len(tasks))} @app.task: {why}")
    elsewhere = any(made_elsewhere(inventory, task) for task in tasks)
    unknown = None if elsewhere else _unknown(path, tasks, app.why_not)
    if unknown is not None and not app.lacks_default:
        return unknown
    for task in tasks:
        reason = unsafe(inventory, task, app.name)
        if reason is not None:
            mixed = any(t.path == path and t.decorator == "shared_task" for t in inventory.tasks)
            code = "mixed-stays" if mixed else "app-task-stays"
            message = f"{kept(len(tasks))} @app.task: {task.qualname} {reason}"
            return Note(path, task.line, code, message, f"a task {reason}")
    return unknown


def _unknown(path: str, tasks: list[Task], why_not: str) -> Note | None:
    if not why_not:
        return None
    message = f"{kept(len(tasks))} @app.task: {why_not}"
    return Note(path, tasks[0].line, "app-unknown", message, why_not)


def kept(tasks: int) -> str:
    """How many tasks keep what they have, in words."""
    return f"{tasks} task keeps" if tasks == 1 else f"{tasks} tasks keep"


def made_elsewhere(inventory: Inventory, task: Task) -> bool:
    """Whether a task is made by something of another library that is no app of the project's."""
    top = inventory.project.resolve(task.app).partition(".")[0]
    return top not in {"", "celery"} and not inventory.project.has_top(top)


def unsafe(inventory: Inventory, task: Task, current: str) -> str | None:
    """What would change if this one task were shared."""
    for option, shown in SWALLOWED.items():
        value = task.options.get(option)
        if value is not None and value != "True" and not (option == "filter" and value == "None"):
            return f"has {shown}, which shared_task ignores"
    if any(key.startswith("**") for key in task.options):
        return "takes options that are computed at run time"
    if takes_unnamed(inventory, task):
        return "is declared with an argument that has no name, which Celery takes for the function"
    given = task.options.get("name")
    if task.name is None and given is not None and not is_surely_text(given):
        return f"has a name that is computed at run time, {given}: Celery's shared_task looks its task up by that name at each use, so a text that changes, as a lazily translated one does, finds none (NotRegistered). Give it a plain text as name, then run the step again"
    if task.nested:
        return f"stands inside a {task.nested}"
    here = {current, "celery.current_app"}
    if not task.old and inventory.project.resolve(task.app) not in here:
        if made_elsewhere(inventory, task):
            return f"is made by {task.app}.task of another library, and what that does besides would go"
        return f"belongs to another app, {task.app}"
    if other := imported_instead(inventory, task):
        return f"is made by {other} where its app can't be imported, and @shared_task would make a Celery task then too"
    believed = f"{task.app}.task" if inventory.settings.convert_own_app_class else ""
    if any(
        wrapper != believed and inventory.apps.maker_of(wrapper, inventory.facts[task.path])
        for wrapper in task.wrappers
    ):
        return f"is made by the project's own {task.wrappers[0]}"
    return marked_above(inventory, task) or used_early(inventory, task)


def used_early(inventory: Inventory, task: Task) -> str | None:
    """Where code that runs at import time looks into the task, which would resolve it too early."""
    for path, symbol, line in inventory.import_time_uses.get(task.qualname, ()):
        if inventory.project.resolve(symbol) == task.symbol:
            return f"is used while '{path}' is imported (line {line})"
    return None
