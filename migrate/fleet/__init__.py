"""Many repositories migrated as Celery tasks, each in a process and a clone of its own."""
