"""Tables of settings that are changed in place: what is said of them, and what real Celery holds."""

import pytest

from codemods.inventory.load import load
from codemods.settings import Beat, Settings
from codemods.snapshot import snapshot_of
from tests.codemods.harness import APP, PROJECT, check_note, check_untouched, run

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef report():\n    pass\n"
ROUTES = 'CELERY_TASK_ROUTES = {"orders.tasks.report": {"queue": "reports"}}\n'
BEAT = (
    'CELERY_BEAT_SCHEDULE = {\n    "report": {"task": "orders.tasks.report", "schedule": 60},\n}\n'
)
HEAD = 'import os\n\nINSTALLED_APPS = ["orders"]\nTIME_ZONE = "UTC"\n'
EXPIRES = Settings(beat=Beat(expires=True))
TABLES = "CELERY_TASK_ROUTES"


def files_of(below: str, **more: str) -> dict[str, str]:
    """The project with both tables, and this behind them."""
    named = {path.replace("__", "/") + ".py": text for path, text in more.items()}
    settings = HEAD + ROUTES + BEAT + below
    return {
        "orders/tasks.py": TASKS,
        "requirements.txt": "celery==5.6.3\n",
        "shop/settings.py": settings,
        **named,
    }


IN_PLACE = (
    'if os.environ.get("A"):\n    X["orders.tasks.report"] = {"queue": "other"}\n',
    'if os.environ.get("A"):\n    X.update({"orders.tasks.report": {"queue": "other"}})\n',
    'try:\n    X["orders.tasks.report"] = {"queue": os.environ["A"]}\nexcept KeyError:\n    pass\n',
    'del X["orders.tasks.report"]\n',
    'X["orders.tasks.report"]["queue"] = "other"\n',
    'X.get("orders.tasks.report").update(queue="other")\n',
    'X.setdefault("orders.tasks.report", {})["queue"] = "other"\n',
    'for route in X.values():\n    route["queue"] = "other"\n',
    "for name in list(X):\n    X[name] = {}\n",
    "def change():\n    X.clear()\n\n\nchange()\n",
    "def change(table):\n    table.clear()\n\n\nchange(X)\n",
    "X.popitem()\n",
)
ELSEWHERE = (
    'from .settings import *\n\nX["orders.tasks.report"] = {"queue": "other"}\n',
    'from .settings import *\n\nX |= {"orders.tasks.report": {"queue": "other"}}\n',
    'from .settings import *\n\nX.update({"orders.tasks.report": {"queue": "other"}})\n',
    'from .settings import *\n\ndel X["orders.tasks.report"]\n',
    "from shop import settings\n\nsettings.X.clear()\n",
    "from shop.settings import X as table\n\ntable.clear()\n",
    "from shop import settings\n\ntable = settings.X\ntable['orders.tasks.report']['queue'] = 'other'\n",
    "from shop import settings\n\n\ndef ready():\n    table = settings.X\n    for route in table.values():\n        route['queue'] = 'other'\n",
)


@pytest.mark.parametrize("text", IN_PLACE)
def test_routes_that_are_changed_in_place_give_no_queue(text: str) -> None:
    files = files_of(text.replace("X", TABLES))
    check_untouched("beat", files, Settings(beat=Beat(expires=False)))
    note = check_note("routes", files, "routes-computed")
    assert note.path == "shop/settings.py"
    assert note.line >= 5


@pytest.mark.parametrize("text", ELSEWHERE)
def test_routes_that_another_file_changes_give_no_queue(text: str) -> None:
    files = files_of("", shop__prod=text.replace("X", TABLES))
    check_untouched("beat", files, Settings(beat=Beat(expires=False)))
    assert check_note("routes", files, "routes-computed").path == "shop/prod.py"


@pytest.mark.parametrize("text", IN_PLACE)
def test_an_entry_that_may_be_changed_gets_no_expiry(text: str) -> None:
    text = text.replace("X", "CELERY_BEAT_SCHEDULE").replace("orders.tasks.report", "report")
    files = files_of(text.replace("queue", "schedule").replace('"other"', "5"))
    files["shop/settings.py"] = files["shop/settings.py"].replace(ROUTES, "")
    check_untouched("beat", files, EXPIRES)
    assert check_note("beat", files, "beat-computed", EXPIRES).path == "shop/settings.py"


