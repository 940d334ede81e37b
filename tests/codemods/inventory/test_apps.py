"""Apps as unprepared projects make and reach them: each is found, with the reason."""

import pytest

from tests.codemods.harness import APP
from tests.codemods.inventory.reading import read

TASK = "\n\n@{0}.task\ndef one():\n    pass\n"
CELERY = "from celery import Celery\n\n"

MADE = {
    "by a factory": f"{CELERY}\ndef make_celery(flask_app=None):\n    app = Celery('x')\n    return app\n\n\ncelery = make_celery()\n",
    "by a factory of a library's holder": "from flask_celeryext import FlaskCeleryExt\n\n\ndef make_celery(app=None):\n    ext = FlaskCeleryExt(app)\n    return ext.celery\n\n\ncelery = make_celery()\n\n\n@celery.task(bind=True)\ndef first(self):\n    pass\n",
    "in a property of a holder": f"{CELERY}\nclass Celerizer:\n    def __init__(self):\n        self._app = None\n\n    @property\n    def app(self):\n        if self._app is None:\n            self._app = Celery('x')\n        return self._app\n\n\ncelery = Celerizer().app\n",
    "in a cached property": f"from functools import cached_property\n{CELERY}\nclass Holder:\n    @cached_property\n    def app(self):\n        return Celery('x')\n\n\ncelery = Holder().app\n",
    "as an attribute that __init__ sets": f"{CELERY}\nclass Holder:\n    def __init__(self, name):\n        self.app = Celery(name)\n\n\ncelery = Holder('x').app\n",
    "behind a lazy proxy": f"from werkzeug.local import LocalProxy\n{CELERY}\ndef get_app():\n    return Celery('x')\n\n\ncelery = LocalProxy(get_app)\n",
    "as a singleton of the module": f"{CELERY}_app = None\n\n\ndef get_app():\n    global _app\n    if _app is None:\n        _app = Celery('x')\n    return _app\n\n\ncelery = get_app()\n",
    "of a subclass of a library's class": "from company import CompanyCelery\n\n\nclass ShopCelery(CompanyCelery):\n    pass\n\n\ncelery = ShopCelery('shop')\n",
    "of a library's class, told by its name": "from tenant_schemas_celery.app import CeleryApp\n\ncelery = CeleryApp('shop')\ncelery.autodiscover_tasks()\n",
    "under try": "try:\n    from celery import Celery\nexcept ImportError:\n    Celery = None\n\ncelery = Celery('x')\n",
}


@pytest.mark.parametrize("how", MADE)
def test_an_app_is_found_however_it_is_made(how: str) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/celery.py": "",
        "shop/ext.py": MADE[how],
        "orders/tasks.py": f"from shop.ext import celery\n{TASK.format('celery')}",
    }
    inventory = read(files)
    assert "orders.tasks.one" in inventory.names
    assert inventory.app_names == ["shop.ext.celery"]
    assert inventory.apps.reason("shop.ext.celery")
    assert inventory.not_understood == []


def test_a_decorator_of_two_ways_makes_one_task() -> None:
    wrap = "from celery import shared_task\n\n\ndef one(*a, **k):\n    return shared_task(*a, **k)\n\n\ndef two(*a, **k):\n    return shared_task(*a, max_retries=1, **k)\n"
    tasks = "from django.conf import settings\nfrom shop.wrap import one, two\n\nway = one if settings.X else two\n\n\n@way(acks_late=True)\ndef work():\n    pass\n"
    inventory = read({"shop/wrap.py": wrap, "orders/tasks.py": tasks})
    assert [task.name for task in inventory.tasks] == ["orders.tasks.work"]
    assert inventory.duplicates == []


