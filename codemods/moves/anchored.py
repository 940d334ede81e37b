"""What can't leave its file: what runs when that is imported, and what asks for its own module."""

import ast

from codemods.inventory.walking import walk
from codemods.moves.request import PLACED
from codemods.units.units import OWN_GLOBALS, OWN_MODULE, Unit

RUNS = "runs when the module is imported"
"""Why an effect stays."""


def anchored(unit: Unit) -> str:
    """Why a unit can't leave its file at all, or `""`."""
    return RUNS if unit.kind == "effect" else asks_for_module(unit)


def asks_for_module(unit: Unit) -> str:
    """Why a unit that asks for the module that it stands in can't leave it, or `""`."""
    # In a function `locals()` are its own names.
    late = {"locals"} - unit.reads.eager
    asked = sorted((unit.reads.all & OWN_MODULE) - late)
    placed = unit.kind in PLACED | {"effect"}
    if asked and placed:
        return f"asks for its own module by {asked[0]}"
    if placed:
        attributes = {
            part.attr
            for node in unit.nodes
            for part in walk(node)
            if isinstance(part, ast.Attribute)
        }
        found = sorted(attributes & OWN_GLOBALS)
        if found:
            return f"asks for its own module by {found[0]}"
    if "__name__" in unit.reads.all and "sys" in unit.reads.all:
        return "asks for its own module by __name__"
    return ""
