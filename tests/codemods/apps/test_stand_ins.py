"""Names that are a Celery app or, under a condition, something that makes no Celery tasks."""

import pytest

from codemods.settings import Settings
from tests.codemods.decorators.one_file import TASKS
from tests.codemods.harness import check_change, check_note, check_untouched
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS

TASK = "from shop.celery import app\n\n\n@app.task\ndef send():\n    pass\n"
GOD_TASKS = f"{IMPORTS}{EMAIL}\n\n{REPORT}"
STUB = "class Threads:\n    def task(self, function):\n        return function\n\n\n"
MADE = 'app = Celery("shop")\n'
TOP = "import os\n\nfrom celery import Celery\n\n"
STAND_INS = {
    "the other branch of an if": f"{TOP}{STUB}if os.environ.get('NO_WORKERS'):\n    app = Threads()\nelse:\n    {MADE}",
    "a branch with its class, and an annotation": f"{TOP}app: object\nif os.environ.get('X'):\n    class Threads:\n        pass\n\n    app = Threads()\nelse:\n    {MADE}",
    "what stands there before": f"{TOP}{STUB}app = Threads()\nif os.environ.get('WORKERS'):\n    {MADE}",
    "the way out of a try": f"import os\n\n{STUB}try:\n    from celery import Celery\n    {MADE}except ImportError:\n    app = Threads()\n",
    "one expression": f"{TOP}from unittest.mock import MagicMock\n\napp = MagicMock() if os.environ.get('X') else Celery('shop')\n",
    "a function that gives either": f"{TOP}{STUB}def made():\n    if os.environ.get('X'):\n        return Threads()\n    return Celery('shop')\n\n\napp = made()\n",
}  # fmt: skip


@pytest.mark.parametrize("celery", STAND_INS.values(), ids=STAND_INS)
def test_a_task_of_an_app_that_has_a_stand_in_stays(celery: str) -> None:
    files = {"shop/celery.py": celery, TASKS: TASK}
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-unknown")
    assert "shop.celery.app may be " in note.message
    assert "convert_own_app_class = true" in note.message


def test_it_is_shared_where_a_person_says_so() -> None:
    files = {"shop/celery.py": STAND_INS["the other branch of an if"], TASKS: TASK}
    after = "from celery import shared_task\n\n\n@shared_task\ndef send():\n    pass\n"
    check_change("decorators", files, {TASKS: after}, Settings(convert_own_app_class=True))


@pytest.mark.parametrize(
    "celery",
    [
        f"{TOP}if os.environ.get('X'):\n    app = Celery('a')\nelse:\n    {MADE}",
        f"try:\n    from celery import Celery\n    {MADE}except ImportError:\n    app = None\n",
        f"{TOP}{STUB}app = Threads()\n{MADE}",
    ],
)
def test_two_apps_or_none_are_no_stand_in(celery: str) -> None:
    after = "from celery import shared_task\n\n\n@shared_task\ndef send():\n    pass\n"
    check_change("decorators", {"shop/celery.py": celery, TASKS: TASK}, {TASKS: after})


def test_a_task_whose_file_imports_a_stand_in_stays() -> None:
    task = TASK.replace(
        "from shop.celery import app\n",
        "try:\n    from shop.celery import app\nexcept ImportError:\n    from shop.threads import app\n",
    )
    files = {"shop/threads.py": f"{STUB}app = Threads()\n", TASKS: task}
    check_untouched("decorators", files)
    assert "shop.threads.app" in check_note("decorators", files, "app-task-stays").message


def test_a_task_that_would_need_a_name_does_not_move() -> None:
    stub = STAND_INS["the other branch of an if"]
    god = GOD_TASKS.replace("from celery import shared_task\n", "from shop.celery import app\n")
    god = god.replace('@shared_task(name="send_email")', "@app.task")
    files = {
        "shop/celery.py": stub,
        GOD: god.replace('@shared_task(name="make_report")', "@app.task"),
    }
    check_untouched("split", files, SETTINGS)
    assert "Threads()" in check_note("split", files, "task-stays", SETTINGS).message
