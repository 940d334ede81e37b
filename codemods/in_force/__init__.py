"""What is in force, by Celery's own rules: settings over settings, routes, versions, gaps between runs."""