REACHED = {
    "a name that a package binds over its own module": (
        {
            "config/__init__.py": "from .celery_app import app as celery_app\n",
            "config/celery_app.py": APP,
        },
        "from config import celery_app\n",
        "celery_app",
    ),
    "a package whose attribute bears its module's name": (
        {"core/celery/__init__.py": "from .app import app\n", "core/celery/app.py": APP, "core/__init__.py": ""},
        "from core.celery import app\n",
        "app",
    ),
    "an import with a fallback that is not there": (
        {"core/__init__.py": "", "core/celery.py": APP},
        "try:\n    from core.celery import app\nexcept ImportError:\n    from core.celery_old import app\n",
        "app",
    ),
    "a fallback, where the first is not there": (
        {"core/__init__.py": "", "core/celery.py": APP},
        "try:\n    from core.celery_new import app\nexcept ImportError:\n    from core.celery import app\n",
        "app",
    ),
    "an import under if": (
        {"core/__init__.py": "", "core/celery.py": APP},
        "if True:\n    from core.celery import app\n",
        "app",
    ),
    "a cast": (
        {"core/__init__.py": "", "core/celery.py": APP},
        "from typing import cast\n\nfrom celery import Celery\nfrom core import celery as made\n\nrunning = cast(Celery, made.app)\n",
        "running",
    ),
    "a module by another name, in a folder on the path": (
        {"app/taskqueue/celery.py": APP, "app/web.py": "from taskqueue.celery import app\n"},
        "import taskqueue.celery as taskc\n",
        "taskc.app",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", REACHED)
def test_an_app_is_reached_however_it_is_imported(how: str) -> None:
    files, head, name = REACHED[how]
    known = {"shop/__init__.py": "", "shop/celery.py": "", **files}
    inventory = read({**known, "orders/tasks.py": f"{head}{TASK.format(name)}"})
    assert [task.decorator for task in inventory.tasks] == ["app.task"]
    assert inventory.not_understood == []


def test_programs_of_one_repository_have_apps_of_their_own() -> None:
    files = {
        "src/celery_config.py": APP,
        "src/jobs/__init__.py": "",
        "src/jobs/tasks.py": f"from celery_config import app\n{TASK.format('app')}",
        "src/web.py": "import jobs.tasks\nfrom celery_config import app\n",
        "worker/celery_config.py": "broker_url = 'x'\n",
        "worker/main.py": f"{CELERY}app = Celery('worker')\napp.config_from_object('celery_config')\n",
    }
    inventory = read(files, bare=True)
    assert [(task.name, task.app) for task in inventory.tasks] == [
        ("jobs.tasks.one", "celery_config.app")
    ]


def test_an_app_that_a_function_is_handed_makes_a_task_with_a_note() -> None:
    text = "import celery\n\n\ndef register(app):\n    @app.task\n    def inner():\n        pass\n\n    return inner\n"
    inventory = read({"orders/tasks.py": text})
    assert [(task.name, task.nested) for task in inventory.tasks] == [
        ("orders.tasks.inner", "function")
    ]
    assert "nested-task" in {note.code for note in inventory.notes}


@pytest.mark.parametrize(
    "head",
    [
        "from flask_apscheduler import APScheduler\n\nx = APScheduler()\n",
        "from huey import RedisHuey\n\nx = RedisHuey()\n",
        "from procrastinate import App\n\nx = App()\n",
        "from taskiq import InMemoryBroker\n\nx = InMemoryBroker()\n",
    ],
)
def test_other_libraries_apps_are_none(head: str) -> None:
    inventory = read(
        {"orders/tasks.py": f"import celery\n{head}\n\n@x.task(name='a')\ndef one():\n    pass\n"}
    )
    assert (inventory.tasks, inventory.not_understood) == ([], [])


@pytest.mark.parametrize(
    ("head", "decorator"),
    [
        ("import newrelic.agent\n", "newrelic.agent.background_task(group='Pulse')"),
        ("from newrelic.agent import background_task\n", "background_task()"),
        ("from commander.deploy import hostgroups, task\n", "task"),
        ("from flask_security import Security\n\nx = Security()\n", "x.send_mail_task"),
    ],
)
def test_decorators_that_only_sound_like_tasks_are_none(head: str, decorator: str) -> None:
    inventory = read(
        {"orders/tasks.py": f"import celery\n{head}\n\n@{decorator}\ndef one(): pass\n"}
    )
    assert (inventory.tasks, inventory.not_understood) == ([], [])


def test_what_may_be_a_task_and_cannot_be_told_is_counted() -> None:
    text = "import celery\nfrom company.jobs import org_task\n\n\n@org_task(retries=3)\ndef one():\n    pass\n"
    inventory = read({"orders/tasks.py": text})
    assert [(item.path, item.line, item.text) for item in inventory.not_understood] == [
        ("orders/tasks.py", 5, "@org_task")
    ]


def test_a_function_that_makes_the_app_is_named_where_no_name_stands_for_one() -> None:
    text = "from celery import Celery\n\n\ndef make(web):\n    made = Celery(web.name)\n    web.extensions['celery'] = made\n    return made\n"
    files = {
        "shop/celery.py": text,
        "shop/run.py": "from web import web\n\napp = web.extensions['celery']\n",
    }
    reason = read(files).current_app.reason
    assert "make() in 'shop/celery.py' line 5 makes one: write app = make(...)" in reason


def test_an_app_that_only_its_use_tells_is_one_under_all_its_casts() -> None:
    task = "import typing\nfrom celery import Celery\nfrom core import made\n\napp = typing.cast(Celery, made.celery)\n\n\n@app.task(bind=True)\ndef send(self):\n    pass\n\n\nsend.delay()\n"
    files = {
        "core/__init__.py": "from lib import Extension\n\nmade = Extension()\n",
        "core/one.py": task,
        "core/two.py": task,
    }
    assert read(files, bare=True).app_names == ["core.made.celery"]
