"""Routes by Celery's rules, each with the case that tells it from what one would think."""

import re
from typing import Any

import pytest

from codemods.in_force.dead import DeadKey, dead_keys
from codemods.in_force.destination import Destination, destination
from codemods.in_force.routing import (
    Refused,
    Router,
    RouteTable,
    Unknown,
    answer,
    key_matches,
    keys,
    prepared,
)


def table(routes: Any) -> RouteTable:
    found = prepared(routes)
    assert isinstance(found, RouteTable)
    return found


@pytest.mark.parametrize(
    ("routes", "name", "expected"),
    [
        ({"shop.*": "glob", "shop.a": "exact"}, "shop.a", {"queue": "exact"}),
        ([{"shop.*": "glob"}, {"shop.a": "exact"}], "shop.a", {"queue": "glob"}),
        ({"s*": "first", "shop.*": "second"}, "shop.a", {"queue": "first"}),
        ({"shop.[ab]*": "wild"}, "shop.box", {"queue": "wild"}),
        ({"shop.[ab]": "text"}, "shop.a", None),
        ({"shop.[ab]": "text"}, "shop.[ab]", {"queue": "text"}),
        ({"*.?": "wild"}, "shop.a", {"queue": "wild"}),
        ({"Shop.*": "case"}, "shop.a", None),
        ({re.compile("shop"): "prefix"}, "shop.a", {"queue": "prefix"}),
        ({"shop.a": {}}, "shop.a", {}),
        ([{"shop.a": {}}, {"*": "last"}], "shop.a", {}),
        ({"*": "first", "**": "last"}, "shop.a", {"queue": "last"}),
        ([[("shop.a", "pairs")]], "shop.a", {"queue": "pairs"}),
        ([Router("shop.Router", asks=False), {"*": "all"}], "shop.a", {"queue": "all"}),
        ([{"shop.a": "first"}, Router("shop.route")], "shop.a", {"queue": "first"}),
        ([{"shop.a": "first"}, Router("shop.route")], "shop.b", Unknown("shop.route")),
        ("shop.route", "shop.b", Unknown("shop.route")),
    ],
)
def test_an_answer(routes: Any, name: str, expected: Any) -> None:
    assert answer(table(routes), name) == expected


def test_what_celery_raises_at_is_refused() -> None:
    assert isinstance(answer(table({"a": None}), "a"), Refused)
    assert answer(table({"a": None}), "b") is None
    for routes in ([("a", "fast")], [["a", "fast"]], {1: "fast"}, 5):
        assert isinstance(prepared(routes), Refused), routes


def test_a_route_without_a_queue_goes_to_the_default_one_and_keeps_its_priority() -> None:
    routes = table([{"a": {"priority": 3}}, {"*": "last"}])
    assert destination(routes, "a") == Destination("celery", "", "celery", 3)
    assert destination(table({"a": {"routing_key": "k"}}), "a") == Destination(
        "celery", "", "celery", None
    )


def test_the_queue_of_a_call_wins_and_the_priority_of_the_route_counts() -> None:
    routes = table({"a": {"queue": "slow", "priority": 3}})
    assert destination(routes, "a", call={"queue": "fast"}) == Destination("fast", "", "fast", 3)
    assert destination(routes, "a", task={"priority": 5}) == Destination("slow", "", "slow", 5)


def test_a_name_that_is_sent_has_the_queue_of_its_task_from_5_7_on() -> None:
    own = {"queue": "own"}
    old = destination(RouteTable(), "a", task=own, by_name=True, celery="5.6")
    new = destination(RouteTable(), "a", task=own, by_name=True, celery="5.7")
    assert isinstance(old, Destination)
    assert isinstance(new, Destination)
    assert (old.queue, new.queue) == ("celery", "own")


def test_a_queue_that_may_not_be_made_is_refused() -> None:
    routes = table({"a": "fast"})
    assert isinstance(destination(routes, "a", declared=["celery"]), Refused)
    assert isinstance(destination(routes, "a", declared=["celery", "fast"]), Destination)


def test_an_exchange_with_a_routing_key_leaves_the_queue_to_the_bindings() -> None:
    routes = table({"a": {"exchange": "x", "routing_key": "k"}})
    assert destination(routes, "a") == Destination(None, "x", "k", None)


NAMES = ("shop.a", "shop.b", "mail.send")


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        ({"shop.a": "q", "shop.*": "q", "mail.*": "q"}, ()),
        ({"shop.c": "q"}, (DeadKey(0, "shop.c", "no-name"),)),
        (
            [{"shop.*": "q"}, {"shop.a": "q", "mail.send": "q"}],
            (DeadKey(1, "shop.a", "shadowed", ((0, "shop.*"),)),),
        ),
        (
            {"shop.*": "q", "mail*": "q", "*s*": "q"},
            (DeadKey(0, "*s*", "shadowed", ((0, "mail*"), (0, "shop.*"))),),
        ),
        ({"*": "q", "**": "w"}, (DeadKey(0, "*", "shadowed", ((0, "**"),)),)),
        ([[("shop.a", "q"), ("shop.a", "w")]], (DeadKey(0, "shop.a", "shadowed", ((0, "shop.a"),)),)),
        ([Router("r"), {"shop.a": "q", "none": "q"}], (DeadKey(1, "none", "no-name"),)),
        (
            [Router("r"), {"shop.*": "q"}, {"shop.a": "q"}],
            (DeadKey(2, "shop.a", "shadowed", ((1, "shop.*"),)),),
        ),
    ],
)  # fmt: skip
def test_dead_keys(routes: Any, expected: tuple[DeadKey, ...]) -> None:
    assert dead_keys(table(routes), NAMES) == expected


def test_keys_come_in_the_order_in_which_they_win() -> None:
    routes = table([{"s*": "q", "shop.a": "q"}, Router("r"), {"x": "q"}])
    assert list(keys(routes)) == [(0, "shop.a"), (0, "s*"), (2, "x")]


def test_a_key_alone() -> None:
    assert key_matches("shop.[ab]*", "shop.a")
    assert not key_matches("shop.[ab]", "shop.a")
    assert key_matches(re.compile("shop"), "shop.a")
    assert not key_matches("shop", "shop.a")
