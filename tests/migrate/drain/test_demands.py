"""What a drain is for: names go only after a fresh zero, or where a person says that they know."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.command import Terminal, commit_files, git, make_repository
from tests.migrate.drain.places import sender
from tests.migrate.test_json import FILES
from tests.target_runtime.servers import RedisServer

OLD, NEW = "create_job()", "create_job"
DROP = ("apply", "--step", "drop-aliases")


@pytest.fixture
def drain(shop: Path, redis_server: RedisServer, migrate: Terminal) -> Callable[..., Any]:
    """Drains a Redis on which no worker runs."""

    def run(*words: str, code: int = 0) -> Any:
        known = ["drain", "--broker", redis_server.url, "--no-workers"]
        return migrate(*known, *words, code=code)

    return run


def names_of(folder: Path) -> str:
    return git(folder, "show", "migrate/head:shop/tasks.py")


def test_old_names_go_after_a_fresh_zero_alone(
    shop: Path, drain: Callable[..., Any], migrate: Terminal
) -> None:
    refused = migrate(*DROP, code=3).err
    assert f'"{OLD}" (no drain has looked)' in refused
    assert "migrate drain --broker URL" in refused
    assert "--i-know 'create_job()'" in refused
    assert not git(shop, "branch", "--list", "migrate/09-drop-aliases")
    assert "next, within 60 minutes: migrate apply --step drop-aliases" in drain().out
    migrate(*DROP)
    assert git(shop, "branch", "--list", "migrate/09-drop-aliases")


def test_a_message_in_flight_keeps_its_name(
    redis_server: RedisServer, drain: Callable[..., Any], migrate: Terminal
) -> None:
    sender(redis_server.url).send_task(OLD)
    assert "in flight: 1 of 1 name" in drain(code=1).out
    assert "the last drain saw it 1 times in flight" in migrate(*DROP, code=3).err
    redis_server.client.flushall()
    drain()
    migrate(*DROP)


def test_one_look_alone_lets_no_name_go(
    redis_server: RedisServer, drain: Callable[..., Any], migrate: Terminal
) -> None:
    """Another name is in flight, so the second look is spared, and the first may have missed this one."""
    sender(redis_server.url).send_task("other")
    found = drain("--name", "other", "--name", OLD, "--json", code=1).json
    assert [(item["waiting"], item["may_go"]) for item in found["names"]] == [
        (1, False),
        (0, False),
    ]
    assert "looked only once" in migrate(*DROP, code=3).err


def test_what_can_t_be_known_keeps_a_name(
    redis_server: RedisServer, drain: Callable[..., Any], migrate: Terminal
) -> None:
    sender(redis_server.url).send_task("other", queue="email", serializer="pickle")
    assert 'can\'t know: 1 pickled message in "email"' in drain(code=1).out
    assert "the last drain could not tell" in migrate(*DROP, code=3).err


def test_who_knows_says_which_name(shop: Path, migrate: Terminal) -> None:
    migrate(*DROP, "--i-know", NEW, code=3)
    migrate(*DROP, "--dry-run")
    migrate(*DROP, "--i-know", OLD)
    assert "task_aliases" not in git(shop, "ls-tree", "-r", "--name-only", "migrate/head")


def aged(shop: Path, **change: Any) -> None:
    path = shop / ".migrate" / "drain.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            {"at": (datetime.now(UTC) - timedelta(minutes=70)).isoformat()},
            "minutes old, and 60 count",
        ),
        ({"at": (datetime.now(UTC) + timedelta(minutes=70)).isoformat()}, "of a time to come"),
        ({"at": "yesterday"}, "has no time"),
        ({"at": "2026-01-01T00:00:00"}, "has no time"),
        ({"revision": "0" * 40}, "looked at another commit"),
        ({"names": []}, "did not ask about it"),
        ({"names": [{"name": OLD, "still_sent": ["x"]}]}, "it is still sent: x"),
        ({"names": 3}, "no drain has looked"),
    ],
)
def test_a_zero_that_does_not_count(
    change: dict[str, Any], why: str, shop: Path, drain: Callable[..., Any], migrate: Terminal
) -> None:
    drain()
    aged(shop, **change)
    assert why in migrate(*DROP, code=3).err


def test_how_fresh_is_configured(shop: Path, drain: Callable[..., Any], migrate: Terminal) -> None:
    drain()
    aged(shop, at=(datetime.now(UTC) - timedelta(minutes=70)).isoformat())
    (shop / "migrate.toml").write_text("[drain]\nfresh_minutes = 90\n")
    migrate(*DROP)
    assert git(shop, "branch", "--list", "migrate/09-drop-aliases")


def test_a_drain_of_a_link_is_not_followed(shop: Path, migrate: Terminal) -> None:
    (shop / ".migrate").mkdir(exist_ok=True)
    (shop / ".migrate" / "drain.json").symlink_to("/etc/passwd")
    assert "symbolic link" in migrate(*DROP, code=3).err


def test_going_back_from_names_alone_needs_no_drain(shop: Path, migrate: Terminal) -> None:
    migrate("rollback", "--to", "names")
    assert OLD in names_of(shop)


def test_going_back_past_aliases_goes_by_names_and_a_zero(
    shop: Path, redis_server: RedisServer, drain: Callable[..., Any], migrate: Terminal
) -> None:
    """Both gates at once lose what is in flight: 4 of 14 messages in the experiment."""
    refused = migrate("rollback", "--to", "aliases", code=3).err
    assert f'"{NEW}" (no drain has looked)' in refused
    assert "In this order: migrate rollback --to names, deploy that" in refused
    said = drain("--before", "rollback", code=1).out
    assert "still sent: migrate rollback --to names, deploy that, then ask again" in said
    assert "it is still sent: the task in shop/tasks.py" in migrate("rollback", code=3).err
    migrate("rollback", "--to", "names")
    refused = migrate("rollback", "--to", "aliases", code=3).err
    assert "rollback --to names" not in refused
    assert "looked at another commit" in refused
    sender(redis_server.url).send_task(NEW)
    drain("--before", "rollback", code=1)
    migrate("rollback", "--to", "aliases", code=3)
    redis_server.client.flushall()
    assert "next, within 60 minutes: migrate rollback --to aliases" in (
        drain("--before", "rollback").out
    )
    migrate("rollback", "--to", "aliases")
    assert "task_aliases" not in git(shop, "ls-tree", "-r", "--name-only", "migrate/head")


def test_where_all_senders_stand_still_both_gates_may_be_undone(
    shop: Path, drain: Callable[..., Any], migrate: Terminal
) -> None:
    drain("--before", "rollback", "--senders-stopped")
    migrate("rollback")
    assert git(shop, "rev-parse", "migrate/head") == git(shop, "rev-parse", "main")


def test_who_knows_may_go_back(shop: Path, migrate: Terminal) -> None:
    migrate("rollback", "--i-know", OLD, code=3)
    migrate("rollback", "--i-know", NEW)
    assert git(shop, "rev-parse", "migrate/head") == git(shop, "rev-parse", "main")


def test_where_nothing_was_deployed_nothing_is_asked(here: Path, migrate: Terminal) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    assert "if workers ran what was undone" in migrate("rollback", "--to", "aliases").out
    migrate("apply", "--through-gates")
    assert "if workers ran" not in migrate("rollback", "--to", "names").out
    migrate("apply", "--dry-run", "--deployed", "1")
    migrate("rollback")


def test_what_is_built_through_the_gates_may_be_said_to_be_deployed(
    here: Path, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    migrate("apply", "--deployed", "1")
    assert NEW in migrate("rollback", code=3).err


def test_a_drain_that_saw_new_names_shows_that_they_were_deployed(
    here: Path, redis_server: RedisServer, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    migrate("apply", "--through-gates")
    sender(redis_server.url).send_task(NEW)
    migrate("drain", "--broker", redis_server.url, "--no-workers", code=0)
    assert NEW in migrate("rollback", code=3).err


def test_dropped_aliases_come_back_without_a_drain(
    shop: Path, drain: Callable[..., Any], migrate: Terminal
) -> None:
    drain()
    migrate(*DROP)
    migrate("rollback", "--to", "drop-aliases")
    assert "task_aliases" in git(shop, "ls-tree", "-r", "--name-only", "migrate/head")


def test_past_aliases_after_the_drop_the_new_names_count_all_the_same(
    shop: Path, drain: Callable[..., Any], migrate: Terminal
) -> None:
    drain()
    migrate(*DROP)
    assert NEW in migrate("rollback", "--to", "aliases", code=3).err
    found = drain("--before", "rollback", "--json", code=1)
    assert [item["name"] for item in found.json["names"]] == [NEW]


def test_what_the_code_still_sends_does_not_go(
    here: Path, redis_server: RedisServer, migrate: Terminal
) -> None:
    """The names are asked about before the step that changes the senders."""
    periodic = "\n\n@app.on_after_configure.connect\ndef setup(sender, **kwargs):\n    sender.add_periodic_task(9, sender.signature('create_job()'))\n"
    sends = "from shop.celery import app\n\n\ndef go():\n    app.send_task('create_job()')\n"
    make_repository(
        here, {**FILES, "shop/go.py": sends, "shop/celery.py": FILES["shop/celery.py"] + periodic}
    )
    migrate("apply")
    words = ["drain", "--broker", redis_server.url, "--no-workers", "--json"]
    (name,) = migrate(*words, code=1).json["names"]
    told = "\n".join(name["still_sent"])
    for place in (
        "the task in shop/tasks.py:",
        'beat entry "jobs" in shop/celery.py:7',
        "send_task in shop/go.py:5",
        "a beat entry in shop/celery.py:13",
    ):
        assert place in told
    assert not name["may_go"]


def test_without_aliases_all_that_is_in_flight_is_counted(
    here: Path, redis_server: RedisServer, migrate: Terminal
) -> None:
    make_repository(here, FILES)
    sender(redis_server.url).send_task("x")
    words = ["drain", "--broker", redis_server.url, "--no-workers"]
    page = migrate(*words).out
    assert "1 message in flight; no old name is kept alive here" in page
    assert not (here / ".migrate").exists()
    found = migrate(*words, "--name", "x", "--name", "y", "--json", code=1).json
    assert [(item["name"], item["waiting"]) for item in found["names"]] == [("x", 1), ("y", 0)]


ROWS = {
    "shop/settings.py": "import os\n\nINSTALLED_APPS = ['shop', 'django_celery_beat']\nSECRET_KEY = 'x'\nUSE_TZ = True\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': os.environ['SHOP_DB']}}\n",
    "shop/celery.py": "import os\n\n"
    + FILES["shop/celery.py"]
    + 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n',
}
MAKE_ROWS = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django_celery_beat.models import IntervalSchedule, PeriodicTask
every = IntervalSchedule.objects.create(every=1, period="hours")
PeriodicTask.objects.create(name="hourly", task="create_job()", interval=every)
PeriodicTask.objects.create(name="off", task="create_job()", interval=every, enabled=False)
PeriodicTask.objects.create(name="else", task="other", interval=every)
"""