def test_an_entry_of_another_key_leaves_the_others_told() -> None:
    more = 'if os.environ.get("A"):\n    CELERY_BEAT_SCHEDULE["third"] = {"task": "orders.tasks.report", "schedule": 30}\n'
    found = run("beat", files_of(more), EXPIRES)
    assert found.files == ["shop/settings.py"]
    states = {entry.key: entry.in_force for entry in found.before.beat}
    assert states == {"report": True, "third": None}


def test_what_a_file_adds_to_its_own_table_at_its_top_level_is_followed() -> None:
    more = 'CELERY_TASK_ROUTES["orders.tasks.report"] = {"queue": "other"}\n'
    found = run("beat", files_of(more), Settings(beat=Beat(expires=False)))
    assert b'"options": {"queue": "other"}' in found.snapshot.read("shop/settings.py")


@pytest.mark.parametrize(
    "text",
    [
        'def shown():\n    beat_schedule = settings.CELERY_BEAT_SCHEDULE.get("report")\n    return beat_schedule\n',
        "def size():\n    task_routes = {}\n    task_routes['a'] = 1\n    return len(task_routes)\n",
        "def fill(task_routes):\n    task_routes['a'] = 1\n",
        "print(settings.CELERY_TASK_ROUTES)\n",
        "N = len(settings.CELERY_TASK_ROUTES)\n",
        "for name in settings.CELERY_TASK_ROUTES:\n    print(name)\n",
        "copy = dict(settings.CELERY_TASK_ROUTES)\ncopy['a'] = 1\n",
    ],
)
def test_what_only_reads_a_table_is_no_change(text: str) -> None:
    files = files_of("", shop__views="from django.conf import settings\n\n\n" + text)
    found = run("routes", files)
    assert "routes-computed" not in {note.code for note in found.notes}
    assert run("beat", files, EXPIRES).files == ["shop/settings.py"]
    assert found.before.not_understood == []


def entries(app: str, **files: str) -> list[tuple[str | None, bool | None]]:
    """The keys of the entries with whether they are in force, of a project with this app."""
    named = {path.replace("__", "/") + ".py": text for path, text in files.items()}
    known = {**PROJECT, "orders/tasks.py": TASKS, "shop/celery.py": app, **named}
    inventory = load(snapshot_of({p: t.encode() for p, t in known.items()}), Settings())
    return [(entry.key, entry.in_force) for entry in inventory.beat]


SCHEDULE = '{"report": {"task": "orders.tasks.report", "schedule": 60}}'


def test_config_source_reads_settings_as_config_from_object_does() -> None:
    app = 'from celery import Celery\n\napp = Celery(config_source="django.conf:settings", namespace="CELERY")\n'
    settings = f"{HEAD}CELERY_BEAT_SCHEDULE = {SCHEDULE}\n"
    assert entries(app, shop__settings=settings) == [("report", True)]


@pytest.mark.parametrize("base", ["BaseConfig", "bases.BaseConfig"])
def test_a_class_has_what_its_ancestors_have(base: str) -> None:
    app = 'from celery import Celery\n\napp = Celery("shop")\napp.config_from_object("shop.conf:Config")\n'
    imported = (
        "from shop.bases import BaseConfig" if base == "BaseConfig" else "from shop import bases"
    )
    conf = f"{imported}\n\n\nclass Config({base}):\n    task_acks_late = True\n\n\nclass Other({base}):\n    beat_schedule = {{}}\n"
    bases = f"class BaseConfig:\n    beat_schedule = {SCHEDULE}\n"
    assert entries(app, shop__conf=conf, shop__bases=bases) == [("report", True)]


def test_the_app_that_workers_run_reads_its_own_settings() -> None:
    app = 'from celery import Celery\n\napp = Celery("shop")\napp.config_from_object("shop.conf")\n'
    other = app.replace("shop.conf", "shop.other")
    files = {
        **PROJECT,
        "orders/tasks.py": TASKS,
        "shop/celery.py": app,
        "web.py": other,
        "shop/conf.py": f"beat_schedule = {SCHEDULE}\n",
        "shop/other.py": "beat_schedule = {}\n",
        "Procfile": "w: celery -A shop.celery worker\n",
    }
    inventory = load(snapshot_of({p: t.encode() for p, t in files.items()}), Settings())
    assert [(entry.key, entry.in_force) for entry in inventory.beat] == [("report", True)]
    files = {**files, "shop/__init__.py": ""}
    del files["Procfile"]
    inventory = load(snapshot_of({p: t.encode() for p, t in files.items()}), Settings())
    (why, *_) = [item.why for item in inventory.schedule.unclear]
    assert why == "config_from_object is called in 'shop/celery.py' line 4 and 'web.py' line 4"


