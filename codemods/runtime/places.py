"""Where a project keeps what the runtime is added to: its settings, requirements and Celery app."""

import re

from codemods.inventory.link import Inventory
from codemods.inventory.project import is_test

REQUIREMENT = "celery-converge-runtime>=0.1"
CELERY = re.compile(r"^\s*celery\b(?!-)", re.IGNORECASE | re.MULTILINE)


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
