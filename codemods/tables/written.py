"""The dict of a setting where it is written: in the statement itself, or under a name that it imports."""

import ast

from msgspec import Struct

from codemods.inventory.configuration.values import Source as Table
from codemods.inventory.configuration.words import holder_of
from codemods.inventory.link import Inventory
from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.inventory.walking import walk


class Whole(Struct, frozen=True):
    """The dict of a setting: the statement that sets it, and the file and name where it is written."""

    source: Table
    path: str
    name: str
    node: ast.Dict


def written_at(inventory: Inventory, source: Table) -> Whole | None:
    """The dict that a statement sets, here or under a name in another file; `None` where it is none."""
    found = inventory.configuration.statement(*source.place)
    if found is None or not isinstance(found.node, ast.Assign | ast.AnnAssign):
        return None
    if isinstance(found.value, ast.Dict):
        return Whole(source, source.path, source.holder, found.value)
    if not isinstance(found.value, ast.Name):
        return None
    project = inventory.project
    module, rest = project.split(
        project.resolve(f"{project.module_of[source.path]}.{found.value.id}")
    )
    path = project.path_of.get(module, "")
    if len(rest) != 1 or not path or not inventory.editable(path):
        return None
    tree = parsed(inventory.files.read_many([path])[path])
    node = literal_of(tree, rest[0]) if not isinstance(tree, ParseError) else None
    return Whole(source, path, rest[0], node) if node is not None else None


def literal_of(tree: ast.Module, holder: str) -> ast.Dict | None:
    """The last dict literal that a name or an attribute of this name is set to."""
    found = [
        node.value
        for node in walk(tree)
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if holder_of(target) == holder
    ]
    return found[-1] if found else None
