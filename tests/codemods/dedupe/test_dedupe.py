"""The step `dedupe`: one implementation of each task that several files define."""

import msgspec
import pytest

from codemods.dedupe import Merge
from codemods.inventory.load import load
from codemods.settings import Dedupe, Settings
from codemods.snapshot import snapshot_of
from migrate.pipeline import StepRun, run_step
from migrate.proof import prove
from migrate.steps import BY_NAME
from tests.codemods.harness import PROJECT, check_note, encoded

GOD, MAILS = "orders/tasks.py", "orders/email_tasks.py"
SETTINGS = Settings(god_files=(GOD,))
HEAD = "from celery import shared_task\n\n\n"
SEND = '@shared_task(name="send_email")\ndef send_email(to):\n    return to\n'
APP = """\
from celery import Celery

app = Celery("shop", include=["orders.tasks", "orders.email_tasks", "orders.email_tasks_new"])
"""


def dedupe(
    files: dict[str, str], settings: Settings = SETTINGS, *, accept: bool = False
) -> StepRun:
    every = PROJECT | {"shop/celery.py": APP} | files
    snapshot = snapshot_of({path: encoded(text) for path, text in every.items()})
    done = run_step(BY_NAME["dedupe"], snapshot, load(snapshot, settings), load, accept=accept)
    proof = prove(done, load)
    assert proof.holds, "\n".join(proof.findings)
    return done


def merge(done: StepRun) -> Merge:
    (found,) = done.decisions
    assert isinstance(found, Merge)
    return found


def text(done: StepRun, path: str) -> str:
    return done.snapshot.read(path).decode()


def test_identical_copies_need_nobody() -> None:
    done = dedupe({GOD: HEAD + SEND, MAILS: HEAD + SEND})
    assert text(done, GOD) == "from orders.email_tasks import send_email  # noqa: F401\n"
    assert text(done, MAILS) == HEAD + SEND
    assert merge(done).difference == "identical"
    assert len(done.after.tasks) == 1


def test_layout_alone_needs_nobody() -> None:
    plain = SEND.replace('"', "'").replace("    return to\n", "    # sent\n    return (to)\n")
    kept = HEAD + "# one\n# two\n" + SEND
    done = dedupe({GOD: HEAD + plain, MAILS: kept})
    assert text(done, MAILS) == kept
    assert merge(done).difference == "cosmetic"
    assert merge(done).comments == ("# sent",)
    assert len(done.after.tasks) == 1


def test_the_copy_with_its_globals_is_kept_in_the_modern_place() -> None:
    full = (
        "import logging\n\n"
        + HEAD.rstrip("\n")
        + '\n\nlog = logging.getLogger("mails")\n\n\n'
        + SEND.replace("return to", "log.info(to)")
    )
    done = dedupe({GOD: full, MAILS: HEAD + SEND.replace("return to", "log.info(to)")})
    assert merge(done).text == f"{GOD}::send_email"
    assert merge(done).place == f"{MAILS}::send_email"
    assert "does not define log" in merge(done).because
    assert 'log = logging.getLogger("mails")\n' in text(done, MAILS)
    assert "def send_email" not in text(done, GOD)


@pytest.mark.parametrize(
    ("god", "difference"),
    [
        (SEND.replace(")\ndef", ", max_retries=3)\ndef"), "options"),
        (SEND.replace("(to)", "(to, cc=None)"), "signature"),
        (SEND.replace("return to", "return to, to"), "semantic"),
    ],
)
def test_what_matters_waits_for_a_person(god: str, difference: str) -> None:
    files = {GOD: HEAD + god, MAILS: HEAD + SEND}
    waits = dedupe(files)
    assert merge(waits).difference == difference
    assert not merge(waits).accepted
    assert waits.changes == ()
    assert [note.code for note in waits.notes if note.code == "duplicate-open"]
    assert len(waits.waiting) == 1
    done = dedupe(files, accept=True)
    assert god in text(done, MAILS)
    assert len(done.after.tasks) == 1


def test_a_helper_that_has_drifted_is_a_difference() -> None:
    body = SEND.replace("return to", "return clean(to)")
    god = HEAD + "def clean(to):\n    return to.strip()\n\n\n" + body
    done = dedupe({GOD: god, MAILS: HEAD + "def clean(to):\n    return to\n\n\n" + body})
    assert merge(done).difference == "semantic"
    assert "clean of orders/email_tasks.py differs" in merge(done).because
    assert not merge(done).accepted


