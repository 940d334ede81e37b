"""Where a message goes: the queue, exchange, routing key and priority that are in force for one call."""

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

from codemods.in_force.routing import Refused, RouteTable, Side, Unknown, answer


class Destination(Struct, frozen=True):
    """Where one message goes; `queue` is `None` where its exchange and the bindings decide.

    `exchange` is `""` for the one that takes a routing key for the name of a queue.
    """

    queue: str | None
    exchange: str
    routing_key: str | None
    priority: int | None


def destination(
    table: RouteTable,
    name: str,
    *,
    default_queue: str = "celery",
    call: Mapping[str, Any] | None = None,
    task: Mapping[str, Any] | None = None,
    by_name: bool = False,
    celery: Side = "5.7",
    declared: Collection[str] | None = None,
) -> Destination | Refused | Unknown:
    """Where a call of this name goes, as `app.send_task` and `amqp.send_task_message` decide.

    `call` are the options of `apply_async` or of a beat entry. `task` are those of the registered
    task (`queue`, `exchange`, `routing_key`, `priority`; its priority is `task_default_priority` if
    it has none), `None` in a process without it. `by_name` is `app.send_task("name")`, which looks
    at the task from 5.7 on only; beat sends by the task wherever it is registered. `declared` are
    the queues where no other may be made (`task_create_missing_queues = False`). Queues are taken
    to have exchanges of type `direct`.
    """
    seen = task if task is not None and (not by_name or celery == "5.7") else {}
    options = {**seen, **(call or {})}
    asked = options.pop("queue", None)
    route = answer(table, name) or {}
    if isinstance(route, Refused | Unknown):
        return route
    merged = {**route, **{key: value for key, value in options.items() if value is not None}}
    queue = asked or merged.get("queue")
    if not queue and (not route or merged.get("exchange") is None):
        queue = default_queue
    for wanted in filter(None, (asked, route.get("queue"), queue)):
        if not isinstance(wanted, str):
            return Refused(f"{wanted!r} is no name of a queue")
        if declared is not None and wanted not in declared:
            return Refused(f"the queue {wanted!r} is missing from task_queues")
    return _published(queue or None, merged)


def _published(queue: str | None, options: dict[str, Any]) -> Destination:
    """The end of it: a direct exchange without both of its words is passed over for the queue."""
    exchange, routing_key = options.get("exchange"), options.get("routing_key")
    priority = options.get("priority")
    is_direct = options.get("exchange_type") in {"direct", None}
    if is_direct and (not exchange or not routing_key):
        return Destination(queue, "", queue, priority)
    if exchange is None and queue is not None:
        return Destination(None, queue, routing_key or queue, priority)
    return Destination(None, str(exchange), routing_key, priority)
