import csv
import functools
import logging
import os
import time

from django.conf import settings

logger = logging.getLogger("message_q")

DURATIONS = {}


def track_duration(func):
    """Remembers the last run time of a task body, for the status page."""

    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        started = time.monotonic()
        try:
            return func(*args, **kwargs)
        finally:
            DURATIONS[func.__name__] = time.monotonic() - started

    return wrapper


def media_path(*parts):
    path = os.path.join(settings.MEDIA_ROOT, *parts)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def write_csv(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as fh:
        out = csv.writer(fh)
        out.writerow(header)
        out.writerows(rows)
    return path


def split_addresses(value):
    return [a.strip() for a in (value or "").split(",") if a.strip()]
