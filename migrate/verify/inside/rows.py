"""Run by the project's own interpreter: the rows of django-celery-beat that send some tasks.

Usage: rows.py MODULE:ATTRIBUTE NAME... Prints, behind a mark, each row's name, task and state.
"""

import importlib
import json
import sys


def main():
    """Prints the rows; nothing is written."""
    module = sys.argv[1].partition(":")[0]
    if module:
        importlib.import_module(module)
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django_celery_beat.models import PeriodicTask

    found = PeriodicTask.objects.filter(task__in=sys.argv[2:]).order_by("name")
    print("\n@@" + json.dumps([list(row) for row in found.values_list("name", "task", "enabled")]))


if __name__ == "__main__":
    main()
