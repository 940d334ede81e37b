"""The names that code of a file reads and nothing in it binds."""

import ast

from codemods.inventory.walking import walk_statements
from codemods.moves.moves import GIVEN
from codemods.units.units import Module


def unbound(module: Module) -> set[str]:
    """The globals that a file reads and never binds; none where a star import may bind them."""
    if any(other.kind in {"star", "effect"} for other in module.units) and _has_star(module):
        return set()
    read, bound = set[str](), set(module.binders)
    for unit in module.units:
        read |= unit.reads.all
        bound |= unit.reads.rebinds | set(unit.reads.binds)
    return read - bound - GIVEN - {"__doc__", "__package__"}


def _has_star(module: Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        for unit in module.units
        for top in unit.nodes
        for node in walk_statements(top)
    )
