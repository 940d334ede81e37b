"""A request and what can be done of it: nothing is changed that was handed over, and it always ends."""

import pytest

from codemods.inventory.link import Inventory
from codemods.inventory.load import load
from codemods.moves import settle as settling
from codemods.moves.request import MoveRequest, Wish
from codemods.moves.settle import settle
from codemods.settings import Settings
from codemods.snapshot import snapshot_of
from codemods.units.units import Module, read_module
from tests.codemods.harness import run
from tests.codemods.split.god_file import EMAIL, GOD, IMPORTS, REPORT, SETTINGS

OLD = "LIMIT = 5\n\n\ndef one():\n    return LIMIT\n\n\ndef two():\n    return one() + LIMIT\n"


def project(**files: str) -> tuple[Inventory, Module]:
    """The inventory of these files and `old.py`, and that as units."""
    known = {"old.py": OLD, **{f"{name}.py": text for name, text in files.items()}}
    data = {path: text.encode() for path, text in known.items()}
    return load(snapshot_of(data), Settings()), read_module("old.py", data["old.py"])


def wish(module: Module, **homes: str) -> Wish:
    """The functions of these names go to these files."""
    index = {name: unit.index for unit in module.units for name in unit.names}
    return Wish(module, "shared.py", {index[name]: f"{home}.py" for name, home in homes.items()})


def test_units_take_what_they_need_along() -> None:
    inventory, module = project()
    found = settle(inventory, MoveRequest((wish(module, one="new", two="new"),)))
    assert set(found.moves.homes.values()) == {"new.py"}
    assert [piece.unit.name for piece in found.arrivals["new.py"].pieces] == ["LIMIT", "one", "two"]
    assert list(found.reasons()) == []


def test_what_several_need_goes_to_the_file_that_they_share() -> None:
    inventory, module = project()
    found = settle(inventory, MoveRequest((wish(module, one="first", two="second"),)))
    homes = {module.units[index].name: home for (_, index), home in found.moves.homes.items()}
    assert homes == {"LIMIT": "shared.py", "one": "first.py", "two": "second.py"}


def test_a_name_that_is_taken_stays_with_its_reason() -> None:
    inventory, module = project(new="def one():\n    return 1\n")
    asked = wish(module, one="new")
    found = settle(inventory, MoveRequest((asked,)))
    ((_, unit, why),) = found.reasons()
    assert (unit.name, why) == ("one", "new.py has another one")
    assert asked.fixed == {}, "the request stays as it was"


def test_of_two_files_that_bring_one_name_the_second_keeps_its_own() -> None:
    text = "def one():\n    return 1\n"
    inventory, module = project(other=text)
    other = read_module("other.py", text.encode())
    asked = (wish(module, one="new"), wish(other, one="new"))
    found = settle(inventory, MoveRequest(asked))
    assert {path for path, _ in found.moves.homes} == {"old.py"}
    ((_, unit, why),) = found.reasons()
    assert (unit.name, why) == ("one", "new.py has another one")


def test_rounds_that_do_not_end_let_everything_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "ROUNDS", 0)
    inventory, module = project()
    found = settle(inventory, MoveRequest((wish(module, one="new"),)))
    assert found.moves.homes == {}
    assert found.arrivals == {}
    assert [why for _, _, why in found.reasons()] == ["no way to move it was found in 0 rounds"]


def test_a_step_says_so_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "ROUNDS", 0)
    found = run("split", {GOD: IMPORTS + EMAIL + "\n\n" + REPORT}, SETTINGS)
    assert found.files == []
    assert {note.cause for note in found.notes if note.code == "task-stays"} == {
        "no way to move it was found in 0 rounds"
    }
