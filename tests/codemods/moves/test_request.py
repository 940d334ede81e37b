"""A request as a value: copies of a wish change nothing but themselves."""

from codemods.moves.request import MoveRequest, Pin, Wish
from tests.codemods.moves.carried import SHARED, module


def test_a_copy_of_a_wish_may_be_changed_by_itself() -> None:
    asked = Wish(module("A = 1\n"), SHARED, {0: "a.py"}, {1: "why"}, {2: "b.py"}, {"A": "c.py"})
    other = asked.copy()
    assert other == asked
    other.wanted[0] = "z.py"
    other.fixed[5] = "other"
    other.elsewhere["B"] = "d.py"
    other.apart.add(7)
    other.shared = "other.py"
    assert asked == Wish(asked.module, SHARED, {0: "a.py"}, {1: "why"}, {2: "b.py"}, {"A": "c.py"})


def test_wishes_share_nothing_that_they_were_not_given() -> None:
    one, other = Wish(module(""), SHARED), Wish(module(""), SHARED)
    one.wanted[0] = "a.py"
    one.circular.add(1)
    assert (other.wanted, other.circular) == ({}, set())


def test_an_empty_request_asks_for_nothing() -> None:
    asked = MoveRequest()
    assert (asked.wishes, asked.drops) == ((), ())
    assert (asked.seats, asked.kept, asked.pins) == ({}, {}, {})


def test_a_pin_is_the_decorators_place_and_the_name() -> None:
    assert Pin(1, "a.b") == (1, "a.b")