def test_rows_of_django_celery_beat(
    here: Path, redis_server: RedisServer, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import subprocess

    make_repository(here, {**FILES, **ROWS})
    migrate("apply", "--step", "decorators", "--step", "aliases", "--step", "names", "--checkout")
    monkeypatch.setenv("SHOP_DB", str(here / "db.sqlite3"))
    words = ["drain", "--broker", redis_server.url, "--no-workers", "--json"]
    doubts = migrate(*words, code=1).json["cant_know"]
    assert doubts == [
        "the rows of django-celery-beat: --python PATH, the project's own, reads them"
    ]
    (doubt,) = migrate(*words, "--python", sys.executable, code=1).json["cant_know"]
    assert "no such table" in doubt
    make = [sys.executable, "-c", MAKE_ROWS]
    settings = {"DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONPATH": str(here)}
    subprocess.run(make, cwd=here, env=os.environ | settings, check=True)
    found = migrate(*words, "--python", sys.executable, code=1).json
    assert found["cant_know"] == []
    assert found["names"][0]["still_sent"] == [
        'row "hourly" of django-celery-beat',
        'row "off" of django-celery-beat (disabled)',
    ]


def test_a_tip_that_is_no_more_the_one_that_was_drained(
    shop: Path, drain: Callable[..., Any], migrate: Terminal
) -> None:
    git(shop, "switch", "-q", "migrate/head")
    drain()
    commit_files(shop, {"NOTES": "mine\n"}, "Mine")
    assert "looked at another commit" in migrate(*DROP, code=3).err
    drain()
    migrate(*DROP)
