"""Copies that no merge can make one, since they belong to apps or programs apart."""

from codemods.inventory.duplicates import Duplicate
from codemods.inventory.link import Inventory


def why_apart(inventory: Inventory, group: Duplicate) -> str:
    """What parts the copies of a task: the apps that decorate them, or the programs they stand in; else `""`."""
    apps = sorted({copy.app for copy in group.copies if copy.app})
    if len(apps) > 1:
        return f"{apps[0]} and {apps[1]} each have one of their own"
    roots = sorted({inventory.project.root_of(copy.path) for copy in group.copies})
    for place, one in enumerate(roots):
        for other in roots[place + 1 :]:
            if _are_programs(inventory, one, other):
                return f"'{one}' and '{other}' are programs that import nothing of each other"
    return ""


def _are_programs(inventory: Inventory, one: str, other: str) -> bool:
    """Whether two import roots stand beside each other, and no file of one imports from the other."""
    if not one or not other or other.startswith(f"{one}/"):
        return False
    project = inventory.project
    root = {module: project.root_of(path) for path, module in project.module_of.items()}
    return not any(
        {root[module], root.get(target, "")} == {one, other}
        for module, targets in inventory.explicit_graph.items()
        for target in targets
    )
