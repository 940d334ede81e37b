"""What servers say of themselves: asked by `manage.py check --tag celery --deploy` alone."""

from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.apps import apps
from django.core import checks
from django.db import DatabaseError

from target_runtime import conf
from target_runtime.checks.priorities import warned
from target_runtime.connections import redis_client, redis_url
from target_runtime.errors import RuntimeFault
from target_runtime.stores.configured import durable_stores, store_for


def check_servers(**_: object) -> list[checks.CheckMessage]:
    """Redis keeps every key until its time, the database has the table of the keys, rows no priority."""
    return [*_redis(), *_table(), *_rows()]


def _rows() -> Iterator[checks.CheckMessage]:
    """Rows of django-celery-beat that set a priority."""
    if not apps.is_installed("django_celery_beat"):
        return
    from django_celery_beat.models import PeriodicTask

    try:
        rows = PeriodicTask.objects.filter(enabled=True, priority__isnull=False).order_by("name")
        names = [f"the periodic task '{row.name}'" for row in rows]
    except DatabaseError:
        return
    yield from warned(current_app, names)


def _redis() -> Iterator[checks.CheckMessage]:
    """What the Redis of the keys says of itself."""
    url = redis_url(conf.current())
    if not url:
        return
    from redis.exceptions import RedisError

    try:
        with redis_client(url, 2.0) as client:
            yield from _cluster(client)
            yield from _eviction(client)
    except RedisError as error:
        yield checks.Warning(
            f"The eviction policy of Redis can't be read: {error}",
            hint="See that maxmemory-policy is noeviction.",
            id="target_runtime.W003",
        )


def _cluster(client: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401 - a client of redis-py
    """A node of a Cluster takes only the keys of its own slots."""
    if client.info("cluster").get("cluster_enabled"):
        yield checks.Error(
            "Redis runs as a Cluster, which can keep neither idempotency keys nor Celery's messages.",
            hint="Name a single Redis, or one behind Sentinel, in CONVERGE_RUNTIME['redis_url'] (sentinel://host:26379/0?master_name=...), or set CONVERGE_RUNTIME['store'] to 'database'.",
            id="target_runtime.E012",
        )


def _eviction(client: Any) -> Iterator[checks.CheckMessage]:  # noqa: ANN401
    """An LRU policy dropped a third of the live keys."""
    answer = client.config_get("maxmemory-policy")
    policy = {_text(name): _text(value) for name, value in answer.items()}.get("maxmemory-policy")
    if policy not in {None, "noeviction"}:
        yield checks.Error(
            f"Redis drops live idempotency keys and messages when it is full: maxmemory-policy is {policy}.",
            hint="redis-cli config set maxmemory-policy noeviction, and in redis.conf.",
            id="target_runtime.E006",
        )


def _table() -> Iterator[checks.CheckMessage]:
    """With the table missing, Redis alone decides, and forgets with its memory."""
    try:
        for store in durable_stores(store_for(conf.current())):
            store.look("check")
    except RuntimeFault as error:
        yield checks.Error(
            str(error),
            hint=f"manage.py migrate target_runtime --database {conf.current().database}, or CONVERGE_RUNTIME['store'] = 'redis'.",
            id="target_runtime.E009",
        )


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
