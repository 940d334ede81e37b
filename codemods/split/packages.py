"""Whether a god file becomes a package: `tasks/__init__.py` hands on what `tasks/email.py` has.

orders/tasks.py  ->  orders/tasks/__init__.py   from orders.tasks.email import send  # noqa: F401
                     orders/tasks/email.py      @shared_task(name="orders.tasks.send")
"""

import ast
from collections.abc import Iterator

from codemods.domains.files import NewFiles, files_of_domains, is_package
from codemods.domains.words import domain_of
from codemods.inventory.link import Inventory
from codemods.inventory.standard import BUILTINS
from codemods.inventory.walking import walk
from codemods.settings import matches
from codemods.split.shipped import lists_packages
from codemods.units.kinds import LOGGER_CALLS
from codemods.units.units import Module

BY_PLACE = frozenset({"__file__", "__path__", "__package__", "__spec__", "__loader__"})
"""Names by which code asks where its file stands; a package's answers are others than a module's."""
BY_NAME = LOGGER_CALLS | {"task", "shared_task", "Celery"}
"""Calls that take a module's name as a text. Others may look for files beside it, as `get_data` does."""


def new_files(inventory: Inventory, module: Module) -> NewFiles:
    """Where the new files of a god file stand: in a package that it becomes, or beside it."""
    path = module.path
    folder = path.rpartition("/")[0]
    becomes = wants_package(inventory, path) and not why_no_package(inventory, module)
    inside = package_of(path) if becomes else folder
    own = files_of_domains(inventory, inside, path)
    plain = any(name.endswith("_tasks.py") for name in own.values())
    return NewFiles(
        god=path,
        folder=inside,
        bare=(becomes or is_package(inside)) and not plain,
        binds=_bound(module) if becomes or path.endswith("/__init__.py") else frozenset(),
        present=frozenset(item for item in inventory.facts if item != path),
        existing=own,
    )


def package_of(path: str) -> str:
    """The folder that a file becomes as a package."""
    return path.removesuffix(".py")


def wants_package(inventory: Inventory, path: str) -> bool:
    """Whether a god file is to become a package: the user says so, or the project keeps tasks that way."""
    asked = inventory.settings.split.packages
    name = path.rpartition("/")[2]
    if name == "__init__.py" or asked is False:
        return False
    if isinstance(asked, tuple):
        return any(matches(path, pattern) for pattern in asked)
    if asked is True or makes_needed_app(inventory, path):
        return True
    return name == "tasks.py" and _keeps_packages(inventory, path)


def apps_made(inventory: Inventory, path: str) -> set[str]:
    """The names of the Celery apps that a file makes."""
    own = inventory.project.module_of[path]
    found = map(inventory.project.split, inventory.app_names)
    return {rest[0] for module, rest in found if module == own and rest}


def makes_needed_app(inventory: Inventory, path: str) -> bool:
    """Whether a file makes an app that some process has by its import alone.

    A module of its package loads it; a file beside it would not, and can't import it without a circle.
    """
    own = inventory.project.module_of[path]
    return bool(apps_made(inventory, path)) and own not in inventory.loaded_always


def why_unloaded(inventory: Inventory, module: Module, files: NewFiles) -> str:
    """Why no new file of a god file can load the app that the god file makes, or `""`."""
    path = module.path
    inside = path.endswith("/__init__.py") or files.folder == package_of(path)
    if inside or not makes_needed_app(inventory, path):
        return ""
    if not wants_package(inventory, path):
        return "take packages out of [tool.migrate.split], or let it hold this file"
    return f"it can't become a package, since {why_no_package(inventory, module)}"


def _keeps_packages(inventory: Inventory, path: str) -> bool:
    """Whether more folders named `tasks` hold files of tasks than folders hold files as `email_tasks.py`."""
    folder = path.rpartition("/")[0]
    paths = sorted({task.path for task in inventory.tasks})
    packages = {
        head
        for head, _, name in (item.rpartition("/") for item in paths)
        if is_package(head) and name not in {"__init__.py", "tasks.py"}
    }
    flat = {item.rpartition("/")[0] for item in paths if domain_of(item)} - packages
    return len(packages) > len(flat) and folder not in flat and not is_package(folder)


def why_no_package(inventory: Inventory, module: Module) -> str:
    """Why a file can't become a package of its name, or `""`."""
    path, package = module.path, package_of(module.path)
    inside = sorted(item for item in inventory.files.entries if item.startswith(f"{package}/"))
    if inside:
        return f"{inside[0]} stands in a folder of that name"
    if not package.rpartition("/")[2].isidentifier():
        return "its name is no name of a package"
    asked = next(_asks_for_place(module), None)
    if asked is not None:
        return f"line {asked[0]} asks where the file stands, by {asked[1]}"
    lister = lists_packages(inventory.files, path)
    return f"{lister} lists the packages that are shipped one by one" if lister else ""


def _asks_for_place(module: Module) -> Iterator[tuple[int, str]]:
    """The lines of a file that mean its place, or run it as a script, each with the word."""
    for unit in module.units:
        for part in (part for node in unit.nodes for part in walk(node)):
            if isinstance(part, ast.Name) and part.id in BY_PLACE:
                yield part.lineno, part.id
            elif isinstance(part, ast.Compare) and "'__main__'" in ast.unparse(part):
                yield part.lineno, "__main__"
            elif isinstance(part, ast.Call) and _word(part.func) not in BY_NAME:
                given = (*part.args, *(item.value for item in part.keywords))
                if any(isinstance(item, ast.Name) and item.id == "__name__" for item in given):
                    yield part.lineno, "__name__"


def _word(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _bound(module: Module) -> frozenset[str]:
    """The names that a module of a package would hide in its `__init__.py`."""
    stars = any(unit.kind == "star" for unit in module.units)
    read = {name for unit in module.units for name in unit.reads.all} if stars else set[str]()
    return frozenset(module.binders.keys() | BUILTINS | read)