def test_a_kept_text_brings_its_own_helper_beside_one_of_that_name() -> None:
    body = SEND.replace("return to", "return clean(to)")
    other = '\n\n@shared_task(name="other")\ndef other():\n    return clean("")\n'
    god = HEAD + "def clean(to):\n    return to.strip()\n\n\n" + body
    old = HEAD + "def clean(to):\n    return to\n\n\n" + body + other
    done = dedupe({GOD: god, MAILS: old}, accept=True)
    assert "import clean as tasks_clean" in text(done, MAILS)
    assert "return tasks_clean(to)" in text(done, MAILS)
    assert 'return clean("")' in text(done, MAILS)


def test_files_named_like_leftovers_lose() -> None:
    new = "orders/email_tasks_new.py"
    done = dedupe({new: HEAD + SEND, MAILS: HEAD + SEND})
    assert merge(done).place == f"{MAILS}::send_email"
    assert text(done, new) == "from orders.email_tasks import send_email  # noqa: F401\n"


def test_files_that_no_worker_loads_lose() -> None:
    done = dedupe({"orders/a_email_tasks.py": HEAD + SEND, MAILS: HEAD + SEND})
    assert merge(done).place == f"{MAILS}::send_email"
    assert "no worker loads orders/a_email_tasks.py" in merge(done).because


def test_the_user_says_which_files_win() -> None:
    wins = Settings(god_files=(GOD,), dedupe=Dedupe(winners=(GOD,)))
    done = dedupe({GOD: HEAD + SEND, MAILS: HEAD + SEND}, wins)
    assert merge(done).place == f"{GOD}::send_email"
    assert text(done, MAILS) == "from orders.tasks import send_email  # noqa: F401\n"


def test_the_user_leaves_a_name_alone() -> None:
    skips = Settings(god_files=(GOD,), dedupe=Dedupe(skip=("send_*",)))
    assert dedupe({GOD: HEAD + SEND, MAILS: HEAD + SEND}, skips).decisions == ()


def test_three_copies_become_one() -> None:
    new = "orders/email_tasks_new.py"
    done = dedupe({GOD: HEAD + SEND, MAILS: HEAD + SEND, new: HEAD + SEND})
    assert len(done.after.tasks) == 1
    assert done.after.tasks[0].path == MAILS


def test_a_caller_that_would_not_fit_makes_the_group_wait() -> None:
    god = SEND.replace("(to)", "(to, cc, bcc)")
    web = "from orders.tasks import send_email\n\n\ndef view():\n    send_email.delay(1, 2, 3, 4)\n"
    done = dedupe({GOD: HEAD + god, MAILS: HEAD + SEND, "orders/web.py": web}, accept=True)
    assert done.changes == ()
    (note,) = [note for note in done.notes if note.code == "duplicate-stays"]
    assert "orders/web.py:5 gives 4 arguments" in note.message


@pytest.mark.parametrize(
    ("entry", "waits"),
    [
        ("{'task': 'send_email', 'schedule': 60, 'args': (1, 2, 3)}", True),
        ("{'task': 'send_email', 'schedule': 60, 'kwargs': {'wrong': 1}}", True),
        ("{'task': 'send_email', 'schedule': 60}", True),
        ("dict(task='send_email', schedule=60, args=[1, 2, 3])", True),
        ("{'task': 'send_email', 'schedule': 60, 'args': (1,)}", False),
        ("{'task': 'send_email', 'schedule': 60, 'args': ARGUMENTS}", False),
        ("{'task': 'other', 'schedule': 60, 'args': (1, 2, 3)}", False),
    ],
)
def test_the_arguments_of_beat_entries_are_checked(entry: str, waits: bool) -> None:
    god = SEND.replace("(to)", "(to, cc=1)").replace("return to", "return to, cc, 1")
    settings = f"ARGUMENTS = ()\nCELERY_BEAT_SCHEDULE = {{'mail': {entry}}}\n"
    files = {GOD: HEAD + god, MAILS: HEAD + SEND, "shop/schedule.py": settings}
    done = dedupe(files, accept=True)
    assert ("duplicate-stays" in {note.code for note in done.notes}) is waits


@pytest.mark.parametrize(
    "call",
    [
        "send_email.apply_async(args=[1, 2, 3])",
        "send_email.s(1, wrong=2)",
        "current_app.send_task('send_email', (1, 2, 3))",
        "send_email.apply_async(kwargs={'wrong': 1})",
    ],
)
def test_every_way_to_send_is_checked(call: str) -> None:
    web = f"from celery import current_app\nfrom orders.tasks import send_email\n\n\ndef view():\n    {call}\n"
    god = HEAD + SEND.replace("(to)", "(to, cc)").replace("return to", "return to, cc, 1")
    done = dedupe({GOD: god, MAILS: HEAD + SEND, "orders/web.py": web}, accept=True)
    assert "duplicate-stays" in {note.code for note in done.notes}


