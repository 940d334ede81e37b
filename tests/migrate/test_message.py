"""Commit messages: what was done, for people, in a few lines; the record of it for the tool."""

import pytest

from codemods.beat.values import Expires
from codemods.dedupe import Merge
from codemods.settings import Settings
from codemods.split import Move
from codemods.values import Answered, Decision
from migrate.message import commit_message, told
from migrate.steps import BY_NAME
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS


class Chosen(Answered, frozen=True, tag="chosen", forbid_unknown_fields=True):
    """A decision with an answer."""


def move(task: str, to: str) -> Move:
    """A task that goes to a file."""
    return Move(f"move:shop/tasks.py::{task}", f"name: {task}", "shop/tasks.py", task, to)


@pytest.mark.parametrize(
    ("done", "lines"),
    [
        ([], []),
        ([move("a", "x.py"), move("b", "y.py"), move("c", "x.py")], ["- to x.py: a, c", "- to y.py: b"]),
        ([Decision("queue:a", "the route says so")], ["- a: the route says so"]),
        ([Decision("queue:a", "so"), Decision("queue:b", "so")], ["- so: a, b"]),
        ([Chosen("orphan:a", "none is named a", answer="remove")], ["- a: remove (none is named a)"]),
        ([Merge("merge:a", "near", "a", "x.py::a", "x.py::a", "identical", True)], ["- x.py keeps: a"]),
        (
            [Merge("merge:a", "near", "a", "x.py::a", "y.py::a", "semantic", True)],
            ["- x.py keeps, as y.py has it: a"],
        ),
        (
            [Expires("expires", "they pile up", {"a": 60, "b": 3600, "c": 60}, True)],
            ["- they pile up, so they expire: 60 s for a, c; 3,600 s for b"],
        ),
        ([Decision("x:a\x1b[31m", "red")], ["- a\\x1b[31m: red"]),
    ],
)  # fmt: skip
def test_what_was_done(done: list[Decision], lines: list[str]) -> None:
    assert list(told(done)) == lines


LONG = "src/company_of_ours/applications/partners/tasks.py"


@pytest.mark.parametrize(
    ("moves", "title"),
    [
        ([], ""),
        ([move("a", "x.py")], "shop/tasks.py into 1 file by domain"),
        ([move("a", "x.py"), move("b", "y.py")], "shop/tasks.py into 2 files by domain"),
        (
            [Move("m", "so", LONG, "a", "x.py")],
            "applications/partners/tasks.py into 1 file by domain",
        ),
        (
            [move("a", "x.py"), Move("m", "so", LONG, "a", "y.py")],
            "2 god files into 2 files by domain",
        ),
    ],
)
def test_the_title_of_a_split_has_the_file_and_how_many_come_of_it(
    moves: list[Move], title: str
) -> None:
    assert BY_NAME["split"].says(moves) == title


def test_titles_count_what_was_taken() -> None:
    waiting = Merge("merge:a", "near", "a", "x.py::a", "x.py::a", "identical", False)
    taken = Merge("merge:b", "near", "b", "x.py::b", "x.py::b", "identical", True)
    says = BY_NAME["dedupe"].says
    assert says([waiting]) == ""
    assert says([waiting, taken]) == "give 1 task one definition"
    assert says([taken, taken]) == "give 2 tasks one definition each"


def test_long_lists_are_cut_and_wrapped() -> None:
    found = list(told(move(f"task_number_{n}", "x.py") for n in range(40)))
    assert max(map(len, found)) <= 72
    assert found[0].startswith("- to x.py: task_number_0, ")
    assert all(line.startswith("  ") for line in found[1:])
    assert " ".join(line.strip() for line in found).endswith("and 28 more")


def test_many_groups_are_cut() -> None:
    found = list(told(move("a", f"file_{n}.py") for n in range(50)))
    assert len(found) == 31
    assert found[-1] == "- and 20 more"


def test_a_commit_says_where_the_tasks_went() -> None:
    made = run("split", {GOD: IMPORTS + EMAIL + "\n\n" + REPORT}, SETTINGS)
    title, empty, *body = commit_message(made).splitlines()
    assert title == "split: orders/tasks.py into 2 files by domain"
    assert empty == ""
    assert body[:2] == [
        "- to orders/email_tasks.py: send_email",
        "- to orders/report_tasks.py: make_report",
    ]
    assert "Migrate-Step: split" in body
    assert "move:" not in "\n".join(body)


def test_a_file_of_helpers_is_told_and_what_holds_for_the_step() -> None:
    helper = "def both():\n    return 1\n\n\n"
    tasks = (
        (EMAIL + "\n\n" + REPORT)
        .replace("return to", "return both()")
        .replace("return 1", "return both()")
    )
    made = run("split", {GOD: IMPORTS + helper + tasks}, SETTINGS)
    _, _, *body = commit_message(made).splitlines()
    assert body[2:6] == [
        "- also new: orders/task_helpers.py",
        "",
        "Tasks keep their registered names, and the old file still offers all",
        "that left it.",
    ]


def test_nothing_is_said_of_what_could_not_be_done() -> None:
    made = run("split", {GOD: IMPORTS + EMAIL + "\n\n" + REPORT}, Settings())
    assert not made.changes
    assert commit_message(made).splitlines()[1:4] == ["", "", "Migrate-Step: split"]
