"""Every form of task, app, schedule and reference that real projects use, read as Celery would."""

from collections.abc import Mapping

import pytest

from codemods.inventory.declared import load_declared
from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from reports.progress import measure
from tests.codemods.harness import PROJECT, encoded


def read(
    files: Mapping[str, str | bytes], settings: Settings | None = None, *, bare: bool = False
) -> Inventory:
    known: dict[str, str | bytes] = {} if bare else dict(PROJECT)
    snapshot = snapshot_of({path: encoded(text) for path, text in (known | dict(files)).items()})
    found = load(snapshot, settings or Settings())
    # What `celery-audit` reads of the same files must say the same of tasks and schedules.
    quick = load_declared(snapshot, settings or Settings())
    assert quick.tasks == found.tasks
    assert quick.beat == found.beat
    assert quick.not_understood == found.not_understood
    assert quick.project.roots == found.project.roots
    return found


def names(text: str, **files: str) -> list[tuple[str | None, str, str]]:
    inventory = read({"orders/tasks.py": text, **files})
    return [
        (task.name, task.name_is, task.decorator)
        for task in inventory.tasks
        if task.path == "orders/tasks.py"
    ]


SHARED = "from celery import shared_task\n"
BODY = "\ndef one():\n    pass\n"


@pytest.mark.parametrize(
    ("head", "decorator", "kind"),
    [
        ("from shop.celery import app", "@app.task", "app.task"),
        ("from shop.celery import app as celery_app", "@celery_app.task(bind=False)", "app.task"),
        ("from shop import celery", "@celery.app.task", "app.task"),
        ("import shop.celery", "@shop.celery.app.task()", "app.task"),
        ("from shop import celery_app", "@celery_app.task", "app.task"),
        ("from celery import current_app", "@current_app.task", "app.task"),
        ("from celery import current_app as app", "@app.task", "app.task"),
        ("from celery import shared_task", "@shared_task", "shared_task"),
        ("import celery", "@celery.shared_task(name='x')", "shared_task"),
        ("from celery import shared_task as task", "@task", "shared_task"),
        ("from celery import task", "@task", "other"),
        ("from celery.task import task", "@task()", "other"),
        ("from celery.decorators import periodic_task", "@periodic_task(run_every=3)", "other"),
        ("try:\n    from celery import shared_task\nexcept ImportError:\n    def shared_task(f):\n        return f", "@shared_task", "shared_task"),
        ("from orders.base import *", "@shared_task", "shared_task"),
    ],
)  # fmt: skip
def test_decorators(head: str, decorator: str, kind: str) -> None:
    found = names(f"{head}\n\n\n{decorator}{BODY}", **{"orders/base.py": SHARED})
    assert [item[2] for item in found] == [kind]
    assert found[0][0] == ("x" if "name=" in decorator else "orders.tasks.one")


@pytest.mark.parametrize(
    "head",
    [
        "from invoke import task",
        "from prefect import task",
        "from locust import task",
        "from fabric.api import task",
        "from orders.dispatch import task",
        "def task(f):\n    return f",
    ],
)
def test_what_is_no_celery_task(head: str) -> None:
    files = {"orders/dispatch.py": "def task(f):\n    return f\n"}
    assert names(f"{head}\n\n\n@task{BODY}", **files) == []


def test_samples_in_texts_and_comments_are_no_tasks() -> None:
    text = '"""\n@app.task\ndef one(): ...\n"""\n# @app.task\n# def two(): ...\nX = "@app.task"\n'
    assert names(text) == []


@pytest.mark.parametrize(
    ("name", "registered"),
    [
        ("'jobs'", "jobs"),
        ("'jo' 'bs'", "jobs"),
        ("'save-order now'", "save-order now"),
        ("NAME", "from-a-constant"),
        ("__name__ + '.short'", "orders.tasks.short"),
        ("f'{__name__}.short'", "orders.tasks.short"),
        ("constants.OTHER", "from-elsewhere"),
    ],
)
def test_explicit_names(name: str, registered: str) -> None:
    text = f"{SHARED}from orders import constants\nNAME = 'from-a-constant'\n\n\n@shared_task(name={name}){BODY}"
    found = names(text, **{"orders/constants.py": "OTHER = 'from-elsewhere'\n"})
    assert found == [(registered, "explicit", "shared_task")]


