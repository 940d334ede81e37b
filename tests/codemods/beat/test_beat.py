"""The step `beat`: entries edited in place, tables that go, and all that stays as it stands."""

import os
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.settings import Beat, Routes, Settings
from migrate.proof.comments import comments
from tests.codemods.harness import (
    APP,
    PROJECT,
    Files,
    check_change,
    check_note,
    check_untouched,
    run,
)

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef clean():\n    return 1\n\n\n@shared_task(name='mail')\ndef mail():\n    return 2\n"
SETTINGS = PROJECT["shop/settings.py"] + "from celery.schedules import crontab\n\n"
BASE = {
    "orders/tasks.py": TASKS,
    "requirements.txt": "celery==5.6.3\n",
    "ruff.toml": "line-length = 140\n",
}
EXPIRES = Settings(beat=Beat(expires=True))


def in_settings(table: str) -> dict[str, str]:
    """The project with a schedule in its settings."""
    return {**BASE, "shop/settings.py": f"{SETTINGS}CELERY_BEAT_SCHEDULE = {table}\n"}


def check(before: str, after: str, configured: Settings = EXPIRES) -> None:
    """The schedule in the settings becomes another."""
    wanted = {"shop/settings.py": in_settings(after)["shop/settings.py"]}
    check_change("beat", in_settings(before), wanted, configured)


def entry(schedule: str, more: str = "", task: str = "orders.tasks.clean") -> str:
    """A schedule of one entry, on lines of its own."""
    lines = [
        f'        "task": "{task}",',
        f'        "schedule": {schedule},',
        *([more] if more else []),
    ]
    return '{\n    "clean": {\n' + "\n".join(lines) + "\n    },\n}"


@pytest.mark.parametrize(
    ("schedule", "seconds"),
    [
        ('crontab(minute="*/15")', 900),
        ('crontab(minute="0", hour="*/7")', 25_200),
        ('crontab(minute="*/25")', 1_500),
        ("crontab(0, 5)", 86_400),
        ('crontab(minute=0, hour=4, day_of_week="mon-fri")', 259_200),
        ('crontab(0, 0, day_of_month="1")', 2_678_400),
        ("60 * 60", 3_600),
        ("90.0", 90),
    ],
)
def test_an_entry_expires_when_the_next_run_is_due_at_the_latest(
    schedule: str, seconds: int
) -> None:
    check(entry(schedule), entry(schedule, f'        "options": {{"expires": {seconds}}},'))


@pytest.mark.parametrize(
    "schedule",
    [
        'crontab(minute=0, hour=0, day_of_month="29", month_of_year="2")',
        "crontab(minute=EVERY)",
        "crontab(minute=range(0, 60, 5))",
        "crontab(minute=None)",
        "crontab(minute=True)",
        "solar('sunset', -37.8, 144.9)",
        "0.5",
        "schedule_of_the_day()",
    ],
)
def test_an_entry_without_known_gaps_has_no_expiry(schedule: str) -> None:
    check_untouched("beat", in_settings(entry(schedule)), EXPIRES)


@pytest.mark.parametrize(
    ("schedule", "why"),
    [
        (entry("crontab(minute=EVERY)"), "only running the code tells when they are due"),
        (f"dict({entry('60')}, **MORE)", "only running the code tells which schedule is in force"),
        (entry("60", '        "options": {"expires": 5},'), ""),
        (entry("60", '        "options": OPTIONS,'), ""),
        (entry("60"), ""),
    ],
)
def test_what_has_no_expiry_and_is_offered_none_is_told_with_the_reason(
    schedule: str, why: str
) -> None:
    notes = run("beat", in_settings(schedule), EXPIRES).notes
    found = [note.message for note in notes if note.code == "expires-by-hand"]
    assert found == [
        f'"clean" has no expires, so its messages pile up while no worker is free. None is suggested, since {why}'
    ] * bool(why)


