"""The system checks, as `manage.py check` runs them on a site."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.target_runtime.conftest import ROOT
from tests.target_runtime.servers import SITE, PostgresServer

REDIS = {"SITE_BROKER": "redis://127.0.0.1:1/0"}


def checked(folder: Path, tasks: str = "", *words: str, **environment: str) -> str:
    """What the checks say of the site with one more module of tasks."""
    (folder / "more_tasks.py").write_text(
        "from celery import Task, shared_task\nfrom target_runtime.tasks import *\n" + tasks
    )
    own = json.loads(environment.pop("SITE_CELERY", "{}"))
    more = {"imports": ["more_tasks"], "task_soft_time_limit": None, **own}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--tag", "celery", *words],
        env=os.environ
        | {"PYTHONPATH": f"{SITE}:{ROOT}:{folder}", "SITE_CELERY": json.dumps(more)}
        | {"DJANGO_SETTINGS_MODULE": "shop_site.settings"}
        | REDIS
        | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_a_site_in_order(tmp_path: Path) -> None:
    assert "no issues" in checked(tmp_path)


@pytest.mark.parametrize(("late", "told"), [(True, True), (False, False)])
def test_a_limit_over_the_visibility_timeout_matters_with_late_acknowledgement(
    late: bool, told: bool, tmp_path: Path
) -> None:
    settings = {"broker_transport_options": {"visibility_timeout": 60}, "task_acks_late": late}
    shown = checked(tmp_path, SITE_CELERY=json.dumps(settings | {"task_time_limit": 600}))
    assert ("target_runtime.E003" in shown) is told


@pytest.mark.parametrize(
    ("task", "settings", "told"),
    [
        ('@shared_task(name="aaa")', {}, True),
        ('@shared_task(name="aaa", time_limit=60)', {}, False),
        ('@shared_task(name="aaa")', {"task_acks_late": False}, False),
        ('@shared_task(name="aaa", base=IdempotentTask)', {}, False),
    ],
)
def test_a_late_acknowledged_task_without_any_limit(
    task: str, settings: dict[str, object], told: bool, tmp_path: Path
) -> None:
    settings = {"task_acks_late": True, "task_time_limit": None, **settings}
    shown = checked(tmp_path, f"{task}\ndef endless(): ...\n", SITE_CELERY=json.dumps(settings))
    assert ("nothing ends a run of aaa" in shown) is told, shown


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize(
    ("task", "routes"),
    [
        ('@shared_task(name="lost", queue="nobody")', {}),
        ('@shared_task(name="lost")', {"lost": {"queue": "nobody"}}),
        ('@shared_task(name="lost")', [[["lo*", {"queue": "nobody"}]]]),
    ],
)
def test_a_task_to_a_queue_that_nobody_takes(
    create: bool, task: str, routes: object, tmp_path: Path
) -> None:
    settings = {"task_queues": {"celery": {}}, "task_routes": routes}
    settings["task_create_missing_queues"] = create
    shown = checked(tmp_path, f"{task}\ndef lost(): ...\n", SITE_CELERY=json.dumps(settings))
    assert ("target_runtime.W007" if create else "target_runtime.E005") in shown, shown
    assert "lost is routed to 'nobody'" in shown


def test_a_default_queue_that_is_not_declared(tmp_path: Path) -> None:
    shown = checked(tmp_path, SITE_CELERY=json.dumps({"task_queues": {"email": {}}}))
    assert "target_runtime.W006" in shown
    assert "'celery' is not among CELERY_TASK_QUEUES" in shown


def test_a_call_of_its_own_may_go_round_the_guard(tmp_path: Path) -> None:
    task = """
class Timed(IdempotentTask):
    abstract = True
    def __call__(self, *args, **kwargs):
        return self.run(*args, **kwargs)

@shared_task(base=Timed, name="timed")
def timed(): ...
"""
    shown = checked(tmp_path, task)
    assert "target_runtime.W005" in shown
    assert "timed is to be guarded, but Timed has a __call__ of its own" in shown


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            'idempotency_category="repots"',
            "category 'repots' has no time to live: did you mean 'reports'",
        ),
        ('idempotency_scope="users"', "scope 'users' is unknown: did you mean 'user'"),
        ('idempotency_scope="tenant"', "scope is 'tenant', but it takes none of tenant_id"),
        ('idempotency_arguments=("jobs",)', "no argument 'jobs' for its key: did you mean 'job'"),
    ],
)
def test_a_guard_that_can_t_be_as_it_is_meant(options: str, says: str, tmp_path: Path) -> None:
    task = f'@shared_task(base=IdempotentTask, name="odd", {options})\ndef odd(job): ...\n'
    shown = checked(tmp_path, task)
    assert "target_runtime.E010" in shown
    assert "odd is to be guarded, but" in shown
    assert says in shown


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"default_ttl": 0}, "['default_ttl'] is 0: it must be a number above 0"),
        ({"ttls": {"reports": -5}}, "['ttls']['reports'] is -5"),
        ({"ttls": 5}, "['ttls'] is 5: it must be a dict"),
        ({"redis_timeout": "fast"}, "['redis_timeout'] is 'fast'"),
        ({"lease": True}, "['lease'] is True"),
        (
            {"scope_arguments": {"site": "site_id"}},
            "['scope_arguments']['site'] is a list of names: ['site_id']",
        ),
        ({"namespace": "a b"}, "['namespace'] is 'a b'"),
        ({"policy": "fail_opn"}, "['policy'] is 'fail_opn': use write_through"),
        ({"redis_url": "cache.internal:6379/3"}, "it must begin with redis://"),
        ({"redis_url": "sentinel://a;sentinel://b"}, "end it with ?master_name="),
        ({"enforce_eager": "false"}, "['enforce_eager'] is 'false': use True or False"),
        ({"scope_arguments": {"user": 5}}, "['scope_arguments']['user'] is a list of names"),
        ({"database": "defualt"}, "'defualt', which DATABASES lacks: did you mean 'default'"),
        ({"lesae": 5}, "no setting 'lesae': did you mean 'lease'"),
    ],
)
def test_a_setting_that_can_t_be(settings: dict[str, object], says: str, tmp_path: Path) -> None:
    shown = checked(tmp_path, SITE_RUNTIME=json.dumps(settings))
    assert "target_runtime.E001" in shown
    assert says in shown


def test_guarded_tasks_without_any_store(tmp_path: Path) -> None:
    shown = checked(tmp_path, SITE_BROKER="amqp://127.0.0.1:1//")
    assert "target_runtime.E008" in shown
    assert "No store for idempotency keys" in shown


def test_a_database_without_the_table(tmp_path: Path) -> None:
    empty = PostgresServer(tmp_path / "postgres").start()
    try:
        shown = checked(tmp_path, "", "--deploy", SITE_PG_PORT=str(empty.port))
    finally:
        empty.stop()
    assert "target_runtime.E009" in shown
    assert "manage.py migrate target_runtime" in shown


def test_a_class_task_that_takes_arguments_is_left_to_who_registers_it(tmp_path: Path) -> None:
    task = """
