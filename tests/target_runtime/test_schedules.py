"""Schedules: when they fire, what is wrong with them, how they are drawn and spread."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from celery import Celery
from celery.beat import Scheduler, Service
from celery.schedules import crontab, schedule
from celery.signals import before_task_publish
from hypothesis import given
from hypothesis import strategies as st

from target_runtime.checks import schedules as findings
from target_runtime.checks.schedules import skipped
from target_runtime.observe import messages
from target_runtime.schedules import heatmap
from target_runtime.schedules.entries import Entry
from target_runtime.schedules.stagger import stagger
from target_runtime.schedules.ticks import slot_of, ticks

START = datetime(2025, 3, 3, tzinfo=timezone.utc)


def entry(name: str = "mail", task: str = "send", when: object = None, **more: object) -> Entry:
    return Entry(name, task, when or crontab(minute="0"), source="shop/celery.py", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "count", "first"),
    [
        (crontab(minute="0"), 24, "00:00"),
        (crontab(minute="*/15", hour="8-9"), 8, "08:00"),
        (crontab(minute="30", hour="3", day_of_week="1"), 1, "03:30"),
        (crontab(minute="30", hour="3", day_of_week="0"), 0, ""),
        (timedelta(hours=6), 4, "00:00"),
        (schedule(run_every=3600), 24, "00:00"),
        (7200, 12, "00:00"),
    ],
)
def test_a_day_s_ticks(when: object, count: int, first: str) -> None:
    found = list(ticks(when, START, 1))
    assert len(found) == count
    assert not found or found[0].strftime("%H:%M") == first


@given(st.integers(0, 59), st.integers(0, 23), st.integers(0, 59))
def test_a_slot_is_the_tick_whenever_beat_sends(minute: int, hour: int, late: int) -> None:
    """Two beats, or one that is late, give a scheduled run one and the same slot."""
    when = crontab(minute=str(minute), hour=str(hour))
    tick = START.replace(hour=hour, minute=minute)
    assert slot_of(when, tick) == slot_of(when, tick + timedelta(minutes=late))
    assert slot_of(when, tick) != slot_of(when, tick + timedelta(days=1))


@given(st.integers(2, 7200), st.floats(0, 0.99))
def test_runs_an_interval_apart_never_share_a_slot(seconds: int, drift: float) -> None:
    when = schedule(run_every=seconds)
    moments = [START + timedelta(seconds=n * seconds + drift) for n in range(5)]
    assert len({slot_of(when, moment) for moment in moments}) == 5


def test_the_guide_s_own_example_skips_every_second_run() -> None:
    """Every 4 h with a time to live of 4 h: a run ends a moment after the next one is looked for."""
    hours = [4 * 3600.0] * 41
    assert skipped(hours, 4 * 3600) == 21
    assert skipped([900.0] * 95, 24 * 3600) == 95
    assert skipped([900.0] * 95, 600) == 0


def test_orphans_say_what_to_do() -> None:
    (found,) = findings.orphans([entry(task="send_mails")], ["send_mail", "other"])
    assert found.level == "error"
    assert found.fix == (
        'Register task with @shared_task(name="send_mails"), OR',
        "Remove from beat schedule in shop/celery.py, OR",
        "Let the entry name 'send_mail', which is registered",
    )


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("shop.reports.cleanup", "cleanup"),
        ("cleanup", "shop.archive.cleanup"),
        ("shop.tasks.send_mails", "shop.mail.send_mail"),
        ("shop.reports.cleanup_all", None),
    ],
)
def test_orphans_name_what_was_meant(wanted: str, near: str | None) -> None:
    others = ["shop.reports.build", "shop.reports.cleaning"]
    (found,) = findings.orphans([entry(task=wanted)], [*others, *([near] if near else [])])
    assert (near in found.fix[-1]) if near else len(found.fix) == 2


@pytest.mark.parametrize(
    ("other", "levels"),
    [
        (entry("again"), ["error", "notice"]),
        (entry("again", when=crontab(minute="5")), ["warning"]),
        (entry("again", args=(1,)), ["notice"]),
        (entry("again", task="else", when=crontab(minute="5")), []),
    ],
)
def test_one_task_in_two_entries(other: Entry, levels: list[str]) -> None:
    found = findings.duplicates([entry(), other], START, 1)
    assert [finding.level for finding in found] == levels


def hot(*known: Entry, days: int = 1) -> list[str]:
    load = findings.load_of(known, START, days)
    return [finding.message for finding in findings.hot_minutes(load, 5)]


def six(when: object, name: str = "t") -> list[Entry]:
    return [entry(f"{name}{n}", f"{name}{n}", when) for n in range(6)]


def test_minutes_in_which_too_much_starts() -> None:
    many = [entry(f"e{n}", f"task{n}", crontab(minute="0", hour="3")) for n in range(8)]
    names = "task0, task1, task2, task3, task4 and 3 more"
    assert hot(*many) == [f"8 entries start at 03:00: {names}."]
    assert hot(*many[:5]) == []


@pytest.mark.parametrize("days", [1, 7])
def test_a_hotspot_of_every_hour_is_told_once(days: int) -> None:
    (told,) = hot(*six(crontab(minute="0")), days=days)
    assert told.startswith("6 entries start at 00:00, all of them also at :00 of 23 more hours: t0")


def test_a_hotspot_is_told_by_its_worst_minute() -> None:
    nightly = entry("nightly", "nightly", crontab(minute="0", hour="2"))
    (told,) = hot(*six(crontab(minute="0")), nightly)
    assert told.startswith(
        "7 entries start at 02:00, more than 5 of them also at :00 of 23 more hours: nightly, t0"
    )


def test_minutes_of_one_hotspot_are_counted_where_they_are_many() -> None:
    (told,) = hot(*six(crontab(minute="*/10", hour="1")))
    assert told.startswith(
        "6 entries start at 01:00, all of them also at 01:10, 01:20, 01:30 and in 2 more minutes: t0"
    )
    (told,) = hot(*six(crontab(minute="0,7", hour="1")))
    assert told.startswith("6 entries start at 01:00, all of them also at 01:07: t0")


def test_other_entries_are_another_hotspot() -> None:
    told = hot(*six(crontab(minute="0")), *six(crontab(minute="0", hour="*/2"), "u"))
    assert [line.partition(":")[0] for line in told] == ["12 entries start at 00"]
    told = hot(*six(crontab(minute="0")), *six(crontab(minute="30"), "u"))
    assert [line.partition(",")[0] for line in told] == [
        "6 entries start at 00:00",
        "6 entries start at 00:30",
    ]


def test_staggering_spreads_and_keeps_the_hour() -> None:
    many = [entry(f"e{n}", f"t{n}", crontab(minute="0", hour="3")) for n in range(6)]
    many.append(entry("fast", "fast", crontab(minute="*/10")))
    found = stagger(many, START, 1)
    assert (found.peak_before, found.peak_after) == (7, 1)
    minutes = [int(shift.minute) for shift in found.shifts]
    assert len(set(minutes)) == len(minutes) >= 5
    assert all(0 <= minute < 60 and minute % 10 for minute in minutes)
    assert not any("hour" in vars(shift) for shift in found.shifts)


@pytest.mark.parametrize(
    "when", [crontab(minute="0,30"), timedelta(hours=1), crontab(minute="*/7")]
)
def test_what_can_t_be_moved_stays(when: object) -> None:
    assert stagger([entry("a", "a", when), entry("b", "b", when)], START, 1).shifts == ()


def test_the_heat_map_in_the_terminal() -> None:
    load = findings.load_of([entry(), entry("b", "b", crontab(minute="0", hour="3"))], START, 1)
    lines = heatmap.drawn(load).splitlines()
    assert len(lines) == 26
    assert lines[4].startswith("03:00 ██2")
    assert lines[5].startswith("04:00 ▒▒1")
    assert max(map(len, lines)) <= 80


def test_the_heat_map_as_a_picture() -> None:
    load = findings.load_of([entry(task="<send>")], START, 1)
    page = ET.fromstring(heatmap.svg(load, "A & B"))
    squares = [e for e in page.iter() if e.tag.endswith("rect")]
    assert len(squares) == 1 + 24 * 60 + len(("no start", "one start"))
    assert next(e.text for e in page.iter() if e.tag.endswith("title")) == "00:00  1: <send>"


BEAT = """
from celery.schedules import crontab
from datetime import timedelta
from shop_site.celery import app
app.conf.beat_schedule = {
    "twice": {"task": "plain", "schedule": crontab(minute="0"), "options": {"expires": 3600}},
    "again": {"task": "plain", "schedule": crontab(minute="0"), "options": {"expires": 7200}},
    "gone": {"task": "no.such.task", "schedule": crontab(minute="5")},
    "marked": {"task": "above", "schedule": timedelta(seconds=60), "args": (1,)},
}
"""


@pytest.fixture
def beat(tmp_path: Path) -> dict[str, str]:
    """The environment of a site that has this schedule."""
    folder = tmp_path / "apps" / "timed"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "apps.py").write_text(
        "from django.apps import AppConfig\n\n\nclass Timed(AppConfig):\n    name = 'timed'\n\n    def ready(self):\n        import timed.beat\n"
    )
    (folder / "beat.py").write_text(BEAT)
    return {"SITE_APPS": json.dumps(["timed"]), "SITE_MORE": str(tmp_path / "apps")}


def validate(beat: dict[str, str], *words: str, code: int) -> str:
    import os
    import subprocess
    import sys

    from tests.target_runtime.conftest import ROOT
    from tests.target_runtime.servers import SITE

    env = os.environ | beat | {"DJANGO_SETTINGS_MODULE": "shop_site.settings"}
    env["PYTHONPATH"] = f"{SITE}:{ROOT}:{beat['SITE_MORE']}"
    done = subprocess.run(
        [sys.executable, "-m", "django", "validate_schedules", *words],
        env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


def test_the_command_finds_each_kind(beat: dict[str, str], tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"
    text = validate(beat, "--json", "--suggest", "--svg", str(picture), code=1)
    found = json.loads(text)
    assert (found["ok"], found["entries"]) == (False, 4)
    checks = {(item["check"], item["level"], item["entry"]) for item in found["findings"]}
    assert {
        ("orphaned-tasks", "error", "gone"),
        ("duplicates", "error", "twice"),
        ("idempotency", "warning", "again"),
        ("idempotency", "warning", "marked"),
    } <= checks
    assert found["suggestions"]["peak_before"] >= found["suggestions"]["peak_after"]
    assert picture.read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--check-idempotency",), 0),
        (("--check-idempotency", "--fail-on", "warning"), 1),
        (("--check-orphaned-tasks",), 1),
        (("--check-orphaned-tasks", "--fail-on", "never"), 0),
        (("--check-hotspots", "--verbose"), 0),
    ],
)
def test_what_makes_the_command_fail(
    beat: dict[str, str], words: tuple[str, ...], code: int
) -> None:
    text = validate(beat, *words, code=code)
    assert "4 entries:" in text
    assert ("00:00 " in text) is ("--check-hotspots" in words)


def test_an_entry_is_shown_with_the_queue_that_celery_sends_it_to(beat: dict[str, str]) -> None:
    more = """
