"""Which tasks stay with the app, and the note that says why."""

import pytest

from codemods.settings import ExceptionRule, Settings
from tests.codemods.decorators.one_file import TASKS
from tests.codemods.harness import check_note, check_untouched, run


def test_options_that_only_running_tells_keep_the_file() -> None:
    note = check_note(
        "decorators",
        {
            TASKS: "from shop.celery import app\nfrom orders.policy import policy\n\n\n"
            "@app.task(**policy('mail'))\ndef one():\n    pass\n",
            "orders/policy.py": "from company import rules\n\n\ndef policy(name):\n    return rules(name)\n",
        },
        "app-task-stays",
    )
    assert "options" in note.message


@pytest.mark.parametrize("option", ["filter=len", "shared=False", "lazy=False"])
def test_options_that_shared_task_ignores_keep_the_file(option: str) -> None:
    files = {TASKS: f"from shop.celery import app\n\n\n@app.task({option})\ndef one():\n    pass\n"}
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-task-stays")
    assert option.partition("=")[0] in note.message


def test_one_task_that_must_stay_keeps_the_whole_file() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\n"
        "@app.task(shared=False)\ndef two():\n    pass\n"
    }
    check_untouched("decorators", files)


def test_a_mixed_file_that_must_stay_is_a_note() -> None:
    files = {
        TASKS: "from celery import shared_task\nfrom shop.celery import app\n\n\n@shared_task\n"
        "def one():\n    pass\n\n\n@app.task(lazy=False)\ndef two():\n    pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "mixed-stays")


def test_methods_and_closures_stay() -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\nclass Orders:\n    @app.task\n    def one():\n        pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-task-stays")


@pytest.mark.parametrize("use", ["NAME = one.name", "FIRST = one.s()", "KIND = type(one)"])
def test_a_task_used_while_its_module_is_imported_stays(use: str) -> None:
    files = {
        TASKS: f"from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\n{use}\n"
    }
    check_untouched("decorators", files)
    note = check_note("decorators", files, "app-task-stays")
    assert "imported" in note.message


def test_a_configured_exception_stays_with_its_reason() -> None:
    files = {
        "orders/legacy/tasks.py": "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n"
    }
    rule = ExceptionRule(path="orders/legacy/*", reason="approved by the leads")
    settings = Settings(exceptions=(rule,))
    check_untouched("decorators", files, settings)
    assert "approved by the leads" in check_note("decorators", files, "exception", settings).message


def test_a_pre_applied_decorator_stays() -> None:
    files = {
        TASKS: "from shop.celery import app\n\nretrying = app.task(acks_late=True)\n\n\n"
        "@retrying\ndef one():\n    pass\n"
    }
    check_untouched("decorators", files)
    check_note("decorators", files, "app-task-stays")


@pytest.mark.parametrize(
    "text",
    [
        '@app.task(**{"shared": False})',
        'OPTIONS = {}\nOPTIONS["filter"] = len\n\n\n@app.task(**OPTIONS)',
        "def policy():\n    return {'lazy': False}\n\n\n@app.task(**policy())",
    ],
)
def test_options_behind_stars_are_looked_into(text: str) -> None:
    files = {TASKS: f"from shop.celery import app\n\n{text}\ndef one():\n    pass\n"}
    check_untouched("decorators", files)
    check_note("decorators", files, "app-task-stays")


@pytest.mark.parametrize(
    "line", ["NAME = one.name", "def f(n=one.name):\n    pass", "f = lambda n=one.s(): n"]
)
def test_a_task_that_another_module_looks_into_at_import_stays(line: str) -> None:
    files = {
        TASKS: "from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n",
        "orders/early.py": f"from orders.tasks import one\n\n{line}\n",
    }
    check_untouched("decorators", files)


@pytest.mark.parametrize(
    ("test", "changes"),
    [
        ('__name__ == "__main__"', True),
        ("'__main__' == __name__", True),
        ('__name__ != "__main__"', False),
        ('__name__ in {"__main__", "orders.tasks"}', False),
    ],
)
def test_what_a_file_does_as_a_program_keeps_no_task(test: str, changes: bool) -> None:
    text = f"from shop.celery import app\n\n\n@app.task\ndef one():\n    pass\n\n\nif {test}:\n    one()\n"
    assert (TASKS in run("decorators", {TASKS: text}).files) is changes


@pytest.mark.parametrize("library", ["djcelery_transactions", "post_celery.task"])
def test_what_a_library_s_own_decorator_makes_stays_and_is_told_as_that(library: str) -> None:
    text = f"from {library} import task\n\n\n@task(name='one')\ndef one():\n    pass\n"
    note = check_note("decorators", {TASKS: text}, "app-task-stays")
    assert f"is made by {library}.task of another library" in note.message


@pytest.mark.parametrize("argument", ["'mail'", "send", "*OPTIONS"])
def test_an_argument_without_a_name_keeps_the_file(argument: str) -> None:
    text = f"from shop.celery import app\n\n\n@app.task({argument})\ndef one():\n    pass\n"
    note = check_note("decorators", {TASKS: text}, "app-task-stays")
    assert "an argument that has no name" in note.message
