"""A table moves to the file that the configuration names, and its setting takes it from there."""

import pytest

from codemods.settings import Beat, Routes, Settings
from tests.codemods.harness import APP, check_change, check_note, check_untouched, run
from tests.codemods.tables.test_joins import BASE, ENTRY, HEAD, ROUTES, project, table

PLACE = "shop/schedule.py"
BEAT = Settings(beat=Beat(expires=False, place=PLACE))
IMPORT = "from shop.schedule import BEAT_SCHEDULE\n\n"


def moved(*lines: str) -> str:
    """The new file with the table, these lines behind its own."""
    return '"""When beat starts which task."""\n\n' + table(*lines, name="BEAT_SCHEDULE")


def test_the_schedule_moves_to_a_new_file() -> None:
    after = {
        "shop/settings.py": f"{IMPORT}{HEAD}# nightly\nCELERY_BEAT_SCHEDULE = BEAT_SCHEDULE\n",
        PLACE: moved(),
    }
    check_change("beat", project(f"# nightly\n{table()}", ""), after, BEAT)


def test_what_adds_to_it_moves_along() -> None:
    files = project(table(), f'app.conf.beat_schedule["clean"] = {ENTRY}\n')
    after = {
        "shop/settings.py": f"{IMPORT}{HEAD}CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE\n",
        "shop/celery.py": APP,
        PLACE: moved(f'"clean": {ENTRY},'),
    }
    check_change("beat", files, after, BEAT)


def test_it_moves_from_the_apps_module_with_what_it_reads() -> None:
    lines = '"night": {"task": "mail", "schedule": crontab(hour=5, minute=0)},'
    top = APP.replace("import Celery\n", "import Celery\nfrom celery.schedules import crontab\n")
    files = project("", "")
    files["shop/celery.py"] = top + table(lines, name="app.conf.beat_schedule")
    after = {
        "shop/celery.py": APP.replace(
            "import Celery\n", "import Celery\n\nfrom shop.schedule import BEAT_SCHEDULE\n"
        )
        + "app.conf.beat_schedule = BEAT_SCHEDULE\n",
        PLACE: moved(lines).replace(
            "\n\nBEAT", "\n\nfrom celery.schedules import crontab\n\nBEAT", 1
        ),
    }
    check_change("beat", files, after, BEAT)


def test_it_moves_below_what_stands_in_a_file() -> None:
    files = {**project(table(), ""), PLACE: 'ZONE = "UTC"\n'}
    after = {PLACE: f'ZONE = "UTC"\n\n\n{table(name="BEAT_SCHEDULE")}'}
    check_change("beat", files, after, BEAT)


def test_once_moved_it_is_added_to_where_it_stands() -> None:
    files = project("from shop.schedule import BEAT_SCHEDULE\n", "")
    files["shop/settings.py"] = f"{IMPORT}{HEAD}CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE\n"
    files[PLACE] = moved()
    files["shop/celery.py"] = f'{APP}app.conf.beat_schedule["clean"] = {ENTRY}\n'
    after = {PLACE: moved(f'"clean": {ENTRY},'), "shop/celery.py": APP}
    check_change("beat", files, after, BEAT)


def test_routes_move_with_new_ones_and_without_dead_ones() -> None:
    base = ROUTES[:-2] + '    "orders.tasks.gone": "q",\n}\n'
    routes = Routes(place="shop/routes.py", dead_keys="remove", queues={"orders.*": "low"})
    after = {
        "shop/settings.py": "from shop.routes import TASK_ROUTES\n\n"
        + HEAD
        + "CELERY_TASK_ROUTES = TASK_ROUTES\n",
        "shop/routes.py": '"""Which queue each task goes to."""\n\n'
        + 'TASK_ROUTES = {\n    "mail": {"queue": "email"},\n    "orders.tasks.clean": {"queue": "low"},\n}\n',
    }
    files = project(f"CELERY_TASK_ROUTES = {base}", "")
    check_change("routes", files, after, Settings(routes=routes))
    again = {**files, **after}
    more = Settings(routes=Routes(place="shop/routes.py", queues={"orders.*": "low"}))
    assert run("routes", again, more).files == []


@pytest.mark.parametrize(
    ("place", "more", "settings", "why"),
    [
        ("shop/schedule.txt", {}, table(), "no module"),
        ("orders/schedule.py", {"orders/__init__.py": "import os\n"}, table(), "other things"),
        (PLACE, {PLACE: "from orders import tasks\n"}, table(), "imports orders"),
        (PLACE, {}, table().replace("{\n", "{  # all\n", 1), "lines of their own"),
        (PLACE, {}, table().replace("{\n    # the mails\n", "{", 1), "lines of their own"),
        (PLACE, {PLACE: "def broken(:\n"}, table(), "does not parse"),
        (
            PLACE,
            {},
            f'EVERY = 5\n{table()[:-2]}    "c": {{"task": "mail", "schedule": EVERY}},\n}}\n',
            "EVERY",
        ),
    ],
)
def test_a_table_that_cannot_stand_there_stays_with_a_note(
    place: str, more: dict[str, str], settings: str, why: str
) -> None:
    files = {**project(settings, ""), **more}
    configured = Settings(beat=Beat(expires=False, place=place))
    check_untouched("beat", files, configured)
    assert why in check_note("beat", files, "table-stays", configured).message


def test_where_there_is_no_one_table_nothing_moves() -> None:
    files = project(
        f"if DEBUG:\n    CELERY_BEAT_SCHEDULE = {{}}\nelse:\n    CELERY_BEAT_SCHEDULE = {BASE}".replace(
            "\n    #", "\n#"
        ).replace('\n    "', '\n"'),
        "",
    )
    check_untouched("beat", files, BEAT)
