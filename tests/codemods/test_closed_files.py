"""Files that this Python can't parse are read but never edited: each step says what stays, and why."""

from pathlib import Path
from textwrap import dedent

import pytest

from codemods.dedupe.callers import misfits
from codemods.inventory.load import load
from codemods.settings import Beat, Codemod, Dedupe, Routes, Runtime, Settings
from codemods.snapshot import snapshot_of
from codemods.values import Note
from migrate.own import own_steps
from migrate.pipeline import StepRun, run_step
from migrate.proof.texts import parses
from migrate.trust import Consent, Guard
from tests.codemods.harness import APP, PROJECT, check_change, check_note, encoded, run

RUNTIME = Settings(
    runtime=Runtime(install=True, in_force=True, bases={"*create_job()": "EmailTask"})
)

WHY = "is never edited, since it is written for Python 2"

APP_TASK = """\
    from shop.celery import app


    @app.task(name="create_job()")
    def create_job(pk):
        print pk
"""
PLAIN = """\
    from shop.celery import app


    @app.task(name="create_job()")
    def create_job(pk):
        return pk
"""


def stays(found: StepRun, *paths: str) -> None:
    assert not set(paths) & set(found.files)


def test_decorators_leave_it_and_convert_the_others() -> None:
    files = {"orders/tasks.py": PLAIN, "orders/old.py": APP_TASK.replace("create_job", "close_job")}
    found = run("decorators", files)
    assert found.files == ["orders/tasks.py"]
    (note,) = (note for note in found.notes if note.path == "orders/old.py")
    assert (note.code, note.line) == ("app-task-stays", 5)
    assert WHY in note.message


def test_dedupe_leaves_all_copies() -> None:
    files = {"orders/tasks.py": PLAIN, "orders/old.py": APP_TASK}
    note = check_note("dedupe", files, "duplicate-stays")
    assert note.path == "orders/old.py"
    assert WHY in note.message
    stays(run("dedupe", files), *files)


def test_dedupe_holds_its_calls_against_the_signature_that_stays() -> None:
    one = "from celery import shared_task\n\n\n@shared_task(name='a')\ndef one(pk, to):\n    return pk\n"
    files = {"orders/tasks.py": one, "orders/more.py": one.replace("pk, to)", "pk)")}
    settings = Settings(dedupe=Dedupe(winners=("orders/tasks.py",)))
    old = "from orders.tasks import one\n\nprint one\none.delay(1)\n"
    inventory = run("dedupe", {**files, "orders/old.py": old}, settings).before
    tasks = inventory.duplicates[0].copies
    (found,) = misfits(inventory, list(tasks), next(t for t in tasks if t.signature == "(pk, to)"))
    assert found[:2] == ("orders/old.py", 4)


GOD = "from celery import shared_task\n\n\n@shared_task\ndef send_email(to):\n    return to\n\n\n@shared_task\ndef close_ticket(pk):\n    return pk\n"
GOD += "".join(
    f"\n\n@shared_task\ndef send_email_{n}(to):\n    return to\n\n\n@shared_task\ndef close_ticket_{n}(pk):\n    return pk\n"
    for n in range(6)
)
SPLIT = Settings(god_files=("orders/tasks.py",))


def test_a_god_file_that_can_not_be_edited_stays_whole() -> None:
    note = check_note("split", {"orders/tasks.py": GOD + "\n\nprint 1\n"}, "god-file-stays", SPLIT)
    assert note.path == "orders/tasks.py"
    assert WHY in note.message


def test_its_imports_of_moved_tasks_go_on_working() -> None:
    old = "from orders.tasks import send_email\n\nprint send_email\nsend_email.delay(1)\n"
    found = run("split", {"orders/tasks.py": GOD, "orders/old.py": old}, SPLIT)
    assert "orders/tasks.py" in found.files
    stays(found, "orders/old.py")
    left = found.after.facts["orders/tasks.py"]
    assert "send_email" in left.bindings
    assert any(note.path == "orders/old.py" and WHY[3:] in note.message for note in found.notes)


def test_no_task_moves_into_it() -> None:
    files = {"orders/tasks.py": GOD, "orders/email_tasks.py": "import os\n\nprint os\n"}
    found = run("split", files, SPLIT)
    stays(found, "orders/email_tasks.py")


