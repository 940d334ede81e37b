"""Which files change their decorators, which stay and why, and where the app must be loaded."""

from collections.abc import Iterable

from codemods.apps.loading import by_hand
from codemods.apps.shared_app import shared_app
from codemods.apps.sharing import app_tasks, kept, old_stay, old_tasks, stays
from codemods.apps.without_app import without_app
from codemods.inventory.link import Inventory
from codemods.inventory.task import Task
from codemods.values import Decision, Decisions, Note


class Convert(Decision, frozen=True, tag="convert", forbid_unknown_fields=True):
    """The `@app.task` decorators of one file become `@shared_task`, and so do those of Celery 3 and 4.

    `app` is `""` where the file has of the latter alone, or keeps its `@app.task`.
    """

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
    app = shared_app(inventory)
    converted: list[Convert] = []
    notes: list[Note] = []
    old: dict[str, list[Task]] = {}
    for path, tasks in old_tasks(inventory):
        reason = old_stay(inventory, path, tasks)
        if reason is None:
            old[path] = tasks
        else:
            notes.append(reason)
    for path, tasks in app_tasks(inventory):
        reason = stays(inventory, path, tasks, app)
        if reason is None:
            converted.append(_convert(path, app.name, tasks, old.pop(path, [])))
        else:
            notes.append(reason)
    loading = (
        _with_load(inventory, app.name, converted, notes)
        if converted
        else Decisions((), tuple(notes))
    )
    alone = (_convert(path, "", [], tasks) for path, tasks in old.items())
    return Decisions((*loading.decisions, *alone), loading.notes)


def says(decisions: Iterable[Decision]) -> str:
    """What a commit does whose files have old forms alone; `""` where `@app.task` goes too."""
    made = [item for item in decisions if isinstance(item, Convert)]
    if not made or any(item.app for item in made):
        return ""
    files = "1 file" if len(made) == 1 else f"{len(made)} files"
    return f"@task of Celery 3 and 4 to @shared_task in {files}"


def _convert(path: str, app: str, tasks: list[Task], old: list[Task]) -> Convert:
    names = tuple(task.qualname for task in sorted((*tasks, *old), key=lambda task: task.line))
    parts = [
        f"{len(found)} of its tasks {'uses' if len(found) == 1 else 'use'} {what}"
        for found, what in ((tasks, "@app.task"), (old, "@task of Celery 3 and 4"))
        if found
    ]
    return Convert(f"convert:{path}", ", ".join(parts), path, app, names)


def _with_load(
    inventory: Inventory, current: str, converted: list[Convert], notes: list[Note]
) -> Decisions:
    """The files to convert with what loads the app for them, or those that need nothing to load it."""
    found = without_app(inventory, current, [item.path for item in converted])
    notes.extend(
        _not_loaded(inventory, current, item) for item in converted if item.path in found.staying
    )
    going = tuple(item for item in converted if item.path in found.paths)
    if not found.place:
        return Decisions(going, tuple(notes))
    because = f"{found.lost} modules load the app only through an import that this step takes out"
    load = Load(f"load:{found.place}", because, found.place, current)
    return Decisions((load, *going), tuple(notes))


def _not_loaded(inventory: Inventory, current: str, item: Convert) -> Note:
    cause = f"without its import of {current} messages would go to amqp://localhost. {by_hand(inventory, current)}, then run the step again"
    return Note(
        item.path, 0, "app-not-loaded", f"{kept(len(item.tasks))} @app.task: {cause}", cause
    )
