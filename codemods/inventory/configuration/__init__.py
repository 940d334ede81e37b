"""What the source of a project does to Celery's settings, and which schedule and routes that leaves."""
