"""How long the message at the head of a queue has waited, told without taking it away."""

import json
import time
from typing import Any

from target_runtime.observe.messages import SENT


def oldest(app: Any, connection: Any, queue: str) -> float | None:  # noqa: ANN401 - any app and broker
    """Seconds since the oldest waiting message was sent; `None` where looking would leave a trace.

    Redis shows the end of its list. RabbitMQ gives the message out and takes it back to its place,
    which costs it nothing in a classic queue. In a quorum queue it would count against the delivery
    limit, and in one with priorities the head is not the oldest: those are not looked at.
    """
    if connection.transport.driver_type == "redis":
        return _in_redis(connection.default_channel.client, queue)
    if connection.transport.driver_type == "amqp":
        return _in_rabbitmq(app, connection, queue)
    return None


def _in_redis(client: Any, queue: str) -> float | None:  # noqa: ANN401
    # Kombu's client puts a project's prefix before the keys of the commands that it uses itself.
    data = client.lindex(getattr(client, "global_keyprefix", "") + queue, -1)
    return _age(json.loads(data).get("headers", {})) if data else None


def _in_rabbitmq(app: Any, connection: Any, queue: str) -> float | None:  # noqa: ANN401
    declared = app.amqp.queues[queue]
    arguments = dict(declared.queue_arguments or {})
    if "x-max-priority" in arguments or declared.max_priority:
        return None
    with connection.channel() as channel:
        try:
            # Passive declaring does not compare arguments; a queue of another type answers 406.
            channel.queue_declare(queue, passive=True)
            channel.queue_declare(
                queue,
                durable=declared.durable,
                exclusive=declared.exclusive,
                auto_delete=declared.auto_delete,
                arguments=arguments | {"x-queue-type": "classic"},
            )
        except connection.channel_errors:
            return None
        message = channel.basic_get(queue)
        if message is None:
            return None
        channel.basic_reject(message.delivery_tag, requeue=True)
        return _age(message.headers or {})


def _age(headers: dict[str, object]) -> float | None:
    sent = headers.get(SENT)
    return max(0.0, time.time() - sent) if isinstance(sent, int | float) else None
