"""The Celery app that `@shared_task` finds in a project, and what stands against it."""
