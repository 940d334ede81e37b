"""Tasks that write down when they begin and end, in a file that no server can lose."""

import functools
import os
import signal
import time

from celery import current_task, shared_task
from django.db import transaction

from target_runtime.idempotency.marks import with_idempotency
from target_runtime.observe.messages import SLOT
from target_runtime.tasks import EmailTask, ExternalAPITask, IdempotentTask


def record(what, key):
    """One line in the record; short appends are atomic."""
    request = current_task.request
    slot = getattr(request, SLOT, "-")
    line = f"{what} {key} {os.getpid()} {time.time():.3f} {request.id} {slot}\n"
    with open(os.environ["SITE_RECORD"], "a") as record_file:
        record_file.write(line)


@shared_task(base=IdempotentTask, bind=True, name="work", autoretry_for=())
def work(self, key, seconds=0.0, breaks=False):
    """Takes some time and returns something of its own."""
    record("begin", key)
    if breaks:
        transaction.set_rollback(True)
    time.sleep(seconds)
    record("end", key)
    return {"key": key, "by": self.request.id}


@shared_task(base=IdempotentTask, bind=True, name="flaky", max_retries=3, retry_backoff=1)
def flaky(self, key, failures):
    """Fails some times, then succeeds."""
    record("begin", key)
    if self.request.retries < failures:
        raise ConnectionError(f"attempt {self.request.retries}")
    record("end", key)
    return self.request.retries


@shared_task(base=IdempotentTask, bind=True, name="retries", autoretry_for=(), max_retries=3)
def retries(self, key, failures, countdown=0.2):
    """Asks for a retry by hand, some times."""
    record("begin", key)
    if self.request.retries < failures:
        raise self.retry(countdown=countdown)
    record("end", key)
    return "done"


@shared_task(base=IdempotentTask, bind=True, name="fails", autoretry_for=(), max_retries=0)
def fails(self, key):
    """Fails for good."""
    record("begin", key)
    raise ValueError(key)


@shared_task(
    base=IdempotentTask,
    bind=True,
    name="limited",
    autoretry_for=(),
    time_limit=2,
    soft_time_limit=None,
)
def limited(self, key, seconds):
    """Runs into its hard limit."""
    record("begin", key)
    time.sleep(seconds)
    record("end", key)
    return "in time"


@shared_task(name="plain")
def plain(*args):
    """No guard at all."""
    record("begin", "plain")
    return list(args)


@shared_task(name="kills_itself")
def kills_itself(key):
    """What the system does to a process that has taken all memory."""
    record("begin", key)
    os.kill(os.getpid(), signal.SIGKILL)


@with_idempotency(ttl=60)
@shared_task(name="kills_itself_guarded")
def kills_itself_guarded(key):
    """The same with a guard, whose key stays held."""
    record("begin", key)
    os.kill(os.getpid(), signal.SIGKILL)


@with_idempotency(scope="user", ttl=60)
@shared_task(name="above")
def above(user_id, notify=True):
    """Marked above the task decorator, as the guide has it."""
    record("begin", f"above-{user_id}")
    return user_id


@shared_task(name="below")
@with_idempotency(scope="user", ttl=60)
def below(user_id, notify=True):
    """Marked below it."""
    record("begin", f"below-{user_id}")
    return user_id


@shared_task(name="create_job()", base=IdempotentTask)
def create_job(job=None):
    """A task with a name of the old days."""
    record("begin", "create_job")
    return job


class AutoCloseJobsTask(IdempotentTask):
    """A task as a class, registered by being defined."""

    name = "auto_close_jobs"
    idempotency_scope = "global"
    idempotency_ttl = 60

    def run(self):
        """Its work."""
        record("begin", "auto_close_jobs")
        return "closed"


@shared_task(base=EmailTask, bind=True, name="mail")
def mail(self, user_id):
    """A task with the retries of e-mail."""
    return user_id


@shared_task(base=ExternalAPITask, bind=True, name="call", api_host="api.example.com")
def call(self, fail):
    """A call to a third party."""
    record("begin", "call")
    if fail:
        raise ConnectionError("refused")
    return "called"


@shared_task(name="plain_sleep", bind=True, ignore_result=True)
def plain_sleep(self, queue, seconds):
    """A message of a load: says for which queue it was meant."""
    waited = getattr(self.request, "converge_waited", None)
    print(f"meant={queue} waited_s={waited:.6f}")
    time.sleep(seconds)


@shared_task(base=IdempotentTask, bind=True, name="unthrown", autoretry_for=(), max_retries=3)
def unthrown(self, key):
    """Asks for a retry and goes on."""
    record("begin", key)
    if self.request.retries == 0:
        self.retry(countdown=0.3, throw=False)
    record("end", key)
    return self.request.retries


@shared_task(base=IdempotentTask, bind=True, name="replaced", autoretry_for=())
def replaced(self, key):
    """Lets another task take its place."""
    record("begin", key)
    return self.replace(plain_double.s(20))


@shared_task(base=IdempotentTask, bind=True, name="replaced_by_retries", autoretry_for=())
def replaced_by_retries(self, key):
    """Lets a task take its place that is retried once, after a while."""
    record("begin", key)
    return self.replace(retries.s(f"{key}-in", 1, 3))


