"""What Celery says of tables of routes: pickled cases in, `(version, answers)` out. Runs in any version."""

import pickle
import sys
from types import SimpleNamespace
from typing import Any

import celery
from celery import Celery
from celery.app.routes import Router, prepare
from kombu import Exchange, Queue


def router_of(element: Any) -> Any:
    """A router function where the case has the place of one."""
    if isinstance(element, tuple) and element and element[0] == "router":
        return lambda name, *args, **kwargs: {"queue": element[1]}
    return element


def routes_of(case: Any) -> Any:
    if isinstance(case, list):
        return [router_of(element) for element in case]
    return router_of(case)


def looked_up(routes: Any, names: tuple[str, ...]) -> Any:
    """The answer for each name, or the error's class."""
    try:
        router = Router(prepare(routes_of(routes)), {}, app=None)
    except Exception as error:  # noqa: BLE001 - whichever it is
        return type(error).__name__
    found = []
    for name in names:
        try:
            found.append(router.lookup_route(name, (), {}, {}))
        except ImportError:
            # A text in the place of a map is the path of a router, which is nowhere here.
            found.append({"queue": "a path"})
        except Exception as error:  # noqa: BLE001 - whichever it is
            found.append(type(error).__name__)
    return found


class Sent:
    """A producer that keeps where it is told to publish."""

    def __init__(self) -> None:
        self.connection = SimpleNamespace(_reraise_as_library_errors=lambda: self)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        return

    def publish(
        self,
        body: Any,
        exchange: Any = None,
        routing_key: Any = None,
        priority: Any = None,
        **rest: Any,
    ) -> None:
        self.where = exchange, routing_key, priority


def sent(case: dict[str, Any]) -> Any:
    """Where one call goes, or the error's class; `set_as_current` would make each app the last one's."""
    app = Celery("x", broker="memory://", set_as_current=False)
    app.conf.task_routes = routes_of(case["routes"])
    app.conf.task_default_queue = case["default_queue"]
    if case["declared"] is not None:
        app.conf.task_queues = [celery_queue(name) for name in case["declared"]]
        app.conf.task_create_missing_queues = False
    if case["task"] is not None:
        app.task(nothing, name=case["name"], shared=False, **case["task"])
        app.finalize()
    producer = Sent()
    try:
        if case["by_name"] or case["task"] is None:
            app.send_task(case["name"], producer=producer, **case["call"])
        else:
            app.tasks[case["name"]].apply_async(producer=producer, **case["call"])
    except Exception as error:  # noqa: BLE001 - whichever it is
        return type(error).__name__
    exchange, routing_key, priority = producer.where
    return getattr(exchange, "name", exchange), routing_key, priority


def nothing() -> None:
    """The body of each task."""


def celery_queue(name: str) -> Queue:
    """A queue bound by its own name."""
    return Queue(name, Exchange(name), routing_key=name)


def main() -> None:
    cases = pickle.load(sys.stdin.buffer)
    found = [sent(case) if "call" in case else looked_up(**case) for case in cases]
    pickle.dump((celery.__version__, found), sys.stdout.buffer)


main()
