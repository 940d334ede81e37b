"""The data migration that stops rows of django-celery-beat whose entries leave the code.

Its scheduler writes a row for each entry, and never takes one away: such a row fires for ever.
"""

from collections.abc import Collection, Mapping

from codemods.inventory.link import Inventory
from codemods.renaming.alias_module import quoted
from codemods.rows.placing import place, uses_rows
from codemods.snapshot import Snapshot
from codemods.values import Change, Note

TEMPLATE = '''"""Rows of django-celery-beat whose entries left the code stop; backwards they run again."""

from django.db import migrations
from django.utils import timezone

GONE = {{
{table}}}
"""The keys of the entries, each with the names that their tasks had."""
MARK = "Stopped, since its entry left the code."


def switch(apps, alias, rows, on):
    """Turns these rows on or off, with a mark, and lets a running beat read them again."""
    for row in rows:
        row.enabled = on
        row.description = row.description.replace(MARK, "") if on else row.description + MARK
        row.save(using=alias)
    if rows:
        changes = apps.get_model("django_celery_beat", "PeriodicTasks").objects.using(alias)
        changes.update_or_create(ident=1, defaults={{"last_update": timezone.now()}})


def rows_of(apps, alias, **more):
    """The rows of the entries that left."""
    rows = apps.get_model("django_celery_beat", "PeriodicTask").objects.using(alias)
    return [
        row
        for key, tasks in GONE.items()
        for row in rows.filter(name=key, task__in=tasks, **more)
    ]


def forwards(apps, schema_editor):
    alias = schema_editor.connection.alias
    switch(apps, alias, rows_of(apps, alias, enabled=True), on=False)


def backwards(apps, schema_editor):
    alias = schema_editor.connection.alias
    switch(apps, alias, rows_of(apps, alias, description__contains=MARK), on=True)


class Migration(migrations.Migration):
    dependencies = [
        {follows},
        ("django_celery_beat", "0001_initial"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
'''


def disabling(
    snapshot: Snapshot, inventory: Inventory, gone: Mapping[str, Collection[str]]
) -> Change | Note | None:
    """The new file for entries that go, by key with the names of their tasks; else what to do."""
    if not gone or not uses_rows(inventory):
        return None
    keys = ", ".join(f'"{key}"' for key in sorted(gone))
    why = f"the rows of {keys} stay, and go on running, once their entries are gone. A data migration stops them"
    found = place(snapshot, inventory, "stop_periodic_tasks", why)
    if isinstance(found, Note):
        return found
    table = "".join(
        f"    {quoted(key)}: [{', '.join(map(quoted, sorted(tasks)))}],\n"
        for key, tasks in sorted(gone.items())
    )
    return Change(found.path, None, TEMPLATE.format(table=table, follows=found.follows).encode())
