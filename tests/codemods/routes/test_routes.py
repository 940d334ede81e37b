"""The step `routes`: keys in and out of one table, tables that go, and all that stays as it stands."""

import os
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.in_force.routing import answer, prepared
from codemods.settings import Routes, Settings, Targets
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

TASKS = "from celery import shared_task\n\n\n@shared_task\ndef clean():\n    return 1\n\n\n@shared_task(name='mail')\ndef mail():\n    return 2\n\n\n@shared_task\ndef report():\n    return 3\n"
BASE = {"orders/tasks.py": TASKS, "requirements.txt": "celery==5.6.3\n"}
QUEUES = Settings(routes=Routes(queues={"mail": "email", "orders.tasks.r*": "reports"}))


def in_settings(table: str) -> dict[str, str]:
    """The project with routes in its settings."""
    text = f"{PROJECT['shop/settings.py']}CELERY_TASK_ROUTES = {table}\n"
    return {**BASE, "shop/settings.py": text, "ruff.toml": "line-length = 140\n"}


def check(before: str, after: str, configured: Settings) -> None:
    """The routes in the settings become others."""
    wanted = {"shop/settings.py": in_settings(after)["shop/settings.py"]}
    check_change("routes", in_settings(before), wanted, configured)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '{"orders.tasks.clean": {"queue": "low"}}',
            '{"orders.tasks.clean": {"queue": "low"}, "mail": {"queue": "email"}, "orders.tasks.report": {"queue": "reports"}}',
        ),
        (
            "{'x.y': {'queue': 'low'}}",
            "{'x.y': {'queue': 'low'}, 'mail': {'queue': 'email'}, 'orders.tasks.report': {'queue': 'reports'}}",
        ),
        (
            '{\n    "orders.tasks.clean": {"queue": "low"},\n}',
            '{\n    "orders.tasks.clean": {"queue": "low"},\n    "mail": {"queue": "email"},\n    "orders.tasks.report": {"queue": "reports"},\n}',
        ),
        (
            '{\n    "orders.tasks.clean": "low"  # slow\n}',
            '{\n    "orders.tasks.clean": "low",  # slow\n    "mail": {"queue": "email"},\n    "orders.tasks.report": {"queue": "reports"}\n}',
        ),
        (
            '{"orders.*": {"queue": "low"}}',
            '{"orders.*": {"queue": "low"}, "mail": {"queue": "email"}}',
        ),
        (
            "{}",
            '{\n    "mail": {"queue": "email"},\n    "orders.tasks.report": {"queue": "reports"},\n}',
        ),
    ],
)
def test_a_task_without_a_route_gets_the_configured_queue(before: str, after: str) -> None:
    check(before, after, QUEUES)


def test_a_name_wins_over_globs_and_of_globs_the_first() -> None:
    queues = {"*a*": "one", "mail": "two", "*": "three"}
    found = run("routes", in_settings('{"x.y": "low"}'), Settings(routes=Routes(queues=queues)))
    answers = {name: found.after.routed(name) for name in sorted(found.after.names)}
    assert answers == {"mail": "two", "orders.tasks.clean": "one", "orders.tasks.report": "one"}


def test_no_task_is_routed_without_a_line_of_a_person() -> None:
    check_untouched("routes", in_settings('{"x.y": {"queue": "low"}}'))


def test_tasks_without_a_route_are_told_where_the_target_asks_for_it() -> None:
    files = in_settings('{"x.y": "low"}')
    configured = Settings(
        targets=Targets(unrouted_tasks=0), routes=Routes(queues={"mail": "email"})
    )
    said = [n.message for n in run("routes", files, configured).notes if n.code == "unrouted"]
    assert [message.partition(";")[0] for message in said] == [
        'no route names "orders.tasks.clean"',
        'no route names "orders.tasks.report"',
    ]
    assert '"reports" may be its queue, since its name has "report"' in said[1]
    assert not [n for n in run("routes", files).notes if n.code == "unrouted"]


