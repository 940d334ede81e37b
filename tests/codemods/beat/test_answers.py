"""What only a person can say of an entry: its queue, its expiry, and which of two like it goes."""

import pytest

from codemods.settings import Beat, Settings
from tests.codemods.beat.test_beat import TASKS, in_settings
from tests.codemods.harness import check_change, check_untouched, run

ROUTES = 'CELERY_TASK_ROUTES = {"orders.*": {"queue": "low"}}\n'


def said(**answers: str) -> Settings:
    """The answers of a person, with no expiries."""
    ids = {name.replace("__", ":"): answer for name, answer in answers.items()}
    return Settings(beat=Beat(expires=False, answers=ids))


def files_of(table: str, more: str = "") -> dict[str, str]:
    """The project with a schedule, and this behind it."""
    files = in_settings(table)
    return {**files, "shop/settings.py": files["shop/settings.py"] + more}


def entry(options: str, task: str = "orders.tasks.clean") -> str:
    """A schedule of one entry with options."""
    return f'{{\n    "c": {{"task": "{task}", "schedule": 60, "options": {options}}},\n}}'


def test_an_entrys_own_queue_stays_and_is_shown_beside_the_routes() -> None:
    found = check_untouched("beat", files_of(entry('{"queue": "own"}'), ROUTES), said())
    (item,) = found.decisions
    assert (item.id, item.waits, item.asks) == ("queue:c", False, None)
    assert '"own"' in item.because
    assert '"low"' in item.because


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"queue": "own"}', '{"queue": "low"}'),
        ("{'queue': 'own', 'priority': 3}", "{'queue': 'low', 'priority': 3}"),
        ('dict(queue="own")', 'dict(queue="low")'),
    ],
)
def test_an_entry_takes_the_routes_queue_if_a_person_says_so(before: str, after: str) -> None:
    wanted = files_of(entry(after), ROUTES)["shop/settings.py"]
    files = files_of(entry(before), ROUTES)
    check_change("beat", files, {"shop/settings.py": wanted}, said(queue__c="route"))


@pytest.mark.parametrize(
    ("options", "routes"),
    [
        ('{"queue": "low"}', ROUTES),
        ('{"queue": "own", "routing_key": "x"}', ROUTES),
        ('{"queue": "own"}', ""),
        ('{"queue": QUEUE}', ROUTES),
        ("OPTIONS", ROUTES),
    ],
)
def test_where_nothing_differs_nothing_is_said(options: str, routes: str) -> None:
    found = check_untouched("beat", files_of(entry(options), routes), said(queue__c="route"))
    assert [item.id for item in found.decisions] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("timedelta(minutes=5)", "timedelta(minutes=5).total_seconds()"),
        ("datetime.timedelta(hours=1)", "datetime.timedelta(hours=1).total_seconds()"),
        ('"300"', "300"),
        ("delta(1)", "delta(1).total_seconds()"),
    ],
)
def test_an_expiry_that_beat_cannot_send_is_asked_about(before: str, after: str) -> None:
    top = "import datetime\nfrom datetime import timedelta\nfrom datetime import timedelta as delta\n\n"
    files = files_of(entry(f'{{"expires": {before}}}'))
    files["shop/settings.py"] = top + files["shop/settings.py"]
    found = check_untouched("beat", files, said())
    (waiting,) = found.waiting
    assert waiting.id == "expires-type:c"
    assert waiting.taken().waits
    assert check_untouched("beat", files, said(**{"expires-type__c": "keep"})).waiting == ()
    wanted = top + files_of(entry(f'{{"expires": {after}}}'))["shop/settings.py"]
    check_change(
        "beat", files, {"shop/settings.py": wanted}, said(**{"expires-type__c": "seconds"})
    )


@pytest.mark.parametrize("value", ["300", "5.5", "EXPIRES", '"2030-01-01T00:00:00"', "None"])
def test_an_expiry_that_may_be_right_is_left(value: str) -> None:
    found = check_untouched("beat", files_of(entry(f'{{"expires": {value}}}')), said())
    assert found.waiting == ()