def test_its_list_of_modules_is_left_with_a_note() -> None:
    celery = f'import os\n\nprint os\n{APP}app.conf.include = ["orders.tasks"]\n'
    found = run("split", {"orders/tasks.py": GOD, "shop/celery.py": celery}, SPLIT)
    stays(found, "shop/celery.py")
    assert any(note.code == "include-by-hand" for note in found.notes)


SENDER = 'from shop.celery import app\n\nprint app\napp.send_task("create_job()")\n'


@pytest.mark.parametrize(
    "old",
    [SENDER, 'print "create_job()"\n', "class A(:\n    x = 'create_job()'\n", APP_TASK],
    ids=["sent", "printed", "broken", "declared"],
)
def test_a_name_that_it_mentions_keeps(old: str) -> None:
    tasks = PLAIN if old is not APP_TASK else "import celery\n"
    files = {"orders/tasks.py": tasks, "orders/old.py": old}
    note = check_note("aliases", files, "not-renamed")
    assert note.path == "orders/old.py"
    assert '"create_job()" keeps its name' in note.message
    assert "is never edited" in note.message
    stays(run("aliases", files), *files)


ALIASED = {
    "shop/task_aliases.py": 'TASK_NAME_ALIASES = {"create_job()": "create_job"}\n\n\ndef register_task_aliases(app):\n    pass\n',
    "shop/celery.py": "from shop.task_aliases import register_task_aliases\n"
    + APP
    + "register_task_aliases(app)\n",
}


def test_a_name_is_not_changed_beside_it_once_the_alias_stands() -> None:
    files = {**ALIASED, "orders/tasks.py": PLAIN, "orders/old.py": SENDER}
    found = run("names", files)
    assert found.files == []
    assert [note.code for note in found.notes] == ["not-renamed"]


def test_a_decided_rename_is_refused_too() -> None:
    both = {**ALIASED, "orders/tasks.py": PLAIN}
    decided = run("names", both).decisions
    files = {**PROJECT, **both, "orders/old.py": SENDER}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, Settings())
    found = run_step(run("names", both).step, snapshot, inventory, load, decided)
    assert found.files == []
    assert "not-renamed" in {note.code for note in found.notes}


def test_an_app_that_can_not_be_edited_gets_no_aliases() -> None:
    files = {"orders/tasks.py": PLAIN, "shop/celery.py": "import os\n\nprint os\n" + APP}
    note = check_note("aliases", files, "alias-without-app")
    assert WHY in note.message


def test_an_alias_that_it_uses_stays() -> None:
    renamed = PLAIN.replace('"create_job()"', '"create_job"')
    files = {**ALIASED, "orders/tasks.py": renamed}
    assert run("drop-aliases", files).files
    found = run("drop-aliases", {**files, "orders/old.py": SENDER})
    assert found.files == []
    assert {note.code for note in found.notes} == {"still-named"}


@pytest.mark.parametrize(
    "imported", ["from shop.task_aliases import TASK_NAME_ALIASES", "from shop import task_aliases"]
)
def test_the_aliases_stay_where_it_imports_them(imported: str) -> None:
    renamed = PLAIN.replace('"create_job()"', '"create_job"')
    old = f"{imported}\n\nprint 1\n"
    found = run("drop-aliases", {**ALIASED, "orders/tasks.py": renamed, "orders/old.py": old})
    assert found.files == []
    assert any("it imports them" in note.message for note in found.notes)


def test_what_is_read_keeps_beat_entries_from_being_orphans() -> None:
    beat = 'CELERY_BEAT_SCHEDULE = {"a": {"task": "create_job()", "schedule": 5}}\n'
    settings = 'INSTALLED_APPS = ["orders"]\n' + beat
    found = run("decorators", {"orders/tasks.py": APP_TASK, "shop/settings.py": settings})
    assert [entry.orphan for entry in found.before.beat] == [False]


CODEMOD = """\
import libcst as cst
from libcst.codemod import VisitorBasedCodemodCommand


class Plain(VisitorBasedCodemodCommand):
    def leave_Name(self, original_node, updated_node):
        return updated_node.with_changes(value="pk2") if updated_node.value == "pk" else updated_node
"""


