"""Every form of schedule and route: its entries, their state, and which of them are in force."""

import pytest

from tests.codemods.harness import PROJECT
from tests.codemods.inventory.reading import BODY, SHARED, read

BEAT = [
    'CELERY_BEAT_SCHEDULE = {"k": {"task": "t", "schedule": 1}}',
    'CELERYBEAT_SCHEDULE = {"k": dict(task="t", schedule=1)}',
    'app.conf.beat_schedule = {"k": {"task": "t", "schedule": 1}}',
    'app.conf.update(beat_schedule={"k": {"task": "t", "schedule": 1}})',
    'CELERY = {"beat_schedule": {"k": {"task": "t", "schedule": 1}}}',
    'SCHEDULE = {}\nSCHEDULE["k"] = {"task": "t", "schedule": 1}',
    'SCHEDULE = {}\nSCHEDULE.update({"k": {"task": "t", "schedule": 1}})',
    'SCHEDULE = {}\nif True:\n    SCHEDULE |= {"k": {"task": "t", "schedule": 1}}',
    'class Config:\n    beat_schedule = {"k": {"task": "t", "schedule": 1}}',
    'SCHEDULE = dict(k={"task": "t", "schedule": 1})',
    'def make():\n    return {"k": {"task": "t", "schedule": 1}}',
]


@pytest.mark.parametrize("text", BEAT)
def test_beat_entries(text: str) -> None:
    inventory = read({"shop/schedule.py": f"from shop.celery import app  # celery\n\n{text}\n"})
    assert [(entry.key, entry.task, entry.orphan) for entry in inventory.beat] == [("k", "t", True)]


def test_entries_added_to_an_app_and_by_a_tasks_name() -> None:
    text = (
        f"{SHARED}\n\n@shared_task(name='t'){BODY}\n\ndef setup(sender, **k):\n    sender.add_periodic_task(5, one.s(), name='k')\n\n\n"
        "SCHEDULE = {'l': {'task': one.name, 'schedule': 1}}\n"
    )
    inventory = read({"orders/tasks.py": text})
    assert [(e.key, e.task, e.orphan) for e in inventory.beat] == [
        ("k", "t", False),
        ("l", "t", False),
    ]


TWO_SCHEDULES = {
    "shop/settings.py": 'CELERY_BEAT_SCHEDULE = {"one": {"task": "t", "schedule": 1}}\n',
    "shop/celery.py": PROJECT["shop/celery.py"]
    + 'app.conf.beat_schedule = {"two": {"task": "t", "schedule": 1}}\n',
}


@pytest.mark.parametrize(
    ("wanted", "alive", "dead", "holder"),
    [
        ("celery==5.6.3", "one", "two", "beat_schedule"),
        ("celery>=5.7", "two", "one", "CELERY_BEAT_SCHEDULE"),
    ],
)
def test_which_of_two_schedules_is_in_force_is_told_by_celerys_version(
    wanted: str, alive: str, dead: str, holder: str
) -> None:
    inventory = read({**TWO_SCHEDULES, "requirements.txt": f"{wanted}\n"})
    assert {entry.key: entry.in_force for entry in inventory.beat} == {alive: True, dead: False}
    (note,) = [note for note in inventory.notes if note.code == "schedule-overridden"]
    assert f"{holder} are not in force" in note.message


def test_a_range_across_celery_5_7_leaves_open_which_schedule_is_in_force() -> None:
    inventory = read({**TWO_SCHEDULES, "requirements.txt": "celery>=5.4\n"})
    assert {entry.key: entry.in_force for entry in inventory.beat} == {"one": None, "two": None}
    found = [note for note in inventory.notes if note.code == "schedule-by-version"]
    assert ["up to 5.6" in note.message for note in sorted(found)] == [False, True]


def test_routes_of_every_shape() -> None:
    text = (
        'CELERY_TASK_ROUTES = {"a": {"queue": "q"}, "b.*": "r"}\n'
        'CELERY_ROUTES = ([("c", {"queue": QUEUE})], {"d": {"routing_key": "k"}})\n'
        'CELERY_TASK_ROUTES["e"] = {"queue": "s"}\napp.conf.update(task_routes={"f": {"queue": "t"}})\n'
    )
    inventory = read({"shop/routes.py": "from celery import x\n" + text})
    assert [(route.pattern, route.queue) for route in inventory.routes] == [
        ("a", "q"), ("b.*", "r"), ("c", "QUEUE"), ("d", "k"), ("e", "s"), ("f", "t"),
    ]  # fmt: skip