app.conf.task_routes = [{"pl*": {"priority": 3}}, {"plain": "never"}, {"unknown.*": "far"}]
app.conf.beat_schedule = {
    "a": {"task": "plain", "schedule": 60},
    "b": {"task": "plain", "schedule": 60, "options": {"queue": "own"}},
    "c": {"task": "unknown.name", "schedule": 60},
}
"""
    page = Path(beat["SITE_MORE"]) / "timed" / "beat.py"
    page.write_text(page.read_text() + more)
    text = validate(beat, "--check-orphaned-tasks", "--verbose", code=1)
    shown = {line[0]: line.rpartition(" -> ")[2] for line in text.splitlines() if " -> " in line}
    assert shown == {"a": "celery", "b": "own", "c": "far"}


def test_six_entries_at_one_minute_are_one_warning(beat: dict[str, str]) -> None:
    more = "\napp.conf.beat_schedule = {f't{n}': {'task': 'plain', 'args': (n,), 'schedule': crontab(minute='0'), 'options': {'expires': 60}} for n in range(6)}\n"
    page = Path(beat["SITE_MORE"]) / "timed" / "beat.py"
    page.write_text(page.read_text() + more)
    text = validate(beat, code=0)
    assert text.count("WARNING:") == text.count("entries start at") == 1
    assert len(text.splitlines()) < 10
    assert text.endswith("6 entries: 0 errors, 1 warning, 1 notice\n")


def test_a_task_marked_without_slots_is_an_error_if_runs_would_be_skipped() -> None:
    from celery import Celery

    from target_runtime.idempotency.marks import with_idempotency
    from target_runtime.tasks import RuntimeTask

    app = Celery("skips", set_as_current=False, task_cls=RuntimeTask)

    def made(slots: bool, mode: str = "once") -> Callable[[], None]:
        @app.task(shared=False, name=f"slots{slots}" if mode == "once" else mode)
        @with_idempotency(ttl=3600, slots=slots, mode=mode)
        def work() -> None: ...

        return work

    made(True), made(False), made(False, "coalesce")
    tasks = dict(app.tasks)
    entries = [
        entry(f"e{s}", f"slots{s}", crontab(minute="*/30"), expires=1800.0) for s in (True, False)
    ]
    # One that coalesces runs again, whatever is remembered.
    entries.append(entry("last", "coalesce", crontab(minute="*/30"), expires=1800.0))
    (found,) = findings.risks(entries, tasks, START, 1)
    assert found.level == "error"
    assert found.message.startswith("32 of 48 runs of 'eFalse' would be skipped")


def sent_by_beat(app: Celery, name: str) -> list[dict[str, Any]]:
    """The headers of the messages that beat's scheduler sends for an entry, through Celery itself."""
    service = Service(app, scheduler_cls=Scheduler)
    seen: list[dict[str, Any]] = []

    def keep(headers: dict[str, Any], **_: object) -> None:
        seen.append(headers)

    messages._is_beat(service)
    messages.connect()
    before_task_publish.connect(keep)
    try:
        service.scheduler.apply_async(service.scheduler.schedule[name], advance=False)
    finally:
        before_task_publish.disconnect(keep)
    return seen


