"""The safe defaults hold where a project says nothing, and give way wherever it says something."""

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest
from celery import Celery
from kombu import Exchange, Queue

from target_runtime.defaults import LIMITS, lacking, limits, safe_defaults, visibility_timeout
from target_runtime.queues import QUEUES, task_queues

SAFE = {
    **safe_defaults(),
    **limits(),
    "task_queues": task_queues(),
    "task_routes": {"a": {"queue": "email"}},
}
QUEUE_NAMES = [queue.name for queue in QUEUES]


def bare(settings: Mapping[str, object], namespace: str | None = None, **options: Any) -> Celery:
    """An app with these settings alone."""
    module = ModuleType("their_settings")
    vars(module).update(settings)
    sys.modules["their_settings"] = module
    servers = {"broker": "redis://localhost", "backend": "redis://localhost"}
    app = Celery("shop", set_as_current=False, **(servers | options))
    app.config_from_object("their_settings", namespace=namespace)
    return app


def add_lacking(app: Celery, settings: Mapping[str, Any]) -> None:
    """The way in which projects write it; the stubs of Celery want a dict where any mapping does."""
    app.add_defaults(lambda: lacking(app, settings))


def made(settings: Mapping[str, object], namespace: str | None = None, **options: Any) -> Celery:
    """The same with the safe defaults."""
    app = bare(settings, namespace, **options)
    add_lacking(app, SAFE)
    return app


def test_a_project_that_says_nothing_gets_them_all() -> None:
    conf = made({}, "CELERY").conf
    assert (conf.task_acks_late, conf.worker_prefetch_multiplier) == (True, 1)
    assert (conf.task_soft_time_limit, conf.task_time_limit) == (540, 600)
    assert conf.broker_transport_options == {"visibility_timeout": 6000}
    assert [queue.name for queue in conf.task_queues] == ["celery", *QUEUE_NAMES]
    assert conf.task_routes == {"a": {"queue": "email"}}


@pytest.mark.parametrize(
    ("settings", "namespace"),
    [
        ({"CELERY_TASK_ACKS_LATE": False, "CELERY_WORKER_PREFETCH_MULTIPLIER": 8}, "CELERY"),
        ({"task_acks_late": False, "worker_prefetch_multiplier": 8}, None),
        ({"CELERY_ACKS_LATE": False, "CELERYD_PREFETCH_MULTIPLIER": 8}, None),
        ({"CELERY_ACKS_LATE": False, "CELERYD_PREFETCH_MULTIPLIER": 8}, "CELERY"),
    ],
)
def test_the_project_s_own_wins_under_whichever_name(
    settings: Mapping[str, object], namespace: str | None
) -> None:
    conf = made(settings, namespace).conf
    was = bare(settings, namespace).conf
    # Celery itself reads old names beside a prefix only from 5.7 on.
    assert conf.task_acks_late is False
    assert conf.worker_prefetch_multiplier == was.worker_prefetch_multiplier
    assert conf.task_reject_on_worker_lost is True


@pytest.mark.parametrize("read", [False, True])
def test_what_is_set_on_the_app_wins_before_and_after_its_settings_are_read(read: bool) -> None:
    apps = [make({"CELERY_TASK_ACKS_LATE": True}, "CELERY") for make in (made, bare)]
    for app in apps:
        if read:
            assert app.conf.task_acks_late
        app.conf.task_acks_late = False
        app.conf.update(task_track_started=False)
    ours, celerys = ((app.conf.task_acks_late, app.conf.task_track_started) for app in apps)
    # Before 5.7 what the settings say under a prefix wins over the app's own.
    assert ours == celerys
    assert not ours[1]


def test_what_is_set_late_counts_for_its_pair_and_for_the_queues() -> None:
    app = made({}, "CELERY")
    assert app.conf.task_soft_time_limit == 540
    app.conf.task_time_limit = 14400
    assert app.conf.task_soft_time_limit is None
    assert app.conf.broker_transport_options["visibility_timeout"] > 14400
    app.conf.task_default_queue = "shop"
    assert list(app.amqp.queues) == ["shop", *QUEUE_NAMES]


def test_settings_that_are_read_anew_lose_no_default() -> None:
    app = made({})
    assert app.conf.task_acks_late
    module = ModuleType("other_settings")
    module.worker_prefetch_multiplier = 8  # type: ignore[attr-defined]
    sys.modules["other_settings"] = module
    app.config_from_object("other_settings")
    assert (app.conf.task_acks_late, app.conf.worker_prefetch_multiplier) == (True, 8)
    assert list(app.amqp.queues) == ["celery", *QUEUE_NAMES]


@pytest.mark.parametrize("broker", ["amqp://localhost", "sqla+sqlite:////tmp/x", "memory://", None])
def test_only_servers_that_know_a_visibility_timeout_are_given_one(broker: str | None) -> None:
    """Others refuse to connect with an option that they don't know."""
    conf = made({}, broker=broker, backend=None).conf
    assert conf.broker_transport_options == {}
    assert conf.result_backend_transport_options == {}
    own = made({"broker_transport_options": {"a": 1}}, broker=broker).conf
    assert own.broker_transport_options == {"a": 1}


