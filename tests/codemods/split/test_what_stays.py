"""Tasks that stay in the god file, and the note that says why."""

import pytest

from tests.codemods.harness import check_note, run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text


def test_state_that_others_watch_through_the_god_file_stays() -> None:
    god = (
        IMPORTS
        + "COUNT = 0\n\n\n"
        + EMAIL.replace("    return to", "    global COUNT\n    COUNT += 1")
        + "\n\n"
        + REPORT
    )
    web = "from orders import tasks\n\n\ndef view():\n    return tasks.COUNT\n"
    note = check_note("split", {GOD: god, "orders/web.py": web}, "task-stays", SETTINGS)
    assert "COUNT" in note.message


def test_code_that_asks_for_its_own_module_stays() -> None:
    god = IMPORTS + EMAIL + "\n\n" + REPORT.replace("return 1", 'return globals()["send_email"]')
    note = check_note("split", {GOD: god}, "task-stays", SETTINGS)
    assert note.message == "make_report stays: asks for its own module by globals"


@pytest.mark.parametrize(
    "reader",
    [
        "from orders.tasks import send_email\n\nNAME = f'{send_email.__module__}.{send_email.__name__}'\n",
        "def row():\n    from orders.tasks import send_email as send\n\n    return send.__module__\n",
        "from orders import tasks\n\nNAME = tasks.send_email.__module__\n",
        "from orders import send_email\n\nNAME = send_email.__module__\n",
    ],
)
def test_a_task_whose_module_others_ask_for_stays(reader: str) -> None:
    files = {
        GOD: IMPORTS + EMAIL + "\n\n" + REPORT,
        "orders/__init__.py": "from orders.tasks import send_email\n",
        "orders/names.py": reader,
    }
    note = check_note("split", files, "task-stays", SETTINGS)
    assert (
        note.message == "send_email stays: orders/names.py reads its __module__, which would change"
    )


@pytest.mark.parametrize(
    ("email", "more"),
    [
        (EMAIL, "\n\ndef row():\n    return send_email.__module__ + '.send_email'\n"),
        (EMAIL.replace("return to", "return send_email.__module__"), ""),
        (EMAIL.replace("(to)", "(self, to)").replace("return to", "return self.__module__"), ""),
        (EMAIL.replace("(to)", "(self)").replace("return to", "return type(self).__module__"), ""),
    ],
)
def test_a_task_whose_module_its_file_asks_for_stays(email: str, more: str) -> None:
    god = IMPORTS + email + "\n\n" + REPORT + more
    note = check_note("split", {GOD: god}, "task-stays", SETTINGS)
    assert note.message == f"send_email stays: {GOD} reads its __module__, which would change"


@pytest.mark.parametrize(
    "task",
    [
        "class Mail(Task):\n    name = 'mail'\n\n    def run(self):\n        return 1\n\n\napp.register_task(Mail())\n",
        "if True:\n\n    @app.task(name='x')\n    def send_email():\n        return 1\n",
    ],
)
def test_odd_declarations_stay(task: str) -> None:
    god = (
        "from celery import Task, shared_task\n\nfrom shop.celery import app\n\n\n"
        + task
        + "\n\n"
        + REPORT
    )
    done = split(god)
    assert task.splitlines()[0] in text(done, GOD)


def test_imports_below_code_that_runs_first_stay_below_it() -> None:
    god = (
        "import os\n\n"
        + IMPORTS.rstrip("\n")
        + '\n\nos.environ["READY"] = "1"\n\nfrom orders.models import Order  # noqa: E402\n\n\n'
        + EMAIL.replace("return to", "return Order")
        + "\n\n"
        + REPORT
    )
    files: dict[str, str | bytes] = {GOD: god, "orders/models.py": "class Order:\n    pass\n"}
    assert "comes after" in check_note("split", files, "task-stays", SETTINGS).message


def test_a_functions_own_names_are_not_its_modules() -> None:
    text = IMPORTS + "\n\n@shared_task\ndef send_email(to):\n    return locals()\n\n\n" + REPORT
    done = run("split", {GOD: text}, SETTINGS)
    assert "return locals()" in done.snapshot.read("orders/email_tasks.py").decode()