@pytest.mark.parametrize(
    "table",
    [
        '("shop.routers.Router", {"x.y": "low"})',
        '[{"x.y": "low"}, {"*": "other"}]',
        "make_routes()",
        '{"x.y": "low", **make_routes()}',
        "dict(mail='low')",
    ],
)
def test_a_table_that_is_no_one_dict_stays(table: str) -> None:
    check_untouched("routes", in_settings(table), QUEUES)


def test_a_router_is_said_to_be_asked() -> None:
    note = check_note("routes", in_settings('("shop.routers.Router",)'), "routes-computed")
    assert "shop.routers.Router" in note.message


def test_routes_that_celery_cannot_read_are_said_to_raise() -> None:
    note = check_note("routes", in_settings('[("mail", "low")]'), "routes-broken")
    assert "raises" in note.message


DEAD = '{\n    # gone since 2019\n    "orders.tasks.cleann": {"queue": "low"},\n    "mail": {"queue": "email"},\n}'


def dead(answer: str) -> Settings:
    """What becomes of keys that no task has."""
    return Settings(routes=Routes(dead_keys=answer))  # type: ignore[arg-type]


def test_a_dead_key_waits_for_a_person() -> None:
    (waiting,) = check_untouched("routes", in_settings(DEAD)).waiting
    assert (waiting.id, waiting.taken().waits) == ("dead:orders.tasks.cleann", True)
    assert '"orders.tasks.clean" is near' in waiting.because


def test_a_dead_key_goes_with_the_remark_above_it() -> None:
    check(DEAD, '{\n    "mail": {"queue": "email"},\n}', dead("remove"))


@pytest.mark.parametrize(
    "key", ["other_library.tasks.run", "celery.backend_cleanup", "orders.*", "mail"]
)
def test_a_key_that_may_be_of_use_is_no_dead_one(key: str) -> None:
    check_untouched("routes", in_settings(f'{{"{key}": {{"queue": "low"}}}}'), dead("remove"))


def test_no_key_is_dead_while_a_name_is_not_known() -> None:
    tasks = TASKS + "\n\n@shared_task(name=make_name())\ndef other():\n    return 4\n"
    check_untouched("routes", {**in_settings(DEAD), "orders/tasks.py": tasks}, dead("remove"))


TWO = {
    "orders/tasks.py": TASKS,
    "shop/settings.py": PROJECT["shop/settings.py"] + 'CELERY_TASK_ROUTES = {"mail": "one"}\n',
    "shop/celery.py": APP + 'app.conf.task_routes = {"mail": {"queue": "two", "priority": 3}}\n',
}


def of(wanted: str) -> dict[str, str]:
    """The project with two tables and this requirement."""
    return {**TWO, "requirements.txt": f"{wanted}\n"}


@pytest.mark.parametrize(
    ("stays", "queue"), [("shop/settings.py", "one"), ("shop/celery.py", "two")]
)
def test_the_table_that_a_person_names_is_the_only_one(stays: str, queue: str) -> None:
    found = run("routes", of("celery>=5.4"), Settings(routes=Routes(in_force=stays)))
    assert stays not in found.files
    assert len(found.files) == 1
    assert found.after.routed("mail") == queue


def test_which_of_two_tables_counts_is_asked_where_versions_differ() -> None:
    (waiting,) = check_untouched("routes", of("celery>=5.4")).waiting
    assert (waiting.id, waiting.taken().waits) == ("in-force:routes", True)


@pytest.mark.parametrize(
    ("wanted", "gone"), [("celery==5.6.3", "shop/celery.py"), ("celery==5.7.0", "shop/settings.py")]
)
def test_a_dead_table_goes_when_a_person_says_so(wanted: str, gone: str) -> None:
    (waiting,) = check_untouched("routes", of(wanted)).waiting
    assert waiting.id == f"dead:routes:{gone}"
    assert run("routes", of(wanted), Settings(routes=Routes(dead="remove"))).files == [gone]


