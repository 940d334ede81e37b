"""Where a project keeps what the runtime is added to: its settings, requirements and Celery app."""

import re

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.inventory.project import is_manage, is_test

CELERY = re.compile(r"^\s*celery\b(?!-)", re.IGNORECASE | re.MULTILINE)

LONGEST = 1800
"""Seconds of the longest limit that the runtime's visibility timeout allows for by itself."""

OWN_CLASS = re.compile(r"^[^#\n]*(?:\btask_cls|\.Task)[ \t]*=(?!=)[ \t]*([^,)\n#]+)", re.MULTILINE)
DEFAULT_QUEUE = re.compile(r"""task_default_queue["']?\s*[=:]\s*(["'])([^"'\n]+)\1""")


class Places(Struct, frozen=True):
    """Where the parts go: paths in the repository. `root` is where imports start, `""` for its top."""

    root: str
    tasks: str
    constants: str
    task_keys: str
    scripts: str
    manage: str


def locks(inventory: Inventory, requirements: str) -> list[str]:
    """The files that are made of the requirements and so have to be made anew."""
    names = ["uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"]
    if requirements.endswith(".in"):
        names.append(f"{requirements.removesuffix('.in')}.txt")
    return [name for name in names if name in inventory.files]


def places(inventory: Inventory) -> Places:
    """The configured places; else those of the guide where there is an `apps/`, or one folder of the app's package.

    Imports must find them, so they lie below the folder that the app's own imports start from.
    """
    wanted, files = inventory.settings.runtime, inventory.facts
    app = app_path(inventory) or ""
    root = inventory.project.root_of(app)
    top = f"{root}/" if root else ""
    package = app.removeprefix(top).rpartition("/")[0].partition("/")[0]
    tasks = wanted.tasks.strip("/") or (
        f"{top}apps/core/tasks"
        if any(path.startswith(f"{top}apps/") for path in files)
        else "/".join(filter(None, [root, package, "task_runtime"]))
    )
    outer, _, last = tasks.rpartition("/")
    constants = f"{outer}/constants" if last == "tasks" and outer else tasks
    keys = f"{top}background_tasks"
    if not any(path.startswith(f"{keys}/") for path in files):
        keys = tasks
    manage = sorted((path for path in files if is_manage(path)), key=lambda path: path.count("/"))
    return Places(
        root,
        tasks,
        wanted.constants or f"{constants}/datetime_constants.py",
        wanted.task_keys or f"{keys}/task_keys.py",
        wanted.scripts.strip("/"),
        next(iter(manage), "manage.py"),
    )


def module_at(inventory: Inventory, name: str) -> str:
    """The dotted name of a module of the place for tasks."""
    return inventory.project.module_name(f"{places(inventory).tasks}/{name}.py")


def settings_file(inventory: Inventory) -> str | None:
    """The settings with the longest literal list of installed apps."""
    found: dict[str, int] = {}
    for path, facts in inventory.facts.items():
        if is_test(path):
            continue
        names = [item for item in facts.references if item.kind == "installed_app"]
        if names and "INSTALLED_APPS" in facts.bindings:
            found[path] = len(names)
    return max(found, key=lambda path: (found[path], path), default=None)


def own_limits(inventory: Inventory) -> list[int]:
    """The seconds of the limits that tasks set themselves; one that is no number counts as the longest."""
    found = []
    for task in inventory.tasks:
        for name in ("time_limit", "soft_time_limit"):
            if name in task.options:
                text = task.options[name]
                found.append(int(text) if text.isdigit() else LONGEST)
    return found


def own_task_class(inventory: Inventory) -> str:
    """The task class that the app's module gives to all tasks, as written; `""` if it is Celery's or the runtime's."""
    path = app_path(inventory)
    text = inventory.files.read(path).decode("utf-8", "replace") if path else ""
    found = OWN_CLASS.search(text)
    return found[1].strip() if found and "target_runtime" not in found[1] else ""


def default_queue(inventory: Inventory) -> str:
    """The queue of tasks without a route: what the settings or the app's module say, else Celery's."""
    for path, facts in sorted(inventory.facts.items()):
        found = facts.bindings.get("CELERY_TASK_DEFAULT_QUEUE")
        if found is not None and found.kind == "text" and found.target and not is_test(path):
            return found.target
    module = app_path(inventory)
    text = inventory.files.read(module).decode("utf-8", "replace") if module else ""
    said = DEFAULT_QUEUE.search(text)
    return said[2] if said else "celery"


def app_path(inventory: Inventory) -> str | None:
    """The module of the project's one Celery app."""
    if len(inventory.app_names) != 1:
        return None
    return inventory.project.path_of[inventory.project.split(inventory.app_names[0])[0]]


def requirements_file(inventory: Inventory) -> str | None:
    """The file that asks for Celery itself: a list of requirements, else `pyproject.toml`."""
    files = inventory.files
    lists = [
        path
        for path in files.files
        if path.endswith((".txt", ".in")) and "requirement" in path and not is_test(path)
    ]
    for path in sorted(lists, key=lambda path: (path.count("/"), path)):
        if CELERY.search(files.read(path).decode("utf-8", "replace")):
            return path
    if "pyproject.toml" in files and b"celery" in files.read("pyproject.toml").lower():
        return "pyproject.toml"
    return None