@pytest.mark.parametrize(
    "given", [f"dict(beat_schedule={SCHEDULE})", f'{{"beat_schedule": {SCHEDULE}}}']
)
def test_a_dict_may_be_the_object(given: str) -> None:
    app = f'from celery import Celery\n\napp = Celery("shop")\napp.config_from_object({given})\n'
    assert entries(app) == [("report", True)]


@pytest.mark.parametrize(
    ("imported", "value"),
    [
        ("from . import schedule", "schedule.CELERY_BEAT_SCHEDULE"),
        ("from .schedule import CELERY_BEAT_SCHEDULE as TABLE", "TABLE"),
        ("from shop.schedule import CELERY_BEAT_SCHEDULE", "CELERY_BEAT_SCHEDULE"),
    ],
)
def test_a_table_that_settings_hand_on_is_one(imported: str, value: str) -> None:
    settings = f"{imported}\n\n{HEAD}CELERY_BEAT_SCHEDULE = {value}\n"
    table = f"CELERY_BEAT_SCHEDULE = {SCHEDULE}\n"
    assert entries(APP, shop__settings=settings, shop__schedule=table) == [("report", True)]


def test_the_entries_of_a_conditional_expression_are_counted_once() -> None:
    table = '(\n    {}\n    if os.environ.get("A")\n    else {\n        "report": {\n            "task": "orders.tasks.report",\n            "schedule": 60,\n        },\n    }\n)'
    settings = f"{HEAD}CELERY_BEAT_SCHEDULE = {table}\n"
    assert entries(APP, shop__settings=settings) == [("report", None)]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tools__export", 'TIME_ZONE = "UTC"\n\n\ndef rota(a, schedule):\n    return a(schedule=schedule, time_zone=TIME_ZONE)\n'),
        ("tools__export", 'TIME_ZONE = "Asia/Tokyo"\n\n\ndef rota(a, schedule):\n    return a(schedule=schedule)\n'),
        ("shop__settings_dev", "from .settings import *\n\nTIME_ZONE = 'UTC'\n"),
    ],
)  # fmt: skip
def test_other_time_zones_leave_that_of_the_settings_told(path: str, text: str) -> None:
    assert run("beat", files_of("", **{path: text}), EXPIRES).files == ["shop/settings.py"]


def test_where_the_time_zone_is_open_a_note_says_so() -> None:
    files = files_of(
        "", shop__settings_dev="from .settings import *\n\nTIME_ZONE = 'Asia/Tokyo'\nCELERY_X = 1\n"
    )
    text = files["shop/settings.py"].replace(ROUTES, "from celery.schedules import crontab\n")
    files["shop/settings.py"] = text.replace('"schedule": 60', '"schedule": crontab(minute=0)')
    check_untouched("beat", files, EXPIRES)
    note = check_note("beat", files, "beat-computed", EXPIRES)
    assert "time zone" in note.message


def test_a_schedule_under_a_constants_name_has_its_gaps() -> None:
    files = files_of("")
    text = files["shop/settings.py"].replace(ROUTES, "HOURLY = 60 * 60\n")
    files["shop/settings.py"] = text.replace('"schedule": 60', '"schedule": HOURLY')
    found = run("beat", files, EXPIRES)
    assert b'"expires": 3600' in found.snapshot.read("shop/settings.py")


def test_routes_whose_keys_are_names_are_listed() -> None:
    settings = (
        f'{HEAD}REPORT = "orders.tasks.report"\nCELERY_TASK_ROUTES = {{REPORT: {{"queue": "q"}}}}\n'
    )
    files = {**PROJECT, "orders/tasks.py": TASKS, "shop/settings.py": settings}
    inventory = load(snapshot_of({p: t.encode() for p, t in files.items()}), Settings())
    assert [(r.pattern, r.queue, r.dead) for r in inventory.routes] == [
        ("orders.tasks.report", "q", False)
    ]
