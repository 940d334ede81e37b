"""What other files take from a module: by import, by attribute, by a patch of its name."""

import ast

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.inventory.walking import walk


def names_read_from(inventory: Inventory, module: str) -> set[str]:
    """The names of a module that any other file reads or replaces; `"*"` for a star import."""
    prefix = module + "."
    found = names_taken_from(inventory, module)
    for facts in inventory.facts.values():
        for reference in facts.references:
            if reference.kind == "patch" and reference.text.startswith(prefix):
                found.add(_first(reference.text, prefix))
    return found | names_replaced_in(inventory, module)


def names_taken_from(inventory: Inventory, module: str) -> set[str]:
    """The names of a module that any other file imports or reads; `"*"` for a star import."""
    project, prefix = inventory.project, module + "."
    found: set[str] = set()
    for path, facts in inventory.facts.items():
        if project.module_of[path] == module:
            continue
        for item in facts.imports:
            if item.name is not None and project.canonical(item.module) == module:
                found.add(item.name)
        for reference in facts.references:
            if reference.kind == "import_module" and reference.text.startswith(prefix):
                found.add(_first(reference.text, prefix))
        for symbol in facts.attributes:
            for dotted in (project.canonical(symbol), project.resolve_module(symbol)):
                if dotted.startswith(prefix):
                    found.add(_first(dotted, prefix))
    return found


def asked_for_module(inventory: Inventory, module: str) -> dict[str, str]:
    """The names of a module whose `__module__` another file reads, each with that file.

    Tests are left out: most of them patch what is in the module of the name, wherever that is.
    """
    project, prefix = inventory.project, module + "."
    found: dict[str, str] = {}
    for path, facts in inventory.facts.items():
        for symbol in () if is_test(path) else facts.attributes:
            if symbol.endswith(".__module__"):
                dotted = project.resolve(symbol.removesuffix(".__module__"))
                if dotted.startswith(prefix):
                    found.setdefault(_first(dotted, prefix), path)
    return found


def handed_around(inventory: Inventory, module: str) -> bool:
    """Whether code takes a module as a value, so that it may ask it for any name."""
    project = inventory.project
    for path, facts in inventory.facts.items():
        if any(
            reference.kind == "import_module" and reference.text == module
            for reference in facts.references
        ):
            return True
        for item in facts.imports:
            bound = project.canonical(item.module)
            bound = f"{bound}.{item.name}" if item.name else bound
            if bound == module and _as_value(inventory, path, item.alias):
                return True
    return False


def _as_value(inventory: Inventory, path: str, name: str) -> bool:
    """Whether a file hands a name to a function other than one that patches it."""
    tree = inventory.tree(path)
    if tree is None:
        return False
    bases = {id(n.value) for n in walk(tree) if isinstance(n, ast.Attribute)}
    patched = {
        id(node.args[0])
        for node in walk(tree)
        if isinstance(node, ast.Call)
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
        and not (isinstance(node.func, ast.Name) and node.func.id == "getattr")
    }
    return any(
        isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and id(node) not in bases | patched
        for node in walk(tree)
    )


def names_replaced_in(inventory: Inventory, module: str, *, tests: bool = True) -> set[str]:
    """The names of a module that some file replaces for a while: `patch`, `patch.object`, `setattr`."""
    prefix = module + "."
    found: set[str] = set()
    for path, facts in inventory.facts.items():
        if not tests and is_test(path):
            continue
        for reference in facts.references:
            if reference.kind == "patch" and reference.text.startswith(prefix):
                found.add(_first(reference.text, prefix))
        for call in facts.calls:
            if call.kind in {"patch", "patch_object"} and call.use.positional and call.replaced:
                if inventory.project.resolve(call.use.positional[0]) == module:
                    found.add(call.replaced)
    return found


def _first(dotted: str, prefix: str) -> str:
    return dotted[len(prefix) :].partition(".")[0]
