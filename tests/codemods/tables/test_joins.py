"""What adds to a table from elsewhere joins it: schedules and routes alike."""

import os
from collections import Counter
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.settings import Beat, Routes, Settings
from migrate.proof.comments import comments
from tests.codemods.beat.test_beat import TASKS, made
from tests.codemods.harness import APP, PROJECT, check_change, check_note, check_untouched, run

QUIET = Settings(beat=Beat(expires=False))
HEAD = PROJECT["shop/settings.py"]
BASE = '{\n    # the mails\n    "mail": {"task": "mail", "schedule": 60},  # a minute\n}\n'
ENTRY = '{"task": "orders.tasks.clean", "schedule": 5}'


def project(settings: str, app: str, wanted: str = "celery>=5.4") -> dict[str, str]:
    """The project with this at the end of its settings and of its app's module."""
    return {
        "orders/tasks.py": TASKS,
        "requirements.txt": wanted + "\n",
        "shop/settings.py": HEAD + settings,
        "shop/celery.py": APP + app,
    }


def joined(settings: str, app: str, after: str, left: str = "", top: str = "") -> None:
    """What the app's module adds ends up in the settings."""
    found = check_change(
        "beat",
        project(settings, app),
        {"shop/settings.py": top + HEAD + after, "shop/celery.py": APP + left},
        QUIET,
    )
    assert [n.code for n in found.notes if n.code == "second-schedule"] == []


def table(*lines: str, name: str = "CELERY_BEAT_SCHEDULE") -> str:
    """The table with these lines behind its own."""
    more = "".join(f"    {line}\n" for line in lines)
    return f"{name} = {BASE[:-2]}{more}}}\n"


@pytest.mark.parametrize(
    ("app", "lines"),
    [
        (f'app.conf.beat_schedule["clean"] = {ENTRY}\n', [f'"clean": {ENTRY},']),
        (f"app.conf.beat_schedule['clean'] = {ENTRY}\n", [f"'clean': {ENTRY},"]),
        (f'app.conf["beat_schedule"]["clean"] = {ENTRY}\n', [f'"clean": {ENTRY},']),
        (f'app.conf.beat_schedule.update({{"clean": {ENTRY}}})\n', [f'"clean": {ENTRY},']),
        (f'app.conf.beat_schedule |= {{"clean": {ENTRY}}}\n', [f'"clean": {ENTRY},']),
        (
            f'app.conf.beat_schedule.update({{"a": {ENTRY}, "b": {ENTRY}}})\n',
            [f'"a": {ENTRY},', f'"b": {ENTRY},'],
        ),
        (
            f'app.conf.beat_schedule.update({{\n  # of night\n  "a": {ENTRY},\n\n  "b": {ENTRY}  # last\n}})\n',
            ["# of night", f'"a": {ENTRY},', "", f'"b": {ENTRY},  # last'],
        ),
        (
            '# cleans\n# all\napp.conf.beat_schedule["clean"] = {\n    "task": "orders.tasks.clean",\n    "schedule": 5,\n}  # soon\n',
            [
                "# cleans",
                "# all",
                '"clean": {',
                '    "task": "orders.tasks.clean",',
                '    "schedule": 5,',
                "},  # soon",
            ],
        ),
        (
            f'app.conf.beat_schedule["a"] = {ENTRY}\napp.conf.beat_schedule["b"] = {ENTRY}\n',
            [f'"a": {ENTRY},', f'"b": {ENTRY},'],
        ),
    ],
)
def test_additions_of_the_apps_module_join_the_settings_table(app: str, lines: list[str]) -> None:
    after = table(*lines).replace("    \n", "\n")
    joined(table(), app, after)


@pytest.mark.parametrize(
    ("base", "after"),
    [
        (
            '{\n  "a": {"task": "mail", "schedule": 1}\n}',
            f'{{\n  "a": {{"task": "mail", "schedule": 1}},\n  "clean": {ENTRY},\n}}',
        ),
        (
            '{\n\t"a": {"task": "mail", "schedule": 1}  # one\n\t# end\n}',
            f'{{\n\t"a": {{"task": "mail", "schedule": 1}},  # one\n\t# end\n\t"clean": {ENTRY},\n}}',
        ),
    ],
)
def test_the_layout_of_the_table_is_kept(base: str, after: str) -> None:
    app = f'app.conf.beat_schedule["clean"] = {ENTRY}\n'
    joined(f"CELERY_BEAT_SCHEDULE = {base}\n", app, f"CELERY_BEAT_SCHEDULE = {after}\n")


@pytest.mark.parametrize("first", ["app.conf.beat_schedule", 'app.conf["beat_schedule"]'])
def test_a_table_in_the_apps_module_takes_what_follows_it(first: str) -> None:
    files = project("", f'{first} = {BASE}\napp.conf.beat_schedule["clean"] = {ENTRY}\n')
    after = APP + table(f'"clean": {ENTRY},', name=first) + "\n"
    check_change("beat", files, {"shop/celery.py": after.rstrip("\n") + "\n"}, QUIET)