@pytest.mark.parametrize("name", ["make()", "f'{PREFIX}.one'", "settings.NAME"])
def test_computed_names_are_dynamic_with_a_note(name: str) -> None:
    text = f"{SHARED}from django.conf import settings\n\n\n@shared_task(name={name}){BODY}"
    assert names(text) == [(None, "dynamic", "shared_task")]
    assert "dynamic-name" in {note.code for note in read({"orders/tasks.py": text}).notes}


def test_options_from_a_dict_behind_two_stars() -> None:
    text = f"{SHARED}OPTIONS = dict(name='kept', queue='x')\n\n\n@shared_task(**OPTIONS, bind=True)\ndef one(self):\n    pass\n"
    (task,) = read({"orders/tasks.py": text}).tasks
    assert (task.name, task.bind, task.options["queue"]) == ("kept", True, "'x'")


def test_options_from_a_function_behind_two_stars() -> None:
    text = f"{SHARED}\n\ndef policy(n):\n    return {{'queue': n}}\n\n\n@shared_task(**policy('x')){BODY}"
    assert names(text) == [("orders.tasks.one", "automatic", "shared_task")]


def test_a_decorator_below_that_hides_the_functions_name() -> None:
    text = (
        f"{SHARED}\n\ndef quiet(f):\n    def wrapper(*a):\n        return f(*a)\n    return wrapper\n\n\n"
        f"@shared_task\n@quiet{BODY}"
    )
    assert names(text) == [("orders.tasks.wrapper", "automatic", "shared_task")]


def test_a_decorator_below_that_wraps() -> None:
    text = (
        f"import functools\n{SHARED}\n\ndef quiet(f):\n    @functools.wraps(f)\n    def wrapper(*a):\n        return f(*a)\n"
        f"    return wrapper\n\n\n@shared_task\n@quiet{BODY}"
    )
    assert names(text) == [("orders.tasks.one", "automatic", "shared_task")]


def test_a_pre_applied_decorator() -> None:
    text = f"{SHARED}retrying = shared_task(acks_late=True)\n\n\n@retrying{BODY}"
    (task,) = read({"orders/tasks.py": text}).tasks
    assert (task.name, task.decorator, task.options, task.wrappers) == (
        "orders.tasks.one", "shared_task", {"acks_late": "True"}, ("orders.tasks.retrying",),
    )  # fmt: skip


def test_a_projects_own_task_decorator_under_a_name_of_its_own() -> None:
    files = {
        "orders/jobs.py": f"import functools\n{SHARED}\n\ndef job(*args, **options):\n    def outer(f):\n"
        "        @functools.wraps(f)\n        def inner(*a, **k):\n            return f(*a, **k)\n"
        "        return shared_task(*args, **options)(inner)\n    return outer\n",
        "orders/views.py": "from orders.jobs import job\n\n\n@job(name='sent')\ndef send():\n    pass\n\n\n@job()\ndef more():\n    pass\n",
    }
    inventory = read(files)
    assert [(task.name, task.decorator) for task in inventory.tasks] == [
        ("sent", "other"),
        ("orders.views.more", "other"),
    ]


def test_registrations_by_call() -> None:
    text = (
        "from celery import Task\nfrom shop.celery import app\n\n\ndef send():\n    pass\n\n\nsent = app.task(send)\n"
        "named = app.task(name='named')(send)\n\n\nclass Mail(Task):\n    name = 'mail'\n    def run(self, to):\n        pass\n\n\n"
        "app.register_task(Mail())\n"
    )
    assert sorted(names(text), key=str) == [
        ("mail", "explicit", "register"),
        ("named", "explicit", "register"),
        ("orders.tasks.send", "automatic", "register"),
    ]


@pytest.mark.parametrize(
    ("method", "registered"),
    [
        ("    @staticmethod\n    def send():\n        pass\n", "orders.tasks.send"),
        ("    @classmethod\n    def send(cls):\n        pass\n", "orders.tasks.send"),
        ("    def send(self):\n        pass\n", "orders.tasks.send"),
        ("    @other\n    def send(self):\n        pass\n", None),
        ("    send = print\n", None),
        ("    send_later = None\n", None),
    ],
)
def test_methods_registered_by_call(method: str, registered: str | None) -> None:
    text = f"from shop.celery import app\n\n\nclass Mail:\n{method}\n\n"
    for call in ("app.task(Mail.send, ignore_result=True)", "app.task(acks_late=True)(Mail.send)"):
        assert [name for name, _, _ in names(f"{text}send = {call}\n")] == [registered]
    files = {
        "orders/tasks.py": "from orders.base import Mail\nfrom shop.celery import app\n\nsend = app.task(Mail.send)\n",
        "orders/base.py": f"# for tasks\nclass Mail:\n{method}",
    }
    elsewhere = registered and registered.replace("tasks", "base")
    assert [task.name for task in read(files).tasks] == [elsewhere]


