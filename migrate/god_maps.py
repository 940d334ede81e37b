"""The god files of a project as they were, each with where its tasks and helpers stand now."""

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.units.units import Module, read_module
from reports.god_map import GodMap, went

HELPERS = frozenset({"function", "class", "value"})
ELSEWHERE = frozenset({"import"})
"""How a file binds a name that it has from another one."""


def god_maps(first: Inventory, last: Inventory, paths: list[str]) -> tuple[GodMap, ...]:
    """The maps of the god files that could be read."""
    return tuple(found for path in paths if (found := _map(first, last, path)) is not None)


def _map(first: Inventory, last: Inventory, path: str) -> GodMap | None:
    if path not in first.facts or not first.editable(path):
        return None
    module = read_module(path, first.files.read(path))
    tasks = [task.qualname for task in first.tasks if task.path == path]
    units = {unit.name: unit for unit in module.units}
    helpers = [u.name for u in module.units if u.kind in HELPERS and u.name not in tasks]
    reads = {name: units[name].reads.all for name in dict.fromkeys(tasks) if name in units}
    names = [*reads, *helpers]
    return went(path, first.facts[path].lines, reads, _defined(module, first, last, names), helpers)


def _defined(
    module: Module, first: Inventory, last: Inventory, names: list[str]
) -> dict[str, tuple[str, ...]]:
    """Where these names of a file are defined now.

    They stay, or have gone to files that did not have such a name before; of a name that is in none
    of those, every file that has a task of it counts: it was merged with the copy there.
    """
    own = last.standing([module.path])[0]
    found: dict[str, tuple[str, ...]] = {}
    tasks: dict[str, list[str]] = {}
    for task in last.tasks:
        tasks.setdefault(task.qualname, []).append(task.path)
    for name in names:
        having = [path for path in last.facts if not is_test(path) and _has(last, path, name)]
        new = [path for path in having if path != own and not _has(first, path, name)]
        here = [module.path] if own in having else []
        found[name] = (*here, *new) or tuple(dict.fromkeys(tasks.get(name, ())))
    return found


def _has(inventory: Inventory, path: str, name: str) -> bool:
    """Whether a file defines a name itself."""
    facts = inventory.facts.get(path)
    binding = facts.bindings.get(name) if facts is not None else None
    return binding is not None and binding.kind not in ELSEWHERE
