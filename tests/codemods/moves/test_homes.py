"""Where each unit of a file goes, and why the others stay."""

import pytest

from codemods.moves.anchored import anchored
from codemods.moves.homes import Places
from codemods.moves.request import Wish
from tests.codemods.moves.carried import SHARED, module

SEND = "\n\ndef send():\n    return %s\n"
REPORT = "\n\ndef report():\n    return %s\n"


def places(text: str, *wanted: str, **more: object) -> Places:
    """The places of a file's units where these functions are wanted in files of their names."""
    units = module(text)
    homes = {units.binders[name][-1]: f"{name}.py" for name in wanted or ("send",)}
    return Places(Wish(units, SHARED, homes, **more))  # type: ignore[arg-type]


def homes(found: Places) -> dict[str, str]:
    """The homes by the names of the units."""
    return {found.module.units[i].name: home for i, home in sorted(found.homes.items())}


def reasons(found: Places) -> dict[str, str]:
    """Why named units with one home stay."""
    return {found.module.units[i].name: why for i, why in sorted(found.stays.items()) if why}


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("A = 1\nB = 2\n" + SEND % "A", ("send",), {"A": "send.py", "send": "send.py"}),
        ("A = 1\nB = A\n\n\ndef f():\n    return B\n" + SEND % "f()", ("send",), {"A": "send.py", "B": "send.py", "f": "send.py", "send": "send.py"}),
        ("A = 1\n" + SEND % "A" + REPORT % "A", ("send", "report"), {"A": SHARED, "send": "send.py", "report": "report.py"}),
        ("A = 1\nB = A\n" + SEND % "A" + REPORT % "B", ("send", "report"), {"A": SHARED, "B": "report.py", "send": "send.py", "report": "report.py"}),
        ("import os\nlog = getLogger()\n" + SEND % "os, log", ("send",), {"send": "send.py"}),
        ("class A:\n    pass\n\n\nclass B(A):\n    pass\n" + SEND % "B", ("send",), {"A": "send.py", "B": "send.py", "send": "send.py"}),
        ("A = 1\n" + SEND % "report()" + REPORT % "A", ("send", "report"), {"A": "report.py", "send": "send.py", "report": "report.py"}),
        ("def f():\n    return g()\n\n\ndef g():\n    return f()\n" + SEND % "f", ("send",), {"f": "send.py", "g": "send.py", "send": "send.py"}),
        ("A = {}\nA['x'] = 1\n" + SEND % "A", ("send",), {"A": "send.py", "send": "send.py"}),
    ],
)  # fmt: skip
def test_helpers_go_with_their_only_reader_or_to_the_shared_file(
    text: str, wanted: tuple[str, ...], found: dict[str, str]
) -> None:
    assert homes(places(text, *wanted)) == found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A = make()\nregister(A)\n" + SEND % "A", "needs A: must stay together with line 2"),
        ("for n in x:\n    run(n)\n" + SEND % "n", "needs n: runs when the module is imported"),
        (SEND % "globals()", "asks for its own module by globals"),
        (SEND % "__file__", "asks for its own module by __file__"),
        (SEND % "sys.modules[__name__]", "asks for its own module by __name__"),
        (SEND % "x.f_globals", "asks for its own module by f_globals"),
        ("run()\nimport os\n" + SEND % "os", "needs os: its import comes after what line 1 does"),
    ],
)
def test_what_needs_something_that_stays_stays_too(text: str, why: str) -> None:
    found = places(text)
    assert homes(found) == {}
    assert reasons(found)["send"] == why


def test_what_only_hushes_warnings_ties_no_import() -> None:
    text = "import warnings\nwarnings.simplefilter('ignore')\nimport os\n" + SEND % "os"
    assert homes(places(text)) == {"send": "send.py"}


def test_a_fixed_unit_stays_with_its_reason_and_keeps_its_readers() -> None:
    found = places("A = 1\n" + SEND % "A", fixed={0: "it is watched"})
    assert reasons(found) == {"A": "it is watched", "send": "needs A: it is watched"}


def test_a_name_that_another_file_has_holds_nobody() -> None:
    found = places("A = 1\n" + SEND % "A", fixed={0: "it is watched"}, elsewhere={"A": "other.py"})
    assert homes(found) == {"send": "send.py"}


def test_what_is_assigned_at_run_time_goes_with_all_who_read_it() -> None:
    text = "N = 0\n\n\ndef bump():\n    global N\n    N += 1\n" + SEND % "bump()" + REPORT % "N"
    assert homes(places(text)) == dict.fromkeys(("N", "bump", "report", "send"), "send.py")
    both = places(text.replace("return bump()", "return N"), "send", "report")
    assert homes(both) == {}
    assert "share what is assigned at run time, so they need one home" in reasons(both)["send"]


def test_what_others_assign_is_state_too() -> None:
    text = "N = 0\n" + SEND % "N" + REPORT % "N"
    assert homes(places(text, state=frozenset({"N"}))) == dict.fromkeys(
        ("N", "send", "report"), "send.py"
    )


def test_a_helper_whose_name_is_taken_goes_to_the_shared_file() -> None:
    assert homes(places("A = 1\n" + SEND % "A", apart={0})) == {"A": SHARED, "send": "send.py"}


def test_a_helper_that_what_stays_reads_goes_where_both_can_import_it() -> None:
    text = "A = 1\n" + SEND % "A" + REPORT % "A"
    assert homes(places(text)) == {"A": "send.py", "send": "send.py"}
    assert homes(places(text, keeps_reading=True)) == {"A": "send.py", "send": "send.py"}
    kept = places(text, keeps_reading=True, fixed={2: "it stays"})
    assert homes(kept) == {"A": SHARED, "send": "send.py"}


def test_a_star_that_leads_back_holds_its_readers() -> None:
    found = places("from other import *\n" + SEND % "1", circular={0})
    assert found.tied == {0: "its import leads back to this file"}


@pytest.mark.parametrize(
    ("body", "home"),
    [("send()", {"send": "send.py", "on": "send.py"}), ("send(), report()", {"send": "send.py", "report": "report.py"})],
)  # fmt: skip
def test_a_handler_goes_with_the_one_thing_that_it_reads(body: str, home: dict[str, str]) -> None:
    text = f"{SEND % 1}{REPORT % 2}\n\n@receiver(saved)\ndef on():\n    {body}\n"
    wanted = ("send", "report") if "report" in body else ("send",)
    assert homes(places(text, *wanted)) == home


@pytest.mark.parametrize("text", [SEND % "X", "A = __name__\n", "import sys\n"])
def test_what_is_free_to_leave(text: str) -> None:
    assert anchored(module(text).units[-1]) == ""
