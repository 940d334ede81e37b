"""Where a project keeps what the runtime is added to: its settings, requirements and Celery app."""

import re

from msgspec import Struct

from codemods.inventory.evaluation.library import APP_CLASSES
from codemods.inventory.link import Inventory
from codemods.inventory.roots import is_manage
from codemods.inventory.scan import decoded
from codemods.inventory.testing import is_test

OWN_CLASS = re.compile(r"^[^#\n]*(?:\btask_cls|\.Task)[ \t]*=(?!=)[ \t]*([^,)\n#]+)", re.MULTILINE)
LATE_CLASS = re.compile(
    r"^[^#\n]*\b\w*(?:app|celery)\w*\.Task[ \t]*=(?!=)[ \t]*([^,)\n#]+)",
    re.MULTILINE | re.IGNORECASE,
)
"""A task class that another module gives to the app."""
ROUTES = re.compile(r"^[^#\n]*\b(?:CELERY_(?:TASK_)?ROUTES|task_routes)\b", re.MULTILINE)


class Places(Struct, frozen=True):
    """Where the parts go: paths in the repository. `root` is where imports start, `""` for its top."""

    root: str
    tasks: str
    constants: str
    task_keys: str
    scripts: str
    manage: str


def places(inventory: Inventory) -> Places:
    """The configured places; else those of the guide where there is an `apps/`, or one folder of the app's package.

    Imports must find them, so they lie below the folder that the app's own imports start from.
    """
    wanted, files = inventory.settings.runtime, inventory.facts
    app = app_path(inventory) or ""
    root = inventory.project.root_of(app)
    top = f"{root}/" if root else ""
    package = app.removeprefix(top).rpartition("/")[0].partition("/")[0]
    tasks = wanted.tasks.strip("/")
    if not tasks:
        tasks = f"{top}apps/core/tasks"
        if not _is_package(inventory, f"{top}apps") or in_the_way(inventory, tasks):
            tasks = "/".join(filter(None, [root, package, "task_runtime"]))
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


def _is_package(inventory: Inventory, folder: str) -> bool:
    """Whether code is imported by this folder's name, and not from inside it."""
    name = inventory.project.module_name(f"{folder}/__init__.py")
    return f"{folder}/__init__.py" in inventory.facts or any(
        item.module.startswith(f"{name}.")
        for facts in inventory.facts.values()
        for item in facts.imports
    )


def in_the_way(inventory: Inventory, folder: str) -> str:
    """What keeps a folder from being imported early and alone: a module of its name, or a package that imports more.

    The packages of the app itself are imported before it in any case.
    """
    app = app_path(inventory) or ""
    while folder:
        init = f"{folder}/__init__.py"
        if f"{folder}.py" in inventory.files and init not in inventory.files:
            return f"{folder}.py"
        facts = inventory.facts.get(init)
        brings_more = facts is not None and any(item.scope == "module" for item in facts.imports)
        if brings_more and not app.startswith(f"{folder}/"):
            return init
        folder = folder.rpartition("/")[0]
    return ""


def module_at(inventory: Inventory, name: str) -> str:
    """The dotted name of a module of the place for tasks."""
    return inventory.project.module_name(f"{places(inventory).tasks}/{name}.py")


def settings_files(inventory: Inventory) -> list[str]:
    """The settings with installed apps of their own, that with the longest literal list first."""
    found: dict[str, int] = {}
    for path, facts in inventory.facts.items():
        if is_test(path):
            continue
        names = [item for item in facts.references if item.kind == "installed_app"]
        if names and "INSTALLED_APPS" in facts.bindings:
            found[path] = len(names)
    return sorted(found, key=lambda path: (found[path], path), reverse=True)


def has_django(inventory: Inventory) -> bool:
    """Whether the project is one of Django's: by an import, installed apps, or what its app reads."""
    imports = (item.module for facts in inventory.facts.values() for item in facts.imports)
    read = (
        inventory.project.path_of[inventory.project.split(name)[0]] for name in inventory.app_names
    )
    return (
        any(module.partition(".")[0] == "django" for module in imports)
        or bool(settings_files(inventory))
        or any(b"django" in inventory.files.read(path) for path in read)
    )


def has_routes(inventory: Inventory) -> bool:
    """Whether the project has routes of its own, also such as only running it would tell."""
    ours = f"{places(inventory).tasks}/celery_settings.py"
    others = (path for path, facts in inventory.facts.items() if facts.full and path != ours)
    return bool(inventory.routes) or any(
        ROUTES.search(decoded(inventory.files.read(path))) for path in others if not is_test(path)
    )


def own_task_class(inventory: Inventory) -> str:
    """The task class that the app gives to all tasks, as written; `""` if it is Celery's or the runtime's."""
    path = app_path(inventory)
    texts = {path: OWN_CLASS} if path else {}
    texts |= {p: LATE_CLASS for p, facts in inventory.facts.items() if facts.full and p != path}
    for where, pattern in texts.items():
        found = None if is_test(where) else pattern.search(decoded(inventory.files.read(where)))
        own = found[1].strip() if found else ""
        if own and "target_runtime" not in own and not own.endswith("TASK_CLS"):
            return own
    return ""


def app_path(inventory: Inventory) -> str | None:
    """The module of the project's one Celery app."""
    project, names = inventory.project, inventory.app_names
    bindings = {(project.split(name)[0], _line(inventory, name)) for name in names}
    if len(bindings) != 1:
        return None
    return project.path_of[project.split(names[0])[0]]


def _line(inventory: Inventory, name: str) -> int:
    """Where an app is bound: `celery = app = Celery()` is one app."""
    binding = inventory.project.binding(name)
    return binding.line if binding is not None else 0


def made_by(inventory: Inventory) -> str:
    """What the app is made by, as a dotted name, unless that is Celery itself."""
    binding = inventory.project.binding(inventory.app_names[0])
    maker = inventory.project.resolve(binding.target) if binding is not None else ""
    return "" if maker in APP_CLASSES else maker or "what is not known"
