"""Messages in flight while a task's name changes: what the gates let happen loses none and runs none twice.

Workers run the very trees that the tool commits. The ways that lose messages are refused before they
can happen; one of them is forced here, to show that there is something to lose. A few ways run with
the tests, all of them on both brokers with `make soak` (`SOAK_RENAMES`).
"""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from celery import Celery, Signature, chain, chord, group

from tests.command import Terminal, git, make_repository
from tests.migrate.drain.places import Worker
from tests.target_runtime.servers import RedisServer, until

SOAK = "SOAK_RENAMES" in os.environ
OLD, NEW = "job()", "job"
LATE = 4.0
"""Seconds after which the late messages of a batch are due: a stage or two after they were sent."""
FILES = {
    "manage.py": "",
    "shop/__init__.py": "from .celery import app\n",
    "shop/settings.py": 'INSTALLED_APPS = ["shop"]\n',
    "shop/celery.py": """\
import os

from celery import Celery

app = Celery("shop", broker=os.environ["SHOP_BROKER"], backend=os.environ["SHOP_BACKEND"])
app.conf.task_acks_late = True
app.conf.broker_connection_retry_on_startup = True
app.conf.include = ["shop.tasks"]
app.conf.beat_schedule = {"jobs": {"task": "job()", "schedule": 0.5, "args": ["beat"]}}
""",
    "shop/tasks.py": """\
import os

from celery import shared_task


def record(label, task):
    with open(os.environ["SHOP_RECORD"], "a") as lines:
        lines.write(f"{label} {task.request.id}\\n")


@shared_task(name="job()", bind=True, max_retries=5)
def job(self, label, *_):
    if label.startswith("retry") and not self.request.retries:
        raise self.retry(countdown=float(os.environ["SHOP_LATE"]))
    record(label, self)
    return label


@shared_task(name="other", bind=True)
def other(self):
    return "other"
""",
}


ROWS = FILES | {
    "manage.py": 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
    "pyproject.toml": '[tool.migrate.beat]\nmigrations = "shop"\nexpires = false\n',
    "shop/settings.py": """\
import os

SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["shop", "django_celery_beat"]
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ.get("SHOP_ROWS", ":memory:")}
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
""",
    "shop/celery.py": """\
import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
app = Celery("shop", broker=os.environ["SHOP_BROKER"], backend=os.environ["SHOP_BACKEND"])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_acks_late = True
app.conf.broker_connection_retry_on_startup = True
app.conf.include = ["shop.tasks"]
""",
    "shop/migrations/__init__.py": "",
    "shop/migrations/0001_initial.py": "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = []\n",
}
"""The project with its schedule in a database."""

DATABASE = "django_celery_beat.schedulers:DatabaseScheduler"
MANAGE = """\
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django
django.setup()
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask

call_command("migrate", "django_celery_beat", verbosity=0)
call_command("migrate", "shop", sys.argv[1], verbosity=0)
every, _ = IntervalSchedule.objects.get_or_create(every=1, period="seconds")
PeriodicTask.objects.get_or_create(
    name="by hand", defaults={"task": "job()", "interval": every, "args": '["beat"]'}
)
print(PeriodicTask.objects.get(name="by hand").task)
"""


