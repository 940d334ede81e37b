"""The checks of what a step takes for granted fail when it is not so."""

import pytest

from codemods.inventory.load import load
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from migrate.pipeline import run_step
from migrate.proof import prove
from migrate.proof.roots import default_app, import_roots
from migrate.steps import BY_NAME
from tests.codemods.harness import APP, run

STRAY = {
    "src/shop/__init__.py": "",
    "src/shop/manage.py": "from django.core.management import execute_from_command_line\n",
    "src/shop/shop/__init__.py": "from .celery import app as celery_app\n",
    "src/shop/shop/celery.py": APP,
    "src/shop/shop/settings.py": 'SECRET_KEY = "x"\nINSTALLED_APPS = ["apps.orders"]\n',
    "src/shop/apps/__init__.py": "",
    "src/shop/apps/orders/__init__.py": "",
    "src/shop/apps/orders/calcs.py": "def total():\n    return 1\n",
    "src/shop/apps/orders/tasks.py": "from celery import shared_task\nfrom shop.settings import SECRET_KEY\n"
    "from apps.orders.calcs import total\n\n\n@shared_task\ndef email_one():\n    return total(), SECRET_KEY\n",
}


def test_a_stray_init_beside_manage_py_moves_no_root() -> None:
    snapshot = snapshot_of({path: text.encode() for path, text in STRAY.items()})
    inventory = load(snapshot, Settings())
    assert [root.path for root in inventory.roots] == ["src/shop", ""]
    assert [task.name for task in inventory.tasks] == ["apps.orders.tasks.email_one"]
    assert inventory.notes == []


def test_a_root_that_no_import_uses_stops_a_step() -> None:
    many = "".join(
        f"\n\n@shared_task\ndef email_{number}():\n    return total(), SECRET_KEY\n"
        for number in range(12)
    )
    files = {
        **STRAY,
        "src/shop/apps/orders/tasks.py": STRAY["src/shop/apps/orders/tasks.py"] + many,
    }
    snapshot = snapshot_of({path: text.encode() for path, text in files.items()})
    settings = Settings(import_roots=("src", ""), god_files=("src/shop/apps/orders/tasks.py",))
    found = run_step(BY_NAME["split"], snapshot, load(snapshot, settings), load)
    assert found.changes
    (first, *_) = import_roots(found)
    assert "pins the name \"shop.apps.orders.tasks.email_one\" from 'src'" in first
    assert "import_roots in [tool.migrate]" in first
    assert prove(found, load).checks["roots"] == "failed"


def test_most_tasks_loaded_by_nobody_put_the_roots_in_doubt() -> None:
    settings = Settings(import_roots=("src", ""))
    files = STRAY | {
        "src/shop/apps/orders/tasks.py": STRAY["src/shop/apps/orders/tasks.py"]
        + "\n\n@shared_task\ndef two():\n    pass\n\n\n@shared_task\ndef three():\n    pass\n"
    }
    inventory = load(snapshot_of({path: text.encode() for path, text in files.items()}), settings)
    (note,) = [note for note in inventory.notes if note.code == "roots-doubted"]
    assert note.message.startswith("3 of 3 tasks")


FLASK = {
    "shop/__init__.py": "",
    "shop/manage.py": "from flask_script import Manager\n",
    "shop/tasks.py": 'from celery import Celery\n\napp = Celery("shop", broker="redis://b:6379/0")\n\n\n'
    "@app.task\ndef send_mail():\n    pass\n",
}


def test_a_flask_projects_manage_py_is_no_django() -> None:
    found = run("decorators", FLASK, bare=True)
    assert not found.before.is_django
    assert found.files == []


def test_a_task_that_becomes_shared_without_a_default_app_is_found() -> None:
    found = run(
        "decorators",
        {"orders/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n"},
    )
    assert found.files
    assert default_app(found) == []
    before = dict(FLASK)
    after = {
        **before,
        "shop/tasks.py": before["shop/tasks.py"]
        .replace("import Celery", "import Celery, shared_task")
        .replace("@app.task", "@shared_task"),
    }
    old, new = (
        load(snapshot_of({p: text.encode() for p, text in files.items()}), Settings())
        for files in (before, after)
    )
    made = type(found)(found.step, (), (), found.rewrite, (), old, new, found.snapshot)
    assert "amqp://localhost" in default_app(made)[0]


def test_a_function_that_was_shared_too_becomes_nothing_else() -> None:
    text = FLASK["shop/tasks.py"].replace("import Celery", "import Celery, shared_task")
    both = {**FLASK, "shop/tasks.py": text.replace("@app.task", "@app.task\n@shared_task")}
    found = run("decorators", both, bare=True)
    assert default_app(found) == []


@pytest.mark.parametrize("apps", ["find_apps()", "'orders'", "[]"])
def test_settings_that_list_apps_in_any_way_are_django_s(apps: str) -> None:
    text = "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n"
    found = run(
        "decorators", {"orders/tasks.py": text, "shop/settings.py": f"INSTALLED_APPS = {apps}\n"}
    )
    assert found.files
    assert default_app(found) == []
