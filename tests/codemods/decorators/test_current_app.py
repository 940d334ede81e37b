"""Which app is the one that shared tasks go to: others keep theirs."""

import pytest

from codemods.settings import Settings
from tests.codemods.decorators.one_file import TASKS
from tests.codemods.harness import PROJECT, check_note, check_untouched, run


def test_tasks_of_another_app_stay() -> None:
    files = {
        TASKS: "from shop.other import other\n\n\n@other.task\ndef one():\n    pass\n",
        "shop/other.py": 'from celery import Celery\n\nother = Celery("other")\n',
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-task-stays")
    assert "another app" in note.message


def test_several_apps_of_which_none_is_exported_stay() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "shop/other.py": 'from celery import Celery\n\nother = Celery("other")\n',
        "orders/views.py": "from shop.other import other\n",
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-unknown")
    assert 'app = "shop.celery:app" in [tool.migrate]' in note.message
    found = run("decorators", files, Settings(app="shop.celery:app"))
    assert TASKS in found.files


def test_an_app_that_nothing_names_or_imports_is_stray() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "shop/other.py": 'from celery import Celery\n\nother = Celery("other")\n',
    }
    assert TASKS in run("decorators", files).files


@pytest.mark.parametrize(
    "command",
    [
        ("Procfile", "worker: celery -A shop.celery worker -l info\n"),
        (
            "deploy/docker-compose.yml",
            'command: ["celery", "--app", "shop.celery:app", "worker"]\n',
        ),
        ("etc/worker.service", "ExecStart=/opt/venv/bin/celery --app=shop.celery:app worker\n"),
        ("bin/start.sh", "exec celery \\\n  -A shop worker\n".replace("\\\n ", "")),
    ],
)
def test_the_app_that_workers_are_started_with_is_current(command: tuple[str, str]) -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "other/__init__.py": "",
        "other/app.py": 'from celery import Celery\n\nother = Celery("other")\n',
        "orders/views.py": "from other.app import other\n",
        command[0]: command[1],
    }
    found = run("decorators", files)
    assert found.before.current_app.reason == f"workers are started with it in {command[0]}"
    assert TASKS in found.files


def test_without_django_an_app_that_is_not_the_default_stays() -> None:
    files = {
        "shop/__init__.py": PROJECT["shop/__init__.py"],
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n',
        "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    found = run("decorators", files, bare=True)
    assert found.files == []
    assert "set_default" in found.notes[0].message


def test_without_django_the_default_app_is_enough() -> None:
    files = {
        "shop/__init__.py": PROJECT["shop/__init__.py"],
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\napp.set_default()\n',
        "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    assert run("decorators", files, bare=True).files == ["shop/tasks.py"]


@pytest.mark.parametrize("options", ["fixups=[]", "set_as_current=False"])
def test_an_app_that_other_threads_may_not_find_stays(options: str) -> None:
    files = {
        "shop/celery.py": f'from celery import Celery\n\napp = Celery("shop", {options})\n',
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-unknown")


def test_an_app_of_two_names_is_one() -> None:
    files = {
        "shop/__init__.py": "from .celery import celery as celery_app\n",
        "shop/celery.py": PROJECT["shop/celery.py"].replace(
            "app = Celery", "app = celery = Celery"
        ),
        TASKS: "from shop.celery import celery\n\n\n@celery.task\ndef one():\n    pass\n",
        "orders/views.py": "from shop.celery import app\n\napp.conf.timezone\n",
    }
    assert TASKS in run("decorators", files).files


def test_the_default_may_be_set_in_another_module() -> None:
    files = {
        "shop/__init__.py": PROJECT["shop/__init__.py"],
        "shop/celery.py": 'from celery import Celery\n\napp = Celery("shop")\n',
        "shop/start.py": "from shop.celery import app as shop\n\nshop.set_default()\n",
        "shop/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    assert run("decorators", files, bare=True).files == ["shop/tasks.py"]
