"""The god files split by decisions, and everything that named their contents."""

from codemods.inventory.link import Inventory
from codemods.moves.request import MoveRequest
from codemods.moves.settle import Settlement, settle
from codemods.moves.write import Carry
from codemods.snapshot import Snapshot
from codemods.split.decisions import Move
from codemods.split.gods import pins_of, read_all, shared_file
from codemods.split.included import with_includes
from codemods.split.packages import package_of, why_no_package
from codemods.split.staying import reasons_to_stay
from codemods.split.wishes import GodFile
from codemods.values import Decision, Note, Rewrite


def rewrite(snapshot: Snapshot, inventory: Inventory, decisions: tuple[Decision, ...]) -> Rewrite:
    """New and grown domain files, the god files as aggregators, importers and patches following."""
    asked = {(item.path, item.task): item for item in decisions if isinstance(item, Move)}
    if not asked:
        return Rewrite()
    notes: list[Note] = []
    gods = read_all(inventory, notes)
    wishes = []
    for god in gods:
        wanted = {}
        package = f"{package_of(god.module.path)}/"
        why = why_no_package(inventory, god.module)
        for task, unit in god.tasks:
            move = asked.get((god.module.path, task.qualname))
            if move is None:
                god.leave(unit.index, "the plan leaves it here")
            elif why and move.to.startswith(package):
                god.leave(unit.index, f"{god.module.path} can't become a package: {why}")
            else:
                wanted[unit.index] = move.to
        wishes.append(god.wish(shared_file(inventory, god), wanted))
    settled = settle(
        inventory, MoveRequest(tuple(wishes), pins=pins_of(gods), parts_long_files=True)
    )
    result = Carry(snapshot, settled, follow=inventory.settings.split.importers_follow).write()
    result = with_includes(snapshot, inventory, result, _new_modules(settled, gods))
    undone = set[str]()
    notes.extend(reasons_to_stay(inventory, settled))
    for module, unit, _ in settled.reasons():
        undone.add(f"move:{module.path}::{unit.name}")
    return Rewrite(result.changes, result.edits, (*result.notes, *notes), frozenset(undone))


def _new_modules(settled: Settlement, gods: list[GodFile]) -> dict[str, list[str]]:
    """The modules beside each god file that its tasks went to, by the old module."""
    moves, found = settled.moves, dict[str, list[str]]()
    for god in gods:
        path = god.module.path
        own = moves.module_name(path)
        homes = {moves.homes.get((path, unit.index)) for _, unit in god.tasks}
        modules = sorted(moves.module_name(home) for home in homes if home and home != path)
        # Whoever imports a package has all that its __init__.py imports.
        beside = [module for module in modules if not module.startswith(f"{own}.")]
        if beside:
            found[own] = beside
    return found