def test_a_name_has_the_route_that_celery_gives_it() -> None:
    text = (
        'CELERY_TASK_ROUTES = {"shop.[ab]*": "wild", "shop.?at": "text", "shop.*": "glob"}\n'
        'CELERY_TASK_ROUTES["shop.cat"] = "exact"\n'
    )
    task = 'from celery import shared_task\n\n\n@shared_task(name="shop.bat")\ndef bat(): ...\n'
    inventory = read({"shop/routes.py": "from celery import x\n" + text, "orders/tasks.py": task})
    names = ("shop.bat", "shop.cat", "shop.?at", "shop.dog", "other")
    assert list(map(inventory.routed, names)) == ["wild", "exact", "text", "glob", None]
    dead = {route.pattern for route in inventory.routes if route.dead}
    assert dead == {"shop.?at", "shop.cat"}


@pytest.mark.parametrize("task", ["send_mails", "orders.tasks.send_mail", "SendMail", "send-mail"])
def test_an_orphan_is_told_with_what_it_may_mean(task: str) -> None:
    text = f"{SHARED}SCHEDULE = {{'k': {{'task': '{task}', 'schedule': 1}}}}\n\n\n@shared_task(name='send_mail'){BODY}"
    (note,) = [note for note in read({"orders/tasks.py": text}).notes if note.code == "orphan"]
    assert note.message == f'no task is named "{task}"; "send_mail" is near'


def test_an_entry_by_a_name_and_one_that_cannot_be_told() -> None:
    app = PROJECT["shop/celery.py"] + (
        "ENTRY = {'task': 'shop.tasks.send_mail', 'schedule': 60}\napp.conf.beat_schedule = {}\n"
        "app.conf.beat_schedule['mail'] = ENTRY\napp.conf.beat_schedule['odd'] = find()\n"
    )
    inventory = read({"shop/celery.py": app})
    assert [(e.key, e.task) for e in inventory.beat] == [("mail", "shop.tasks.send_mail")]
    assert [item.text for item in inventory.not_understood] == ["beat_schedule = find()"]


def test_a_schedule_made_elsewhere_is_followed() -> None:
    files = {
        "shop/schedule.py": "from orders.names import SEND\n\n\ndef make(more):\n    table = {}\n"
        "    table['a'] = dict(task=SEND, schedule=1)\n    if more:\n        table.update(b={'task': 't', 'schedule': 2})\n    return table\n",
        "orders/names.py": "SEND = 'orders.' + 'send'\n",
        "shop/settings.py": "from shop.schedule import make\n\nCELERY_BEAT_SCHEDULE = make(True)\n",
    }
    inventory = read(files)
    assert {e.task for e in inventory.beat} == {"orders.send", "t"}
    assert inventory.not_understood == []


@pytest.mark.parametrize(
    ("task", "state"),
    [
        ("orders.tasks.one", "known"),
        ("orders.tasks.gone", "orphan"),
        ("company_jobs.tasks.clean", "third-party"),
        ("celery.backend_cleanup", "third-party"),
        ("made.by.hand", "maybe"),
    ],
)
def test_states_of_beat_entries(task: str, state: str) -> None:
    text = f"import os\n{SHARED}\n\n@shared_task{BODY}\n\n@shared_task(name=f'made.{{os.environ[\"X\"]}}')\ndef two():\n    pass\n"
    settings = f"CELERY_BEAT_SCHEDULE = {{'k': {{'task': '{task}', 'schedule': 1}}}}\n"
    inventory = read({"orders/tasks.py": text, "shop/settings.py": settings})
    assert [entry.state for entry in inventory.beat] == [state]


def test_entries_of_add_periodic_task_are_in_force() -> None:
    files = {
        **PROJECT,
        "shop/celery.py": PROJECT["shop/celery.py"]
        + "\n\n@app.on_after_finalize.connect\ndef plan(sender, **kwargs):\n"
        "    from orders.tasks import clean\n\n    sender.add_periodic_task(60, clean.s())\n",
        "orders/tasks.py": "from celery import shared_task\n\n\n@shared_task\ndef clean():\n    pass\n",
    }
    (entry,) = read(files).beat
    assert (entry.task, entry.state, entry.in_force) == ("orders.tasks.clean", "known", True)


def test_entries_that_a_function_puts_together_are_listed() -> None:
    files = {
        "shop/parts.py": "PAIRS = [('a', 't'), ('b', 'u')]\n\n\ndef table():\n    found = {}\n    for key, task in PAIRS:\n"
        "        found[key] = {'task': task, 'schedule': 60}\n    return found\n",
        "shop/settings.py": "from shop.parts import table\n\nCELERY_BEAT_SCHEDULE = table()\n",
    }
    found = {entry.key: (entry.task, entry.in_force) for entry in read(files).beat}
    assert found == {"a": ("t", True), "b": ("u", True)}