@shared_task(name="plain_double")
def plain_double(number):
    """Takes another one's place."""
    record("begin", "double")
    time.sleep(0.5)
    return number * 2


@shared_task(base=IdempotentTask, bind=True, name="replaced_by_silent", autoretry_for=())
def replaced_by_silent(self, key):
    """Lets a task whose result nobody keeps take its place, at the end of a chain."""
    record("begin", key)
    return self.replace(plain_double.s(20) | silent.s(key))


@shared_task(name="silent", ignore_result=True)
def silent(number, key):
    """Leaves no result."""
    record("end", key)


@shared_task(
    base=IdempotentTask, bind=True, name="polls", autoretry_for=(), idempotency_arguments=("key",)
)
def polls(self, key, left):
    """Looks again by taking its own place, under the same key."""
    record("begin", key)
    if left:
        return self.replace(self.s(key, left - 1))
    record("end", key)
    return "found"


@shared_task(base=IdempotentTask, bind=True, name="catches", autoretry_for=(), max_retries=3)
def catches(self, key):
    """Catches what asks for its own retry, as a broad except does."""
    record("begin", key)
    if self.request.retries == 0:
        try:
            self.retry(countdown=0.3)
        except Exception:  # noqa: BLE001
            return "caught"
    record("end", key)
    return "again"


@shared_task(base=IdempotentTask, bind=True, name="steps", autoretry_for=(), max_retries=3)
def steps(self, key, step=0):
    """Goes on where it was by a retry with other arguments."""
    record("begin", f"{key}-{step}")
    if step < 2:
        raise self.retry(args=(key, step + 1), countdown=0.1)
    record("end", key)
    return step


@shared_task(base=IdempotentTask, name="big", autoretry_for=())
def big(key):
    """Returns more than is kept with a key."""
    record("begin", key)
    record("end", key)
    return "x" * 200_000


def with_session(function):
    """Gives the function an argument of its own, and takes one that it does not know."""

    @functools.wraps(function)
    def wrapper(key, *, label=""):
        return function("session", key)

    return wrapper


@shared_task(base=IdempotentTask, name="injected", autoretry_for=())
@with_session
def injected(session, key):
    """Is sent with fewer arguments than it takes."""
    record("begin", key)
    return session


@shared_task(base=IdempotentTask, bind=True, name="parent", autoretry_for=())
def parent(self, key):
    """Hands its headers on to another message of the same task, as tracing code does."""
    record("begin", key)
    if key == "outer":
        self.apply_async(("inner",), headers=self.request.headers)
    return key


@shared_task(name="says")
def says(text, seconds):
    """Prints a text again and again."""
    record("begin", "says")
    for _ in range(int(seconds * 20)):
        print(text, flush=True)
        time.sleep(0.05)


@shared_task(base=IdempotentTask, name="unwritable", autoretry_for=())
def unwritable(key):
    """Returns what JSON can't hold."""
    record("begin", key)
    record("end", key)
    return {"found": object()}


@shared_task(base=IdempotentTask, name="unreadable", autoretry_for=())
def unreadable(key):
    """Returns what breaks whoever writes it."""
    record("begin", key)
    record("end", key)
    return Unreadable()


class Unreadable:
    """Breaks as a lazy value does whose source is gone."""

    def __json__(self):
        raise ConnectionError("the source of this value is gone")


@shared_task(base=IdempotentTask, bind=True, name="grows", max_retries=3, retry_backoff=1)
def grows(self, key, how, found):
    """Puts what JSON can't hold into what it was given, then wants to run again."""
    return grown(self, key, how, found)


@shared_task(bind=True, name="grows_unguarded", max_retries=3)
def grows_unguarded(self, key, how, found):
    """The same without a guard, a base class or an automatic retry."""
    return grown(self, key, how, found)


def grown(self, key, how, found):
    record("begin", key)
    if self.request.retries == 0:
        found["rows"].append(object())
        if how == "by hand":
            raise self.retry(countdown=0.1)
        if how == "goes on":
            self.retry(countdown=0.1, throw=False)
            return None
        if how == "given":
            raise self.retry(args=(key, how, found), countdown=0.1)
        raise ConnectionError("the first attempt fails")
    record("end", key)
    return found


@shared_task(
    base=IdempotentTask,
    bind=True,
    name="sums",
    autoretry_for=(),
    idempotency_mode="coalesce",
    idempotency_arguments=("key",),
)
def sums(self, key, seconds=0.0, fails=False):
    """Reads what there is as it begins, as a task that computes a sum of rows does."""
    record("begin", key)
    with open(f"{os.environ['SITE_RECORD']}.{key}") as value:
        found = value.read()
    time.sleep(seconds)
    if fails and self.request.retries == 0:
        raise self.retry(countdown=0.1)
    record("end", key)
    return found


@shared_task(name="sends_sums")
def sends_sums(key, count, seconds=0.0):
    """Sends from a process that has the runtime."""
    return [sums.delay(key, seconds).id for _ in range(count)]