@pytest.mark.parametrize(("timeout", "late"), [(7200, False), (7201, True)])
def test_late_only_where_the_message_stays_away_until_the_task_must_have_ended(
    timeout: int, late: bool
) -> None:
    own = {"broker_transport_options": {"visibility_timeout": timeout}, "task_time_limit": 7200}
    conf = made(own).conf
    assert (conf.task_acks_late, bool(conf.task_reject_on_worker_lost)) == (late, late)


def test_predefined_queues_stand_alone() -> None:
    own = {"broker_transport_options": {"predefined_queues": {"celery": {"url": "u"}}}}
    assert made(own, broker="sqs://").conf.task_queues is None


def test_the_settings_can_be_listed() -> None:
    app = made({"worker_prefetch_multiplier": 8})
    shown = app.conf.table(with_defaults=False)
    assert shown["task_acks_late"] is True
    assert "task_soft_time_limit" in dict(app.conf)


def test_options_of_the_app_and_another_module_s_defaults_win() -> None:
    app = made({}, task_acks_late=False)
    app.add_defaults({"task_track_started": False})  # type: ignore[arg-type]
    assert (app.conf.task_acks_late, app.conf.task_track_started) == (False, False)


@pytest.mark.parametrize("name", sorted(LIMITS))
def test_one_limit_of_the_project_s_own_is_no_half_pair(name: str) -> None:
    conf = made({name: 30}).conf
    other = next(iter(LIMITS - {name}))
    assert (conf[name], conf[other]) == (30, None)


def test_a_limit_set_to_none_is_set() -> None:
    assert made({"CELERY_TASK_TIME_LIMIT": None}, "CELERY").conf.task_soft_time_limit is None


@pytest.mark.parametrize(
    ("own", "after"),
    [
        (
            {"global_keyprefix": "shop:"},
            {"global_keyprefix": "shop:", "visibility_timeout": 6000},
        ),
        ({"visibility_timeout": 60}, {"visibility_timeout": 60}),
    ],
)
def test_transport_options_get_a_timeout_if_they_name_none(
    own: dict[str, object], after: dict[str, object]
) -> None:
    settings = {"CELERY_BROKER_TRANSPORT_OPTIONS": own}
    assert made(settings, "CELERY").conf.broker_transport_options == after
    assert made({"BROKER_TRANSPORT_OPTIONS": own}).conf.broker_transport_options == after


def test_the_timeout_exceeds_a_limit_of_the_settings() -> None:
    """Late acknowledgement is new to such a task: its message must not come back as it runs."""
    conf = made({"task_time_limit": 7200}).conf
    wanted = visibility_timeout(longest_limit=7200)
    assert conf.broker_transport_options == {"visibility_timeout": wanted}


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"task_default_queue": "main"},
        {"CELERY_DEFAULT_QUEUE": "main"},
        {"task_default_queue": "main", "task_default_exchange": "shop"},
        {"task_default_exchange": "shop", "task_default_exchange_type": "topic"},
        {"task_default_queue_type": "quorum", "task_default_routing_key": "r"},
        {"task_queue_max_priority": 10},
    ],
)
def test_the_default_queue_is_what_it_was(own: dict[str, object]) -> None:
    """On RabbitMQ a queue declared in another way is refused, and the worker stops."""
    before = Celery("bare", set_as_current=False)
    before.conf.update(own)
    (was,) = before.amqp.queues.values()
    queues = made(own).amqp.queues
    assert list(queues) == [was.name, *QUEUE_NAMES]
    assert queues[was.name].as_dict(recurse=True) == was.as_dict(recurse=True)


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"task_default_exchange_type": "topic"},
        {"task_create_missing_queue_type": "quorum"},
        {"task_queue_max_priority": 10},
    ],
)
def test_a_queue_that_a_route_named_before_is_what_it_was(own: dict[str, object]) -> None:
    before = Celery("bare", set_as_current=False)
    before.conf.update(own)
    was = before.amqp.queues["email"]
    assert made(own).amqp.queues["email"].as_dict(recurse=True) == was.as_dict(recurse=True)


def test_a_queue_that_says_more_than_its_name_is_declared_so() -> None:
    queues = task_queues(max_priority=10)
    app = Celery("shop", set_as_current=False)
    add_lacking(app, {"task_queues": queues})
    assert app.conf.task_queues[1:] == queues
    app = Celery("shop", set_as_current=False, task_create_missing_queues=False)
    add_lacking(app, {"task_queues": task_queues()})
    assert [queue.name for queue in app.conf.task_queues] == ["celery", *QUEUE_NAMES]


def test_a_default_queue_among_the_declared_ones_is_declared_as_they_say() -> None:
    mine = Queue("celery", Exchange("celery"), queue_arguments={"x-max-priority": 10})
    app = Celery("shop", set_as_current=False)
    add_lacking(app, {"task_queues": (mine,)})
    assert app.conf.task_queues == (mine,)


def test_queues_and_routes_of_the_project_stand_alone() -> None:
    conf = made({"CELERY_TASK_QUEUES": [Queue("pdf")], "CELERY_TASK_ROUTES": ["r"]}, "CELERY").conf
    assert [queue.name for queue in conf.task_queues] == ["pdf"]
    assert conf.task_routes == ["r"]
