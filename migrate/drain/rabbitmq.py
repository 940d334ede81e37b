"""Messages on RabbitMQ: what can be told without taking one, and names only where looking is harmless."""

import re
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from migrate.drain.management import Counted, Management, ManagementError
from migrate.drain.messages import read_message
from migrate.drain.values import WAITING, Tally
from reports.words import plural

NO_TASKS = re.compile(r"\.celery\.pidbox$|^celeryev(\.|$)|^amq\.gen-")
"""Queues of Celery's own in which no task waits: questions to workers, their answers, events."""
LISTENER = re.compile(r"^(?!.*\.reply\.)(?P<worker>.+)\.celery\.pidbox$")
DELAYED = tuple(f"celery_delayed_{number}" for number in range(28))
"""The quorum queues in which native delayed delivery keeps messages with an ETA."""
MISMATCH = re.compile(
    r"inequivalent arg '(?P<key>[\w-]+)' for queue .* current is "
    r"(?:the value )?'(?P<value>[^']*)'(?: of type '(?P<type>\w+)')?"
)
CLASSIC = {"x-queue-type": "classic"}
ARGUMENTS = 10
"""How many of a queue's arguments are learned, one a question."""


class Manner(Struct, frozen=True):
    """How a person lets RabbitMQ be read: `cap` messages of a queue at most, only where `peek`."""

    peek: bool = False
    cap: int = 10_000
    queues: tuple[str, ...] = ()
    """The queues that count, where a person named them."""
    known: tuple[str, ...] = ()
    """Those that the code and the workers name, for where the broker can't be asked for all."""


Queues = dict[str, Counted]


def listeners(queues: Queues) -> list[str]:
    """The workers that hear what is asked of all: each has a queue of its own for that."""
    found = (LISTENER.match(name) for name in queues)
    return [match["worker"] for match in found if match is not None]


def held_in(queues: Queues | None, names: Collection[str]) -> int | None:
    """How many messages of some queues workers hold; `None` where that is not told."""
    counts = [
        (queues or {})[name].messages_unacknowledged for name in names if name in (queues or {})
    ]
    told = [count for count in counts if count is not None]
    return None if queues is None or len(told) < len(counts) else sum(told)


class RabbitReader:
    """Reads one virtual host by an open connection, and by the management API where there is one."""

    def __init__(self, connection: Any, management: Management, manner: Manner) -> None:  # noqa: ANN401
        self._connection = connection
        self._management = management
        self._manner = manner
        self.unmanaged = ""
        """Why the management API tells nothing."""

    def read(self, tally: Tally, asked: frozenset[str], before: Queues | None) -> int | None:
        """Counts what waits. Gives how many messages workers hold, where that is told.

        A message goes from a queue to a worker: what they hold is counted before and afterwards.
        """
        queues = self._queues(before, tally)
        for name in queues:
            self._queue(name, (before or {}).get(name), tally, asked)
        held = [held_in(counted, queues) for counted in (before, self.survey())]
        return max((number for number in held if number is not None), default=None)

    def survey(self) -> Queues | None:
        """All queues with their counts; `None` where the management API does not tell."""
        try:
            found = self._management.queues()
        except ManagementError as error:
            self.unmanaged = str(error)
            return None
        return {queue.name: queue for queue in found}

    def _queues(self, counted: Queues | None, tally: Tally) -> list[str]:
        """The queues that are there and may hold tasks."""
        named = self._manner.queues
        if named:
            wanted = {*named, *DELAYED}
        else:
            wanted = {*self._manner.known, *DELAYED} if counted is None else set(counted)
            if counted is None:
                tally.doubt(
                    "which queues there are, without the management API: name all of them with --queue"
                )
        found = []
        for name in sorted(wanted):
            if NO_TASKS.search(name) and name not in named:
                continue
            if self._ready(name) is not None:
                found.append(name)
            elif name in named:
                tally.doubt(f'what is in "{name}": there is no such queue')
        return found

    def _ready(self, queue: str) -> int | None:
        """How many messages wait in a queue; `None` where there is none. Looks, and declares nothing."""
        channel = self._connection.channel()
        try:
            ready: int = channel.queue_declare(queue, passive=True).message_count
        except self._connection.channel_errors:
            return None
        channel.close()
        return ready

    def _queue(
        self, queue: str, counted: Counted | None, tally: Tally, asked: frozenset[str]
    ) -> None:
        ready = self._ready(queue)
        if not ready:
            return
        words = f'{plural(ready, "message")} in "{queue}"'
        if not self._manner.peek:
            tally.doubt(f"the names of {ready} {words}: --peek looks at classic queues")
        elif not self._is_classic(queue, counted):
            tally.doubt(
                f"the names of {ready} {words}: it is no classic queue for certain, and in a quorum queue a look counts as a delivery, so none is taken out"
            )
        else:
            self._peek(queue, tally, asked)

    def _is_classic(self, queue: str, counted: Counted | None) -> bool:
        """Whether a queue is surely a classic one: the broker itself says so, by API or by comparing.

        A declaration like the queue's own changes nothing, and one that differs is refused with the
        first difference; each argument but the type is learned so.
        """
        if counted is not None and counted.type != "classic":
            return False
        durable, automatic, arguments = True, False, dict[str, Any](CLASSIC)
        for _ in range(ARGUMENTS):
            if self._ready(queue) is None:
                return False
            channel = self._connection.channel()
            try:
                channel.queue_declare(
                    queue, durable=durable, auto_delete=automatic, arguments=arguments
                )
            except self._connection.channel_errors as error:
                found = MISMATCH.search(str(error))
                if found is None or found["key"] in {"x-queue-type", "exclusive"}:
                    return False
                if found["key"] == "durable":
                    durable = found["value"] == "true"
                elif found["key"] == "auto_delete":
                    automatic = found["value"] == "true"
                else:
                    number = (found["type"] or "").startswith(("signed", "unsigned", "long"))
                    is_text = found["type"] == "longstr" or not number
                    arguments[found["key"]] = found["value"] if is_text else int(found["value"])
                continue
            channel.close()
            return True
        return False

    def _peek(self, queue: str, tally: Tally, asked: frozenset[str]) -> None:
        """Takes messages without acknowledging one; with the channel closed they are where they were."""
        channel = self._connection.channel()
        try:
            for _ in range(self._manner.cap):
                got = channel.basic_get(queue, no_ack=False)
                if got is None:
                    return
                body = got.body.encode() if isinstance(got.body, str) else bytes(got.body)
                said = got.properties
                kind, encoding = said.get("content_type", ""), said.get("content_encoding", "")
                message = read_message(got.headers or {}, body, kind, encoding, asked)
                if message is not None:
                    tally.add(message, WAITING, queue)
            left = channel.queue_declare(queue, passive=True).message_count
            if left:
                tally.doubt(
                    f'the names of {left} more {plural(left, "message")} in "{queue}": {self._manner.cap} were looked at (--cap)'
                )
        finally:
            channel.close()
