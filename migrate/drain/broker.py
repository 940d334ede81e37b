"""One broker, opened by its URL: each look at it gives what is in flight there and in its workers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

from migrate.drain.management import Management
from migrate.drain.rabbitmq import Manner, RabbitReader, listeners
from migrate.drain.redis import RedisReader
from migrate.drain.values import HELD, INSIDE, RUNNING, Look, Tally
from migrate.drain.workers import Answers, ask
from migrate.errors import UsageError
from reports.words import plural

PASSWORD = re.compile(r"//([^/@;]*?):[^/@;]*@")
AMQP = frozenset({"amqp", "amqps", "pyamqp"})
SCHEMES = AMQP | {"redis", "rediss", "sentinel"}
UNREACHED = (
    "no worker answered, so it is not known what runs; where none does, say so: --no-workers"
)


def without_password(url: str) -> str:
    """A URL as it may be shown and kept."""
    return PASSWORD.sub(r"//\1:**@", url)


class Broker(Protocol):
    """What can be looked at."""

    settles: float
    """Seconds that its own counts may lag behind."""

    def look(self, asked: frozenset[str]) -> Look:
        """What is in flight now."""


@contextmanager
def opened_broker(
    url: str, options: dict[str, object], manner: Manner, management: str, *, workers: bool
) -> Iterator[Broker]:
    """A broker by its URL and kombu's transport options; `workers` tells whether some may run.

    Raises `UsageError` where it can't be reached, or is of a kind whose messages can't be read.
    """
    from celery import Celery

    kind = kind_of(url)
    app = Celery("migrate-drain", broker=url, set_as_current=False)
    patience = {"socket_timeout": 30, "socket_connect_timeout": 10}
    app.conf.broker_transport_options = options if kind in AMQP else patience | options
    app.conf.broker_connection_timeout = 10
    faults = connection_errors()
    try:
        with app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0)
            if connection.transport.driver_type == "redis":
                yield RedisBroker(app, connection, workers=workers)
            else:
                yield RabbitBroker(app, connection, manner, management, workers=workers)
    except faults as error:
        why = str(error).rstrip(".") or type(error).__name__
        raise UsageError(
            f"the broker {without_password(url)} can't be read: {why}. Say which: --broker URL, with --option KEY=VALUE for each of its transport options"
        ) from None
    finally:
        app.close()


def kind_of(url: str) -> str:
    """The scheme of a URL. Raises `UsageError` for a broker whose messages can't be read."""
    scheme = url.partition("://")[0].partition("+")[0]
    if scheme not in SCHEMES:
        raise UsageError(
            f"'{scheme}' is no broker that drain reads: it reads Redis (redis://, rediss://, sentinel://) and RabbitMQ (amqp://, amqps://)"
        )
    return scheme


def connection_errors() -> tuple[type[Exception], ...]:
    """What the clients raise where a broker is away, or refuses."""
    import amqp
    import redis
    from kombu.exceptions import KombuError

    return (KombuError, redis.RedisError, amqp.AMQPError, OSError)


class RedisBroker:
    """Redis: every message is read, and only what runs after an early acknowledgement is not seen."""

    settles = 0.0

    def __init__(self, app: Any, connection: Any, *, workers: bool) -> None:  # noqa: ANN401
        self._app, self._connection, self._workers = app, connection, workers
        self._reader = RedisReader(connection.default_channel)

    def look(self, asked: frozenset[str]) -> Look:
        """What lies in Redis, and what its workers run beside that."""
        tally = Tally()
        there = self._reader.listeners()
        answers = ask(self._app, self._connection, asked, there)
        # Afterwards: what a task sent that ran a moment ago lies in Redis by now.
        self._reader.read(tally, asked)
        answered = len(answers.workers)
        if there > answered:
            tally.doubt(f"what {there - answered} of {there} workers run: no answer came")
        elif not answered and self._workers:
            tally.doubt(UNREACHED)
        running = {}
        for taken in answers.taken:
            if taken.id not in tally.ids:
                if taken.runs:
                    running[taken.id] = f'"{taken.name}" on {taken.worker}'
                tally.see(taken.name, RUNNING if taken.runs else HELD, taken.worker, taken.until)
                for name in taken.inside:
                    tally.see(name, INSIDE, taken.worker)
        return tally.look(running, answers.workers)


class RabbitBroker:
    """RabbitMQ: what waits is counted, and its names are known only where messages may be looked at."""

    settles = 6.0

    def __init__(
        self,
        app: Any,  # noqa: ANN401 - Celery's
        connection: Any,  # noqa: ANN401 - kombu's
        manner: Manner,
        management: str,
        *,
        workers: bool,
    ) -> None:
        self._app, self._connection, self._workers = app, connection, workers
        host, secure = connection.hostname or "localhost", bool(connection.ssl)
        url = management or (f"https://{host}:15671" if secure else f"http://{host}:15672")
        if urlsplit(url).scheme not in {"http", "https"}:
            raise UsageError(f"--management takes an http:// or https:// URL, not '{url}'")
        user, password = connection.userid or "guest", connection.password or "guest"
        asked = Management(url, user, password, connection.virtual_host or "/")
        self._reader = RabbitReader(connection, asked, manner)

    def look(self, asked: frozenset[str]) -> Look:
        """What waits, and what workers say that they hold."""
        tally = Tally()
        queues = self._reader.survey()
        there = listeners(queues) if queues is not None else None
        answers = ask(self._app, self._connection, asked, None if there is None else len(there))
        held = self._reader.read(tally, asked, queues)
        self._compare(tally, answers, held, there or [])
        running = {}
        for taken in answers.taken:
            if taken.runs and taken.acknowledged:
                running[taken.id] = f'"{taken.name}" on {taken.worker}'
            tally.see(taken.name, RUNNING if taken.runs else HELD, taken.worker, taken.until)
            for name in taken.inside:
                tally.see(name, INSIDE, taken.worker)
        return tally.look(running, answers.workers)

    def _compare(self, tally: Tally, answers: Answers, held: int | None, there: list[str]) -> None:
        """Holds what the workers say against what the broker counts."""
        told = sum(not taken.acknowledged for taken in answers.taken)
        for worker in sorted(set(there) - set(answers.workers)):
            tally.doubt(f"what {worker} holds and runs: no answer came")
        if held is not None and held > told:
            more = held - told
            tally.doubt(
                f"the names of {more} {plural(more, 'message')} held by workers that did not answer"
            )
        if told:
            tally.doubt(
                f"what {told} {plural(told, 'message')} held by workers will send: a warm stop of the workers returns them"
            )
        if held is None and self._workers:
            tally.doubt(
                f"what workers hold: the management API tells that, and {self._reader.unmanaged or 'it counts nothing'} (--management URL; where no worker runs: --no-workers)"
            )
        if not answers.workers and not there and self._workers:
            tally.doubt(UNREACHED)