def test_imports_come_along_and_leave_where_nothing_reads_them() -> None:
    entry = '{"task": "mail", "schedule": crontab(hour=5, minute=0)}'
    before = APP.replace("from celery import Celery\n", "from celery import Celery\n%s")
    files = project(table(), "")
    files["shop/celery.py"] = (
        before % "from celery.schedules import crontab\n"
        + f'app.conf.beat_schedule["night"] = {entry}\n'
    )
    after = {
        "shop/settings.py": "from celery.schedules import crontab\n\n"
        + HEAD
        + table(f'"night": {entry},'),
        "shop/celery.py": APP,
    }
    check_change("beat", files, after, QUIET)


@pytest.mark.parametrize(
    ("settings", "app", "why"),
    [
        (table(), f'if DEBUG:\n    app.conf.beat_schedule["c"] = {ENTRY}\n', None),
        (table(), f'EVERY = 5\napp.conf.beat_schedule["c"] = {ENTRY[:-2]}EVERY}}\n', "EVERY"),
        (
            f"from orders import crontab\n{table()}",
            'from celery.schedules import crontab\napp.conf.beat_schedule["c"] = {"task": "mail", "schedule": crontab()}\n',
            "crontab",
        ),
        (
            table(),
            'from orders.times import NIGHT\napp.conf.beat_schedule["c"] = {"task": "mail", "schedule": NIGHT}\n',
            "NIGHT",
        ),
        (
            table(f'"b": {ENTRY},'),
            f'app.conf.beat_schedule["mail"] = {ENTRY}\n',
            "same key",
        ),
        (
            table(),
            'app.conf.beat_schedule["c"] = {"task": "mail", "schedule": 5, "args": ("""a\nb""",)}\n',
            "several lines",
        ),
        (f'MAIL = {BASE}CELERY_BEAT_SCHEDULE = {{"mail": MAIL}}\n', "", None),
        ('CELERY_BEAT_SCHEDULE = {"mail": {"task": "mail", "schedule": 60}}\n', "ADD", "no dict"),
        (table(), f'app.conf.beat_schedule["c"] = {ENTRY}; N = 1\n', "pairs"),
        (
            table(),
            f'app.conf.beat_schedule.update({{  # more\n    "c": {ENTRY},\n}})\n',
            "lines of their own",
        ),
        (table(), f'app.conf.beat_schedule.update({{\n    "c": {ENTRY},\n}}  # end\n)\n', None),
    ],
)
def test_what_cannot_move_safely_stays_with_its_reason(
    settings: str, app: str, why: str | None
) -> None:
    app = f'app.conf.beat_schedule["c"] = {ENTRY}\n' if app == "ADD" else app
    files = project(settings, app)
    check_untouched("beat", files, QUIET)
    if why is not None:
        assert why in check_note("beat", files, "second-schedule", QUIET).message


def test_another_file_than_the_apps_keeps_its_entries() -> None:
    files = project(table(), "")
    files["orders/beat.py"] = (
        f'from shop.celery import app\n\napp.conf.beat_schedule["clean"] = {ENTRY}\n'
    )
    check_untouched("beat", files, QUIET)
    assert "another file" in check_note("beat", files, "second-schedule", QUIET).message


@pytest.mark.parametrize(
    ("other", "joins"),
    [
        ("DEBUG = True\n", False),
        ("from shop.settings import *\n\nDEBUG = True\n", True),
        ("from shop import settings\n\nDEBUG = settings.DEBUG\n", True),
        ("import os\n", True),
    ],
)
def test_where_other_settings_lack_the_table_nothing_joins_it(other: str, joins: bool) -> None:
    files = project(table(), f'app.conf.beat_schedule["clean"] = {ENTRY}\n')
    files["shop/settings_dev.py"] = other
    found = run("beat", files, QUIET)
    assert (found.files == ["shop/celery.py", "shop/settings.py"]) is joins
    if not joins:
        note = check_note("beat", files, "second-schedule", QUIET)
        assert "'shop/settings_dev.py' has settings without that table" in note.message


def test_an_entry_that_moves_takes_what_is_decided_of_it_along() -> None:
    routes = 'CELERY_TASK_ROUTES = {"orders.*": {"queue": "low"}}\n'
    app = f'app.conf.beat_schedule["clean"] = {ENTRY}\n'
    files = project(table() + routes, app)
    after = ENTRY[:-1] + ', "options": {"queue": "low"}}'
    wanted = {"shop/settings.py": HEAD + table(f'"clean": {after},') + routes}
    check_change("beat", files, wanted, QUIET)


