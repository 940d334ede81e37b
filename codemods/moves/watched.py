"""The units of a file that others watch or change through it, so that they can't be another file's."""

from codemods.inventory.link import Inventory
from codemods.inventory.module_writes import ANY
from codemods.inventory.watching import watching
from codemods.moves.movable_tasks import asks_for_itself, asks_for_module_of
from codemods.moves.naming_units import naming_others
from codemods.moves.request import PLACED
from codemods.moves.stars import COPIED
from codemods.units.units import Module, Unit


def watched_units(inventory: Inventory, module: Module) -> dict[int, str]:
    """The units that must stay in their file, each with the reason."""
    watch = _Watch(inventory, module)
    found = {unit.index: watch.why(unit) for unit in module.units}
    return {index: why for index, why in found.items() if why}


class _Watch:
    """What is known of one file from outside."""

    def __init__(self, inventory: Inventory, module: Module) -> None:
        dotted = inventory.project.module_of[module.path]
        self.inventory = inventory
        self.path = module.path
        known = watching(inventory)
        self.seen = known.seen.get(dotted, {})
        self.changed = known.set.get(dotted, {})
        self.asked = dict(known.asked_for_module.get(dotted, {}))
        for unit in module.units:
            self.asked.update(dict.fromkeys(sorted(asks_for_module_of(unit)), module.path))
        kinds = {
            name: {module.units[index].kind for index in indexes}
            for name, indexes in module.binders.items()
        }
        self.naming = naming_others(inventory, module)
        self.bound_again = {n for n, own in kinds.items() if own & COPIED and own & PLACED}

    def why(self, unit: Unit) -> str:
        """Why a unit must stay: it is watched, asked for its module, or imports this file; `""` if not."""
        watched = sorted(unit.reads.rebinds & self.seen.keys())
        reason = self._why_placed(unit) if unit.kind in PLACED else ""
        if not reason and watched:
            return f"it assigns {watched[0]}, which other files read here while it changes"
        return reason

    def _why_placed(self, unit: Unit) -> str:
        names = unit.reads.all | set(unit.names)
        askers = sorted({self.asked[name] for name in unit.names if name in self.asked})
        rebound, theirs = sorted(names & self.bound_again), sorted(names & self.changed.keys())
        if unit.kind != "value" and asks_for_itself(self.inventory, self.path, unit):
            return "it imports its own module"
        if askers:
            return f"{askers[0]} reads its __module__, which would change"
        if unit.index in self.naming:
            return f"tasks of {self.naming[unit.index]} have their registered names from where this stands"
        if rebound:
            return f"it reads {rebound[0]}, which is imported and then assigned again"
        if ANY in self.changed:
            return f"{self.changed[ANY]} may change any name here while it runs"
        return f"{self.changed[theirs[0]]} changes {theirs[0]} here while it runs" if theirs else ""