def test_a_message_of_beat_bears_its_slot_whatever_its_name_and_arguments() -> None:
    """The entry says the old name, what is sent bears the new one; two entries differ by schedule."""
    app = Celery("beaten", broker="memory://", set_as_current=False)

    @app.task(shared=False, name="new")
    def send(*given: object) -> None: ...

    app.tasks["old"] = app.tasks["new"]
    app.conf.beat_schedule = {
        "nightly": {"task": "old", "schedule": crontab(minute="0", hour="3")},
        "often": {"task": "old", "schedule": 60.0, "args": [1]},
        "rarely": {"task": "new", "schedule": 90.0, "args": [1]},
    }
    nightly, often, rarely = (sent_by_beat(app, name)[0] for name in app.conf.beat_schedule)
    assert nightly["task"] == "new"
    assert nightly[messages.SLOT].endswith("T03:00Z")
    assert often[messages.SLOT].startswith("60s:")
    assert rarely[messages.SLOT].startswith("90s:")


def test_a_message_that_beat_does_not_send_has_no_slot() -> None:
    headers: dict[str, Any] = {}
    messages._stamp(headers)
    assert set(headers) == {messages.SENT}


@given(st.integers(2, 3600), st.lists(st.floats(0, 0.4), min_size=2, max_size=9))
def test_runs_of_one_entry_never_share_a_slot_however_long_sending_takes(
    seconds: int, delays: list[float]
) -> None:
    """Reserved an interval apart, stamped a moment later: the stamps may be less than that apart."""
    messages._numbers.clear()
    begin = 1_000_000 * seconds - 0.2
    moments = [begin + n * seconds + delay for n, delay in enumerate(delays)]
    slots = [messages._slot("entry", schedule(run_every=seconds), moment) for moment in moments]
    assert len(set(slots)) == len(slots)


