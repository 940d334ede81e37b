"""Texts that are translated: catalogues list them in the order of files, so they change where one moves."""

from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.moves.settle import Settlement
from codemods.values import Note

LIBRARY = "django.utils.translation."


def translated(inventory: Inventory, settled: Settlement) -> Iterator[Note]:
    """A note for each god file of which translated texts leave, in a project with catalogues."""
    moves = settled.moves
    catalogues = [path for path in inventory.files.files if path.endswith(".po")]
    for path in sorted(moves.places) if catalogues else ():
        bindings = inventory.facts[path].bindings
        marks = {
            name
            for name, binding in bindings.items()
            if binding.kind == "import" and (binding.target or "").startswith(LIBRARY)
        }
        for source, index in moves.homes:
            unit = moves.unit((source, index))
            if source == path and marks & unit.reads.all:
                message = f"translated texts move to other files (first in {unit.name}), and catalogues as '{catalogues[0]}' list texts by files: type makemessages and commit what it changes"
                yield Note(path, unit.line, "translations-move", message)
                break
