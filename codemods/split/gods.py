"""The god files of a project, read, and what is asked of them together."""

from collections.abc import Iterable

from codemods.inventory.link import Inventory
from codemods.moves.request import Pin
from codemods.split.wishes import GodFile, god_files, read_god_file
from codemods.units.units import Key
from codemods.values import Note


def read_all(inventory: Inventory, notes: list[Note]) -> list[GodFile]:
    """The god files that can be read as units; a note for each that can't."""
    found = []
    for path in god_files(inventory):
        if not inventory.editable(path):
            message = f"it can't be split: {inventory.why_not_edited(path)}"
            notes.append(Note(path, 0, "god-file-stays", message))
            continue
        try:
            found.append(read_god_file(inventory, path))
        except ValueError as error:
            notes.append(Note(path, 0, "god-file-stays", f"it can't be split: {error}"))
    return found


def pins_of(gods: Iterable[GodFile]) -> dict[Key, Pin]:
    """The names to pin: by unit, the decorator's place and the registered name."""
    return {(god.module.path, index): pin for god in gods for index, pin in god.pins.items()}


def shared_file(inventory: Inventory, god: GodFile) -> str:
    """Where helpers go that several files need: as configured, else beside the god file."""
    return inventory.settings.split.shared_file or god.files.shared