def test_what_is_set_at_run_time_and_calls_of_add_periodic_task_have_no_expiry_told_once_a_file() -> (
    None
):
    made = "@app.on_after_finalize.connect\ndef beat(sender, **kwargs):\n    sender.add_periodic_task(60, clean.s())\n    sender.add_periodic_task(90, clean.s())\n"
    task = "from shop.celery import app\n\n\n@app.task\ndef clean():\n    pass\n\n\n"
    notes = run("beat", {"orders/tasks.py": task + made}, EXPIRES).notes
    (note,) = (note for note in notes if note.code == "expires-by-hand")
    assert note.message.startswith("2 entries have no expires")
    assert note.message.endswith(
        "since add_periodic_task takes it: write expires=seconds in each call"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("60, **MORE", '60, **MORE, "options": {"expires": 60}'),
        ('60, "options": {**MORE}', '60, "options": {**MORE, "expires": 60}'),
    ],
)
def test_what_is_added_stands_behind_what_another_dict_gives(before: str, after: str) -> None:
    settings = f"{SETTINGS}MORE = {{}}\nCELERY_BEAT_SCHEDULE = "
    old, new = (
        f'{settings}{{"clean": {{"task": "orders.tasks.clean", "schedule": {part}}}}}\n'
        for part in (before, after)
    )
    check_change("beat", {**BASE, "shop/settings.py": old}, {"shop/settings.py": new}, EXPIRES)


def test_nobody_is_asked_for_the_queue_of_an_entry_that_is_made_elsewhere() -> None:
    entries = (
        'ENTRY = {"task": "mail", "schedule": 60, "options": {"queue": "own", "expires": 5}}\n'
    )
    routes = 'CELERY_TASK_ROUTES = {"mail": {"queue": "slow"}}\n'
    table = 'CELERY_BEAT_SCHEDULE = {"mail": ENTRY}\n'
    found = run("beat", {**BASE, "shop/settings.py": SETTINGS + entries + routes + table})
    assert found.decisions == ()


def test_a_call_of_add_periodic_task_gets_no_queue() -> None:
    made = "from shop.celery import app\n\n\n@app.task(name='clean')\ndef clean():\n    pass\n\n\n@app.on_after_finalize.connect\ndef beat(sender, **kwargs):\n    sender.add_periodic_task(60, clean.s(), name='each minute')\n    sender.add_periodic_task(60, clean.s(1), name='own', queue='own')\n"
    routes = f"{SETTINGS}CELERY_TASK_ROUTES = {{'clean': 'slow'}}\n"
    found = run("beat", {"orders/tasks.py": made, "shop/settings.py": routes})
    assert (found.decisions, found.files) == ((), [])


def test_nothing_expires_before_a_person_says_so() -> None:
    found = check_untouched("beat", in_settings(entry("60")))
    assert [item.id for item in found.waiting] == ["expires"]
    check_untouched("beat", in_settings(entry("60")), Settings(beat=Beat(expires=False)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{"c": {"task": "mail", "schedule": 60}}',
            '{"c": {"task": "mail", "schedule": 60, "options": {"expires": 60}}}',
        ),
        (
            "{'c': {'task': 'mail', 'schedule': 60}}",
            "{'c': {'task': 'mail', 'schedule': 60, 'options': {'expires': 60}}}",
        ),
        (
            "{'c': {'task': 'mail', 'schedule': crontab(minute=\"*\")}}",
            "{'c': {'task': 'mail', 'schedule': crontab(minute=\"*\"), 'options': {'expires': 60}}}",
        ),
        (
            '{"c": {"task": "mail", "schedule": 60, "options": {}}}',
            '{"c": {"task": "mail", "schedule": 60, "options": {"expires": 60}}}',
        ),
        (
            '{"c": {"task": "mail", "schedule": 60, "options": {"priority": 3}}}',
            '{"c": {"task": "mail", "schedule": 60, "options": {"priority": 3, "expires": 60}}}',
        ),
        (
            '{"c": dict(task="mail", schedule=60)}',
            '{"c": dict(task="mail", schedule=60, options=dict(expires=60))}',
        ),
        (
            '{"c": {"task": "mail", "schedule": 60, "options": dict(priority=3)}}',
            '{"c": {"task": "mail", "schedule": 60, "options": dict(priority=3, expires=60)}}',
        ),
        (
            '{\n    "c": {\n        "task": "mail",\n        "schedule": 60  # a minute\n    }\n}',
            '{\n    "c": {\n        "task": "mail",\n        "schedule": 60,  # a minute\n        "options": {"expires": 60}\n    }\n}',
        ),
        (
            '{\n\t"c": {\n\t\t"task": "mail",\n\t\t"schedule": 60,\n\t},\n}',
            '{\n\t"c": {\n\t\t"task": "mail",\n\t\t"schedule": 60,\n\t\t"options": {"expires": 60},\n\t},\n}',
        ),
    ],
)
def test_an_option_stands_in_the_layout_of_its_entry(before: str, after: str) -> None:
    check(before, after)