def two(second: str, schedule: str = "60") -> str:
    """A schedule of two entries."""
    return f'{{\n    "a": {{"task": "mail", "schedule": 60}},\n    # again\n    "b": {{"task": "mail", "schedule": {schedule}{second}}},\n}}'


def test_entries_that_run_a_task_twice_at_a_time_are_asked_about() -> None:
    found = check_untouched("beat", in_settings(two("")), said())
    (waiting,) = found.waiting
    assert (waiting.id, waiting.taken().waits) == ("conflict:mail", True)
    assert waiting.asks is not None
    assert "remove b" in waiting.asks.suggestion
    assert run("beat", in_settings(two("")), said(conflict__mail="keep")).waiting == ()
    left = '{\n    "a": {"task": "mail", "schedule": 60},\n}'
    wanted = {"shop/settings.py": in_settings(left)["shop/settings.py"]}
    check_change("beat", in_settings(two("")), wanted, said(conflict__mail="remove b"))


@pytest.mark.parametrize("answer", ["remove", "remove c", "b", "drop b"])
def test_an_answer_that_names_none_of_them_leaves_it_open(answer: str) -> None:
    found = check_untouched("beat", in_settings(two("")), said(conflict__mail=answer))
    assert [item.id for item in found.waiting] == ["conflict:mail"]


@pytest.mark.parametrize(
    "second", [', "args": (1,)', ', "kwargs": {"x": 1}', ', "options": {"queue": "b"}']
)
def test_other_arguments_or_queues_are_no_conflict(second: str) -> None:
    found = check_untouched("beat", in_settings(two(second)), said())
    assert found.waiting == ()
    assert "scheduled-twice" not in {note.code for note in found.notes}


def test_other_times_are_told_alone() -> None:
    found = check_untouched("beat", in_settings(two("", "3600")), said())
    assert found.waiting == ()
    (note,) = [note for note in found.notes if note.code == "scheduled-twice"]
    assert '"a" at 60; "b" at 3600' in note.message


@pytest.mark.parametrize(
    ("signature", "more", "why"),
    [
        ("(who)", "", "it needs who"),
        ("(who, what=None)", ', "args": ("a",)', None),
        ("()", ', "args": ("a",)', "it takes 0 arguments"),
        ("(*all)", ', "args": ("a",)', None),
        ("(who)", ', "kwargs": {"whom": 1}', "it needs who"),
        ("(who=1)", ', "kwargs": {"whom": 1}', "no argument whom"),
        ("(**all)", ', "kwargs": {"whom": 1}', None),
        ("(who)", ', "args": ARGS', None),
    ],
)
def test_an_orphan_is_pointed_at_no_task_that_cannot_take_its_arguments(
    signature: str, more: str, why: str | None
) -> None:
    tasks = TASKS + f"\n\n@shared_task(name='other')\ndef other{signature}:\n    return 3\n"
    table = f'{{\n    "old": {{"task": "orders.tasks.gone", "schedule": 60{more}}},\n}}'
    files = {**in_settings(table), "orders/tasks.py": tasks}
    settings = Settings(beat=Beat(expires=False, orphans={"old": "point-to other"}))
    found = run("beat", files, settings)
    notes = [note.message for note in found.notes if note.code == "wrong-arguments"]
    assert [item.id for item in found.waiting] == (["orphan:old"] if why else [])
    assert (b'"other"' in found.snapshot.read("shop/settings.py")) is (why is None)
    assert all(why in message for message in notes) if why else notes == []


def test_an_entry_with_other_arguments_leaves_the_id_of_a_conflict() -> None:
    table = two("")[:-2] + '\n    "c": {"task": "mail", "schedule": 60, "args": (1,)},\n}'
    found = check_untouched("beat", in_settings(table), said())
    assert [item.id for item in found.waiting] == ["conflict:mail"]