def test_class_tasks() -> None:
    base = (
        "from celery import Task\nfrom shop.celery import app\n\n\nclass Own(Task):\n    abstract = True\n"
        "    def __init_subclass__(cls):\n        app.register_task(cls())\n"
    )
    text = "from orders.base import Own\nfrom celery import Task\n\n\nclass Close(Own):\n    name = 'close'\n    def run(self):\n        pass\n\n\nclass Lost(Task):\n    name = 'lost'\n    def run(self):\n        pass\n"
    inventory = read({"orders/tasks.py": text, "orders/base.py": base})
    assert [task.name for task in inventory.tasks] == ["close"]
    assert next(
        note.message for note in inventory.notes if note.code == "class-not-registered"
    ).startswith("Lost")


def test_an_app_that_computes_names() -> None:
    app = "from celery import Celery\n\n\nclass Shop(Celery):\n    def gen_task_name(self, name, module):\n        return name\n\n\napp = Shop('shop')\n"
    inventory = read({"shop/celery.py": app, "orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}"})
    assert [(task.name, task.name_is) for task in inventory.tasks] == [("one", "automatic")]


def test_an_async_task_is_spoken_of() -> None:
    text = f"{SHARED}\n\n@shared_task\nasync def one():\n    pass\n"
    assert "async-task" in {note.code for note in read({"orders/tasks.py": text}).notes}


def test_tasks_of_tests_do_not_count() -> None:
    text = f"{SHARED}\n\n@shared_task{BODY}"
    named = text + "\n\ndef test_one():\n    one()\n"
    assert read({"orders/tests/test_x.py": text, "orders/test_y.py": named}).tasks == []


def test_an_app_of_a_factory_and_one_of_a_computed_class() -> None:
    factory = "from celery import Celery\n\n\ndef make():\n    made = Celery('x')\n    return made\n\n\napp = make()\n"
    text = "from shop.celery import app\n\n\n@app.task" + BODY
    assert len(read({"shop/celery.py": factory, "orders/tasks.py": text}).tasks) == 1
    computed = "from shop.where import find\n\napp = find()('x')\napp.config_from_object('y')\napp.autodiscover_tasks()\n"
    assert len(read({"shop/celery.py": computed, "orders/tasks.py": text}).tasks) == 1


def test_import_roots() -> None:
    files = {f"backend/{path}": text for path, text in PROJECT.items()}
    files["backend/orders/tasks.py"] = f"{SHARED}\n\n@shared_task{BODY}"
    inventory = read(files, bare=True)
    assert inventory.project.roots == ("backend", "")
    assert [task.name for task in inventory.tasks] == ["orders.tasks.one"]


@pytest.mark.parametrize(
    ("imported", "roots"),
    [
        ("from base.orders import models\n", ("backend/src", "")),
        ("import orders.models\n", ("backend/src/base", "")),
    ],
)
def test_a_package_that_holds_its_manage_py_is_a_root_unless_it_is_imported_by_name(
    imported: str, roots: tuple[str, ...]
) -> None:
    files = {
        "backend/src/base/__init__.py": "",
        "backend/src/base/manage.py": "import sys\n",
        "backend/src/base/orders/__init__.py": "",
        "backend/src/base/orders/models.py": "",
        "backend/src/base/orders/tasks.py": imported,
        "backend/src/base/config/__init__.py": "",
        "backend/src/base/config/celery.py": "from celery import Celery\n\napp = Celery('base')\n",
    }
    assert read(files, bare=True).project.roots == roots


def test_roots_can_be_configured() -> None:
    files = {"lib/py/orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}"}
    inventory = read(files, Settings(import_roots=("lib/py",)), bare=True)
    assert [task.name for task in inventory.tasks] == ["orders.tasks.one"]


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