def test_an_interval_that_was_changed_counts_its_slots_anew() -> None:
    """Numbers of a short interval are far ahead of those of a long one."""
    messages._numbers.clear()
    now = 1_800_000_000.0
    messages._slot("entry", schedule(run_every=1), now)
    assert messages._slot("entry", schedule(run_every=60), now) == f"60s:{30_000_000}"
    assert messages._slot("entry", schedule(run_every=60), now) == f"60s:{30_000_001}"


@pytest.mark.parametrize(
    ("when", "sent", "due"),
    [
        (crontab(minute="0", hour="9", day_of_week="1"), "2026-03-05T11:07", "2026-03-02T09:00Z"),
        (crontab(minute="30", hour="4", day_of_month="31"), "2026-03-01T00:00", "2026-01-31T04:30Z"),
        (crontab(0, 0, day_of_month="29", month_of_year="2"), "2026-03-01T00:00", "2024-02-29T00:00Z"),
    ],
)  # fmt: skip
def test_a_run_that_is_days_late_keeps_its_slot(when: crontab, sent: str, due: str) -> None:
    assert slot_of(when, datetime.fromisoformat(sent).replace(tzinfo=timezone.utc)) == due


def test_an_hour_that_the_clock_shows_twice_is_two_hours() -> None:
    app = Celery(set_as_current=False)
    app.conf["timezone"] = "Europe/Berlin"
    when = crontab(minute="*/15", app=app)
    begin = datetime(2026, 10, 25, 0, 0, tzinfo=timezone.utc)
    moments = [begin + timedelta(minutes=15 * n, seconds=2) for n in range(12)]
    slots = [slot_of(when, moment) for moment in moments]
    assert slots == [moment.strftime("%Y-%m-%dT%H:%MZ") for moment in moments]


