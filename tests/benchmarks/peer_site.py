"""The same tasks guarded by each library: `PEER` names it; what runs is written to a file."""

import os
import time

from celery import Celery

PEER = os.environ.get("PEER", "bare")
URL = os.environ["PEER_URL"]
TTL = int(os.environ.get("PEER_TTL", "60"))
app = Celery("peer_site", broker=URL, backend=URL)
app.conf.update(
    task_acks_late=os.environ.get("PEER_LATE") == "1",
    task_reject_on_worker_lost=os.environ.get("PEER_LATE") == "1",
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"visibility_timeout": 3},
)


def options():
    """The base class and options by which a library guards a task."""
    if PEER == "once":
        from celery_once import QueueOnce

        app.conf.ONCE = {
            "backend": "celery_once.backends.Redis",
            "settings": {"url": URL, "default_timeout": TTL},
        }
        return {"base": QueueOnce, "once": {"graceful": True}}
    if PEER == "singleton":
        from celery_singleton import Singleton

        app.conf.singleton_backend_url = URL
        return {"base": Singleton, "lock_expiry": TTL}
    if PEER == "heimdall":
        from celery_heimdall import HeimdallTask

        return {"base": HeimdallTask, "heimdall": {"unique": True, "unique_timeout": TTL}}
    if PEER == "ours":
        import django
        from django.conf import settings

        settings.configure(
            CONVERGE_RUNTIME={
                "redis_url": URL,
                "policy": "fail_closed",
                "store": "redis",
                "lease": 2,
            }
        )
        django.setup()
        from target_runtime.tasks import IdempotentTask

        return {"base": IdempotentTask, "autoretry_for": (), "idempotency_ttl": TTL}
    return {}


GUARD = options()


def record(what, key):
    """One line of the record."""
    with open(os.environ["PEER_RECORD"], "a") as file:
        file.write(f"{what} {key}\n")


@app.task(name="work", bind=True, **GUARD)
def work(self, x, seconds=0.0):
    """Takes some time."""
    record("begin", x)
    time.sleep(seconds)
    record("end", x)
    return [x, self.request.id]


@app.task(name="retries", bind=True, max_retries=5, **GUARD)
def retries(self, x):
    """Asks for a retry twice."""
    record("begin", x)
    if self.request.retries < 2:
        raise self.retry(countdown=0.2)
    record("end", x)


@app.task(
    name="flaky",
    bind=True,
    **{
        **GUARD,
        "autoretry_for": (OSError,),
        "max_retries": 5,
        "default_retry_delay": 0.2,
        "retry_backoff": 0,
    },
)
def flaky(self, x):
    """Fails twice."""
    record("begin", x)
    if self.request.retries < 2:
        raise OSError
    record("end", x)


@app.task(name="after")
def after(given):
    """What comes next in a chain."""
    record("after", given[0] if given else "nothing")
    return given


@app.task(name="quick", bind=True, **GUARD)
def quick(self, x, seconds=0.0):
    """The body of the overhead curve."""
    if seconds:
        time.sleep(seconds)