def test_references_of_every_kind() -> None:
    text = (
        "from unittest.mock import patch\nfrom celery import signature\nfrom orders.tasks import one\nimport importlib\n\n\n"
        "def view(app):\n    app.send_task('a')\n    signature('b')\n    app.tasks['c']\n    importlib.import_module('orders.tasks')\n\n\n"
        "@patch('orders.tasks.one.delay')\ndef test(x):\n    one()\n"
    )
    inventory = read(
        {
            "orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
            "orders/views.py": text,
            "shop/settings.py": "CELERY_IMPORTS = ('orders.more',)\n",
        }
    )
    assert {(item.kind, item.text) for item in inventory.references} >= {
        ("send_task", "a"), ("signature", "b"), ("registry", "c"), ("import_module", "orders.tasks"),
        ("patch", "orders.tasks.one.delay"), ("import", "orders.tasks.one"), ("include", "orders.more"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        ("@shared_task(name='t')\ndef one(a):\n    return a\n", "identical"),
        ("@shared_task(name=\"t\")\ndef one(a):\n    # why\n    return a\n", "cosmetic"),
        ("@shared_task(name='t')\ndef one(a):\n    'Says a.'\n    return a\n", "cosmetic"),
        ("@shared_task(name='t', acks_late=True)\ndef one(a):\n    return a\n", "options"),
        ("@shared_task(name='t', bind=True)\ndef one(self, a):\n    return a\n", "options"),
        ("@shared_task(name='t')\ndef one(a, b=None):\n    return a\n", "signature"),
        ("@shared_task(name='t')\ndef one(a):\n    return a + 1\n", "semantic"),
    ],
)  # fmt: skip
def test_how_copies_differ(other: str, difference: str) -> None:
    first = "@shared_task(name='t')\ndef one(a):\n    return a\n"
    inventory = read(
        {"orders/tasks.py": f"{SHARED}\n\n{first}", "orders/more.py": f"{SHARED}\n\n{other}"}
    )
    assert [(item.name, item.difference) for item in inventory.duplicates] == [("t", difference)]


def test_same_function_name_is_no_duplicate() -> None:
    text = f"{SHARED}\n\n@shared_task{BODY}"
    assert read({"orders/tasks.py": text, "orders/more.py": text}).duplicates == []


def test_god_files() -> None:
    task = "@shared_task\ndef t{}():\n    pass\n" + "#\n" * 60
    text = SHARED + "".join(task.format(number) for number in range(10))
    assert read({"orders/tasks.py": text}).god_files == ["orders/tasks.py"]
    assert read({"orders/tasks.py": text}, Settings(god_files=("shop/celery.py",))).god_files == [
        "shop/celery.py"
    ]


def test_what_workers_load() -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {
        "orders/tasks.py": task,
        "orders/never.py": task,
        "orders/late.py": task,
        "orders/models.py": "def save():\n    import orders.late\n",
        "orders/maybe.py": task,
        "orders/apps.py": "import os\n\nif os.environ:\n    import orders.maybe\n",
        "orders/ready.py": task,
        "shop/apps.py": "class Shop:\n    def ready(self):\n        import orders.ready\n",
        "shop/settings.py": 'INSTALLED_APPS = ["orders", "shop.apps.Shop"]\n',
    }
    inventory = read(files)
    codes = {note.path: note.code for note in inventory.notes}
    assert codes == {
        "orders/never.py": "never-loaded",
        "orders/late.py": "sometimes-loaded",
        "orders/maybe.py": "sometimes-loaded",
    }


def test_files_that_do_not_parse_are_listed_with_their_line() -> None:
    (facts,) = read({"orders/old.py": "x = 1\nprint 'celery'\n"}).unparsed
    assert facts.error is not None
    assert facts.error.line == 2


def test_an_empty_project() -> None:
    inventory = read({}, bare=True)
    assert (inventory.tasks, inventory.beat, inventory.god_files, inventory.notes) == (
        [],
        [],
        [],
        [],
    )


@pytest.mark.parametrize("task", ["send_mails", "orders.tasks.send_mail", "SendMail", "send-mail"])
def test_an_orphan_is_told_with_what_it_may_mean(task: str) -> None:
    text = f"{SHARED}SCHEDULE = {{'k': {{'task': '{task}', 'schedule': 1}}}}\n\n\n@shared_task(name='send_mail'){BODY}"
    (note,) = [note for note in read({"orders/tasks.py": text}).notes if note.code == "orphan"]
    assert note.message == f'no task is named "{task}"; "send_mail" is near'