def test_a_delay_on_rabbitmq_does_not_make_another_queue() -> None:
    key = ".".join("0" * 24 + "1011") + ".celery.email"
    request = SimpleNamespace(delivery_info={"routing_key": key, "exchange": "celery_delayed_27"})
    assert messages.queue_of(request) == "celery.email"
    assert messages.queue_of(SimpleNamespace(delivery_info={"routing_key": "email"})) == "email"


ROWS = """
import json
from django_celery_beat.models import CrontabSchedule, PeriodicTask
when, _ = CrontabSchedule.objects.get_or_create(minute="0", hour="4")
PeriodicTask.objects.create(name="row", task="no.such.task", crontab=when, expire_seconds=60)
PeriodicTask.objects.create(name="off", task="no.other.task", crontab=when, enabled=False)
"""
BROKEN = """
from django_celery_beat.models import PeriodicTask
PeriodicTask.objects.filter(name="row").update(args="[1,", task="work")
"""


def test_the_rows_of_django_celery_beat_are_held_against_the_registry(tmp_path: Path) -> None:
    pytest.importorskip("django_celery_beat", reason="django-celery-beat is not installed here")
    from tests.target_runtime.conftest import manage

    beat = {
        "SITE_APPS": json.dumps(["django_celery_beat"]),
        "SITE_MORE": "",
        "SITE_SQLITE": str(tmp_path / "db.sqlite3"),
    }
    manage(beat, "migrate")
    manage(beat, "shell", "-c", ROWS)
    found = json.loads(validate(beat, "--check-orphaned-tasks", "--json", code=1))
    (finding,) = found["findings"]
    assert (finding["entry"], found["entries"]) == ("row", 1)
    assert finding["fix"][1] == "Remove from beat schedule in the periodic tasks in the admin"
    manage(beat, "shell", "-c", BROKEN)
    for _ in range(2):  # A look must not disable the row.
        found = json.loads(validate(beat, "--check-orphaned-tasks", "--json", code=1))
        assert "The arguments of 'row' are no JSON: [1, {}" in found["findings"][0]["message"]


NOT_READY = """
from django.conf import settings
settings.configure(INSTALLED_APPS=["django_celery_beat"])
from celery import Celery
from target_runtime.schedules.entries import entries
print(len(entries(Celery("x"))))
"""


def test_settings_without_ready_apps_have_no_rows() -> None:
    words = [sys.executable, "-c", NOT_READY]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"
