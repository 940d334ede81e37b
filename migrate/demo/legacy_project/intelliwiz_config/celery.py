import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intelliwiz_config.settings")

app = Celery(
    "intelliwiz_config",
    include=[
        "background_tasks.mqtt_tasks",
        "background_tasks.report_tasks_refactored",
        "apps.service.services.mutation_tasks",
    ],
)

app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Routing by hand, the one in settings did not cover the mqtt queue
app.conf.task_routes = {
    "create_job()": {"queue": "high_priority"},
    "ticket_escalation()": {"queue": "critical"},
    "send_ticket_email()": {"queue": "email"},
    "send_reminder_email": {"queue": "email"},
    "publish_mqtt()": {"queue": "external_api"},
    "background_tasks.report_tasks.*": {"queue": "reports"},
    "background_tasks.tasks.send_welcome_email": {"queue": "email"},
    "cache_warming": {"queue": "maintenance"},
}

app.conf.beat_schedule = {
    "create_job": {
        "task": "create_job()",
        "schedule": crontab(minute="27", hour="*/8"),
        "options": {"expires": 28800, "queue": "high_priority"},
    },
    "auto_close_jobs": {
        "task": "auto_close_jobs()",
        "schedule": crontab(minute="*/30"),
        "options": {"expires": 1800},
    },
    "ticket_escalation": {
        "task": "ticket_escalation()",
        "schedule": crontab(minute="*/30"),
        "options": {"expires": 1800, "queue": "critical"},
    },
    "send_reminder_emails": {
        "task": "send_reminder_emails",
        "schedule": crontab(minute="10", hour="*/8"),
        "options": {"expires": 28800, "queue": "email"},
    },
    "create_ppm_jobs": {
        "task": "create_ppm_job",
        "schedule": crontab(minute="30", hour="2"),
    },
    "create_scheduled_reports": {
        "task": "create_scheduled_reports",
        "schedule": crontab(minute="*/15"),
        "options": {"queue": "reports"},
    },
    "cleanup_reports": {
        # registered under its short name since 2022
        "task": "background_tasks.report_tasks.cleanup_old_reports",
        "schedule": crontab(minute="0", hour="3"),
    },
    "auto_punch_out": {
        "task": "apps.attendance.tasks.auto_punchout",
        "schedule": crontab(minute="55", hour="23"),
    },
    "nightly_summary": {
        "task": "Nightly site summary",
        "schedule": crontab(minute="0", hour="4"),
        "args": (),
    },
    "expire_passes": {
        "task": "Expire visitor passes",
        "schedule": crontab(minute="5", hour="0"),
    },
    "mqtt_heartbeat": {
        "task": "background_tasks.tasks.mqtt_heartbeat",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "offline_devices": {
        "task": "mark_offline_devices",
        "schedule": crontab(minute="*/10"),
    },
    "asset_register": {
        "task": "Asset register (.csv)",
        "schedule": crontab(minute="0", hour="5", day_of_month="1"),
        "kwargs": {"site_id": None},
    },
    "cache_warming": {
        "task": "cache_warming",
        "schedule": crontab(minute="0", hour="*/6"),
    },
}