def test_own_codemods_skip_it_with_a_note() -> None:
    files = {
        **PROJECT,
        "tools/mods.py": CODEMOD,
        "orders/tasks.py": PLAIN,
        "orders/old.py": APP_TASK,
    }
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    codemod = Codemod(name="plain", libcst="tools/mods.py:Plain", paths=("orders/*",))
    guard = Guard(Consent(runs=True, trusts=True), snapshot, Path(), None)
    (step,) = own_steps([codemod], guard)
    inventory = load(snapshot, Settings(codemods=(codemod,)))
    found = run_step(step, snapshot, inventory, load)
    assert found.files == ["orders/tasks.py"]
    (note,) = found.notes
    assert (note.path, note.code) == ("orders/old.py", "codemod-failed")
    assert WHY in note.message


def test_a_step_that_edits_it_all_the_same_is_not_proved() -> None:
    found = run("decorators", {"orders/tasks.py": PLAIN})
    files = {**PROJECT, "orders/tasks.py": dedent(APP_TASK)}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    closed = StepRun(
        found.step, (), found.changes, found.rewrite, (), load(snapshot, Settings()), found.after, snapshot
    )  # fmt: skip
    (finding,) = parses(closed)
    assert WHY in finding


def notes_of(found: StepRun, path: str) -> list[Note]:
    return [note for note in found.notes if note.path == path]


@pytest.mark.parametrize("path", ["shop/celery.py", "shop/settings.py", "orders/tasks.py"])
def test_the_runtime_leaves_it(path: str) -> None:
    known = {"shop/celery.py": APP, "shop/settings.py": 'INSTALLED_APPS = ["orders"]\n', "orders/tasks.py": PLAIN, "requirements.txt": "celery==5.4\ndjango==4.2\n"}  # fmt: skip
    files = {**known, path: dedent(known[path]) + "\nprint 1\n"}
    found = run("runtime", files, RUNTIME)
    stays(found, path)
    assert found.files
    assert any("is never edited" in note.message for note in notes_of(found, path))


def test_the_harness_knows_a_change_beside_it() -> None:
    after = {"orders/old.py": APP_TASK.replace("create_job", "close_job")}
    check_change("decorators", {"orders/tasks.py": PLAIN, **after}, after)


TABLES = """\
CELERY_BEAT_SCHEDULE = {"a": {"task": "nowhere", "schedule": 5, "options": {"queue": "x"}}}
CELERY_BEAT_SCHEDULE = {"b": {"task": "nowhere", "schedule": 5}, "c": {"task": "create_job()", "schedule": 5}}
CELERY_TASK_ROUTES = {"dead": {"queue": "x"}, "create_job()": {"queue": "y"}}
print 1
"""


@pytest.mark.parametrize("step", ["beat", "routes"])
def test_tables_in_it_are_asked_about_nothing(step: str) -> None:
    wanted = Settings(
        beat=Beat(expires=True, dead="remove", orphans={"b": "remove"}),
        routes=Routes(dead="remove", dead_keys="remove", queues={"*": "rest"}),
    )
    files = {"orders/tasks.py": PLAIN, "shop/settings.py": PROJECT["shop/settings.py"] + TABLES}
    found = run(step, files, wanted)
    assert found.files == []
    assert found.decisions == ()
    assert "expires-by-hand" not in {note.code for note in found.notes}


def test_an_attribute_of_the_app_set_in_it_is_no_table_to_edit() -> None:
    text = "from shop.celery import app\n\napp.conf.beat_schedule = app.conf.task_routes = {}\nprint 1\n"
    found = run("routes", {"orders/tasks.py": PLAIN, "orders/old.py": text}, QUEUES)
    assert found.files == []


QUEUES = Settings(routes=Routes(queues={"*": "rest"}))


@pytest.mark.parametrize(
    "line",
    [
        "BIG = 0x" + "f" * 20_000,
        "BIG = 0b" + "1" * 20_000,
        "@app.task(max_retries=0x" + "f" * 20_000 + ")\ndef one():\n    pass",
    ],
)
def test_a_file_with_a_number_that_python_does_not_write_is_a_note(line: str) -> None:
    text = f"from shop.celery import app\n\n\n{line}\n"
    found = run("decorators", {"orders/big.py": text, "orders/tasks.py": PLAIN})
    assert found.files == ["orders/tasks.py"]
    (note,) = [note for note in found.after.notes if note.path == "orders/big.py"]
    assert (note.code, note.line) == ("unparsed", 4)
    assert "more digits than Python writes" in note.message


def test_one_with_a_long_number_that_python_writes_is_edited() -> None:
    text = f"{dedent(PLAIN)}\n\nLONG = 0x{'f' * 3_400}\n"
    assert run("decorators", {"orders/tasks.py": text}).files == ["orders/tasks.py"]