@pytest.mark.parametrize(
    "options",
    ['{"expires": 5}', '{"expire_seconds": 5}', "OPTIONS", "{**OPTIONS}", "options_of('mail')"],
)
def test_an_entry_with_an_expiry_or_options_that_are_not_told_is_left(options: str) -> None:
    table = f'{{"c": {{"task": "mail", "schedule": 60, "options": {options}}}}}'
    check_untouched("beat", in_settings(table), EXPIRES)


def test_a_task_that_expires_by_itself_gets_no_second_expiry() -> None:
    tasks = TASKS.replace("name='mail'", "name='mail', expires=5")
    files = {**in_settings('{"c": {"task": "mail", "schedule": 60}}'), "orders/tasks.py": tasks}
    check_untouched("beat", files, EXPIRES)


def test_an_entry_that_gets_too_long_is_broken() -> None:
    table = '{\n    "c": {"task": "mail", "schedule": 60},\n}'
    wanted = '{\n    "c": {\n        "task": "mail",\n        "schedule": 60,\n        "options": {"expires": 60},\n    },\n}'
    files = {**in_settings(table), "ruff.toml": "line-length = 60\n"}
    after = {"shop/settings.py": in_settings(wanted)["shop/settings.py"]}
    check_change("beat", files, after, EXPIRES)


def test_a_schedule_in_a_database_reads_another_option() -> None:
    before = in_settings('{"c": {"task": "mail", "schedule": 60}}')
    listed = '"orders", "django_celery_beat"'
    settings = before["shop/settings.py"].replace('"orders"', listed)
    after = settings.replace("60}", '60, "options": {"expires": 60, "expire_seconds": 60}}')
    check_change(
        "beat", {**before, "shop/settings.py": settings}, {"shop/settings.py": after}, EXPIRES
    )


def test_an_entry_takes_the_queue_of_its_tasks_route() -> None:
    routes = 'CELERY_TASK_ROUTES = {"orders.*": {"queue": "low", "priority": 3}}\n'
    before = in_settings(entry("crontab()"))
    text = before["shop/settings.py"] + routes
    after = text.replace("crontab(),\n", 'crontab(),\n        "options": {"queue": "low"},\n')
    check_change("beat", {**before, "shop/settings.py": text}, {"shop/settings.py": after})


@pytest.mark.parametrize(
    "routes",
    [
        '{"orders.*": {"priority": 3}}',
        '{"orders.*": {"queue": "low", "routing_key": "x"}}',
        '{"orders.*": {"queue": QUEUE}}',
        '("shop.routers.Router", {"orders.*": {"queue": "low"}})',
        "{}",
    ],
)
def test_a_queue_that_is_not_one_known_text_is_not_written(routes: str) -> None:
    before = in_settings(entry("crontab()"))
    text = f"{before['shop/settings.py']}CELERY_TASK_ROUTES = {routes}\n"
    check_untouched("beat", {**before, "shop/settings.py": text})


ORPHAN = '{\n    # was moved in 2019\n    "old": {"task": "orders.tasks.cleann", "schedule": 60},\n    "mail": {"task": "mail", "schedule": 5},\n}'


def orphans(answer: str) -> Settings:
    """What becomes of the entry `old`."""
    return Settings(beat=Beat(orphans={"old": answer} if answer else {}, expires=False))


@pytest.mark.parametrize(("dev", "written"), [("DEBUG = True\n", False), ("from shop.settings import *\n\nDEBUG = True\n", True)])  # fmt: skip
def test_a_queue_of_routes_that_other_settings_lack_is_not_written(dev: str, written: bool) -> None:
    files = {
        **BASE,
        "shop/settings.py": f'{SETTINGS}CELERY_TASK_ROUTES = {{"orders.*": "low"}}\n',
        "shop/settings_dev.py": dev,
        "shop/celery.py": f"{APP}app.conf.beat_schedule = {entry('60')}\n",
    }
    found = run("beat", files, Settings(beat=Beat(expires=False)))
    assert (found.files == ["shop/celery.py"]) is written


