"""The data migration that gives rows of django-celery-beat the new names of their tasks."""

from collections.abc import Mapping

from codemods.inventory.link import Inventory
from codemods.renaming.alias_module import quoted
from codemods.rows.placing import place, uses_rows
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
        {follows},
        ("django_celery_beat", "0001_initial"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
'''


def renaming(
    snapshot: Snapshot, inventory: Inventory, renames: Mapping[str, str]
) -> Change | Note | None:
    """The new file for these renames, where the configuration says in which app; else what to do."""
    if not renames:
        return None
    if not uses_rows(inventory):
        return _in_redis(inventory)
    why = "rows of PeriodicTask may have old names, which run as long as the aliases are there. A data migration renames them"
    found = place(snapshot, inventory, "rename_periodic_tasks", why)
    if isinstance(found, Note):
        return found
    table = "".join(f"    {quoted(old)}: {quoted(new)},\n" for old, new in sorted(renames.items()))
    return Change(found.path, None, TEMPLATE.format(table=table, follows=found.follows).encode())


def _in_redis(inventory: Inventory) -> Note | None:
    """A note where entries lie in Redis, which no migration reaches."""
    found = inventory.configuration.text("beat_scheduler")
    if not any("redbeat" in str(value) for value in found.values.values()):
        return None
    source = next(iter(found.sources))
    message = "entries that code or people wrote into Redis (redbeat) may have old names, which run as long as the aliases are there: save them once more under the new names before these go"
    return Note(source.path, source.line, "beat-rows", message)
