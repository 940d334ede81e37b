"""Which files change their decorators, which stay and why, and where the app must be loaded."""

from codemods.decorators.above import marked_above
from codemods.decorators.loading import app_lost, by_hand, load_place
from codemods.decorators.own_class import why_unlike_celery
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.inventory.testing import is_test
from codemods.inventory.values import Import
from codemods.values import Decision, Decisions, Note

SWALLOWED = {"filter": "filter=", "shared": "shared=False", "lazy": "lazy=False"}
"""Options that `shared_task` takes and ignores (seen on Celery 5.6 and 5.7)."""


class Convert(Decision, frozen=True, tag="convert", forbid_unknown_fields=True):
    """The `@app.task` decorators of one file become `@shared_task`."""

    path: str
    app: str
    tasks: tuple[str, ...]

    @property
    def said(self) -> tuple[str, str]:
        """The tasks of each file."""
        return f"{self.path}:", ", ".join(self.tasks)


class Load(Decision, frozen=True, tag="load", forbid_unknown_fields=True):
    """A package's `__init__.py` imports the app, so that every process goes on loading it."""

    path: str
    app: str

    @property
    def said(self) -> tuple[str, str]:
        """Where the app is loaded, and why."""
        return f"{self.path} loads {self.app}:", self.because


def decide(inventory: Inventory) -> Decisions:
    """The files to convert, with a note for each that keeps `@app.task`."""
    groups: dict[str, list[Task]] = {}
    for task in inventory.tasks:
        if task.decorator == "app.task":
            groups.setdefault(task.path, []).append(task)
    current, why_not = current_app(inventory)
    converted: list[Convert] = []
    notes: list[Note] = []
    for path, tasks in groups.items():
        reason = stays(inventory, path, tasks, current, why_not)
        if reason is None:
            names = tuple(task.qualname for task in tasks)
            because = f"{len(tasks)} of its tasks {'uses' if len(tasks) == 1 else 'use'} @app.task"
            converted.append(Convert(f"convert:{path}", because, path, current, names))
        else:
            notes.append(reason)
    if not converted:
        return Decisions((), tuple(notes))
    return _with_load(inventory, current, converted, notes)


def _with_load(
    inventory: Inventory, current: str, converted: list[Convert], notes: list[Note]
) -> Decisions:
    lost = list(app_lost(inventory, current, {item.path for item in converted}))
    if not lost:
        return Decisions(tuple(converted), tuple(notes))
    place = load_place(inventory, current) if inventory.settings.load_app else None
    if place is None:
        message = (
            f"{lost[0]} would no longer load the Celery app {current}: its messages would go to"
            f" amqp://localhost. {by_hand(inventory, current)}, then run the step again"
        )
        first = Note(inventory.project.path_of[lost[0]], 0, "app-not-loaded", message)
        return Decisions((), (*notes, first))
    because = f"{len(lost)} modules load the app only through an import that this step takes out"
    load = Load(f"load:{place}", because, place, current)
    return Decisions((load, *converted), tuple(notes))


def current_app(inventory: Inventory) -> tuple[str, str]:
    """The app that workers and senders of this project use, or `""` and why it is unknown."""
    chosen = inventory.current_app.name
    if not chosen:
        return "", inventory.current_app.reason
    if not inventory.apps.is_plain(chosen):
        return (
            "",
            f"{chosen} is made of a class that the source doesn't show: allow these files in [[tool.migrate.exceptions]], or write @shared_task by hand",
        )
    other = None if inventory.settings.app else foreign_app(inventory)
    if other is not None:
        path, item = other
        return (
            "",
            f"'{path}' line {item.line} imports another app, {item.module}.{item.name}, which @shared_task may use instead of {chosen}: write app = \"{inventory.project.split(chosen)[0]}:{_variable(chosen)}\" in [tool.migrate] if it does not",
        )
    own = inventory.apps.app_class(chosen)
    if own is not None and not inventory.settings.convert_own_app_class:
        if why := why_unlike_celery(inventory, chosen):
            return (
                "",
                f"{chosen} is made of the project's own class {own.name}, which {why}: if @shared_task does the same, write convert_own_app_class = true in [tool.migrate]",
            )
    odd = sorted({"fixups", "set_as_current"} & keywords_of_app(inventory, chosen))
    if odd and not _sets_default(inventory):
        return (
            "",
            f"{chosen} is made with {odd[0]}=, so other threads may not find it: write {_variable(chosen)}.set_default() below it",
        )
    if not inventory.is_django and not _sets_default(inventory):
        return (
            "",
            f"{chosen} is not the default app, so other threads would send to amqp://localhost: write {_variable(chosen)}.set_default() below it",
        )
    return chosen, ""


