"""What a god file does to other modules when it is imported: where that goes, and who still loads it."""

from collections.abc import Iterator

from codemods.domains.files import NewFiles
from codemods.inventory.link import Inventory
from codemods.inventory.outside import names_taken_from
from codemods.moves.settle import Settlement
from codemods.units.acting import acts_outside
from codemods.units.units import Module, Unit
from codemods.values import Note


def taken_along(inventory: Inventory, module: Module, files: NewFiles) -> Iterator[int]:
    """The effects that new files must have too, since others will import those in the old one's place.

    A module of a package that the old file is, or becomes, runs that anyway.
    """
    inside = module.path.endswith("/__init__.py") or files.folder == module.path.removesuffix(".py")
    follow = inventory.settings.split.importers_follow
    if (
        follow
        and not inside
        and names_taken_from(inventory, inventory.project.module_of[module.path])
    ):
        for unit in module.units:
            if unit.kind == "effect" and acts_outside(unit):
                yield unit.index


def acting_stays(settled: Settlement, module: Module) -> Iterator[Note]:
    """Notes on what runs when the god file is imported, and stays there: who needs it still imports that."""
    moves = settled.moves
    own = moves.module_name(module.path)
    kept = sorted(name for old, name in settled.borders.unfollowed if old == own)
    for unit in module.units:
        stays = (module.path, unit.index) not in moves.homes
        # A handler that went with its task may keep importers of others, too.
        if (stays or unit.kind == "handler") and _is_told(unit, kept):
            yield Note(module.path, unit.line, "effect-stays", _message(module.path, kept))


def _is_told(unit: Unit, kept: list[str]) -> bool:
    harmless = "__all__" in unit.names or not unit.reads.all
    if unit.kind == "effect" and not harmless and not kept:
        return True
    return bool(kept) and acts_outside(unit)


def _message(home: str, kept: list[str]) -> str:
    where = "to a module that every process imports"
    if not kept:
        return f"this runs when the god file is imported, and stays there: importing a domain file alone doesn't run it. If tasks need it, move it {where}"
    names = ", ".join(kept[:3]) + (f" and {len(kept) - 3} more" if len(kept) > 3 else "")
    return f"this runs when {home} is imported, so whoever imports {names} still does so from there: move it {where}, then type migrate plan"
