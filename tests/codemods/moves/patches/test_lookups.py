"""Where code looks names up after a move, and what a test can get to."""

import ast

import pytest

from codemods.moves.lookup_place import Spot
from codemods.moves.patches.lookups import Reach, Readers
from codemods.moves.patches.reach import Reaches
from codemods.moves.patches.surroundings import Surroundings
from codemods.moves.request import Drop, MoveRequest
from codemods.moves.settle import settle
from tests.codemods.moves.carried import OLD, Files, inventory_of, settled, wish

BOTH = (
    "from a import deliver\n\nLIMIT = 5\n\n\n"
    "def send():\n    return deliver(LIMIT)\n\n\ndef report():\n    return deliver(1)\n"
    "\n\ndef stays():\n    return deliver(2), send()\n"
)
MAILS, REPORTS, TASKS = "shop.mails", "shop.reports", "shop.tasks"


def readers(more: Files | None = None, old: str = BOTH) -> Readers:
    """The readers of an old file's names once two functions have left it."""
    found = settled({OLD: old, **(more or {})}, send="mails", report="reports")
    spots = {k: s for arrival in found.arrivals.values() for k, s in arrival.spots.items()}
    return Readers(found.moves, spots)


def test_a_name_is_looked_up_wherever_its_readers_went() -> None:
    known = readers()
    assert known.of(TASKS, "deliver") == [
        Spot(MAILS, "deliver"), Spot(REPORTS, "deliver"), Spot(TASKS, "deliver")
    ]  # fmt: skip
    assert known.of(TASKS, "LIMIT") == [Spot(MAILS, "LIMIT")]
    assert known.of(TASKS, "send") == [Spot(TASKS, "send")]
    assert known.of(TASKS, "report") == []
    assert known.of(TASKS, "deliver", Reach(frozenset([(OLD, 2)]))) == [Spot(MAILS, "deliver")]


def test_what_is_read_while_importing_is_looked_up_no_more() -> None:
    old = "LIMIT = 5\n\n\ndef send(x=LIMIT):\n    return x\n\n\ndef report():\n    return LIMIT\n"
    assert readers(old=old).of(TASKS, "LIMIT") == [Spot(REPORTS, "LIMIT")]


def test_the_module_that_reads_most_comes_first() -> None:
    more = BOTH + "\n\ndef also():\n    return deliver(3)\n"
    assert readers(old=more).of(TASKS, "deliver")[0] == Spot(TASKS, "deliver")


def test_a_name_is_looked_up_under_what_it_is_called_there() -> None:
    known = readers({"shop/mails.py": "deliver = 1\n"})
    assert Spot(MAILS, "tasks_deliver") in known.of(TASKS, "deliver")


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("def go():\n    from shop.tasks import report\n    return report\n", [Spot(REPORTS, "report")]),
        ("from shop import tasks\n\n\ndef go():\n    return tasks.report\n", [Spot(TASKS, "report")]),
        ("from shop.tasks import report\n\n\ndef go():\n    return report\n", []),
    ],
)  # fmt: skip
def test_others_look_names_up_where_they_import_them(text: str, spots: list[Spot]) -> None:
    assert readers({"shop/views.py": text}).of(TASKS, "report") == spots


def test_a_test_is_no_reader_but_its_support_is() -> None:
    text = "from shop import tasks\n\n\ndef go():\n    return tasks.report\n"
    tests = {"shop/tests/__init__.py": ""}
    assert readers({**tests, "shop/tests/test_it.py": text}).of(TASKS, "report") == []
    found = readers({**tests, "shop/tests/conftest.py": text}).of(TASKS, "report")
    assert found == [Spot(TASKS, "report")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("shop.tasks.send", (TASKS, "send", "")),
        ("shop.tasks.mails.deliver.x", (TASKS, "mails", "deliver.x")),
        ("shop.tasks", ("", "", "")),
        ("shop.tasks2.send", ("", "", "")),
        ("other.shop.tasks.send", ("", "", "")),
    ],
)
def test_a_dotted_text_is_split_at_the_old_module(text: str, found: tuple[str, str, str]) -> None:
    assert readers().split(text) == found