def foreign_app(inventory: Inventory) -> tuple[str, Import] | None:
    """The file and import by which a process that loads tasks has the app of a library, too.

    from blueapps.core.celery import celery_app  # so that shared_task will use this app
    """
    project = inventory.project
    loaded = inventory.loaded_always | inventory.loaded_by_worker
    for path, facts in inventory.facts.items():
        if is_test(path) or project.module_of[path] not in loaded:
            continue
        for item in facts.imports:
            top, last = item.module.partition(".")[0], item.module.rpartition(".")[2]
            is_app = item.name == "celery_app" or (last == "celery" and item.name == "app")
            if is_app and top not in {"", "celery"} and not item.module.startswith("/"):
                if not project.has_top(top):
                    return path, item
    return None


def _variable(app: str) -> str:
    """The name that an app has in its module."""
    return app.rpartition(".")[2]


def keywords_of_app(inventory: Inventory, app: str) -> set[str]:
    """The keywords that an app is made with."""
    module = inventory.project.split(app)[0]
    calls = inventory.facts[inventory.project.path_of[module]].calls
    resolve = inventory.project.resolve
    return {key for call in calls if resolve(call.assigned) == app for key in call.use.keywords}


def _sets_default(inventory: Inventory) -> bool:
    return any(
        call.kind == "set_default" for facts in inventory.facts.values() for call in facts.calls
    )


def stays(
    inventory: Inventory, path: str, tasks: list[Task], current: str, why_not: str
) -> Note | None:
    """Why a file keeps `@app.task`, or `None` if all its tasks can be converted."""
    rule = inventory.settings.exception_for(path, "app.task")
    if rule is not None:
        return Note(
            path, 0, "exception", f"{_count(tasks)} @app.task, as configured: {rule.reason}"
        )
    if not inventory.editable(path):
        why = inventory.why_not_edited(path)
        return Note(path, tasks[0].line, "app-task-stays", f"{_count(tasks)} @app.task: {why}")
    if not current:
        message = f"{_count(tasks)} @app.task: {why_not}"
        return Note(path, tasks[0].line, "app-unknown", message, why_not)
    for task in tasks:
        reason = unsafe(inventory, task, current)
        if reason is not None:
            mixed = any(t.path == path and t.decorator == "shared_task" for t in inventory.tasks)
            code = "mixed-stays" if mixed else "app-task-stays"
            message = f"{_count(tasks)} @app.task: {task.qualname} {reason}"
            return Note(path, task.line, code, message, f"a task {reason}")
    return None


def _count(tasks: list[Task]) -> str:
    return f"{len(tasks)} task keeps" if len(tasks) == 1 else f"{len(tasks)} tasks keep"


def unsafe(inventory: Inventory, task: Task, current: str) -> str | None:
    """What would change if this one task were shared."""
    for option, shown in SWALLOWED.items():
        value = task.options.get(option)
        if value is not None and value != "True" and not (option == "filter" and value == "None"):
            return f"has {shown}, which shared_task ignores"
    if any(key.startswith("**") for key in task.options):
        return "takes options that are computed at run time"
    if task.nested:
        return f"stands inside a {task.nested}"
    if inventory.project.resolve(task.app) not in {current, "celery.current_app"}:
        return f"belongs to another app, {task.app}"
    if any(
        inventory.apps.maker_of(wrapper, inventory.facts[task.path]) for wrapper in task.wrappers
    ):
        return f"is made by the project's own {task.wrappers[0]}"
    return marked_above(inventory, task) or used_early(inventory, task)


def used_early(inventory: Inventory, task: Task) -> str | None:
    """Where code that runs at import time looks into the task, which would resolve it too early."""
    for path, facts in inventory.facts.items():
        for symbol, line in facts.import_time_uses.items():
            if (
                symbol.rpartition(".")[2] == task.qualname
                and inventory.project.resolve(symbol) == task.symbol
            ):
                return f"is used while '{path}' is imported (line {line})"
    return None