class Way:
    """A migrated project, a broker, and the workers that run its trees one after another."""

    def __init__(
        self, folder: Path, broker: str, migrate: Terminal, files: Mapping[str, str] = FILES
    ) -> None:
        self.folder, self.broker, self.migrate = folder, broker, migrate
        self.record = folder / "record"
        self.record.touch()
        (folder / "results").mkdir()
        self.environment = {
            "SHOP_BROKER": broker,
            "SHOP_BACKEND": f"file://{folder / 'results'}",
            "SHOP_RECORD": str(self.record),
            "SHOP_LATE": str(LATE),
            "SHOP_ROWS": str(folder / "rows.sqlite3"),
        }
        self.app = Celery(
            "s", broker=broker, backend=self.environment["SHOP_BACKEND"], set_as_current=False
        )
        self.sent: list[str] = []
        self.workers: list[Worker] = []
        self.shop = make_repository(folder / "shop", files)
        os.chdir(self.shop)
        migrate("apply")
        migrate("apply", "--deployed", "1")
        for name, revision in (
            ("old", "main"),
            ("aliases", "migrate/04-aliases"),
            ("names", "migrate/05-names"),
        ):
            self.tree(name, revision)

    def tree(self, name: str, revision: str) -> None:
        """The files of a revision, for workers to run."""
        git(self.shop, "worktree", "add", "-q", "--detach", str(self.folder / name), revision)

    def stage(self, *names: str) -> None:
        """New workers of these trees take the place of those that run."""
        started = [
            Worker(self.folder / n, "shop", "-c", "2", beat=False, **self.environment)
            for n in names
        ]
        # The new ones come up while the old ones still work, as in a rolling deploy.
        for one in started:
            one.ready()
        self.stop()
        self.workers = started

    def stop(self) -> None:
        """Warm, so that what is held goes back."""
        for one in self.workers:
            one.process.terminate()
        for one in self.workers:
            one.stop()
        self.workers = []

    def send(self, name: str) -> None:
        """A batch under one name: each label is to run once."""
        mark = f"{len(self.sent)}"

        def job(label: str, **options: object) -> Signature:
            self.sent.append(f"{label}-{mark}")
            return self.app.signature(
                name, args=(f"{label}-{mark}",), immutable=True, options=options
            )

        other = self.app.signature("other", immutable=True)
        job("plain").apply_async()
        job("countdown").apply_async(countdown=LATE)
        job("eta").apply_async(eta=datetime.now(UTC) + timedelta(seconds=LATE + 1))
        job("retry").apply_async()
        job("expires").apply_async(expires=120)
        chain(other.clone(countdown=LATE), job("chain"), app=self.app).apply_async()
        group([job(f"group{n}") for n in range(3)], app=self.app).apply_async()
        header = [job("member0"), job("member1", countdown=LATE)]
        chord(header, job("body"), app=self.app).apply_async()
        other.apply_async(countdown=LATE, link=job("link"))

    def ran(self) -> Counter[str]:
        """How often each label ran."""
        return Counter(line.split()[0] for line in self.record.read_text().splitlines())

    def check(self) -> None:
        """Every message that was sent has run, and once."""
        until(lambda: set(self.ran()) >= set(self.sent), 40, self.missing)
        time.sleep(1)
        assert {label: n for label, n in self.ran().items() if n != 1 and label != "beat"} == {}
        assert len(self.sent) % 13 == 0

    def missing(self) -> str:
        """What did not run, and what the workers say."""
        logs = "".join(one.log.read_text()[-2000:] for one in self.workers)
        return f"not run: {sorted(set(self.sent) - set(self.ran()))}\n{logs}"

    def close(self) -> None:
        """Kills the workers."""
        for one in self.workers:
            one.kill()
        self.app.close()


@pytest.fixture
def way(request: pytest.FixtureRequest, here: Path, migrate: Terminal) -> Iterator[Way]:
    """The broker is the parameter of the test."""
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        broker = server.url
    else:
        broker = request.getfixturevalue("rabbitmq")
    with ExitStack() as stack:
        made = Way(here, broker, migrate)
        stack.callback(made.close)
        yield made


def one_after_another(way: Way) -> None:
    way.stage("old")
    way.send(OLD)
    time.sleep(1)
    way.stage("aliases")
    way.send(OLD)
    time.sleep(1)
    way.stage("names")
    way.send(OLD)
    way.send(NEW)


def back_and_forth(way: Way) -> None:
    way.stage("names")
    way.send(NEW)
    time.sleep(1)
    way.stage("aliases")
    way.send(OLD)
    time.sleep(1)
    way.stage("names")


def side_by_side(way: Way) -> None:
    way.stage("old", "aliases")
    way.send(OLD)
    time.sleep(1)
    way.stage("aliases", "names")
    way.send(OLD)
    way.send(NEW)


WAYS = {way.__name__: way for way in (one_after_another, back_and_forth, side_by_side)}
QUICK = {
    ("one_after_another", "redis"),
    ("side_by_side", "redis"),
    ("one_after_another", "rabbitmq"),
}
ALL = {(name, broker) for name in WAYS for broker in ("redis", "rabbitmq")}


@pytest.mark.parametrize(("steps", "way"), sorted(ALL if SOAK else QUICK), indirect=["way"])
def test_a_safe_way_runs_every_message_once(steps: str, way: Way) -> None:
    WAYS[steps](way)
    way.check()


@pytest.mark.parametrize("way", ["redis", "rabbitmq"] if SOAK else ["redis"], indirect=True)
def test_a_way_that_loses_messages_is_refused(
    way: Way, migrate: Terminal, drain: Callable[..., int]
) -> None:
    """Old and new names in flight: neither may the old ones go, nor workers go back past aliases."""
    way.stage("names")
    way.send(OLD)
    way.send(NEW)
    until(lambda: way.ran()["plain-13"], 20, way.missing)
    drop = ("apply", "--step", "drop-aliases")
    assert "no drain has looked" in migrate(*drop, code=3).err
    assert drain() == 1
    assert OLD in migrate(*drop, code=3).err
    assert NEW in migrate("rollback", code=3).err
    assert drain("--before", "rollback", "--senders-stopped") == 1
    assert NEW in migrate("rollback", "--to", "aliases", code=3).err
    way.check()
    until(lambda: drain() == 0, 30, "what ran is still counted")
    migrate(*drop)
    way.tree("dropped", "migrate/09-drop-aliases")
    way.stage("dropped")
    way.send(NEW)
    way.check()


