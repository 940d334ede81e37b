"""What is told of a task: stems of its name, whom it starts, what it reads, its banner and queue."""

import pytest

from codemods.domains.marks import kinds_of, stem
from tests.codemods.domains.told import God, task


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("inspection", "inspect"),
        ("inspect", "inspect"),
        ("pruning", "prun"),
        ("prune", "prun"),
        ("scanner", "scann"),
        ("mail", "mail"),
        ("ring", "ring"),
        ("user", "user"),
    ],
)
def test_stems(word: str, found: str) -> None:
    assert stem(word) == found


@pytest.mark.parametrize(("word", "kinds"), [("mail", ["email"]), ("sync", []), ("zig", [])])
def test_domains_that_words_stand_for(word: str, kinds: list[str]) -> None:
    assert kinds_of(word) == kinds


def test_words_of_a_name_and_what_they_are_about() -> None:
    god = God(task("recount_items_for_userAccounts_task"))
    assert list(god.told.name_words(god.tasks[0][0])) == [
        ("recount", True),
        ("item", True),
        ("user", False),
        ("account", False),
    ]


def test_a_name_that_begins_with_a_preposition_is_about_what_follows() -> None:
    god = God(task("after_order"))
    assert list(god.told.name_words(god.tasks[0][0])) == [("order", True)]


def test_starts_are_the_other_tasks_that_code_names() -> None:
    god = God(task("one", "two", "one"), task("two"), task("three", "print"))
    assert god.told.starts == [[1], [], []]


def test_one_that_starts_many_ties_each_of_them_less() -> None:
    few = God(task("one", "two"), task("two"), task("zig"))
    many = God(task("one", "two", "zig", "fold"), task("two"), task("zig"), task("fold"))
    assert few.told.likeness[0][1] > many.told.likeness[0][1] > 0


def test_decorators_are_no_matter() -> None:
    wrapper = "\n\ndef counted(function):\n    return function\n"
    decorated = [
        task(name).replace("@shared_task", "@shared_task\n@counted") for name in ("zig", "fold")
    ]
    god = God(wrapper, *decorated, task("jump"), task("swim"))
    assert god.told.likeness[0][1] == 0


def test_what_a_helper_reads_ties_its_readers() -> None:
    helper = "\n\ndef store():\n    ledger.book()\n"
    god = God(helper, task("zig", "store"), task("fold", "ledger.book"), task("jump"), task("swim"))
    assert god.told.likeness[0][1] > 0
    assert god.told.likeness[0][2] == 0


def test_queues_tie_a_little() -> None:
    god = God(
        task("zig", options="(queue='north')"),
        task("fold", options="(queue='north')"),
        task("jump", options="(queue='south')"),
    )
    assert god.told.likeness[0][1] > 0
    assert god.told.likeness[0][2] == 0


def test_a_name_without_a_latin_letter_has_no_words() -> None:
    god = God(task("_"), task("名前"), task("send_mail"))
    assert [god.told.begins(found) for found, _ in god.tasks] == ["", "", "send"]
    assert set(god.chosen) == {"_", "名前", "send_mail"}
