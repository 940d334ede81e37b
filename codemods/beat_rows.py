"""The data migration that gives rows of django-celery-beat the new names of their tasks."""

import ast
import re
from collections.abc import Iterator, Mapping

from codemods.alias_module import quoted
from codemods.inventory.facts import parse
from codemods.inventory.link import Inventory
from codemods.inventory.values import ParseError
from codemods.snapshot import Snapshot
from codemods.values import Change, Note

TEMPLATE = '''"""Rows of django-celery-beat take the new names of their tasks; backwards they take the old ones."""

from django.db import migrations
from django.utils import timezone

RENAMED = {{
{table}}}
"""Old name to new name."""


def rename(apps, alias, names):
    """Renames the tasks of all rows, and lets a running beat read them again."""
    rows = apps.get_model("django_celery_beat", "PeriodicTask").objects.using(alias)
    changed = sum(rows.filter(task=old).update(task=new) for old, new in names.items())
    if changed:
        changes = apps.get_model("django_celery_beat", "PeriodicTasks").objects.using(alias)
        changes.update_or_create(ident=1, defaults={{"last_update": timezone.now()}})


def forwards(apps, schema_editor):
    rename(apps, schema_editor.connection.alias, RENAMED)


def backwards(apps, schema_editor):
    old_names = {{new: old for old, new in RENAMED.items()}}
    rename(apps, schema_editor.connection.alias, old_names)


class Migration(migrations.Migration):
    dependencies = [
        ({label}, {leaf}),
        ("django_celery_beat", "0001_initial"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
'''


def uses_rows(inventory: Inventory) -> bool:
    """Whether the project's schedule may lie in a database."""
    return any(item.text == "django_celery_beat" for item in inventory.installed_apps)


def migration(
    snapshot: Snapshot, inventory: Inventory, renames: Mapping[str, str]
) -> Change | Note | None:
    """The new file for these renames, where the configuration says in which app; else what to do."""
    if not renames or not uses_rows(inventory):
        return None
    app = inventory.settings.beat.migrations.strip("/")
    place = next(i for i in inventory.installed_apps if i.text == "django_celery_beat")
    if not app:
        known = sorted(set(_apps_with_migrations(snapshot)))
        shown = f" (here: {', '.join(known[:3])})" if known else ""
        message = f'rows of PeriodicTask may have old names, which run as long as the aliases are there. A data migration renames them: name an app of yours that has migrations{shown}, migrations = "FOLDER" in [tool.migrate.beat]'
        return Note(place.path, place.line, "beat-rows", message)
    leaves = _leaves(snapshot, app)
    if len(leaves) != 1:
        has = f"{len(leaves)} last migrations" if leaves else "no migrations"
        message = f"'{app}' has {has}, so no migration for the rows of PeriodicTask is written: name an app with one last migration, or merge them (manage.py makemigrations --merge)"
        return Note(place.path, place.line, "beat-rows", message)
    numbers = [int(found[0]) for name in _names(snapshot, app) if (found := re.match(r"\d+", name))]
    path = f"{app}/migrations/{max(numbers, default=0) + 1:04}_rename_periodic_tasks.py"
    table = "".join(f"    {quoted(old)}: {quoted(new)},\n" for old, new in sorted(renames.items()))
    label, leaf = quoted(_label(snapshot, app)), quoted(leaves[0])
    text = TEMPLATE.format(table=table, label=label, leaf=leaf)
    return Change(path, None, text.encode("utf-8"))


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