@pytest.fixture
def drain(way: Way, migrate: Terminal, request: pytest.FixtureRequest) -> Callable[..., int]:
    """Drains the broker of the way, on which workers run; gives the exit code."""
    known = ["drain", "--broker", way.broker, "--longest", "1", "--peek"]
    if way.broker.startswith("amqp"):
        known += ["--management", request.getfixturevalue("managed").api]
    return lambda *words: migrate(*known, *words, code=None).code


def test_senders_wait_for_the_first_gate(here: Path, migrate: Terminal) -> None:
    """Workers of the old tree beside senders of new names: that commit is not made before."""
    make_repository(here, FILES)
    migrate("apply")
    migrate("apply", "--dry-run")
    assert not git(here, "branch", "--list", "migrate/05-names")


FORCED = {
    "both gates at once": ("names", NEW, "old"),
    "dropped in flight": ("names", OLD, "dropped"),
}


@pytest.mark.parametrize("what", sorted(FORCED) if SOAK else ["dropped in flight"])
@pytest.mark.parametrize("way", ["redis"], indirect=True)
def test_what_is_refused_would_lose_messages(what: str, way: Way, migrate: Terminal) -> None:
    first, name, then = FORCED[what]
    way.stage(first)
    way.send(name)
    until(lambda: way.ran()["plain-0"], 20, way.missing)
    migrate("apply", "--step", "drop-aliases", "--i-know", OLD)
    way.tree("dropped", "migrate/09-drop-aliases")
    way.stage(then)
    time.sleep(LATE + 4)
    lost = set(way.sent) - set(way.ran())
    assert {"countdown-0", "eta-0"} <= lost
    assert "unregistered" in way.workers[0].log.read_text()


@pytest.mark.skipif(not SOAK, reason="SOAK_RENAMES: a minute, with make soak")
@pytest.mark.parametrize("way", ["redis", "rabbitmq"], indirect=True)
def test_real_beat_goes_on_under_either_name(way: Way) -> None:
    beats = []
    for workers, schedule in (
        ("old", "old"),
        ("aliases", "old"),
        ("names", "old"),
        ("names", "names"),
    ):
        way.stage(workers)
        beat = Worker(way.folder / schedule, "shop", **way.environment, beat=True)
        beats.append(beat)
        time.sleep(6)
        beat.stop()
        way.send(OLD if schedule == "old" else NEW)
    way.check()
    sent = sum(beat.log.read_text().count("Sending due task jobs") for beat in beats)
    until(lambda: way.ran()["beat"] == sent, 20, lambda: f"{way.ran()['beat']} of {sent}")
    assert sent > 20


@pytest.mark.skipif(not SOAK, reason="SOAK_RENAMES: a minute, with make soak")
def test_a_row_of_a_database_is_renamed_under_a_beat_that_runs(
    here: Path, migrate: Terminal, redis_server: RedisServer
) -> None:
    with ExitStack() as stack:
        way = Way(here, redis_server.url, migrate, ROWS)
        stack.callback(way.close)
        tree = way.folder / "names"
        script = tree / "rows.py"
        script.write_text(MANAGE)

        def rows(number: str) -> str:
            words = [sys.executable, "-W", "ignore", str(script), number]
            environment = os.environ | {"PYTHONPATH": str(tree)} | way.environment
            return subprocess.check_output(words, cwd=tree, env=environment, text=True).strip()

        assert rows("0001") == OLD
        words = ("--scheduler", DATABASE, "--max-interval", "1")
        beats: list[Worker] = []
        for name in ("old", "aliases", "names"):
            # Workers first, then what sends.
            way.stage(name)
            if beats:
                beats[-1].stop()
            beats.append(Worker(way.folder / name, "shop", *words, **way.environment, beat=True))
            stack.callback(beats[-1].kill)
            time.sleep(5)
        names = []
        for number in ("0002", "0001", "0002"):
            names.append(rows(number))
            time.sleep(5)
        beats[-1].stop()
        assert names == [NEW, OLD, NEW]
        sent = sum(beat.log.read_text().count("Sending due task by hand") for beat in beats)
        assert sent > 15
        until(lambda: way.ran()["beat"] == sent, 20, lambda: f"{way.ran()['beat']} of {sent}")