class Named(IdempotentTask):
    name = "named"
    def __init__(self, label):
        self.label = label
    def run(self): ...
"""
    assert "no issues" in checked(tmp_path, task)


NOTIFY = "def notify(): ...\n"
PRIORITIES = """
class Router:
    def route_for_task(self, task, *args, **kwargs):
        return {"queue": "celery", "priority": 4} if task == "by_router" else None

class Own(IdempotentTask):
    abstract = True
    priority = 0

def task(): ...

shared_task(name="by_decorator", priority=9)(task)
shared_task(name="by_class", base=Own)(task)
shared_task(name="by_annotation")(task)
shared_task(name="by_glob")(task)
shared_task(name="by_router")(task)
shared_task(name="usual", priority=5)(task)
"""


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"task_annotations": {"by_annotation": {"priority": 3}}}, ["by_annotation", "by_class", "by_decorator", "usual"]),
        ({"task_default_priority": 5}, ["by_class", "by_decorator", "task_default_priority"]),
        (
            {
                "task_routes": [[["other", {"priority": 5}]], {"by_g*": {"priority": 0}}, "more_tasks.Router"],
                "beat_schedule": {"nightly": {"task": "usual", "schedule": 60, "options": {"priority": 1}}},
            },
            ["by_class", "by_decorator", "usual", "other", "by_glob and 2 more"],
        ),
    ],
)  # fmt: skip
def test_a_priority_on_redis_is_seen_wherever_it_is_set(
    settings: dict[str, object], named: list[str], tmp_path: Path
) -> None:
    shown = checked(tmp_path, PRIORITIES, SITE_CELERY=json.dumps(settings))
    assert f"W001) Priorities are set for {', '.join(named)}, but Redis" in shown, shown


def test_a_priority_on_rabbitmq_is_its_own_order(tmp_path: Path) -> None:
    assert "W001" not in checked(tmp_path, PRIORITIES, SITE_BROKER="amqp://127.0.0.1:1//")


@pytest.mark.parametrize(
    ("routes", "says"),
    [
        ([["notify", "fast"]], "task_routes is no table of routes"),
        ({"notify": None}, "E011) notify can't be sent: its route can't be read"),
        (["more_tasks.Nobody"], "its route can't be read"),
    ],
)  # fmt: skip
def test_routes_at_which_celery_raises(routes: object, says: str, tmp_path: Path) -> None:
    settings = {"task_queues": {"celery": {}}, "task_routes": routes}
    tasks = f'@shared_task(name="notify")\n{NOTIFY}'
    shown = checked(tmp_path, tasks, SITE_CELERY=json.dumps(settings))
    assert says in shown, shown
    assert shown.count("E011") == 1


def test_a_route_without_a_queue_is_a_route(tmp_path: Path) -> None:
    """It ends Celery's search: what follows it in the table does not count."""
    routes = {"aab": {"queue": "celery"}, "aac": {}, "aad*": {"priority": 3}}
    tasks = "".join(
        f'@shared_task(name="{name}")\ndef {name}(): ...\n' for name in (*routes, "aaa")
    )
    settings = {"task_queues": {"celery": {}}, "task_routes": routes}
    tasks = tasks.replace("*", "")
    shown = checked(tmp_path, tasks, SITE_CELERY=json.dumps(settings))
    assert "Without a route: aaa, above, auto_close_jobs" in shown, shown


@pytest.mark.parametrize(
    ("base", "settings", "told"),
    [
        ("Task", {}, True),
        ("Task", {"task_acks_late": False}, False),
        ("IdempotentTask", {}, False),
    ],
)
def test_a_task_that_may_come_back_for_ever(
    base: str, settings: dict[str, object], told: bool, tmp_path: Path
) -> None:
    tasks = f'@shared_task(name="aaa", base={base}, time_limit=5)\ndef aaa(): ...\n'
    shown = checked(tmp_path, tasks, SITE_CELERY=json.dumps(settings))
    assert ("W009" in shown and "aaa would come back for ever" in shown) is told, shown