@pytest.mark.parametrize(
    "call",
    ["send_email.delay(to=1)", "send_email.apply_async(kwargs={'to': 1})", "send_email.s(1)"],
)
def test_a_call_that_fits_does_not_stop_it(call: str) -> None:
    web = f"from orders.tasks import send_email\n\n\ndef view():\n    {call}\n"
    god = HEAD + SEND.replace("(to)", "(to, cc=1)")
    done = dedupe({GOD: god, MAILS: HEAD + SEND, "orders/web.py": web}, accept=True)
    assert "duplicate-stays" not in {note.code for note in done.notes}
    assert len(done.after.tasks) == 1


def test_calls_that_cannot_be_told_do_not_stop_it() -> None:
    web = "from orders.tasks import send_email\n\n\ndef view(*args):\n    send_email.delay(*args)\n"
    done = dedupe({GOD: HEAD + SEND, MAILS: HEAD + SEND, "orders/web.py": web})
    assert "from orders.email_tasks import send_email" in text(done, "orders/web.py")


def test_a_copy_no_one_can_complete_stays() -> None:
    broken = HEAD + SEND.replace("return to", "return nowhere")
    done = dedupe({GOD: broken, MAILS: broken})
    assert done.changes == ()
    assert "duplicate-stays" in {note.code for note in done.notes}


def test_copies_that_are_no_plain_functions_stay() -> None:
    odd = (
        HEAD
        + "if True:\n\n    @shared_task(name='send_email')\n    def send_email(to):\n        return to\n"
    )
    note = check_note("dedupe", {GOD: HEAD + SEND, MAILS: odd}, "duplicate-stays", SETTINGS)
    assert "not all of its copies are plain functions" in note.message


def test_functions_of_other_names_stay() -> None:
    other = HEAD + SEND.replace("def send_email", "def mail")
    note = check_note("dedupe", {GOD: HEAD + SEND, MAILS: other}, "duplicate-stays", SETTINGS)
    assert "called differently" in note.message


def test_twins_under_two_names_are_no_duplicates() -> None:
    twin = SEND.replace('"send_email"', '"mail"')
    assert dedupe({GOD: HEAD + SEND, MAILS: HEAD + twin}).decisions == ()


def test_names_that_would_become_one_are_a_note() -> None:
    files = {GOD: HEAD + SEND, MAILS: HEAD + SEND.replace('"send_email"', '"send_email()"')}
    assert check_note("dedupe", files, "near-duplicate", SETTINGS).path == MAILS


def test_the_whole_stack_of_decorators_comes() -> None:
    god = (
        "from django.db import transaction\n"
        + HEAD
        + SEND.replace("def send_email", "@transaction.atomic\ndef send_email")
    )
    done = dedupe({GOD: god, MAILS: HEAD + SEND}, accept=True)
    assert "@transaction.atomic\ndef send_email" in text(done, MAILS)
    assert "from django.db import transaction" in text(done, MAILS)
    assert "transaction" not in text(done, GOD)


def test_a_shim_that_would_close_a_circle_is_asked_late() -> None:
    send = "@shared_task(name='note')\ndef note(to):\n    return to\n"
    god = HEAD + SEND
    notes = "orders/note_tasks.py"
    mails = "from orders.note_tasks import note\n" + HEAD + SEND.replace("to\n", "note\n")
    done = dedupe(
        {
            GOD: god.replace("return to", "return 3"),
            MAILS: mails,
            notes: HEAD + send + "\n\n" + SEND,
            "shop/celery.py": APP.replace("email_tasks_new", "note_tasks"),
        },
        Settings(god_files=(GOD,), dedupe=Dedupe(winners=(MAILS,))),
        accept=True,
    )
    assert "def __getattr__(name):" in text(done, notes)
    assert "from orders.email_tasks import send_email\n" in text(done, notes)


def test_patches_of_the_lost_copy_follow_to_the_kept_one() -> None:
    body = SEND.replace("return to", "return now(to)")
    helper = "def now(to):\n    return to\n\n\n"
    test = (
        "from unittest.mock import patch\n\nfrom orders.tasks import send_email\n\n\n"
        'def test_it():\n    with patch("orders.tasks.now"):\n        send_email(1)\n'
    )
    files = {GOD: HEAD + helper + body, MAILS: HEAD + helper + body, "tests/test_it.py": test}
    assert 'patch("orders.email_tasks.now")' in text(dedupe(files), "tests/test_it.py")


