"""Where a package is imported though Celery isn't installed there, so that it can't import the app.

tiles.dockerfile:  RUN pip install -r requirements-tiles.txt       (which has no Celery)
                   CMD ["uwsgi", "--module", "shop.tiles.wsgi"]    imports shop/__init__.py
"""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from codemods.in_force.requirements import ASIDE
from codemods.in_force.version import LIST, TESTS, may_say_celery
from codemods.inventory.link import Inventory

LISTED = re.compile(r"(?:-r|--requirement)[\s=]*[\"']?([\w./-]+\.(?:txt|in|pip))")
INSTALLING = re.compile(
    r"celery|(poetry|pipenv|pdm|uv) (install|sync)|pip3? install[^\n]*\s(-e\s*)?\.(?=[\s\[]|$)",
    re.IGNORECASE,
)
"""What may install Celery beside the lists that a command names."""
CELERY = re.compile(r"celery|^\s*(-e|--editable)|^\s*\.", re.IGNORECASE | re.MULTILINE)
"""What a list may have Celery by: its name, that of what needs it, or the project itself."""


def lacks_celery(inventory: Inventory, package: str, module: str) -> str:
    """Why a package is imported where the app's module can't be, for want of Celery; `""` for nothing."""
    return _plugin(inventory, package, module) or _program(inventory, package)


def _plugin(inventory: Inventory, package: str, module: str) -> str:
    """An app in a package of its own that alone asks for Celery, as a plugin does."""
    own = module.partition(".")[0]
    if own in {package, module}:
        return ""
    folder = dirname(inventory.project.path_of.get(own, ""))
    lists = [path for path in inventory.files.files if may_say_celery(path)]
    main = [path for path in lists if not (ASIDE.search(path) or TESTS.search(path))]
    asking = [path for path in main if _has_celery(inventory, path, set())]
    outside = [path for path in main if path not in asking]
    if not folder or not asking or not outside:
        return ""
    if not all(path.startswith(f"{folder}/") for path in asking):
        return ""
    nearest = min(outside, key=lambda path: path.count("/"))
    return f"is installed without Celery too: '{nearest}' lacks what '{asking[0]}' asks for"


def _program(inventory: Inventory, package: str) -> str:
    """A program of the package that is installed by lists without Celery."""
    word = re.compile(rf"(?<![\w./-]){re.escape(package)}(?:\.\w+)+")
    for path, data in sorted(inventory.commands.items()):
        text = data.decode("utf-8", "replace")
        if package not in text or INSTALLING.search(text) or ASIDE.search(path):
            continue
        if not any(map(inventory.project.path_of.get, _modules(word.findall(text)))):
            continue
        lists = [_found(inventory, name, "") for name in LISTED.findall(text)]
        if lists and not any(
            known is None or _has_celery(inventory, known, set()) for known in lists
        ):
            return f"is imported without Celery too: '{path}' installs '{lists[0]}' alone"
    return ""


def _modules(names: list[str]) -> Iterator[str]:
    """The names, and each without its last part, which may be one in a module."""
    for name in names:
        yield name
        yield name.rpartition(".")[0]


def _found(inventory: Inventory, name: str, folder: str) -> str | None:
    """The list of requirements of this name, seen from a folder, or the only one that ends so."""
    near = normpath(join(folder, name))
    if near in inventory.files:
        return near
    tail = normpath(name).lstrip("./")
    ending = [p for p in inventory.files.files if p == tail or p.endswith(f"/{tail}")]
    return ending[0] if len(ending) == 1 else None


def _has_celery(inventory: Inventory, path: str, seen: set[str]) -> bool:
    """Whether a list, or one that it takes in, may have Celery; one that can't be found may."""
    seen.add(path)
    text = inventory.files.read(path).decode("utf-8", "replace")
    if CELERY.search(text) if LIST.search(path) else "celery" in text.lower():
        return True
    for name in LISTED.findall(text) if LIST.search(path) else ():
        inner = _found(inventory, name, dirname(path))
        if inner is None or (inner not in seen and _has_celery(inventory, inner, seen)):
            return True
    return False
