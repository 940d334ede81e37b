"""The chosen files settled into moves that can be made, chosen once more where one can't take them in."""

from collections.abc import Sequence

from codemods.domains.choice import NAMED
from codemods.inventory.link import Inventory
from codemods.moves.request import MoveRequest
from codemods.moves.settle import Settlement, settle
from codemods.split.choosing import Chosen, choose, domains_of
from codemods.split.gods import pins_of, shared_file
from codemods.split.together import brought_together
from codemods.split.wishes import GodFile


def settled_domains(inventory: Inventory, gods: Sequence[GodFile]) -> tuple[Chosen, Settlement]:
    """Every task's file, and the moves.

    Files of domains that would stand in a circle with what is to go to them take in nothing: the tasks
    are chosen files for anew.
    """
    closed: set[str] = set()
    while True:
        chosen, settlement = settled_together(inventory, gods, choose(inventory, gods, closed))
        more = {
            path
            for god in gods
            for path in domains_of(inventory, god, closed).open_files()
            if path in settlement.banned
        }
        if not more:
            return chosen, settlement
        closed |= more


def settled_together(
    inventory: Inventory, gods: Sequence[GodFile], chosen: Chosen
) -> tuple[Chosen, Settlement]:
    """The wishes settled so that no two new files import each other, where tasks can prevent it."""
    bound = {key for key, choice in chosen.choices.items() if choice.score >= NAMED}
    pins = pins_of(gods)
    while True:
        wishes = tuple(
            god.wish(shared_file(inventory, god), chosen.wanted_of(god.module.path)) for god in gods
        )
        request = MoveRequest(wishes, pins=pins, parts_long_files=True)
        settlement = settle(inventory, request, _another_file)
        again = brought_together(settlement, bound)
        if not again:
            return chosen, settlement
        bound |= again.keys()
        chosen = chosen.with_homes(again)


def _another_file(target: str) -> str:
    """The file beside one that can't take anything in."""
    folder, slash, name = target.rpartition("/")
    return "" if name.startswith("more_") else f"{folder}{slash}more_{name}"