def test_an_app_of_another_packages_own_class() -> None:
    app = "from mail_utils.celery import MailCelery\n\nmail_celery = MailCelery()\n"
    tasks = "from shop.celery import mail_celery\n\n\n@mail_celery.task(name='one')\ndef one():\n    pass\n"
    found = read({"shop/celery.py": app, "orders/tasks.py": tasks})
    assert [(task.name, task.app) for task in found.tasks] == [("one", "shop.celery.mail_celery")]


def test_a_class_tasks_name_from_a_keyword_that_its_base_takes() -> None:
    base = "from celery import Task\n\n\nclass Own(Task):\n    def __init_subclass__(cls, name=None):\n        cls.name = name\n"
    text = (
        "from orders.base import Own\nfrom shop.celery import app\nfrom orders.names import SYNC\n\n\n"
        "class Sync(Own, name=SYNC):\n    def run(self):\n        pass\n\n\napp.register_task(Sync())\n"
    )
    files = {
        "orders/base.py": base,
        "orders/names.py": "SYNC = 'app.' + 'sync'\n",
        "orders/tasks.py": text,
    }
    assert [(task.name, task.name_is) for task in read(files).tasks] == [("app.sync", "explicit")]


def test_a_decorator_that_hands_functions_to_something_unknown_is_told() -> None:
    jobs = "import venusian\n\n\ndef task(**options):\n    def deco(f):\n        venusian.attach(f, options)\n        return f\n    return deco\n"
    text = "import celery\nfrom orders import jobs\n\n\n@jobs.task(bind=True)\ndef one(self):\n    pass\n"
    inventory = read({"orders/jobs.py": jobs, "orders/tasks.py": text})
    assert inventory.tasks == []
    assert [(item.line, item.text) for item in inventory.not_understood] == [(5, "@jobs.task")]


@pytest.mark.parametrize(
    ("made", "use", "told"),
    [
        ("def cached_task(fn):\n    def inner(*args):\n        return fn(*args)\n    return inner\n", "@jobs.cached_task", []),
        ("def cached_task(age):\n    def deco(fn):\n        def inner(*args):\n            return fn(*args)\n        return inner\n    return deco\n", "@jobs.cached_task(3)", []),
        ("import venusian\n\n\ndef cached_task(fn):\n    return venusian.attach(fn)\n", "@jobs.cached_task", ["@jobs.cached_task"]),
    ],
)  # fmt: skip
def test_a_decorator_of_the_projects_that_only_calls_the_function_is_no_doubt(
    made: str, use: str, told: list[str]
) -> None:
    text = f"import celery\nfrom orders import jobs\n\n\n{use}\ndef one(self):\n    pass\n"
    inventory = read({"orders/jobs.py": made, "orders/tasks.py": text})
    assert [item.text for item in inventory.not_understood] == told


def test_installed_apps_of_a_settings_class_s_property_are_read() -> None:
    task = f"{SHARED}\n\n@shared_task{BODY}"
    files = {
        "orders/tasks.py": task,
        "extra/__init__.py": "",
        "extra/tasks.py": task,
        "never/tasks.py": task,
        "shop/settings.py": "class Settings(Base):\n    @property\n    def INSTALLED_APPS(self):\n"
        '        apps = ["orders"]\n        if self.DEBUG:\n            apps.append("extra")\n'
        '        return [app for app in apps if "never" not in app]\n',
    }
    notes = {note.path: note.code for note in read(files).notes}
    assert notes == {"never/tasks.py": "never-loaded"}


@pytest.mark.parametrize(
    ("admin", "found"),
    [
        ("django.contrib.admin", {}),
        ("django.contrib.admin.apps.AdminConfig", {}),
        ("django.contrib.admin.apps.SimpleAdminConfig", {"orders/mails.py": "never-loaded"}),
        ("django.contrib.auth", {"orders/mails.py": "never-loaded"}),
    ],
)
def test_what_django_s_admin_imports_is_loaded(admin: str, found: dict[str, str]) -> None:
    files = {
        "orders/mails.py": f"{SHARED}\n\n@shared_task{BODY}",
        "orders/admin.py": "import orders.mails\n",
        "shop/settings.py": f'INSTALLED_APPS = ["{admin}", "orders"]\n',
    }
    assert {note.path: note.code for note in read(files).notes} == found


