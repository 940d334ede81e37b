"""The app's import in a package's `__init__.py` where only the tasks loaded the app."""

from codemods.settings import Settings
from tests.codemods.decorators.one_file import TASKS
from tests.codemods.harness import PROJECT, check_change, check_note, check_untouched, run


def test_the_app_is_loaded_where_only_the_tasks_loaded_it() -> None:
    found = check_change(
        "decorators",
        {
            "shop/__init__.py": "",
            TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        },
        {"shop/__init__.py": "from .celery import app as celery_app  # noqa: F401\n"},
    )
    assert [decision.id for decision in found.decisions] == [
        "load:shop/__init__.py",
        f"convert:{TASKS}",
    ]


def test_nothing_is_converted_where_the_app_could_not_be_loaded() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    settings = Settings(load_app=False)
    check_untouched("decorators", files, settings)
    assert "amqp://" in check_note("decorators", files, "app-not-loaded", settings).message


def test_an_app_that_needs_models_is_not_loaded_early() -> None:
    files = {
        "shop/__init__.py": "",
        "shop/celery.py": "import orders.models\n" + PROJECT["shop/celery.py"],
        "orders/models.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-not-loaded")


def test_a_sender_that_relied_on_what_django_loads_is_thought_of() -> None:
    files = {
        "shop/__init__.py": "",
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "orders/models.py": "import orders.tasks\n",
        "orders/send.py": "from celery import current_app\n\n\ndef send():\n    current_app.send_task('x')\n",
    }
    found = run("decorators", files)
    assert "shop/__init__.py" in found.files
