"""What a file takes in, as values: pieces, names to import, statements to copy, and new names."""

import pytest

from codemods.moves.files.arrival import Arrival, Arrivals
from codemods.moves.files.unit_text import CannotEditError
from codemods.moves.import_circles import Borders
from codemods.moves.lookup_place import Spot
from codemods.moves.moves import Moves
from codemods.moves.request import MoveRequest
from tests.codemods.moves.carried import HOME, OLD, Files, inventory_of, settled, wish


def arrival(old: str, more: Files | None = None, **homes: str) -> Arrival:
    """What the new home of `send` takes in."""
    return settled({OLD: old, **(more or {})}, **(homes or {"send": "mails"})).arrivals[HOME]


def test_pieces_come_in_the_order_of_their_file() -> None:
    found = arrival("B = 1\nA = 2\n\n\ndef send():\n    return A, B\n")
    assert [(piece.key, piece.text) for piece in found.pieces] == [
        ((OLD, 0), "B = 1\n"),
        ((OLD, 1), "A = 2\n"),
        ((OLD, 2), "def send():\n    return A, B\n"),
    ]


def test_statements_are_copied_with_the_names_that_are_read() -> None:
    found = arrival("from a import b, c, d\nimport os\n\n\ndef send():\n    return b, d\n")
    assert found.copied == {(OLD, 0): {"b", "d"}}
    assert (found.names, found.renamed, found.stars) == ({}, {}, [])


def test_the_last_of_two_imports_of_a_name_is_the_one_that_counts() -> None:
    found = arrival("from a import b\nfrom c import b\n\n\ndef send():\n    return b\n")
    assert found.copied == {(OLD, 1): {"b"}}


def test_submodules_of_one_package_are_all_imported() -> None:
    found = arrival("import xml.dom\nimport xml.sax\n\n\ndef send():\n    return xml.sax\n")
    assert found.copied == {(OLD, 0): {"xml"}, (OLD, 1): {"xml"}}


def test_names_of_other_homes_are_imported_from_there() -> None:
    old = "def send():\n    return report()\n\n\ndef report():\n    return 1\n"
    found = arrival(old, send="mails", report="reports")
    assert found.names == {"shop.reports": ["report"]}


@pytest.mark.parametrize(
    ("taken", "local"),
    [
        ("from c import d as b\n", "tasks_b"),
        ("def b():\n    pass\n", "tasks_b"),
        ("b = tasks_b = 1\n", "tasks_b_"),
        ("from a import b\n", "b"),
    ],
)
def test_a_taken_name_gets_another_unless_it_is_the_same_thing(taken: str, local: str) -> None:
    found = arrival("from a import b\n\n\ndef send():\n    return b\n", {HOME: taken})
    assert found.spots[(OLD, 1), "b"] == Spot("shop.mails", local)
    assert found.pieces[0].text == f"def send():\n    return {local}\n"
    assert found.renamed == ({((OLD, 0), "b"): local} if local != "b" else {})
    assert found.copied == ({(OLD, 0): {"b"}} if local != "b" else {})


def test_a_taken_name_that_is_read_while_importing_cannot_be_another() -> None:
    known = inventory_of(
        {OLD: "from a import b\n\n\n@b\ndef send():\n    return 1\n", HOME: "b = 1\n"}
    )
    moves = Moves(known, MoveRequest((wish(known, send="mails"),)))
    builder = Arrivals(moves, Borders(), HOME, {})
    with pytest.raises(CannotEditError, match="b, which it reads while it is imported"):
        builder.take((OLD, 1))
    assert builder.arrival.pieces == []


def test_characters_that_the_file_cannot_hold_are_refused() -> None:
    home = b"# coding: latin-1\nA = 1\n"
    known = inventory_of({OLD: "def send():\n    return '€'\n", HOME: home})
    moves = Moves(known, MoveRequest((wish(known, send="mails"),)))
    with pytest.raises(CannotEditError, match="is in iso-8859-1, which lacks its characters"):
        Arrivals(moves, Borders(), HOME, {}).take((OLD, 0))


def test_names_of_stars_come_from_the_project_or_with_the_star() -> None:
    old = "from os.path import *\nfrom shop.base import *\n\n\ndef send():\n    return word, join\n"
    found = arrival(old, {"shop/base.py": "word = 1\n"})
    assert found.by_star == {"shop.base": ["word"]}
    assert found.stars == [(OLD, 0)]


def test_a_later_star_may_hide_what_an_earlier_one_gives() -> None:
    old = "from shop.base import *\nfrom os.path import *\n\n\ndef send():\n    return word\n"
    found = arrival(old, {"shop/base.py": "word = 1\n"})
    assert (found.by_star, found.stars) == ({}, [(OLD, 0), (OLD, 1)])


def test_a_star_that_gives_nothing_more_is_left_out() -> None:
    old = "from shop.base import *\nfrom os.path import *\n\n\ndef send():\n    return join\n"
    assert arrival(old, {"shop/base.py": "word = 1\n"}).stars == [(OLD, 1)]
    assert arrival(
        old, {"shop/base.py": "from shop.more import *\n", "shop/more.py": "globals()\n"}
    ).stars == [(OLD, 0), (OLD, 1)]


def test_each_read_has_the_spot_at_which_it_is_looked_up() -> None:
    old = "LIMIT = 5\n\n\ndef send():\n    return LIMIT, report()\n\n\ndef report():\n    return LIMIT\n"
    found = settled({OLD: old}, send="mails", report="reports").arrivals
    assert found[HOME].spots == {
        ((OLD, 1), "LIMIT"): Spot("shop.mails", "LIMIT"),
        ((OLD, 1), "report"): Spot("shop.mails", "report"),
    }


def test_a_relative_import_inside_is_spelled_out_in_another_folder() -> None:
    old = "def send():\n    from .base import word\n    return word\n"
    homes = settled({OLD: old, "shop/base.py": "word = 1\n"}, send="deep/mails")
    (piece,) = homes.arrivals["shop/deep/mails.py"].pieces
    assert piece.text == "def send():\n    from shop.base import word\n    return word\n"
