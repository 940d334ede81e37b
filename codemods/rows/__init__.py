"""Data migrations for the rows of django-celery-beat, which no edit of the code reaches."""
