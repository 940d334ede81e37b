"""Imports that lead back to a god file: which tasks they keep there, and what is told of that."""

from codemods.settings import Settings
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS, split, text

API = "from orders import tasks\n\n\ndef post():\n    return tasks\n"
READING = IMPORTS.replace("\n\n", "\nfrom orders import api\n\n", 1)


def reading(name: str, verb: str = "return") -> str:
    return f'@shared_task(name="{name}")\ndef {name}():\n    {verb} api.post()\n\n\n'


def test_what_an_import_leads_back_for_is_told_once_with_the_circle_and_the_way_out() -> None:
    names = [f"email_{n}" for n in range(7)]
    god = READING + "".join(map(reading, names)) + REPORT
    found = run("split", {GOD: god, "orders/api.py": API}, SETTINGS)
    (note,) = (note for note in found.notes if note.code == "task-stays")
    assert note.message == (
        "email_0, email_1, email_2, email_3 and 3 more stay: what orders.api imports leads back to this file"
        " (orders.api imports orders.tasks), and a new file would stand in that circle."
        " Let 'orders/api.py' import orders.tasks inside the functions that use it, then plan again"
    )


def test_a_long_circle_is_drawn_to_its_last_import() -> None:
    files: dict[str, str | bytes] = {
        GOD: READING + reading("email_one") + REPORT,
        "orders/api.py": API.replace("tasks", "base"),
        "orders/base.py": "import orders.tasks\n",
    }
    (note,) = (n for n in run("split", files, SETTINGS).notes if n.code == "task-stays")
    assert "(orders.api imports orders.base, which imports orders.tasks)" in note.message
    assert "Let 'orders/base.py' import orders.tasks" in note.message


def test_tasks_that_need_what_stays_are_told_with_it() -> None:
    helper = "def helper():\n    return api.post()\n\n\n"
    tasks = "".join(reading(name).replace("api.post", "helper") for name in ("email_a", "email_b"))
    found = run("split", {GOD: READING + helper + tasks + REPORT, "orders/api.py": API}, SETTINGS)
    (note,) = (n for n in found.notes if n.code == "task-stays")
    assert note.message.startswith("email_a and email_b stay: what orders.api imports")


def test_a_circle_that_the_split_itself_opens_keeps_nothing() -> None:
    api = "from orders.tasks import make_report\n\n\ndef post():\n    return make_report\n"
    found = split(READING + reading("send_email") + REPORT, {"orders/api.py": api})
    assert "from orders import api\n" in text(found, "orders/email_tasks.py")
    assert "from orders.report_tasks import make_report\n" in text(found, "orders/api.py")
    assert [note.code for note in found.notes if note.code == "task-stays"] == []


def test_a_file_that_could_give_few_of_its_tasks_is_left_whole_and_says_so() -> None:
    staying = [f"{verb}_ledger" for verb in ("open", "close", "count", "sum")]
    going = [f"{verb}_parcel" for verb in ("post", "track", "weigh", "find", "stamp")]
    lines = "".join(f"    value = {n}\n" for n in range(60))
    tasks = [reading(n, f"value = 0\n{lines}    return") for n in (*staying, *going)]
    more = [reading(f"{name}_again", f"value = 0\n{lines}    return") for name in staying]
    lone = EMAIL.replace("send_email", "post_alone_parcel")
    god = READING + "".join((*tasks, *more)) + lone
    found = run("split", {GOD: god, "orders/api.py": API}, Settings())
    assert found.files == []
    (note,) = (n for n in found.notes if n.code == "god-file-stays")
    assert note.message.endswith("tasks that were to go only 1 could, as other notes on it tell")
