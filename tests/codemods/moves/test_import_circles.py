"""Imports between the files after a move: at the top, inside functions, or not at all."""

import pytest

from codemods.moves.import_circles import Borders, borders, module_leading_back, reachable
from codemods.moves.moves import Moves
from codemods.moves.request import Drop, MoveRequest
from codemods.settings import Settings, Split
from tests.codemods.moves.carried import HOME, OLD, Files, inventory_of, wish

REPORTS = "shop/reports.py"


def closed(files: Files, drops: tuple[Drop, ...] = (), **homes: str) -> Borders:
    """What the import graph allows the moves of these units."""
    known = inventory_of(files)
    return borders(Moves(known, MoveRequest((wish(known, **homes),), drops)))


def test_files_that_read_each_other_import_one_way_at_the_top() -> None:
    old = "def send():\n    return report()\n\n\ndef report():\n    return send(), send\n"
    found = closed({OLD: old}, send="mails", report="reports")
    assert found == Borders(inner={(REPORTS, HOME, "send")})


def test_what_reads_one_way_needs_nothing_inside() -> None:
    old = "def send():\n    return report()\n\n\ndef report():\n    return 1\n"
    assert closed({OLD: old}, send="mails", report="reports") == Borders()


def test_what_type_checkers_alone_import_closes_no_circle() -> None:
    old = "from shop import views\n\n\ndef send():\n    return views.X\n\n\ndef report():\n    return send()\n"
    views = "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.tasks import report\n\nX = 1\n"
    assert closed({OLD: old, "shop/views.py": views}, send="mails", report="reports") == Borders()


@pytest.mark.parametrize(
    "send", ["def send(x=report):\n    return x\n", "def send(): return report()\n"]
)
def test_a_read_with_no_room_inside_takes_the_import_at_the_top(send: str) -> None:
    old = send + "\n\ndef report():\n    return send()\n"
    found = closed({OLD: old}, send="mails", report="reports")
    assert found == Borders(inner={(REPORTS, HOME, "send")})


def test_two_reads_while_importing_cannot_both_be_served() -> None:
    old = "class send:\n    pass\n\n\nclass report(send):\n    pass\n\n\nclass more(report):\n    pass\n"
    found = closed({OLD: old}, send="mails", report="reports", more="mails")
    ((key, why),) = found.stuck.items()
    assert key in {(OLD, 1), (OLD, 2)}
    assert why.endswith("while it is imported, which would close an import circle")


def test_a_function_on_one_line_has_no_room() -> None:
    old = "def send(): return report()\n\n\ndef report(): return send()\n"
    found = closed({OLD: old}, send="mails", report="reports")
    ((_, why),) = found.stuck.items()
    assert why.startswith("reads ")
    assert why.endswith("importing it would close an import circle")


BACK = "def send():\n    return api.word\n\n\ndef report():\n    return 1\n"


@pytest.mark.parametrize(
    ("api", "stays"),
    [
        ("from shop.tasks import report\n\nword = 1\n", False),
        ("from shop.tasks import send\n\nword = 1\n", True),
        ("from shop import tasks\n\nword = 1\n", True),
        ("import shop.tasks\n\nword = 1\n", True),
        ("from shop.tasks import report, OTHER\n\nword = 1\n", True),
        ("from shop import between\n\nword = 1\n", True),
    ],
)
def test_what_led_back_to_the_old_file_may_lead_to_another_new_one(api: str, stays: bool) -> None:
    files = {
        OLD: f"from shop import api\n\nOTHER = 1\n\n\n{BACK}",
        "shop/api.py": api,
        "shop/between.py": "from shop.tasks import send\n",
    }
    found = closed(files, send="mails", report="reports")
    reasons = {"its import of shop.api leads back to this file"} if stays else set()
    assert set(found.stuck.values()) == reasons
    assert {module_leading_back(why) for why in found.stuck.values()} == {"shop.api"} & (
        {"shop.api"} if stays else set()
    )


def test_what_leads_back_stays_where_importers_do_not_follow() -> None:
    files = {
        OLD: f"from shop import api\n\n\n{BACK}",
        "shop/api.py": "from shop.tasks import report\n\nword = 1\n",
    }
    known = inventory_of(files, Settings(split=Split(importers_follow=False)))
    request = MoveRequest((wish(known, send="mails", report="reports"),))
    assert borders(Moves(known, request)).stuck


def test_an_existing_file_that_imports_the_old_one_takes_nothing_that_needs_it_back() -> None:
    old = "from shop.base import word\n\n\ndef send():\n    return word\n\n\ndef stays():\n    return 1\n"
    base = "import shop.mails\n\nword = 1\n"
    found = closed({OLD: old, "shop/base.py": base, HOME: "A = 1\n"}, send="mails")
    assert found.banned == {HOME: "it and shop.base would import each other"}


def test_a_file_that_imports_what_leaves_the_old_one_is_no_circle() -> None:
    files = {
        OLD: "def send():\n    return 1\n",
        HOME: "from shop.tasks import send\n\nA = send\n",
    }
    assert closed(files, send="mails") == Borders()


def test_the_name_of_a_copy_that_goes_is_asked_late_where_its_home_imports_the_file() -> None:
    files = {
        OLD: "def one():\n    return 1\n\n\ndef two():\n    return 2\n",
        HOME: "from shop.tasks import two\n\n\ndef one():\n    return two()\n",
    }
    assert closed(files, (Drop((OLD, 0), HOME),)).lazy == {(OLD, HOME)}


def test_a_name_that_a_star_takes_cannot_be_asked_late() -> None:
    files = {
        OLD: "def one():\n    return 1\n\n\ndef two():\n    return 2\n",
        HOME: "from shop.tasks import two\n\n\ndef one():\n    return two()\n",
        "shop/everything.py": "from shop.tasks import *\n",
    }
    found = closed(files, (Drop((OLD, 0), HOME),))
    assert found.lazy == set()
    assert found.banned == {HOME: "it and shop.tasks would import each other"}


def test_a_file_that_still_reads_its_copy_cannot_ask_late() -> None:
    files = {
        OLD: "def one():\n    return 1\n\n\ndef two():\n    return one()\n",
        HOME: "from shop.tasks import two\n\n\ndef one():\n    return two()\n",
    }
    found = closed(files, (Drop((OLD, 0), HOME),))
    assert found.lazy == set()
    assert found.banned == {HOME: "it and shop.tasks would import each other"}


@pytest.mark.parametrize(
    ("starts", "found"),
    [(("a",), {"a", "b", "c"}), (("b",), {"b", "c"}), (("c", "d"), {"c", "d"}), ((), set())],
)
def test_what_importing_leads_to(starts: tuple[str, ...], found: set[str]) -> None:
    assert reachable({"a": {"b"}, "b": {"c", "b"}, "c": set()}, *starts) == found