def test_the_person_chooses_place_and_text() -> None:
    files = PROJECT | {
        "shop/celery.py": APP,
        GOD: HEAD + SEND.replace("return to", "return 1"),
        MAILS: HEAD + SEND,
    }
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, SETTINGS)
    (suggested,) = BY_NAME["dedupe"].decide(inventory).decisions
    chosen = msgspec.structs.replace(
        suggested, place=f"{GOD}::send_email", text=f"{MAILS}::send_email", accepted=True
    )
    done = run_step(BY_NAME["dedupe"], snapshot, inventory, load, (chosen,))
    assert prove(done, load).holds
    assert "return to" in text(done, GOD)
    assert "def send_email" not in text(done, MAILS)


def test_a_choice_that_is_no_copy_is_refused() -> None:
    files = PROJECT | {"shop/celery.py": APP, GOD: HEAD + SEND, MAILS: HEAD + SEND}
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, SETTINGS)
    (suggested,) = BY_NAME["dedupe"].decide(inventory).decisions
    wrong = msgspec.structs.replace(suggested, text="nowhere.py::send_email")
    done = run_step(BY_NAME["dedupe"], snapshot, inventory, load, (wrong,))
    assert done.changes == ()
    assert [note.code for note in done.rewrite.notes] == ["duplicate-stays"]


def test_what_runs_today_is_preferred() -> None:
    files = PROJECT | {
        "shop/celery.py": APP,
        GOD: HEAD + SEND,
        MAILS: HEAD + SEND.replace("return to", "return 5"),
    }
    snapshot = snapshot_of({path: encoded(text) for path, text in files.items()})
    inventory = load(snapshot, SETTINGS, running={"send_email": GOD})
    (found,) = BY_NAME["dedupe"].decide(inventory).decisions
    assert isinstance(found, Merge)
    assert found.text == f"{GOD}::send_email"
    assert f"a worker runs the copy of {GOD} today" in found.because


@pytest.mark.parametrize(
    ("god", "mails"),
    [
        (  # what a decorator is given
            "from django.utils import decorators as d\n"
            + HEAD
            + SEND.replace("def", "@d.deco(1)\ndef"),
            "from django.utils import decorators as d\n"
            + HEAD
            + SEND.replace("def", "@d.deco(2)\ndef"),
        ),
        (  # a builtin that one file hides
            HEAD + "def round(x):\n    return 0\n\n\n" + SEND.replace("to\n", "round(to)\n"),
            HEAD + SEND.replace("to\n", "round(to)\n"),
        ),
        (  # state that each file has for itself
            HEAD + 'SEEN = {"a": 0}\n\n\n' + SEND.replace("return to", "SEEN.update(a=to)"),
            HEAD + 'SEEN = {"a": 0}\n\n\n' + SEND.replace("return to", "SEEN.update(a=to)"),
        ),
        (  # where the code stands
            HEAD + SEND.replace("return to", "return __name__"),
            HEAD + SEND.replace("return to", "return __name__"),
        ),
        (  # a star that may give another thing
            "from orders.one import *\n" + HEAD + SEND.replace("return to", "return RATE"),
            "from orders.two import *\n" + HEAD + SEND.replace("return to", "return RATE"),
        ),
    ],
)
def test_the_same_words_that_mean_different_things_wait(god: str, mails: str) -> None:
    files = {GOD: god, MAILS: mails, "orders/one.py": "RATE = 1\n", "orders/two.py": "RATE = 2\n"}
    done = dedupe(files)
    assert not merge(done).accepted
    assert done.changes == ()


def test_relative_imports_of_other_folders_mean_different_things() -> None:
    body = HEAD + SEND.replace("    return to", "    from .models import thing\n\n    return thing")
    app = 'from celery import Celery\n\napp = Celery("shop", include=["one.email_tasks", "two.tasks"])\n'
    files = {
        "shop/celery.py": app,
        "one/email_tasks.py": body,
        "one/models.py": "thing = 1\n",
        "two/tasks.py": body,
        "two/models.py": "thing = 2\n",
    }
    assert "a relative import" in merge(dedupe(files)).because


def test_words_in_capitals_are_no_types() -> None:
    body = "from orders.conf import SETTINGS\n" + HEAD + SEND.replace("to\n", 'SETTINGS["host"]\n')
    done = dedupe({GOD: body, MAILS: body, "orders/conf.py": 'SETTINGS = {"host": 1}\n'})
    assert merge(done).accepted
    assert len(done.after.tasks) == 1


