"""The step `decorators` where only the files of tasks loaded the Celery app."""

import pytest

from codemods.settings import Settings
from tests.codemods.harness import PROJECT, check_note, check_untouched, run

TASKS = "orders/tasks.py"
APART = {
    "manage.py": "import django\n",
    "shop/__init__.py": "",
    "shop/settings.py": 'INSTALLED_APPS = ["orders"]\n',
    "ops/__init__.py": "from .celery import app as celery_app\n",
    "ops/celery/__init__.py": "from celery import Celery\nfrom shop import settings\n\n"
    'app = Celery("shop")\napp.autodiscover_tasks()\n',
    "orders/__init__.py": "",
    TASKS: "from ops import celery_app\n\n\n@celery_app.task\ndef one():\n    pass\n",
}
"""A project whose app stands in a package that is not its settings'."""
LINE = "from ops.celery import app as celery_app  # noqa: F401\n"


@pytest.mark.parametrize(
    ("imported", "decorator"),
    [
        ("from ops import celery_app", "celery_app.task"),
        ("from ops.celery import app", "app.task"),
        ("from ops import celery", "celery.app.task"),
        ("import ops", "ops.celery_app.task"),
        ("import ops.celery as made", "made.app.task"),
    ],
)
def test_a_way_around_the_package_is_no_way_to_the_app(imported: str, decorator: str) -> None:
    task = f"{imported}\n\n\n@{decorator}\ndef one():\n    pass\n"
    found = run("decorators", {**APART, TASKS: task}, bare=True)
    assert found.files == [TASKS, "shop/__init__.py"]
    assert found.snapshot.read("shop/__init__.py").decode() == LINE
    assert b"ops" not in found.snapshot.read(TASKS)


def test_what_else_a_file_imports_of_the_app_s_package_still_loads_it() -> None:
    more = {
        "ops/queues.py": 'FAST = "fast"\n',
        TASKS: "from ops import celery_app\nfrom ops.queues import FAST\n\n\n"
        "@celery_app.task(queue=FAST)\ndef one():\n    pass\n",
    }
    assert run("decorators", {**APART, **more}, bare=True).files == [TASKS]


def test_tasks_that_load_the_app_through_others_go_on_loading_it() -> None:
    more = {
        "orders/more.py": "from celery import shared_task\nimport orders.tasks\n\n\n"
        "@shared_task\ndef two():\n    orders.tasks.one()\n",
        # The converted file still loads the app by itself, but not by its import.
        TASKS: "from shop import workers\n\n\n@workers.app.task\ndef one():\n    pass\n",
        "shop/workers.py": "from ops.celery import app\n",
    }
    found = run("decorators", {**APART, **more}, bare=True)
    assert found.snapshot.read("shop/__init__.py").decode() == LINE


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"shop/__init__.py": "celery_app = None\n"}, "shop has another celery_app"),
        (
            {"ops/queues.py": "from shop import NAME\n", "shop/__init__.py": "NAME = 1\n"}
            | {
                "ops/celery/__init__.py": "from ops import queues\n"
                + APART["ops/celery/__init__.py"]
            },
            "shop is imported by the app itself",
        ),
        (
            {"ops/models.py": ""}
            | {"ops/celery/__init__.py": "import ops.models\n" + APART["ops/celery/__init__.py"]},
            "shop is imported before the models that the app imports can be",
        ),
    ],
)
def test_a_package_that_cannot_import_the_app_is_named(more: dict[str, str], why: str) -> None:
    found = run("decorators", {**APART, **more}, bare=True)
    assert found.files == []
    message = found.notes[0].message
    assert "1 task keeps @app.task: without its import of ops.celery.app" in message
    assert "Write from ops.celery import app as celery_app" in message
    assert "ops is not loaded by every process" in message
    assert why in message


def test_the_place_is_named_where_the_app_s_import_is_not_wanted() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    settings = Settings(load_app=False)
    check_untouched("decorators", files, settings)
    message = check_note("decorators", files, "app-not-loaded", settings).message
    assert "Write from shop.celery import app as celery_app in shop/__init__.py" in message


