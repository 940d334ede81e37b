"""The Celery app of a campaign, on the target runtime: one task, guarded by what it is asked to do."""

import os
import socket
from pathlib import Path
from typing import Any

from celery import Celery
from celery.exceptions import Reject
from django.conf import settings as django_settings
from kombu.exceptions import ChannelError, OperationalError

from migrate.errors import MigrateError, UsageError
from migrate.fleet import embedded
from migrate.fleet.campaign import Campaign
from migrate.fleet.running import ended, keep, may_pass, run_job, tried_again
from migrate.fleet.values import Job
from target_runtime import defaults, queues
from target_runtime.tasks import IdempotentTask

TASK = "migrate.fleet.repository"
MONTH = 30 * 24 * 3600
LEASE = 10.0
"""Seconds for which a killed worker keeps its repository from others."""
LIMIT = 24 * 3600
"""Seconds that a repository may ask for: Redis gives a message out again only after that."""


class FailedError(Exception):
    """The repository could not be migrated: its outcome says why."""


def queue_names(campaign: str) -> tuple[str, str]:
    """The queues of a campaign: of repositories that are only read, and of those whose code runs."""
    return f"fleet-{campaign}", f"fleet-{campaign}-code"


def make_app(folder: Path, broker: str = "") -> Celery:
    """The app of the campaign in a folder; without a broker's URL its messages are files there."""
    campaign = Campaign(folder)
    about = campaign.about()
    _configure(folder, broker, about.id)
    embedded.register()
    options = {"visibility_timeout": defaults.visibility_timeout(longest_limit=LIMIT)}
    app = Celery("fleet", broker=broker or f"{embedded.SCHEME}://localhost//", set_as_current=True)
    app.conf.update(
        defaults.safe_defaults(),
        broker_transport_options=options if broker else embedded.options(folder / "broker"),
        task_queues=queues.task_queues((), default=""),
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        worker_enable_remote_control=False,
        worker_hijack_root_logger=True,
        worker_proc_alive_timeout=60,
        task_default_queue=queue_names(about.name)[0],
    )
    app.conf.task_queues = tuple(queues.task_queue(name) for name in queue_names(about.name))
    _register(app, campaign)
    return app


def _configure(folder: Path, broker: str, identity: str) -> None:
    """Tells the runtime where its keys stand: in the broker's Redis, else in a file of the campaign."""
    if django_settings.configured:
        return
    redis = broker.startswith(("redis://", "rediss://", "unix://"))
    where = (
        {"redis_url": broker, "redis_timeout": 2.0}
        if redis
        else {"sqlite_path": str(folder / "keys.sqlite")}
    )
    settings = {
        **where,
        "namespace": f"fleet-{identity}",
        "lease": LEASE,
        "look_again": 5.0,
        "database_timeout": 20.0,
    }
    django_settings.configure(CONVERGE_RUNTIME=settings, USE_TZ=True, DATABASES={})


class RepositoryTask(IdempotentTask):
    """One effective run for a repository at a commit with settings by a version of the tool."""

    abstract = True
    idempotency_arguments = ("key", "number")
    idempotency_name = TASK
    idempotency_ttl = MONTH
    max_retries = 3
    autoretry_for = ()
    soft_time_limit = None
    time_limit = None


def _register(app: Celery, campaign: Campaign) -> None:
    @app.task(name=TASK, base=RepositoryTask, bind=True)
    def repository(self: Any, name: str, key: str, number: int) -> str:  # noqa: ANN401 - the task
        """How a repository ended. Raises `FailedError`, which lets it be run again."""
        if found := ended(campaign, name, key, number):
            return found.state
        try:
            job = campaign.job(name, key)
        except MigrateError as error:
            # Nobody asked for it here: a strange message, or one of a folder that is gone.
            raise Reject(str(error), requeue=False) from None
        worker = (
            f"{os.environ.get('MIGRATE_FLEET_WORKER', '?')} {os.getpid()}@{socket.gethostname()}"
        )
        found = run_job(campaign, job, number, worker)
        if may_pass(job, found) and self.request.retries < self.max_retries:
            seconds = self.backoff(self.request.retries) or 1.0
            tried_again(campaign, found, seconds)
            raise self.retry(countdown=seconds, exc=FailedError(found.message))
        keep(campaign, found)
        if found.state == "failed":
            raise FailedError(f"{name}: {found.cause}")
        return found.state


class Queues:
    """The queues of a campaign, for who sends to them."""

    def __init__(self, app: Celery, campaign: str) -> None:
        self._app = app
        self._task = app.tasks[TASK]
        self.names = queue_names(campaign)

    def send(self, job: Job, number: int) -> None:
        """Sends a job to the queue that it belongs in. Raises `UsageError` where the broker is away."""
        queue = self.names[job.repository.runs_code]
        try:
            self._task.apply_async((job.name, job.key, number), queue=queue)
        except OperationalError as error:
            raise UsageError(
                f"the broker takes no messages: {error}. What is done stays done; go on with the same command"
            ) from None

    def waiting(self) -> int:
        """How many messages are in the queues; 1 where that can't be known."""
        try:
            with self._app.connection_for_read() as connection:
                channel: Any = connection.default_channel
                found = [channel.queue_declare(queue=name, passive=True) for name in self.names]
                return sum(one.message_count for one in found)
        except (OperationalError, ChannelError, OSError):
            return 1

    def purge(self) -> None:
        """Takes messages of an earlier run out of the queues: what is wanted is sent anew."""
        with self._app.connection_for_write() as connection:
            channel: Any = connection.default_channel
            for name in self.names:
                channel.queue_purge(name)


def opened_queues(folder: Path, broker: str) -> Queues:
    """The queues of the campaign in a folder; those of files are emptied, since only one run sends to them."""
    app = make_app(folder, broker)
    found = Queues(app, Campaign(folder).about().name)
    if not broker:
        found.purge()
    return found
