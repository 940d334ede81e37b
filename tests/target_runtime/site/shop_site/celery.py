"""The site's Celery app."""

import json
import os
import select
import time

from celery import Celery, signals
from kombu import Exchange, Queue

from target_runtime import aliases
from target_runtime.defaults import limits, safe_defaults
from target_runtime.idempotency import guard
from target_runtime.queues import TASK_CLS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop_site.settings")
app = Celery("shop_site", task_cls=TASK_CLS)
app.conf.update(safe_defaults() | limits())
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(json.loads(os.environ.get("SITE_CELERY", "{}")))
app.conf.include = ["shop_site.tasks"]
if os.environ.get("SITE_QUEUE_TYPE"):
    name, kind = app.conf.task_default_queue, os.environ["SITE_QUEUE_TYPE"]
    declared = Queue(
        name,
        Exchange(name, "topic", auto_delete=True),
        name,
        queue_arguments={"x-queue-type": kind},
    )
    app.conf.task_queues = [declared]
if os.environ.get("SITE_BROKEN"):
    raise RuntimeError("this release does not start")
if os.environ.get("SITE_OWN_LOGGING"):
    signals.setup_logging.connect(lambda **_: None, weak=False)
if os.environ.get("SITE_ALIASES"):
    aliases.install(app, json.loads(os.environ["SITE_ALIASES"]))
if os.environ.get("SITE_SETTLES"):
    guard.SETTLES = float(os.environ["SITE_SETTLES"])
if os.environ.get("SITE_CLOCK"):
    real, off = time.time, float(os.environ["SITE_CLOCK"])
    time.time = lambda: real() + off
if os.environ.get("FAKETIME_TIMESTAMP_FILE"):
    # libfaketime breaks a sleep during which its time jumps.
    time.sleep = lambda seconds: select.select([], [], [], seconds)
