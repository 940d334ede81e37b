"""The migration for rows of django-celery-beat: where it goes, and what it does in a database."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from codemods.renaming.alias_module import alias_module
from codemods.settings import Beat, Settings
from tests.codemods.harness import PROJECT, Files, run
from tests.codemods.test_aliases import HOOKED
from tests.target_runtime.servers import PostgresServer

TASK = (
    'from celery import shared_task\n\n\n@shared_task(name="create_job()")\ndef one():\n    pass\n'
)
SETTINGS = """\
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["orders", "django_celery_beat"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "rows.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
CELERY_BROKER_URL = "memory://"
"""
FIRST = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = []\n    operations = []\n"
ALIASED: Files = {
    "shop/celery.py": HOOKED,
    "shop/task_aliases.py": alias_module({"create_job()": "create_job"}),
    "shop/settings.py": SETTINGS,
    "orders/tasks.py": TASK,
    "orders/migrations/__init__.py": "",
    "orders/migrations/0001_initial.py": FIRST,
}
CONFIGURED = Settings(beat=Beat(migrations="orders"))
MADE = "orders/migrations/0002_rename_periodic_tasks.py"


def said(files: Files, configured: Settings = CONFIGURED) -> str:
    """What the step says about rows."""
    found = run("names", files, configured)
    return "\n".join(note.message for note in found.notes if note.code == "beat-rows")


def test_the_migration_goes_into_the_app_that_the_configuration_names() -> None:
    found = run("names", ALIASED, CONFIGURED)
    assert MADE in found.files
    text = found.snapshot.read(MADE).decode()
    assert '("orders", "0001_initial"),\n        ("django_celery_beat", "0001_initial"),' in text
    assert '    "create_job()": "create_job",\n' in text


def test_without_a_line_of_a_person_no_app_gets_one() -> None:
    found = run("names", ALIASED)
    assert MADE not in found.files
    assert '(here: orders), migrations = "FOLDER"' in said(ALIASED, Settings())


def test_where_no_rows_are_none_is_written() -> None:
    files = {**ALIASED, "shop/settings.py": 'INSTALLED_APPS = ["orders"]\n'}
    assert not [path for path in run("names", files, CONFIGURED).files if "migrations" in path]


def test_it_follows_the_one_last_migration() -> None:
    second = FIRST.replace("= []\n    operations", '= [("orders", "0001_initial")]\n    operations')
    files = {**ALIASED, "orders/migrations/0009_more.py": second}
    found = run("names", files, CONFIGURED)
    text = found.snapshot.read("orders/migrations/0010_rename_periodic_tasks.py").decode()
    assert '("orders", "0009_more")' in text
    two = {**files, "orders/migrations/0008_other.py": second}
    assert "2 last migrations" in said(two)
    assert "no migrations" in said({k: v for k, v in ALIASED.items() if "0001" not in k})


def test_the_label_of_the_apps_own_configuration_counts() -> None:
    apps = 'from django.apps import AppConfig\n\n\nclass Orders(AppConfig):\n    name = "orders"\n    label = "jobs"\n'
    text = run("names", {**ALIASED, "orders/apps.py": apps}, CONFIGURED).snapshot.read(MADE)
    assert b'("jobs", "0001_initial")' in text


SCRIPT = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django
django.setup()
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from shop.celery import app

def to(number):
    call_command("migrate", "orders", number, verbosity=0)

def tasks():
    return sorted(PeriodicTask.objects.exclude(name__startswith="celery.").values_list("name", "task", "enabled"))

call_command("migrate", "django_celery_beat", verbosity=0)
to("0001")
every = IntervalSchedule.objects.create(every=60, period="seconds")
PeriodicTask.objects.create(name="by hand", task="create_job()", interval=every)
PeriodicTask.objects.create(name="off", task="create_job()", interval=every, enabled=False)
PeriodicTask.objects.create(name="other", task="mail", interval=every)
beat = DatabaseScheduler(app=app)
assert beat.schedule["by hand"].task == "create_job()"
to("0002")
print(tasks())
assert beat.schedule["by hand"].task == "create_job"
PeriodicTask.objects.create(name="meanwhile", task="create_job", interval=every)
assert "meanwhile" in beat.schedule
to("0001")
print(tasks())
assert beat.schedule["meanwhile"].task == "create_job()"
to("0002")
print(tasks())
assert beat.schedule["meanwhile"].task == "create_job"
"""


SQLITE = '{"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "rows.sqlite3"}}'
POSTGRESQL = '{{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "test", "HOST": "127.0.0.1", "PORT": "{port}"}}}}'


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The setting of a database of the test's own."""
    if request.param == "sqlite":
        yield SQLITE
        return
    server = PostgresServer(tmp_path / "postgres").start()
    yield POSTGRESQL.format(port=server.port)
    server.stop()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_forward_back_and_forward_under_a_beat_that_runs(tmp_path: Path, database: str) -> None:
    settings = SETTINGS.replace(SQLITE, database)
    files = {**ALIASED, "manage.py": PROJECT["manage.py"], "shop/settings.py": settings}
    found = run("names", files, CONFIGURED)
    for path in found.snapshot.files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(found.snapshot.read(path))
    words = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    new = [("by hand", "create_job", True), ("off", "create_job", False), ("other", "mail", True)]
    old = [(name, task.replace("job", "job()"), on) for name, task, on in new]
    more = ("meanwhile", "create_job", True)
    assert done.stdout.splitlines() == [
        str(new),
        str(sorted([*old, ("meanwhile", "create_job()", True)])),
        str(sorted([*new, more])),
    ]


@pytest.mark.parametrize("folder", ["orders/", "/orders"])
def test_slashes_around_the_folder_do_no_harm(folder: str) -> None:
    assert MADE in run("names", ALIASED, Settings(beat=Beat(migrations=folder))).files


SCHEDULE = """\
CELERY_BEAT_SCHEDULE = {
    "keep": {"task": "create_job()", "schedule": 60},
    "old": {"task": "orders.tasks.gone", "schedule": 60},
}
"""
SCHEDULED: Files = {**ALIASED, "shop/settings.py": SETTINGS + SCHEDULE}
STOPPED = "orders/migrations/0002_stop_periodic_tasks.py"


def stopping(answer: str, migrations: str = "orders") -> Settings:
    """What becomes of the entry `old`, and in which app."""
    return Settings(
        beat=Beat(expires=False, orphans={"old": answer}, migrations=migrations, dead="keep")
    )


def test_rows_of_an_entry_that_goes_are_stopped() -> None:
    found = run("beat", SCHEDULED, stopping("remove"))
    assert found.files == [STOPPED, "shop/settings.py"]
    text = found.snapshot.read(STOPPED).decode()
    assert '    "old": ["orders.tasks.gone"],\n' in text
    assert '("orders", "0001_initial"),' in text


def test_rows_that_go_on_are_told_where_no_app_is_named() -> None:
    found = run("beat", SCHEDULED, stopping("remove", ""))
    assert found.files == ["shop/settings.py"]
    (note,) = [note for note in found.notes if note.code == "beat-rows"]
    assert 'the rows of "old" stay' in note.message


@pytest.mark.parametrize("answer", ["keep", "point-to create_job", ""])
def test_no_row_is_stopped_whose_entry_stays(answer: str) -> None:
    found = run("beat", SCHEDULED, stopping(answer))
    assert not [path for path in found.files if "migrations" in path]


def test_entries_in_redis_are_told_when_names_change() -> None:
    settings = 'INSTALLED_APPS = ["orders"]\nCELERY_BEAT_SCHEDULER = "redbeat.RedBeatScheduler"\n'
    assert "redbeat" in said({**ALIASED, "shop/settings.py": settings})


STOPS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
import django
django.setup()
from django.core.management import call_command
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler
from shop.celery import app

def rows():
    found = PeriodicTask.objects.exclude(name__startswith="celery.").order_by("name")
    return [(row.name, row.enabled, row.description) for row in found]

call_command("migrate", "django_celery_beat", verbosity=0)
call_command("migrate", "orders", "0001", verbosity=0)
every = IntervalSchedule.objects.create(every=60, period="seconds")
PeriodicTask.objects.create(name="old", task="orders.tasks.gone", interval=every, description="mine. ")
PeriodicTask.objects.create(name="old too", task="orders.tasks.gone", interval=every)
beat = DatabaseScheduler(app=app)
assert beat.schedule["old"].task == "orders.tasks.gone"
call_command("migrate", "orders", "0002", verbosity=0)
print(rows())
assert "old" not in beat.schedule, "a beat that runs has noticed"
call_command("migrate", "orders", "0001", verbosity=0)
print(rows())
assert "old" in beat.schedule
"""


def test_stopped_rows_run_again_backwards_under_a_beat_that_runs(tmp_path: Path) -> None:
    files = {**SCHEDULED, "manage.py": PROJECT["manage.py"]}
    found = run("beat", files, stopping("remove"))
    for path in found.snapshot.files:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(found.snapshot.read(path))
    words = [sys.executable, "-W", "ignore", "-c", STOPS]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    stopped, again = done.stdout.splitlines()
    mark = "Stopped, since its entry left the code."
    kept = [("keep", True, ""), ("old", False, f"mine. {mark}"), ("old too", True, "")]
    assert stopped == str(kept)
    assert again == str([kept[0], ("old", True, "mine. "), kept[2]])