def test_an_orphan_waits_for_a_person() -> None:
    found = check_untouched("beat", in_settings(ORPHAN), orphans(""))
    (waiting,) = found.waiting
    assert waiting.id == "orphan:old"
    assert waiting.asks is not None
    assert "point-to orders.tasks.clean" in waiting.asks.suggestion
    assert waiting.taken().waits


def test_an_orphan_goes_with_the_remark_above_it() -> None:
    check(ORPHAN, '{\n    "mail": {"task": "mail", "schedule": 5},\n}', orphans("remove"))


def test_orphans_side_by_side_go_together() -> None:
    table = '{"a": {"task": "x", "schedule": 5}, "mail": {"task": "mail", "schedule": 5}, "b": {"task": "y", "schedule": 5}, "c": {"task": "z", "schedule": 5}}'
    answers = dict.fromkeys("abc", "remove")
    left = '{"mail": {"task": "mail", "schedule": 5}}'
    check(table, left, Settings(beat=Beat(orphans=answers, expires=False)))


def test_an_orphan_points_where_a_person_says() -> None:
    check(ORPHAN, ORPHAN.replace("cleann", "clean"), orphans("point-to orders.tasks.clean"))


def test_an_orphan_stays_if_a_person_says_so() -> None:
    assert check_untouched("beat", in_settings(ORPHAN), orphans("keep")).waiting == ()


def test_an_orphan_that_points_at_nothing_again_is_refused_by_the_proof() -> None:
    with pytest.raises(AssertionError, match="registered no more"):
        run("beat", in_settings(ORPHAN), orphans("point-to orders.tasks.cleannn"))


TWO = {
    "orders/tasks.py": TASKS,
    "shop/settings.py": PROJECT["shop/settings.py"]
    + '\n# the old one\nCELERY_BEAT_SCHEDULE = {"a": {"task": "mail", "schedule": 60}}\n\nDEBUG = False\n',
    "shop/celery.py": APP + '\napp.conf.beat_schedule = {"b": {"task": "mail", "schedule": 60}}\n',
}
KEPT = {"shop/settings.py": PROJECT["shop/settings.py"] + "\nDEBUG = False\n"}


def of(wanted: str) -> dict[str, str]:
    """The project with two schedules and this requirement."""
    return {**TWO, "requirements.txt": f"{wanted}\n"}


def beat(**words: str) -> Settings:
    """What a person has decided, with no expiries."""
    return Settings(beat=Beat(expires=False, **words))  # type: ignore[arg-type]


def test_which_of_two_schedules_counts_is_asked_where_versions_differ() -> None:
    found = check_untouched("beat", of("celery>=5.4"), beat())
    (waiting,) = found.waiting
    assert waiting.id == "in-force:beat"
    assert waiting.taken().waits, "no --accept takes it"


def test_the_schedule_that_a_person_names_is_the_only_one() -> None:
    check_change("beat", of("celery>=5.4"), KEPT, beat(in_force="shop/celery.py"))


def test_the_settings_schedule_may_be_the_one_that_stays() -> None:
    found = run("beat", of("celery>=5.4"), beat(in_force="shop/settings.py"))
    assert found.files == ["shop/celery.py"]
    assert b"beat_schedule" not in found.snapshot.read("shop/celery.py")
    assert [entry.key for entry in found.after.beat] == ["a"]


@pytest.mark.parametrize(
    ("wanted", "gone"), [("celery==5.6.3", "shop/celery.py"), ("celery==5.7.0", "shop/settings.py")]
)
def test_a_dead_schedule_goes_when_a_person_says_so(wanted: str, gone: str) -> None:
    found = check_untouched("beat", of(wanted), beat())
    assert [item.id for item in found.waiting] == [f"dead:beat:{gone}"]
    done = run("beat", of(wanted), beat(dead="remove"))
    assert done.files == [gone]
    assert run("beat", of(wanted), beat(dead="keep")).files == []


