"""Where a migration for rows of django-celery-beat goes: into the app that the configuration names."""

import ast
import re
from collections.abc import Iterator

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.inventory.trees import parse
from codemods.inventory.values import ParseError
from codemods.renaming.alias_module import quoted
from codemods.snapshot import Snapshot
from codemods.values import Note


class Place(Struct, frozen=True):
    """The path of a new migration, and the source of the one that it follows."""

    path: str
    follows: str


def uses_rows(inventory: Inventory) -> bool:
    """Whether the project's schedule may lie in a database."""
    return any(item.text == "django_celery_beat" for item in inventory.installed_apps)


def place(snapshot: Snapshot, inventory: Inventory, name: str, why: str) -> Place | Note:
    """The place of a migration of this name; a note of this reason where the configuration has none."""
    app = inventory.settings.beat.migrations.strip("/")
    listed = next(i for i in inventory.installed_apps if i.text == "django_celery_beat")
    if not app:
        known = sorted(set(_apps_with_migrations(snapshot)))
        shown = f" (here: {', '.join(known[:3])})" if known else ""
        message = f'{why}: name an app of yours that has migrations{shown}, migrations = "FOLDER" in [tool.migrate.beat]'
        return Note(listed.path, listed.line, "beat-rows", message)
    leaves = _leaves(snapshot, app)
    if len(leaves) != 1:
        has = f"{len(leaves)} last migrations" if leaves else "no migrations"
        message = f"'{app}' has {has}, so no migration for the rows of PeriodicTask is written: name an app with one last migration, or merge them (manage.py makemigrations --merge)"
        return Note(listed.path, listed.line, "beat-rows", message)
    numbers = [int(found[0]) for name in _names(snapshot, app) if (found := re.match(r"\d+", name))]
    path = f"{app}/migrations/{max(numbers, default=0) + 1:04}_{name}.py"
    return Place(path, f"({quoted(_label(snapshot, app))}, {quoted(leaves[0])})")


def _apps_with_migrations(snapshot: Snapshot) -> Iterator[str]:
    for path in snapshot.files:
        if path.endswith("/migrations/__init__.py"):
            yield path.removesuffix("/migrations/__init__.py")


def _names(snapshot: Snapshot, app: str) -> list[str]:
    """The migrations of an app."""
    inside = re.compile(rf"{re.escape(app)}/migrations/(\d\w*)\.py")
    return [found[1] for path in snapshot.files if (found := inside.fullmatch(path))]


def _leaves(snapshot: Snapshot, app: str) -> list[str]:
    """The migrations of an app that no other one of it depends on."""
    names = set(_names(snapshot, app))
    needed: set[str] = set()
    for name in sorted(names):
        tree = parse(snapshot.read(f"{app}/migrations/{name}.py"))
        if isinstance(tree, ParseError):
            return []
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {
                "dependencies",
                "replaces",
            }:
                texts = (n.value for n in ast.walk(node) if isinstance(n, ast.Constant))
                needed.update(str(text) for text in texts if text != name)
    return sorted(names - needed)


def _label(snapshot: Snapshot, app: str) -> str:
    """The label of an app: that of its configuration, else its folder's name."""
    path = f"{app}/apps.py"
    text = snapshot.read(path).decode("utf-8", "replace") if path in snapshot else ""
    found = re.search(r"""^\s+label\s*(?::\s*\w+\s*)?=\s*["'](\w+)["']""", text, re.MULTILINE)
    return found[1] if found else app.rpartition("/")[2]