@pytest.mark.parametrize("call", ["send_email.delay()", "send_email(1, 2)", "send_email.run(1, 2)"])
def test_calls_that_the_kept_text_would_refuse(call: str) -> None:
    web = f"from orders.tasks import send_email\n\n\ndef view():\n    {call}\n"
    god = HEAD + SEND.replace("(to)", "(to=1, cc=2)")
    files = {
        GOD: god,
        MAILS: HEAD + SEND.replace("return to", "return (to, to, to, to, to)"),
        "orders/web.py": web,
    }
    settings = Settings(god_files=(GOD,), dedupe=Dedupe(winners=(MAILS,)))
    done = dedupe(files, settings, accept=True)
    assert merge(done).text.startswith(MAILS)
    assert "duplicate-stays" in {note.code for note in done.notes}
    assert done.changes == ()


def test_comments_that_leave_are_told() -> None:
    god = HEAD + "# never retry this\n" + SEND
    done = dedupe({GOD: god, MAILS: HEAD + "# one\n# two\n" + SEND})
    assert "# never retry this" in next(
        n.message for n in done.notes if n.code == "comments-dropped"
    )


def test_optional_imports_of_the_lost_copy_go_with_it() -> None:
    body = (
        "try:\n    import ujson as json\nexcept ImportError:\n    import json\n\n"
        + HEAD
        + SEND.replace("return to", "return json")
    )
    other = '\n\n@shared_task(name="other")\ndef other():\n    return 1\n'
    done = dedupe({GOD: body + other, MAILS: body})
    assert "json" not in text(done, GOD)


def test_a_star_import_of_the_winner_is_left_alone() -> None:
    god = "from orders.email_tasks import *  # noqa: F403\n" + HEAD + SEND
    done = dedupe({GOD: god, MAILS: HEAD + SEND})
    assert "from orders.email_tasks import *" in text(done, GOD)


def test_a_file_that_is_loaded_for_certain_wins() -> None:
    god = (
        HEAD
        + SEND
        + "\n\ndef kick():\n    from orders import email_tasks\n\n    return email_tasks\n"
    )
    app = 'from celery import Celery\n\napp = Celery("shop", include=["orders.tasks"])\n'
    done = dedupe({"shop/celery.py": app, GOD: god, MAILS: HEAD + SEND})
    assert merge(done).place.startswith(GOD)


def test_the_copy_with_the_comments_is_kept() -> None:
    god = HEAD + "# never retry this\n" + SEND
    done = dedupe({GOD: god, MAILS: HEAD + SEND})
    assert "# never retry this\n" + SEND in text(done, MAILS)


def test_a_text_that_reads_what_another_file_changes_waits() -> None:
    full = HEAD.rstrip("\n") + "\n\nCOUNT = 0\n\n\n" + SEND.replace("return to", "return COUNT")
    web = "from orders import tasks\n\n\ndef view():\n    vars(tasks)['COUNT'] = 3\n"
    bare = HEAD + SEND.replace("return to", "return COUNT")
    done = dedupe({GOD: full, MAILS: bare, "orders/web.py": web})
    assert done.changes == ()
    (note,) = (item for item in done.notes if item.code == "duplicate-stays")
    assert note.message == '"send_email" waits: orders/web.py changes COUNT here while it runs'


def test_a_text_takes_along_what_fills_its_registry() -> None:
    registry = "REG = []\n\n\ndef reg(f):\n    REG.append(f)\n    return f\n\n\n@reg\ndef one():\n    return 1\n\n\n"
    task = SEND.replace("return to", "return REG")
    done = dedupe({GOD: HEAD + registry + task, MAILS: HEAD + task})
    assert "@reg\ndef one():" in text(done, MAILS)
    assert "@reg" not in text(done, GOD)


def test_what_names_a_task_that_stays_lets_no_text_go_that_needs_it() -> None:
    logged = "def logged(function):\n    def run(to):\n        return function(to)\n\n    run.__name__ = function.__name__\n    return run\n\n\n"
    send = SEND.replace("def ", "@logged\ndef ")
    other = "\n\n@shared_task\n@logged\ndef other(to):\n    return to\n"
    more = send.replace("    return to", "    to = to.lower()\n    return to")
    done = dedupe({GOD: HEAD + logged + more + other, MAILS: HEAD + SEND}, accept=True)
    (waits,) = [note.message for note in done.notes if note.code == "duplicate-stays"]
    assert "needs logged: other stays, and has its registered name from where this stands" in waits