def test_no_schedule_is_dead_that_other_settings_leave_in_force() -> None:
    files = {**of("celery==5.6.3"), "shop/settings_dev.py": "DEBUG = True\n"}
    found = run("beat", files, beat(dead="remove"))
    assert found.files == []
    states = {entry.key: entry.in_force for entry in found.before.beat}
    assert states == {"a": True, "b": None}
    (note,) = [note for note in found.before.notes if note.code == "schedule-overridden"]
    assert "but not under 'shop/settings_dev.py'" in note.message
    files["shop/settings_dev.py"] = "from shop.settings import *\n\nDEBUG = True\n"
    assert run("beat", files, beat(dead="remove")).files == ["shop/celery.py"]


def test_an_empty_schedule_in_settings_counts_up_to_5_6() -> None:
    files = of("celery>=5.4")
    files["shop/settings.py"] = PROJECT["shop/settings.py"] + "CELERY_BEAT_SCHEDULE = {}\n"
    found = check_untouched("beat", files, beat())
    assert [item.id for item in found.waiting] == ["in-force:beat"]


def test_a_schedule_that_other_code_reads_stays() -> None:
    files = {
        **of("celery>=5.7"),
        "orders/view.py": "from django.conf import settings\n\nN = len(settings.CELERY_BEAT_SCHEDULE)\n",
    }
    assert run("beat", files, beat(dead="remove")).files == []
    note = check_note("beat", files, "table-stays", beat(dead="remove"))
    assert "orders/view.py" in note.message


def test_imports_that_only_the_dead_schedule_read_go_too() -> None:
    settings = (
        "from datetime import timedelta\n\nfrom celery.schedules import crontab\n\n"
        'INSTALLED_APPS = ["orders"]\nDAY = timedelta(days=1)\n'
        'CELERY_BEAT_SCHEDULE = {"a": {"task": "mail", "schedule": crontab()}}\n'
    )
    after = (
        'from datetime import timedelta\n\nINSTALLED_APPS = ["orders"]\nDAY = timedelta(days=1)\n'
    )
    files = {**of("celery>=5.7"), "shop/settings.py": settings}
    check_change("beat", files, {"shop/settings.py": after}, beat(dead="remove"))


def test_what_adds_to_the_schedule_is_no_dead_one() -> None:
    files = of("celery==5.6.3")
    files["shop/celery.py"] = (
        APP + 'app.conf.beat_schedule.update({"b": {"task": "mail", "schedule": 5}})\n'
    )
    found = check_untouched("beat", files, beat())
    assert found.waiting == ()
    (note,) = [note for note in found.notes if note.code == "second-schedule"]
    assert (note.path, "beside CELERY_BEAT_SCHEDULE" in note.message) == ("shop/celery.py", True)


@pytest.mark.parametrize(
    "text",
    [
        "if DEBUG:\n    app.conf.beat_schedule = {}\n",
        "def set_up():\n    app.conf.beat_schedule = {}\n",
        "app.conf.beat_schedule = read_schedule()\n",
        "app.conf.beat_schedule = {**read_schedule()}\n",
        "del app.conf.beat_schedule['a']\n",
        "app.conf.beat_schedule.pop('a')\n",
    ],
)
def test_a_schedule_that_is_computed_stays_with_a_note(text: str) -> None:
    files = {**of("celery>=5.4"), "shop/celery.py": APP + text}
    check_untouched("beat", files, beat(dead="remove"))
    assert check_note("beat", files, "beat-computed", beat()).path == "shop/celery.py"


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("crontab(hour=4)", True),
        ('crontab(day_of_week="sun", hour="*/6")', True),
        ("crontab()", False),
        ("crontab(minute=0, hour=4)", False),
        ("crontab(0, 4)", False),
        ("crontab(**WHEN)", False),
    ],
)
def test_hours_without_a_minute_are_spoken_of(schedule: str, said: bool) -> None:
    found = run("beat", in_settings(entry(schedule)), EXPIRES)
    assert ("each-minute" in {note.code for note in found.notes}) is said
    offered = any("expires" in change.after.decode() for change in found.changes if change.after)
    by_hand = any("run at each minute of their hours" in note.message for note in found.notes)
    assert by_hand is said
    assert not (said and offered)