LOGGED = """\
from celery import shared_task


def logged(function):
    def run(*args, **kwargs):
        return function(*args, **kwargs)

    run.__name__ = function.__name__
    return run


@shared_task(name="send_email")
@logged
def send_email(to):
    return to


@shared_task
@logged
def make_report(day):
    return %s
"""
NAMED = (
    "has its registered name from where this stands: give it that name by name=, then plan again"
)


def test_a_decorator_that_names_a_task_which_stays_stays_too() -> None:
    done = split(LOGGED % "globals()[day]")
    assert done.files == []
    assert {note.message for note in done.notes if note.code == "task-stays"} == {
        f"send_email stays: needs logged: make_report stays, and {NAMED}",
        "make_report stays: asks for its own module by globals",
    }


def test_a_decorator_of_tasks_that_all_go_goes_with_them() -> None:
    done = split(LOGGED % "day")
    assert 'name="orders.tasks.make_report"' in text(done, "orders/report_tasks.py")
    assert "def logged" in text(done, "orders/task_helpers.py")


def test_a_decorator_that_gives_its_function_the_module_of_another_goes() -> None:
    wrapped = "    run.__module__ = function.__module__\n    return run"
    done = split((LOGGED % "globals()[day]").replace("    return run", wrapped))
    assert "def logged" in text(done, "orders/task_helpers.py")


def test_a_decorator_that_names_tasks_of_another_file_stays() -> None:
    more = "from celery import shared_task\nfrom orders.tasks import logged\n\n\n@shared_task\n@logged\ndef more():\n    return 1\n"
    done = split(LOGGED % "day", {"orders/more.py": more})
    why = "tasks of orders/more.py have their registered names from where this stands"
    assert [note.message for note in done.notes] == [
        f"send_email and make_report stay: {why}",
    ]


@pytest.mark.parametrize("given", ["send", "logged(send)", "*[send]"])
def test_a_function_that_a_call_registers_unnamed_stays(given: str) -> None:
    head, _, _ = LOGGED.partition("@")
    call = f"sender = shared_task({given})\n"
    email = EMAIL.replace("return to", "return send(to), logged")
    god = f"{head}def send(to):\n    return to\n\n\n{email}\n\n{REPORT}\n\n{call}"
    done = split(god)
    assert "orders/email_tasks.py" not in done.files
    assert "orders/report_tasks.py" in done.files


UNBOUND = IMPORTS + EMAIL.replace("def ", "@app.task\ndef ") + "\n\n" + REPORT


@pytest.mark.parametrize(
    "has",
    [
        "from shop.celery import app\n\n\n@app.task\ndef email():\n    return 1\n",
        "from shop.celery import *\n\n\n@app.task\ndef email():\n    return 1\n",
    ],
)
def test_a_task_that_reads_what_nothing_binds_stays_where_its_new_file_binds_that(has: str) -> None:
    done = split(UNBOUND, {"orders/email_tasks.py": has})
    assert "@app.task\ndef send_email" in text(done, GOD)
    assert "send_email stays: nothing in its file binds app, and orders/email_tasks.py has one" in [
        note.message for note in done.notes
    ]


def test_a_task_that_reads_what_nothing_binds_goes_where_nothing_binds_that_either() -> None:
    assert "@app.task\ndef send_email" in text(split(UNBOUND), "orders/email_tasks.py")


@pytest.mark.parametrize("name", ["send_mail", "send_email"])
def test_what_reads_a_copy_goes_if_the_copy_that_is_to_stay_bears_its_name(name: str) -> None:
    report = REPORT.replace("return 1", "return send_email(1)")
    copy = IMPORTS + EMAIL.replace("def send_email", f"def {name}")
    app = 'from celery import Celery\n\napp = Celery("shop", include=["orders.tasks", "orders.email_tasks"])\n'
    more: dict[str, str | bytes] = {"orders/email_tasks.py": copy, "shop/celery.py": app}
    done = split(IMPORTS + EMAIL + "\n\n" + report, more)
    stays = "make_report stays: needs send_email: it is defined more than once, which dedupe settles first"
    told = [note.message for note in done.notes if note.code == "task-stays"]
    assert told == ([stays] if name == "send_mail" else [])
