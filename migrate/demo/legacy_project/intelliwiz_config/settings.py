"""Django settings of the intelliwiz backend."""

import os
import sys
from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "dev-only-not-a-secret")
DEBUG = os.environ.get("DJANGO_DEBUG", "1") == "1"
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "apps.core",
    "apps.jobs",
    "apps.tickets",
    "apps.attendance",
    "apps.assets",
    "apps.devices",
    "apps.reports",
    "apps.integrations",
    "apps.service",
    "background_tasks",
]

MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "intelliwiz_config.urls"
TEMPLATES = []

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DJANGO_DB", str(BASE_DIR / "intelliwiz.sqlite3")),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

MEDIA_ROOT = os.environ.get("DJANGO_MEDIA_ROOT", str(BASE_DIR / "media"))

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = "no-reply@intelliwiz.example"

MQTT_BROKER = os.environ.get("MQTT_BROKER", "localhost")
MQTT_PORT = 1883
ERP_URL = os.environ.get("ERP_URL", "")

TESTING = "test" in sys.argv
_handlers = ["null"] if TESTING else ["console"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "console": {"class": "logging.StreamHandler"},
        "null": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "intelliwiz": {"handlers": _handlers, "level": "INFO", "propagate": False},
        "message_q": {"handlers": _handlers, "level": "INFO", "propagate": False},
        "mobile_service_log": {"handlers": _handlers, "level": "INFO", "propagate": False},
        "apps": {"handlers": _handlers, "level": "INFO", "propagate": False},
    },
}

# ---------------------------------------------------------------- celery
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "memory://")
CELERY_RESULT_BACKEND = os.environ.get("CELERY_RESULT_BACKEND", "cache+memory://")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200

# background_tasks.tasks and apps.*.tasks are found by autodiscover
CELERY_IMPORTS = (
    "background_tasks.email_tasks",
    "background_tasks.media_tasks",
    "background_tasks.report_tasks",
    "background_tasks.job_tasks",
    "background_tasks.ticket_tasks",
)

CELERY_TASK_ROUTES = {
    "send_reminder_email": {"queue": "email"},
    "send_ticket_email()": {"queue": "email"},
    "background_tasks.report_tasks.*": {"queue": "reports"},
    "background_tasks.tasks.create_job": {"queue": "high_priority"},
    "cleanup_old_reports": {"queue": "maintenance"},
}

# TODO (pk, 2021): is this one still used?  celery.py has a schedule too
CELERY_BEAT_SCHEDULE = {
    "create-jobs": {
        "task": "create_job()",
        "schedule": crontab(minute="27", hour="*/8"),
    },
    "auto-close-jobs": {
        "task": "auto_close_jobs()",
        "schedule": crontab(minute="*/30"),
    },
    "reminder-emails": {
        "task": "send_reminder_email",
        "schedule": crontab(minute="10", hour="*/8"),
    },
    "scheduled-reports": {
        "task": "create_scheduled_reports",
        "schedule": timedelta(minutes=15),
    },
    "move-media": {
        "task": "move_media_to_archive",
        "schedule": crontab(minute="0", hour="0", day_of_week="1"),
    },
    "offline-devices": {
        "task": "mark_offline_devices",
        "schedule": timedelta(minutes=10),
    },
    "absent-alert": {
        "task": "background_tasks.tasks.attendance_absent_alert",
        "schedule": crontab(minute="0", hour="11"),
    },
    "close-open-tickets": {
        "task": "background_tasks.tasks.close_open_tickets",
        "schedule": crontab(minute="15", hour="1"),
    },
    "warranty-check": {
        "task": "apps.assets.tasks.check_warranty_expiry",
        "schedule": crontab(minute="30", hour="5"),
    },
    "weekly-digest": {
        "task": "Weekly attendance digest",
        "schedule": crontab(minute="0", hour="6", day_of_week="mon"),
    },
}