def test_the_old_name_of_the_setting_counts_from_5_7_on() -> None:
    old = {"shop/settings.py": PROJECT["shop/settings.py"] + 'CELERY_ROUTES = {"mail": "one"}\n'}
    for wanted, queue in (("celery==5.6.3", None), ("celery==5.7.0", "one")):
        files = {**BASE, **old, "requirements.txt": f"{wanted}\n"}
        assert run("routes", files).after.routed("mail") == queue


@pytest.mark.parametrize(
    "text",
    [
        "if DEBUG:\n    app.conf.task_routes = {}\n",
        "def set_up():\n    app.conf.task_routes = {}\n",
        "app.conf.task_routes = read_routes()\n",
        "app.conf.task_routes.clear()\n",
    ],
)
def test_a_table_that_is_computed_stays_with_a_note(text: str) -> None:
    files = {**of("celery>=5.4"), "shop/celery.py": APP + text}
    check_untouched("routes", files, QUEUES)
    assert check_note("routes", files, "routes-computed").path == "shop/celery.py"


def test_line_ends_and_a_byte_order_mark_are_kept() -> None:
    text = in_settings('{\n    "x.y": "low",\n}')["shop/settings.py"].replace("\n", "\r\n")
    files: Files = {**BASE, "shop/settings.py": b"\xef\xbb\xbf" + text.encode()}
    data = run("routes", files, QUEUES).snapshot.read("shop/settings.py")
    assert data.startswith(b"\xef\xbb\xbf")
    assert b'"low",\r\n    "mail": {"queue": "email"},\r\n' in data


def made(random: Random) -> str:
    """A table of routes in a random layout, with remarks."""
    quote, wide = random.choice("\"'"), random.random() < 0.7
    known = [
        "mail",
        "orders.tasks.clean",
        "orders.*",
        "orders.tasks.[cr]*",
        "other.lib",
        "orders.tasks.cleann",
    ]
    pairs: list[str] = []
    for number, key in enumerate(random.sample(known, random.randint(0, 5))):
        route = random.choice(
            [
                f"{quote}low{quote}",
                f"{{{quote}queue{quote}: {quote}q{number}{quote}}}",
                f"{{{quote}priority{quote}: 3}}",
            ]
        )
        pairs.append(f"{quote}{key}{quote}: {route}")
    if not wide:
        return "{" + ", ".join(pairs) + random.choice(["", ","] if pairs else [""]) + "}"
    shown = [
        f"    {pair},  # remark {number}\n" if random.random() < 0.3 else f"    {pair},\n"
        for number, pair in enumerate(pairs)
    ]
    return "{\n" + "".join(shown) + "}"


@given(st.randoms(use_true_random=False))
@settings(
    max_examples=int(os.environ.get("SOAK_SCHEDULES", "150")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_layout_keeps_its_answers_and_remarks(random: Random) -> None:
    files = in_settings(made(random))
    configured = Routes(queues={"mail": "email", "*": "rest"}, dead_keys="remove")
    found = run("routes", files, Settings(routes=configured))
    after = found.snapshot.read("shop/settings.py")
    before, now = executed(files["shop/settings.py"]), executed(after.decode())
    gone = {"orders.tasks.cleann"}
    first = next((key for key in before if "*" in key), "")
    # The glob below the other one wins for no name if that one answers for both of its own.
    gone |= {"orders.tasks.[cr]*"} if first == "orders.*" else set()
    gone |= {"orders.*"} if first == "orders.tasks.[cr]*" else set()
    for name in ("mail", "orders.tasks.clean", "orders.tasks.report"):
        old, new = (answer(prepared(table), name) for table in (before, now))  # type: ignore[arg-type]
        wanted = {"queue": configured.queues.get(name, "rest")}
        assert new == (wanted if old is None else old)
    assert [key for key in now if key in before] == [key for key in before if key not in gone]
    lost = sum("remark" in text for _, text in comments(files["shop/settings.py"].encode()))
    left = sum("remark" in text for _, text in comments(after))
    assert lost - left <= len(gone & before.keys())


def executed(text: str) -> dict[str, Any]:
    """The table that a module of settings makes."""
    names: dict[str, Any] = {}
    exec(text, names)
    found: dict[str, Any] = names["CELERY_TASK_ROUTES"]
    return found