@pytest.mark.parametrize(
    "app",
    [
        'app.conf.beat_schedule["old"] = {"task": "orders.tasks.gone", "schedule": 1}\n',
        'app.conf.beat_schedule.update({\n    "old": {"task": "orders.tasks.gone", "schedule": 1},\n})\n',
    ],
)
def test_an_orphan_that_a_statement_adds_goes_with_it(app: str) -> None:
    settings = Settings(beat=Beat(expires=False, orphans={"old": "remove"}))
    found = run("beat", project(table(), app), settings)
    assert b"orders.tasks.gone" not in found.snapshot.read("shop/celery.py")
    assert b"orders.tasks.gone" not in found.snapshot.read("shop/settings.py")


def test_of_orphans_and_others_in_one_statement_the_others_join() -> None:
    app = f'app.conf.beat_schedule.update({{\n    "old": {{"task": "orders.tasks.gone", "schedule": 1}},\n    "clean": {ENTRY},\n}})\n'
    settings = Settings(beat=Beat(expires=False, orphans={"old": "remove"}))
    wanted = {"shop/settings.py": HEAD + table(f'"clean": {ENTRY},'), "shop/celery.py": APP}
    check_change("beat", project(table(), app), wanted, settings)


def test_line_ends_stay_those_of_each_file() -> None:
    files = project(table(), f'app.conf.beat_schedule.update({{\n    "clean": {ENTRY},\n}})\n')
    windows = {**files, "shop/settings.py": files["shop/settings.py"].replace("\n", "\r\n")}
    found = run("beat", windows, QUIET)
    data = found.snapshot.read("shop/settings.py")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert f'    "clean": {ENTRY},\r\n'.encode() in data
    assert b"\r" not in found.snapshot.read("shop/celery.py")


ROUTES = '{\n    "mail": {"queue": "email"},\n}\n'


def test_routes_join_too_and_configured_queues_and_dead_keys_with_them() -> None:
    app = 'app.conf.task_routes.update({"orders.tasks.*": {"queue": "low"}, "orders.tasks.gone": "q"})\n'
    files = project(f"CELERY_TASK_ROUTES = {ROUTES}", app)
    files["orders/more.py"] = "from celery import shared_task\n\n\n@shared_task\ndef more(): ...\n"
    settings = Settings(routes=Routes(dead_keys="remove", queues={"orders.more.*": "slow"}))
    after = '{\n    "mail": {"queue": "email"},\n    "orders.tasks.*": {"queue": "low"},\n    "orders.more.more": {"queue": "slow"},\n}\n'
    wanted = {
        "shop/settings.py": f"{HEAD}CELERY_TASK_ROUTES = {after}",
        "shop/celery.py": APP,
    }
    check_change("routes", files, wanted, settings)


def test_of_routes_the_order_of_globs_stays() -> None:
    app = 'app.conf.task_routes["orders.*"] = {"queue": "late"}\n'
    base = '{\n    "orders.tasks.*": {"queue": "first"},\n}\n'
    found = run("routes", project(f"CELERY_TASK_ROUTES = {base}", app))
    answers = {found.after.routed("orders.tasks.clean")}
    assert answers == {"first"}
    assert found.files == ["shop/celery.py", "shop/settings.py"]


def added(random: Random, number: int) -> str:
    """A statement that adds some entries, in a random form and layout."""
    text = made(random)[0].replace("key ", f"more {number} ")
    remark = random.choice(["", "", "# why\n", "# why\n# and more\n"])
    form = random.choice(["update", "join", "item", "item"])
    if form == "update":
        return f"{remark}app.conf.beat_schedule.update({text})\n"
    if form == "join":
        return f"{remark}app.conf.beat_schedule |= {text}\n"
    behind = random.choice(["", "  # behind"])
    return f'{remark}app.conf.beat_schedule["more {number}"] = {ENTRY}{behind}\n'


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=int(os.environ.get("SOAK_SCHEDULES", "60")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_additions_leave_the_schedule_as_it_was(random: Random) -> None:
    base = f"EVERY = 60\nCELERY_BEAT_SCHEDULE = {made(random)[0]}\n"
    app = "from celery.schedules import crontab\n\nEVERY = 60\n" + "\n".join(
        added(random, number) for number in range(random.randint(1, 3))
    )
    place = random.choice(["", "", "shop/schedule.py"])
    configured = Settings(beat=Beat(expires=False, place=place))
    files = project("from celery.schedules import crontab\n\n" + base, app)
    found = run("beat", files, configured)
    before, after = (
        Counter(
            text
            for path in ("shop/settings.py", "shop/celery.py", "shop/schedule.py")
            if path in kept
            for _, text in comments(kept.read(path))
        )
        for kept in (found.before.files, found.snapshot)
    )
    assert before == after, "no remark goes"
    have = {entry.key for entry in found.after.beat}
    assert have == {entry.key for entry in found.before.beat}