def test_what_holds_the_object_itself() -> None:
    known = readers()
    assert known.holders(TASKS, "send")[0] == Spot(MAILS, "send")
    assert known.holders(TASKS, "deliver")[0] == Spot(MAILS, "deliver")
    assert known.holders(TASKS, "stays")[0] == Spot(TASKS, "stays")
    assert known.home(TASKS, "LIMIT") == Spot(MAILS, "LIMIT")


def test_a_copy_that_has_gone_did_read_its_names() -> None:
    old = "def helper():\n    return 1\n\n\ndef send():\n    return helper()\n"
    known = inventory_of({OLD: old, "shop/mails.py": old})
    asked = MoveRequest((wish(known),), drops=(Drop((OLD, 1), "shop/mails.py"),))
    found = Readers(settle(known, asked).moves, {})
    assert found.was_read(TASKS, "helper")
    assert not found.was_read(TASKS, "send")
    assert found.of(TASKS, "helper") == []


def test_what_code_with_some_words_gets_to() -> None:
    old = "A = 1\n\n\ndef one():\n    return A\n\n\ndef two():\n    return one()\n\n\ndef three():\n    return 3\n"
    known = Reaches(readers(old=old.replace("one", "send").replace("three", "report")))
    assert known.named(OLD, {"two", "A", "no"}).units == frozenset([(OLD, 0), (OLD, 2)])
    assert known.reached({"two"}) == {(OLD, 0), (OLD, 1), (OLD, 2)}
    assert known.reached({"report"}) == {(OLD, 3)}


TEST = """\
class Test:
    def setUp(self):
        first()

    def setup_method(self):
        second()

    @patch("a.b")
    def test_one(self, fixture):
        third(x.fourth, "text")
        helper()

    def test_two(self):
        fifth()


def helper():
    sixth()


@patch("c.d")
class Other:
    pass
"""


def test_the_words_of_a_test_are_those_of_all_that_it_uses() -> None:
    tests = Surroundings(ast.parse(TEST))
    (call,) = [
        n
        for n in ast.walk(tests.tree)
        if isinstance(n, ast.Call) and ast.unparse(n.func) == "third"
    ]
    words = tests.words_around(call)
    assert {"first", "second", "third", "fourth", "'text'", "fixture", "sixth"} <= words
    assert "fifth" not in words


@pytest.mark.parametrize(
    ("text", "name"), [("'a.b'", "test_one"), ("'c.d'", "Other"), ("'text'", "test_one")]
)
def test_the_test_around_a_node(text: str, name: str) -> None:
    tests = Surroundings(ast.parse(TEST))
    (node,) = [
        n for n in ast.walk(tests.tree) if ast.unparse(n) == text and isinstance(n, ast.Constant)
    ]
    owner = tests.function(node)
    assert isinstance(owner, ast.FunctionDef | ast.ClassDef)
    assert owner.name == name


def test_nothing_is_around_code_of_the_file_itself() -> None:
    tests = Surroundings(ast.parse("patch('a.b')\n"))
    assert tests.function(tests.tree.body[0]) is None
    assert tests.words_around(tests.tree.body[0]) == frozenset()


@pytest.mark.parametrize(
    ("text", "spots"),
    [
        ("def save():\n    from shop.tasks import report\n\n    report.delay(1)\n", [Spot(REPORTS, "report")]),
        ("from shop.tasks import report\n\n\ndef save():\n    report.delay(1)\n", []),
        ("from shop import tasks\n\n\ndef save():\n    tasks.report.delay(1)\n", [Spot(TASKS, "report")]),
        ("from shop import tasks\nfrom shop.tasks import report\n\n\ndef save():\n    tasks.report.delay(report)\n", [Spot(TASKS, "report")]),
    ],
)  # fmt: skip
def test_a_name_that_is_imported_by_itself_is_not_read_through_its_module(
    text: str, spots: list[Spot]
) -> None:
    assert readers({"shop/models.py": text}).of(TASKS, "report") == spots