@pytest.mark.parametrize(
    ("line", "more", "found"),
    [
        ("app.autodiscover_tasks([__name__])", ["jobs/tasks.py"], {}),
        ("app.autodiscover_tasks([f'{__name__}.mails'], 'sent')", ["jobs/mails/sent.py"], {}),
        ("app.autodiscover_tasks(['jobs'], related_name='mails')", ["jobs/mails.py"], {}),
        ("app.autodiscover_tasks(['jobs'], None)", ["jobs/mails.py"], {"jobs/mails.py": "never-loaded"}),
        ("app.autodiscover_tasks(['jobs.all'])", ["jobs/all/tasks/mails.py", "jobs/never.py"], {"jobs/all/tasks/mails.py": "sometimes-loaded", "jobs/never.py": "never-loaded"}),
        ("import_module('jobs.mails')", ["jobs/mails.py"], {"jobs/mails.py": "sometimes-loaded"}),
        ("import_module('.mails', __package__)", ["jobs/mails.py"], {"jobs/mails.py": "sometimes-loaded"}),
        ("import_module('jobs.' + app.main)", ["jobs/mails.py", "other/mails.py"], {"jobs/mails.py": "sometimes-loaded", "other/mails.py": "never-loaded"}),
    ],
)  # fmt: skip
def test_what_discovery_and_import_module_load(
    line: str, more: list[str], found: dict[str, str]
) -> None:
    walk = "for _, name, _ in pkgutil.iter_modules(__path__):\n    importlib.import_module(f'{__name__}.{name}')\n"
    files = {
        "jobs/__init__.py": f"from importlib import import_module\nfrom celery import Celery\n\napp = Celery('jobs')\n{line}\n",
        "jobs/all/__init__.py": "",
        "jobs/all/tasks/__init__.py": f"import importlib\nimport pkgutil\n\n{walk}",
        **dict.fromkeys(more, f"{SHARED}\n\n@shared_task{BODY}"),
    }
    assert {note.path: note.code for note in read(files, bare=True).notes} == found


def test_a_product_module_that_is_named_like_a_test_is_none() -> None:
    files = {
        "orders/test_results.py": f"{SHARED}\n\n@shared_task{BODY}",
        "orders/test_views.py": f"import pytest\n{SHARED}\n\n@shared_task{BODY}",
        "orders/test_jobs.py": f"{SHARED}\n\n@shared_task{BODY}\n\ndef test_one():\n    pass\n",
    }
    assert [task.name for task in read(files).tasks] == ["orders.test_results.one"]


def test_files_in_hidden_folders_are_no_modules() -> None:
    assert read({".rules/tasks.py": f"{SHARED}\n\n@shared_task{BODY}"}).tasks == []


@pytest.mark.parametrize("call", ["task(send)", "task(name='orders.tasks.send')(send)"])
def test_old_forms_that_register_by_a_call_are_noted(call: str) -> None:
    text = f"from celery import task\n\n\ndef send():\n    pass\n\n\nsent = {call}\n"
    inventory = read({"orders/tasks.py": text})
    assert [(task.name, task.old) for task in inventory.tasks] == [("orders.tasks.send", True)]
    assert [n.line for n in inventory.notes if n.code == "old-form"] == [8]


def test_old_forms_are_counted_apart_noted_and_scheduled() -> None:
    text = (
        "from celery.decorators import periodic_task\nfrom celery.schedules import crontab\n\n\n"
        "@periodic_task(run_every=crontab(minute=0), queue='mail')\ndef digest():\n    pass\n"
    )
    inventory = read({"orders/tasks.py": text})
    assert [(e.key, e.task, e.state) for e in inventory.beat] == [
        ("orders.tasks.digest", "orders.tasks.digest", "known")
    ]
    assert "old-form" in {note.code for note in inventory.notes}
    assert measure(inventory).shared_task_percent == 0.0


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


def test_names_sent_by_constants_are_references_and_others_notes() -> None:
    text = "from orders.names import SEND\n\n\ndef view(app, which):\n    app.send_task(SEND)\n    app.send_task(which)\n"
    inventory = read(
        {
            "orders/names.py": "SEND = 'send'\n",
            "orders/views.py": text,
            "orders/tasks.py": f"{SHARED}\n\n@shared_task{BODY}",
        }
    )
    assert ("orders/views.py", 5, "send") in {
        (r.path, r.line, r.text) for r in inventory.references
    }
    assert [(n.line, n.code) for n in inventory.notes if n.path == "orders/views.py"] == [
        (6, "computed-send")
    ]


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