def test_an_app_that_imports_its_own_package_is_not_imported_by_it() -> None:
    files = {
        "shop/__init__.py": "NAME = 'shop'\n",
        "shop/celery.py": "from celery import Celery\nfrom shop import NAME\n\n"
        "app = Celery(NAME)\napp.autodiscover_tasks()\n",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-not-loaded")
    assert "shop is imported by the app itself" in note.message


def flask_like(app: str, init: str = "") -> dict[str, str]:
    """A project without Django: one module of tasks has the app by two ways, one by a single one."""
    return {
        "shop/__init__.py": init,
        "shop/config.py": "URL = 'redis://broker/0'\n",
        "shop/app.py": f"{app}\napp.set_default()\n",
        "shop/one.py": "from shop.app import app\n\n\n@app.task\ndef one():\n    pass\n",
        "shop/two.py": "from shop.app import app, URL\n\n\n@app.task\ndef two():\n    return URL\n",
    }


def test_without_django_files_that_alone_load_the_app_keep_it() -> None:
    app = (
        "from celery import Celery\nfrom shop.config import URL\n\napp = Celery('shop', broker=URL)"
    )
    found = run("decorators", flask_like(app), bare=True)
    assert found.files == ["shop/two.py"]
    (note,) = (item for item in found.notes if item.code == "app-not-loaded")
    assert note.path == "shop/one.py"
    assert "shop would load 1 more of the project's modules in every process" in note.message


def test_without_django_a_package_loads_an_app_that_brings_nothing_along() -> None:
    app = "from celery import Celery\n\nURL = 'redis://broker/0'\napp = Celery('shop', broker=URL)"
    found = run("decorators", flask_like(app), bare=True)
    assert found.files == ["shop/__init__.py", "shop/one.py", "shop/two.py"]


def test_files_that_a_sender_needs_for_the_app_keep_it() -> None:
    app = (
        "from celery import Celery\nfrom shop.config import URL\n\napp = Celery('shop', broker=URL)"
    )
    sender = (
        "import shop.one\nfrom celery import current_app\n\ncurrent_app.send_task('shop.one.one')\n"
    )
    found = run("decorators", {**flask_like(app), "shop/send.py": sender}, bare=True)
    assert found.files == ["shop/two.py"]


READING = (
    "from celery import Celery\nfrom django.conf import settings\n\n"
    "app = Celery('shop')\napp.config_from_object('django.conf:settings')\n"
)
"""An app beside the settings, whose package the settings import."""
HALF = {
    "manage.py": "import django\n",
    "config.py": 'from shop.flags import flag\n\nINSTALLED_APPS = ["orders", "shop"]\nFAST = flag("FAST")\n',
    "shop/__init__.py": "",
    "shop/flags.py": "def flag(name):\n    return True\n",
    "orders/__init__.py": "",
    TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
}


@pytest.mark.parametrize(
    ("app", "more"),
    [
        (READING + "if settings.FAST:\n    app.conf.timezone = 'UTC'\n", {}),
        (READING + "fast = getattr(settings, 'FAST', None)\n", {}),
        (READING + "def fast():\n    return settings.FAST\n\n\nfast()\n", {}),
        (
            "import shop.limits\n" + READING,
            {"shop/limits.py": "from django.conf import settings\n\nLIMIT = settings.FAST\n"},
        ),
        (
            READING + "fast = settings.FAST\n",
            {
                "config.py": 'INSTALLED_APPS = ["orders", "shop"]\n',
                "local.py": "from config import *\nfrom shop.flags import flag\n",
            },
        ),
    ],
)
def test_half_made_settings_are_not_read_by_the_app(app: str, more: dict[str, str]) -> None:
    found = run("decorators", {**HALF, "shop/celery.py": app, **more}, bare=True)
    assert found.files == []
    assert "shop is imported by the settings, which are half made then" in found.notes[0].message


@pytest.mark.parametrize(
    ("app", "more"),
    [
        (READING + "app.autodiscover_tasks(lambda: settings.INSTALLED_APPS)\n", {}),
        (
            READING + "fast = settings.FAST\n",
            {"config.py": 'INSTALLED_APPS = ["orders", "shop"]\n'},
        ),
        (
            READING + "fast = settings.FAST\n",
            {
                "config.py": "",
                "shop/settings.py": "from shop.flags import flag\n\nINSTALLED_APPS = ['orders', 'shop']\n",
            },
        ),
        (
            "import shop.limits\n" + READING,
            {
                "shop/limits.py": "from django.conf import settings\n\n\ndef limit():\n    return settings.FAST\n"
            },
        ),
    ],
)
def test_settings_that_are_read_late_or_whole_are_no_danger(app: str, more: dict[str, str]) -> None:
    found = run("decorators", {**HALF, "shop/celery.py": app, **more}, bare=True)
    assert found.files == [TASKS, "shop/__init__.py"]


@pytest.mark.parametrize(
    ("body", "stays"),
    [
        ("task.who = who\n        return task", True),
        ("setattr(task, 'who', who)\n        return task", True),
        ("return lambda *args: task(*args)", False),
    ],
)
def test_a_task_that_a_decorator_above_marks_stays(body: str, stays: bool) -> None:
    files = {
        TASKS: "from shop.celery import app\nfrom shop.marks import Public\n\n\n"
        "@Public.only('all')\n@app.task\ndef one():\n    pass\n",
        "shop/marks.py": "class Public:\n    def only(who):\n        def mark(task):\n"
        f"            {body.replace('        ', '            ')}\n\n        return mark\n",
    }
    assert (run("decorators", files).files == []) is stays
    if stays:
        note = check_note("decorators", files, "app-task-stays")
        assert "one is marked by @Public.only above it (line 5)" in note.message
    below = files[TASKS].replace("@Public.only('all')\n@app.task", "@app.task\n@Public.only('all')")
    assert run("decorators", files | {TASKS: below}).files == [TASKS]


DISCOVERING = {
    "manage.py": "import django\n",
    "desktop/__init__.py": "",
    "desktop/settings.py": 'INSTALLED_APPS = ["desktop", "files"]\n',
    "desktop/celery.py": "from celery import Celery\n\nfrom desktop.settings import INSTALLED_APPS\n\n"
    'app = Celery("desktop")\napp.autodiscover_tasks(lambda: INSTALLED_APPS)\n',
    "files/__init__.py": "",
    "files/tasks.py": "from desktop.celery import app\n\n\n@app.task\ndef send(pk):\n    return pk\n",
    "files/views.py": "from files.tasks import send\n\n\ndef view():\n    send.delay(1)\n",
}
"""A project whose app's module reads which apps there are."""


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            "desktop/celery.py": 'from celery import Celery\n\napp = Celery("desktop")\napp.autodiscover_tasks()\n',
            "desktop/models.py": "from desktop import settings\n\nif settings.V2:\n    from desktop.celery import app as celery_app\n",
        },
    ],
    ids=["an app's module that imports INSTALLED_APPS is no settings", "an import under if"],
)
def test_what_loads_the_app_must_do_so_in_every_process(more: dict[str, str]) -> None:
    found = run("decorators", DISCOVERING | more, bare=True)
    assert found.files == ["desktop/__init__.py", "files/tasks.py"]
    line = "from .celery import app as celery_app  # noqa: F401\n"
    assert found.snapshot.read("desktop/__init__.py").decode() == line


