"""What nothing reads goes with its section, where all the rest of that has one home."""

import pytest

from tests.codemods.harness import run
from tests.codemods.split.god_file import GOD

TASK = '\n\n@shared_task\ndef {name}(x):\n    """What it does."""\n{lines}    return x\n'
UNREAD = "\n\ndef stack_crates(x):\n    return x\n"


def god(unread: str, more: str = "") -> dict[str, str]:
    """A god file of two sections, with an unread helper at the head of the second."""
    lines = "    x += 1\n" * 60

    def tasks(noun: str) -> str:
        verbs = ("open", "shut", "mend", "sell", "tow")
        return "".join(TASK.format(name=f"{verb}_{noun}", lines=lines) for verb in verbs)

    text = f"from celery import shared_task\n\n\n### TRUCKS ###\n{tasks('truck')}"
    return {GOD: f"{text}\n\n### CRANES ###\n{unread}{tasks('crane')}{more}"}


def test_an_unread_helper_follows_its_section() -> None:
    done = run("split", god(UNREAD))
    new = done.snapshot.read("orders/crane_tasks.py").decode()
    assert "### CRANES ###\n\n\ndef stack_crates(x):\n" in new
    assert "def stack_crates" not in done.snapshot.read(GOD).decode()


@pytest.mark.parametrize(
    ("unread", "more"),
    [
        # Other code that stays reads it, or it reads what stays.
        (UNREAD, "\n\n### YARD ###\n\nprint(stack_crates(1))\n"),
        ("\n\ndef stack_crates(x):\n    return vars()\n", ""),
        (UNREAD.replace("return x", "return CRATES"), "\n\n### YARD ###\n\nCRATES = 2\n"),
    ],
)
def test_one_that_is_read_or_reads_elsewhere_stays(unread: str, more: str) -> None:
    done = run("split", god(unread, more))
    assert "def stack_crates" in done.snapshot.read(GOD).decode()


def test_few_tasks_stay_and_are_told_of() -> None:
    more = TASK.format(name="whistle", lines="")
    done = run("split", god("", f"\n\n### YARD ###\n{more}"))
    assert done.files == ["orders/crane_tasks.py", GOD, "orders/truck_tasks.py"]
    assert "def whistle" in done.snapshot.read(GOD).decode()
    (note,) = (note for note in done.notes if note.code == "tasks-kept")
    assert note.message == "whistle stays in this file: no other task is like it"


def test_several_that_stay_are_told_together() -> None:
    whistle, greet = TASK.format(name="whistle", lines=""), TASK.format(name="greet", lines="")
    done = run("split", god("", f"\n\n### YARD ###\n{whistle}\n\n### DOCK ###\n{greet}"))
    (note,) = (note for note in done.notes if note.code == "tasks-kept")
    assert (
        note.message
        == "whistle and greet stay in this file: they are not alike enough for a file of their own"
    )
