"""When a schedule starts tasks."""

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from reports.starts import starts_of

FILES = {
    "shop/__init__.py": "",
    "shop/celery.py": """\
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

app = Celery("shop")
app.conf.beat_schedule = {
    "night": {"task": "shop.a", "schedule": crontab(minute=2, hour="3,4")},
    "early": {"task": "shop.b", "schedule": crontab(minute="2,8", hour=3)},
    "often": {"task": "shop.c", "schedule": timedelta(minutes=5)},
    "sun": {"task": "shop.d", "schedule": when()},
    "wrong": {"task": "shop.e", "schedule": crontab(minute="99", hour=3)},
}
""",
}


def test_crontabs_have_times_and_the_rest_is_told_apart() -> None:
    snapshot = snapshot_of({path: text.encode() for path, text in FILES.items()})
    found = starts_of(load(snapshot, Settings()))
    assert found.counts[3][:3] == (2, 1, 0)
    assert found.counts[4][:3] == (1, 0, 0)
    assert sum(map(sum, found.counts)) == 4
    assert found.keys[3, 0] == ("early", "night")
    assert found.intervals == (("often", "timedelta(minutes=5)"),)
    assert [key for key, _ in found.untold] == ["sun", "wrong"]
    assert found.most == 2


def test_without_a_schedule_the_day_is_empty() -> None:
    found = starts_of(load(snapshot_of({}), Settings()))
    assert (found.most, found.keys, found.intervals, found.untold) == (0, {}, (), ())