def test_an_import_under_if_that_stays_as_it_is_loses_nothing() -> None:
    files = DISCOVERING | {
        "desktop/__init__.py": "from .celery import app as celery_app\n",
        "files/more.py": "from django.conf import settings\n\nif settings.V2:\n    from desktop.celery import app\n\n\n"
        "def later():\n    app.send_task('x')\n",
    }
    assert run("decorators", files, bare=True).files == ["files/tasks.py"]


@pytest.mark.parametrize(
    ("line", "is_app"),
    [
        ("from blueapps.core.celery import celery_app", True),
        ("from company.celery import app", True),
        ("from company.celery import app as company_app", True),
        ("from celery import current_app as celery_app", False),
        ("from .celery import app as celery_app", False),
        ("from company.celery import VERSION", False),
    ],
)
def test_the_app_of_a_library_that_every_process_loads_is_another(line: str, is_app: bool) -> None:
    files = DISCOVERING | {
        "config/__init__.py": f"{line}\n" if "from ." not in line else "",
        "config/settings.py": 'INSTALLED_APPS = ["desktop", "files"]\n',
        "desktop/__init__.py": "from .celery import app as celery_app\n",
    }
    found = run("decorators", files, bare=True)
    assert (found.files == []) is is_app
    if is_app:
        (note,) = (item for item in found.notes if item.code == "app-unknown")
        assert "'config/__init__.py' line 1 imports another app" in note.message
        assert 'write app = "desktop.celery:app"' in note.message
        named = run("decorators", files, Settings(app="desktop.celery:app"), bare=True)
        assert named.files == ["files/tasks.py"]


