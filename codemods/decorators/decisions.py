"""Which files change their decorators, which stay and why, and where the app must be loaded."""

from codemods.apps.shared_app import shared_app
from codemods.decorators.above import marked_above
from codemods.decorators.computed_names import is_surely_text
from codemods.decorators.loading import app_lost, by_hand, load_place
from codemods.inventory.graph import closure
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
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
    app = shared_app(inventory)
    current, why_not = ("" if app.why_not else app.name), app.why_not
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
    """The files to convert with what loads the app for them, or those that need nothing to load it."""
    lost = list(app_lost(inventory, current, {item.path for item in converted}))
    if not lost:
        return Decisions(tuple(converted), tuple(notes))
    place = load_place(inventory, current) if inventory.settings.load_app else None
    if place is not None:
        because = (
            f"{len(lost)} modules load the app only through an import that this step takes out"
        )
        load = Load(f"load:{place}", because, place, current)
        return Decisions((load, *converted), tuple(notes))
    while lost and converted:
        for item in _needed_by(inventory, lost, converted):
            converted.remove(item)
            notes.append(_not_loaded(inventory, current, item))
        lost = list(app_lost(inventory, current, {item.path for item in converted}))
    return Decisions(tuple(converted), tuple(notes))


def _needed_by(inventory: Inventory, lost: list[str], converted: list[Convert]) -> list[Convert]:
    """The files to convert whose import of the app these modules live on; all where none is seen."""
    module_of = inventory.project.module_of
    own = [item for item in converted if module_of[item.path] in lost]
    loaded = closure(inventory.graph, lost) if not own else set[str]()
    return own or [item for item in converted if module_of[item.path] in loaded] or list(converted)


def _not_loaded(inventory: Inventory, current: str, item: Convert) -> Note:
    cause = f"without its import of {current} messages would go to amqp://localhost. {by_hand(inventory, current)}, then run the step again"
    return Note(
        item.path, 0, "app-not-loaded", f"{kept(len(item.tasks))} @app.task: {cause}", cause
    )


def stays(
    inventory: Inventory, path: str, tasks: list[Task], current: str, why_not: str
) -> Note | None:
    """Why a file keeps `@app.task`, or `None` if all its tasks can be converted."""
    rule = inventory.settings.exception_for(path, "app.task")
    if rule is not None:
        return Note(
            path, 0, "exception", f"{kept(len(tasks))} @app.task, as configured: {rule.reason}"
        )
    if not inventory.editable(path):
        why = inventory.why_not_edited(path)
        return Note(path, tasks[0].line, "app-task-stays", f"{kept(len(tasks))} @app.task: {why}")
    if not current:
        message = f"{kept(len(tasks))} @app.task: {why_not}"
        return Note(path, tasks[0].line, "app-unknown", message, why_not)
    for task in tasks:
        reason = unsafe(inventory, task, current)
        if reason is not None:
            mixed = any(t.path == path and t.decorator == "shared_task" for t in inventory.tasks)
            code = "mixed-stays" if mixed else "app-task-stays"
            message = f"{kept(len(tasks))} @app.task: {task.qualname} {reason}"
            return Note(path, task.line, code, message, f"a task {reason}")
    return None


def kept(tasks: int) -> str:
    """How many tasks keep what they have, in words."""
    return f"{tasks} task keeps" if tasks == 1 else f"{tasks} tasks keep"


def unsafe(inventory: Inventory, task: Task, current: str) -> str | None:
    """What would change if this one task were shared."""
    for option, shown in SWALLOWED.items():
        value = task.options.get(option)
        if value is not None and value != "True" and not (option == "filter" and value == "None"):
            return f"has {shown}, which shared_task ignores"
    if any(key.startswith("**") for key in task.options):
        return "takes options that are computed at run time"
    given = task.options.get("name")
    if task.name is None and given is not None and not is_surely_text(given):
        return f"has a name that is computed at run time, {given}: Celery's shared_task looks its task up by that name at each use, so a text that changes, as a lazily translated one does, finds none (NotRegistered). Give it a plain text as name, then run the step again"
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
