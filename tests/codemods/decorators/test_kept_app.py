"""The app's import where others reach the app through the file: it stays."""

import pytest

from tests.codemods.decorators.one_file import TASKS
from tests.codemods.harness import check_change, run


def test_an_app_that_others_import_from_here_stays() -> None:
    found = check_change(
        "decorators",
        {
            TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
            "orders/views.py": "from orders.tasks import app\n\n\ndef view():\n    app.send_task('one')\n",
        },
        {},
    )
    assert b"from shop.celery import app" in found.snapshot.read(TASKS)


def test_a_patched_app_stays() -> None:
    found = run(
        "decorators",
        {
            TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    app.send_task('x')\n",
            "orders/tests/test_tasks.py": "from unittest.mock import patch\n\n\n"
            "@patch('orders.tasks.app')\ndef test_one(app):\n    pass\n",
        },
    )
    assert b"import app" in found.snapshot.read(TASKS)


@pytest.mark.parametrize(
    "reader",
    [
        "from orders import tasks\n\napp = tasks.app\n",
        "from orders import tasks\n\n\ndef view():\n    tasks.app.send_task('x')\n",
        "import orders.tasks\n\n\ndef view():\n    orders.tasks.app.send_task('x')\n",
        "from orders.tasks import *\n",
        "from unittest import mock\nfrom orders import tasks\n\n\ndef test(x):\n    with mock.patch.object(tasks, 'app'):\n        pass\n",
        "def test(monkeypatch):\n    monkeypatch.setattr('orders.tasks.app', 1)\n",
    ],
)
def test_an_app_that_others_reach_through_the_module_stays(reader: str) -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "orders/others.py": reader,
    }
    text = run("decorators", files).snapshot.read(TASKS)
    assert b"from shop.celery import app  # noqa: F401" in text
    assert b"@shared_task" in text


def test_a_module_that_a_command_starts_keeps_its_app() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "Procfile": "worker: celery -A orders.tasks worker\n",
    }
    assert b"import app" in run("decorators", files).snapshot.read(TASKS)