def test_a_package_that_the_file_does_not_load_is_no_place_for_the_app() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/celery.py": "from celery import Celery\n\napp = Celery('shop')\napp.set_default()\n",
        "orders/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "run.py": "import orders.tasks\n",
    }
    found = run("decorators", files, bare=True)
    assert found.files == []
    assert [note.code for note in found.notes] == ["app-not-loaded"]


ONE, TWO = "shop/jobs/one.py", "shop/jobs/two.py"
HEAD = "from shop.app import app\n"


@pytest.mark.parametrize(
    ("heads", "kept"),
    [
        ({"shop/jobs/__init__.py": HEAD, ONE: HEAD, TWO: HEAD}, ["shop/jobs/__init__.py"]),
        ({ONE: HEAD, TWO: f"{HEAD}import shop.jobs.one\n"}, [ONE]),
        ({ONE: HEAD, TWO: f"{HEAD}if HEAD:\n    import shop.jobs.one\n"}, [ONE, TWO]),
        ({ONE: f"{HEAD}import shop.jobs.two\n", TWO: f"{HEAD}import shop.jobs.one\n"}, [ONE, TWO]),
        ({ONE: HEAD, TWO: HEAD}, [ONE, TWO]),
    ],
)  # fmt: skip
def test_only_what_loads_the_app_for_the_others_keeps_it(
    heads: dict[str, str], kept: list[str]
) -> None:
    app = (
        'from celery import Celery\n\napp = Celery("shop", broker="redis://b")\napp.set_default()\n'
    )
    tasks = {
        path: f"{head}\n\n@app.task\ndef job_{number}():\n    pass\n"
        for number, (path, head) in enumerate(heads.items())
    }
    files = {"shop/__init__.py": "", "shop/jobs/__init__.py": "", "shop/app.py": app, **tasks}
    found = run("decorators", files, Settings(load_app=False), bare=True)
    assert found.files == sorted(tasks.keys() - set(kept))
    assert sorted(note.path for note in found.notes if note.code == "app-not-loaded") == kept


@pytest.mark.parametrize(
    ("head", "word"),
    [
        ("from psycogreen.gevent import patch_psycopg; patch_psycopg()\n", "patch_psycopg"),
        ("from gevent import monkey\n\nmonkey.patch_all()\n", "patch_all"),
        ("import eventlet\n\neventlet.monkey_patch()\n", "monkey_patch"),
    ],
)
def test_an_app_that_patches_libraries_is_not_put_into_every_process(head: str, word: str) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/celery.py": head + PROJECT["shop/celery.py"],
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    check_untouched("decorators", files)
    message = check_note("decorators", files, "app-not-loaded").message
    assert f"shop would run {word}() of the app's module in every process" in message