def test_a_project_without_celery_keeps_its_schedule() -> None:
    files = {"settings.py": 'CELERYBEAT_SCHEDULE = {"a": {"task": "x", "schedule": 60}}\n'}
    assert run("beat", files, EXPIRES, bare=True).files == []


def test_line_ends_and_a_byte_order_mark_are_kept() -> None:
    text = in_settings(entry("60"))["shop/settings.py"].replace("\n", "\r\n")
    files: Files = {**BASE, "shop/settings.py": b"\xef\xbb\xbf" + text.encode()}
    found = run("beat", files, EXPIRES)
    data = found.snapshot.read("shop/settings.py")
    assert data.startswith(b"\xef\xbb\xbf")
    assert b'60,\r\n        "options": {"expires": 60},\r\n' in data


def test_settings_in_a_class_are_edited_too() -> None:
    head = "from configurations import Configuration\n\n\nclass Base(Configuration):\n"
    table = '    CELERY_BEAT_SCHEDULE = {"c": {"task": "mail", "schedule": 60%s}}\n'
    before = {**BASE, "shop/settings.py": head + '    INSTALLED_APPS = ["orders"]\n' + table % ""}
    after = head + '    INSTALLED_APPS = ["orders"]\n' + table % ', "options": {"expires": 60}'
    check_change("beat", before, {"shop/settings.py": after}, EXPIRES)


def test_a_dict_of_another_file_is_edited_where_it_stands() -> None:
    table = 'ENTRIES = {"c": {"task": "mail", "schedule": 60%s}}\n'
    settings = "from shop.entries import ENTRIES\n\nCELERY_BEAT_SCHEDULE = ENTRIES\n"
    files = {**BASE, "shop/settings.py": settings, "shop/entries.py": table % ""}
    after = {"shop/entries.py": table % ', "options": {"expires": 60}'}
    check_change("beat", files, after, EXPIRES)


def test_the_time_zone_of_the_project_counts() -> None:
    files = in_settings(entry("crontab(0, 5)"))
    text = files["shop/settings.py"] + 'CELERY_TIMEZONE = "Europe/Berlin"\n'
    after = text.replace("5),\n", '5),\n        "options": {"expires": 90000},\n')
    found = check_change(
        "beat", {**files, "shop/settings.py": text}, {"shop/settings.py": after}, EXPIRES
    )
    assert not [note.code for note in found.notes if note.code == "expires-irregular"]


def test_routes_of_a_person_give_queues_to_entries_at_once() -> None:
    routes = 'CELERY_TASK_ROUTES = {"x.y": "q"}\n'
    files = in_settings(entry("60"))
    text = files["shop/settings.py"] + routes
    after = text.replace("60,\n", '60,\n        "options": {"queue": "low"},\n')
    settings = Settings(beat=Beat(expires=False), routes=Routes(queues={"orders.*": "low"}))
    check_change("beat", {**files, "shop/settings.py": text}, {"shop/settings.py": after}, settings)


