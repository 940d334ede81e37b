"""Every form of task that real projects use, read as Celery would."""

import pytest

from codemods.settings import Settings
from reports.progress import measure
from tests.codemods.inventory.reading import BODY, SHARED, names, read


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


def test_options_from_a_dict_behind_two_stars() -> None:
    text = f"{SHARED}OPTIONS = dict(name='kept', queue='x')\n\n\n@shared_task(**OPTIONS, bind=True)\ndef one(self):\n    pass\n"
    (task,) = read({"orders/tasks.py": text}).tasks
    assert (task.name, task.bind, task.options["queue"]) == ("kept", True, "'x'")


def test_options_from_a_function_behind_two_stars() -> None:
    text = f"{SHARED}\n\ndef policy(n):\n    return {{'queue': n}}\n\n\n@shared_task(**policy('x')){BODY}"
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


@pytest.mark.parametrize("told", ["import djcelery\n\ndjcelery.setup_loader()\n", ""])
def test_under_django_celery_classes_register_themselves(told: str) -> None:
    text = "import celery\n\n\nclass Fetch(celery.Task):\n    def run(self, url):\n        pass\n"
    settings = (
        'INSTALLED_APPS = ["orders"]\nCELERY_ROUTES = {"orders.tasks.Fetch": {"queue": "slow"}}\n'
    )
    files = {"orders/tasks.py": text, "shop/settings.py": told + settings, "shop/celery.py": ""}
    inventory = read(files)
    assert [task.name for task in inventory.tasks] == (["orders.tasks.Fetch"] if told else [])
    codes = {note.code for note in inventory.notes if note.path == "orders/tasks.py"}
    assert codes == {"old-form" if told else "class-not-registered"}
    (why,) = (item.why for item in inventory.routing.unclear)
    assert why.startswith("django-celery reads" if told else "nothing seems to read")


def test_an_async_task_is_spoken_of() -> None:
    text = f"{SHARED}\n\n@shared_task\nasync def one():\n    pass\n"
    assert "async-task" in {note.code for note in read({"orders/tasks.py": text}).notes}


def test_an_app_of_a_factory_and_one_of_a_computed_class() -> None:
    factory = "from celery import Celery\n\n\ndef make():\n    made = Celery('x')\n    return made\n\n\napp = make()\n"
    text = "from shop.celery import app\n\n\n@app.task" + BODY
    assert len(read({"shop/celery.py": factory, "orders/tasks.py": text}).tasks) == 1
    computed = "from shop.where import find\n\napp = find()('x')\napp.config_from_object('y')\napp.autodiscover_tasks()\n"
    assert len(read({"shop/celery.py": computed, "orders/tasks.py": text}).tasks) == 1


def test_god_files() -> None:
    task = "@shared_task\ndef t{}():\n    pass\n" + "#\n" * 60
    text = SHARED + "".join(task.format(number) for number in range(10))
    assert read({"orders/tasks.py": text}).god_files == ["orders/tasks.py"]
    assert read({"orders/tasks.py": text}, Settings(god_files=("shop/celery.py",))).god_files == [
        "shop/celery.py"
    ]


def test_an_empty_project() -> None:
    inventory = read({}, bare=True)
    assert (inventory.tasks, inventory.beat, inventory.god_files, inventory.notes) == (
        [],
        [],
        [],
        [],
    )


def test_an_app_of_another_packages_own_class() -> None:
    app = "from mail_utils.celery import MailCelery\n\nmail_celery = MailCelery()\n"
    tasks = "from shop.celery import mail_celery\n\n\n@mail_celery.task(name='one')\ndef one():\n    pass\n"
    found = read({"shop/celery.py": app, "orders/tasks.py": tasks})
    assert [(task.name, task.app) for task in found.tasks] == [("one", "shop.celery.mail_celery")]


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