def made(random: Random) -> tuple[str, list[str]]:
    """A schedule in a random layout, and its remarks."""
    quote, wide, remarks = random.choice("\"'"), random.random() < 0.7, list[str]()
    lines = ["{"]
    for number in range(random.randint(1, 6)):
        fields = [
            f"{quote}task{quote}: {quote}{random.choice(['mail', 'orders.tasks.clean'])}{quote}"
        ]
        fields.append(
            f"{quote}schedule{quote}: {random.choice(['60', '3600.0', 'crontab(0, 5)', 'EVERY'])}"
        )
        if random.random() < 0.3:
            fields.append(f"{quote}args{quote}: (1, [2])")
        if random.random() < 0.4:
            options = random.choice(["", f"{quote}priority{quote}: 3", f"{quote}expires{quote}: 5"])
            fields.append(f"{quote}options{quote}: {{{options}}}")
        random.shuffle(fields)
        remark = f"  # remark {number}" if random.random() < 0.4 else ""
        remarks += [remark.strip()] if remark else []
        if wide and random.random() < 0.7:
            comma = random.choice([",", ""])
            inner = "".join(
                f"        {field},{remark if n == 0 else ''}\n"
                for n, field in enumerate(fields[:-1])
            )
            lines.append(
                f"    {quote}key {number}{quote}: {{\n{inner}        {fields[-1]}{comma}\n    }},"
            )
        else:
            lines.append(f"    {quote}key {number}{quote}: {{{', '.join(fields)}}},{remark}")
    return "\n".join([*lines, "}"]), remarks


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=int(os.environ.get("SOAK_SCHEDULES", "150")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_layout_keeps_its_entries_and_remarks(random: Random) -> None:
    table, remarks = made(random)
    files = in_settings(table)
    routes = 'CELERY_TASK_ROUTES = {"orders.*": {"queue": "low"}}\nEVERY = 9\n'
    files["shop/settings.py"] = routes + files["shop/settings.py"]
    found = run("beat", files, EXPIRES)
    after = found.snapshot.read("shop/settings.py")
    assert sorted(t for _, t in comments(after) if "remark" in t) == sorted(remarks)
    before, now = executed(files["shop/settings.py"]), executed(after.decode())
    assert list(before) == list(now)
    gaps = {60: 60, 3600.0: 3600, "crontab(0, 5)": 86400, 9: 9}
    for key, entry in before.items():
        options: dict[str, Any] = {"queue": "low"} if entry["task"] == "orders.tasks.clean" else {}
        options |= {"expires": gaps[entry["schedule"]]}
        assert now[key] == {**entry, "options": options | entry.get("options", {})}


def executed(text: str) -> dict[str, dict[str, Any]]:
    """The schedule that a module of settings makes."""
    names: dict[str, Any] = {}
    shown = {"crontab": lambda *words: f"crontab({', '.join(map(str, words))})"}
    exec(text.replace("from celery.schedules import crontab", ""), {**shown}, names)
    found: dict[str, dict[str, Any]] = names["CELERY_BEAT_SCHEDULE"]
    return found


@pytest.mark.parametrize("answer", ["delete", "point-to ", "Remove"])
def test_an_answer_that_is_none_leaves_the_question_open(answer: str) -> None:
    found = check_untouched("beat", in_settings(ORPHAN), orphans(answer))
    assert [item.id for item in found.waiting] == ["orphan:old"]


def test_a_schedule_that_ends_its_file_goes_with_the_blank_lines_above() -> None:
    files = of("celery>=5.7")
    head = PROJECT["shop/settings.py"]
    files["shop/settings.py"] = (
        head + '\nCELERY_BEAT_SCHEDULE = {"a": {"task": "mail", "schedule": 60}}\n\n'
    )
    check_change("beat", files, {"shop/settings.py": head}, beat(dead="remove"))


def test_a_longer_name_is_no_use_of_the_table() -> None:
    other = "CELERY_BEAT_SCHEDULER = 'x'\nCELERY_BEAT_SCHEDULE_FILENAME = 'y'\n"
    found = run("beat", {**of("celery>=5.7"), "shop/more.py": other}, beat(dead="remove"))
    assert found.files == ["shop/settings.py"]


def test_a_queue_of_digits_is_a_text() -> None:
    files = in_settings(entry("60"))
    text = files["shop/settings.py"] + 'CELERY_TASK_ROUTES = {"orders.*": {"queue": "1"}}\n'
    after = text.replace("60,\n", '60,\n        "options": {"queue": "1"},\n')
    check_change("beat", {**files, "shop/settings.py": text}, {"shop/settings.py": after}, beat())


def test_a_file_that_does_not_parse_is_left() -> None:
    table = 'CELERY_BEAT_SCHEDULE = {"old": {"task": "orders.tasks.cleann", "schedule": 60}}\n'
    text = PROJECT["shop/settings.py"] + table + 'print "python 2"\n'
    for files in (
        {**BASE, "shop/settings.py": text},
        {**of("celery>=5.7"), "shop/settings.py": text},
    ):
        answers = Settings(beat=Beat(dead="remove", orphans={"old": "remove"}, expires=True))
        assert "shop/settings.py" not in run("beat", files, answers).files


def test_names_imported_under_others_are_known() -> None:
    head = "from celery import Celery as C\nfrom celery.schedules import crontab as cron\n\napp = C('shop')\n"
    table = 'app.conf.beat_schedule = {"a": {"task": "mail", "schedule": cron(minute=0)%s}}\n'
    files = {**BASE, "shop/celery.py": head + table % ""}
    after = head + table % ', "options": {"expires": 3600}'
    check_change("beat", files, {"shop/celery.py": after}, EXPIRES)


def test_an_interval_needs_no_time_zone() -> None:
    zone = "import os\n\nTIME_ZONE = os.environ['TZ']\nCELERY_TIMEZONE = TIME_ZONE\n"
    table = '{\n    "plain": {"task": "mail", "schedule": 60},\n    "cron": {"task": "mail", "schedule": crontab(minute=0)},\n}'
    files = in_settings(table)
    files["shop/settings.py"] = zone + files["shop/settings.py"]
    found = run("beat", files, EXPIRES)
    after = found.snapshot.read("shop/settings.py").decode()
    assert '"plain": {"task": "mail", "schedule": 60, "options": {"expires": 60}}' in after
    assert '"cron": {"task": "mail", "schedule": crontab(minute=0)},' in after
    (note,) = (item for item in found.notes if item.code == "beat-computed")
    assert "entries with a crontab get no expires" in note.message
    plain = in_settings('{"plain": {"task": "mail", "schedule": 60}}')
    plain["shop/settings.py"] = zone + plain["shop/settings.py"]
    assert not [item for item in run("beat", plain, EXPIRES).notes if item.code == "beat-computed"]


ROWS = "from django_celery_beat.models import PeriodicTask\n\n\n"


@pytest.mark.parametrize(
    "call",
    [
        "PeriodicTask.objects.create(name='x', task='mail')",
        "PeriodicTask.objects.get_or_create(name='x', defaults={'enabled': True, 'task': 'mail'})",
        "PeriodicTask.objects.update_or_create(name='x', defaults=dict(task='mail'))",
        "apps.get_model('django_celery_beat', 'PeriodicTask').objects.create(task='mail')",
        "models.PeriodicTask(name='x', task='mail').save()",
    ],
)
def test_rows_of_the_database_are_told_where_code_has_them(call: str) -> None:
    path = "orders/migrations/0002_rows.py"
    for rest in ({}, in_settings(entry("60"))):
        files = {**BASE, path: f"{ROWS}def forwards(apps, schema_editor):\n    {call}\n", **rest}
        note = check_note("beat", files, "beat-in-rows", Settings(beat=Beat(expires=False)))
        assert (note.path, note.line) == (path, 5)
        assert note.message.startswith('"mail": rows of django-celery-beat')


def test_other_rows_and_those_of_tests_are_not_told() -> None:
    files = {
        **BASE,
        "orders/rows.py": f"{ROWS}Task.objects.create(task='mail')\nMyPeriodicTasks.objects.create(task='mail')\n",
        "orders/tests/test_rows.py": f"{ROWS}PeriodicTask.objects.create(task='mail')\n",
    }
    assert "beat-in-rows" not in [note.code for note in run("beat", files).notes]


ENTRY = '{{"task": "mail", "schedule": 60{}}}'
EACH = '**{{{}: {{"task": "mail", "schedule": 90, "args": (r,)}} for r in REGIONS}}'


@pytest.mark.parametrize("key", ["stop", "stop*all", "a_stop_b"])
@pytest.mark.parametrize("first", [True, False])
def test_entries_beside_those_of_a_loop_are_told(key: str, *, first: bool) -> None:
    loop = EACH.format('f"stop_{r}"')

    def table(options: str) -> str:
        parts = [f'"{key}": {ENTRY.format(options)}', loop]
        lines = (f"    {part},\n" for part in (parts if first else parts[::-1]))
        return "{\n" + "".join(lines) + "}"

    check(table(""), table(', "options": {"expires": 60}'))


@pytest.mark.parametrize(
    ("key", "loop"),
    [
        ("stop_all", 'f"stop_{r}"'),
        ("stop_all", 'f"{r}"'),
        ("mail", "r"),
        ("mail", "name(r)"),
        ("stop*all", 'f"stop*{r}"'),
    ],
)
def test_an_entry_that_a_loop_may_make_too_is_left(key: str, loop: str) -> None:
    table = f'{{"{key}": {ENTRY.format("")}, {EACH.format(loop)}}}'
    check_untouched("beat", in_settings(table), EXPIRES)
