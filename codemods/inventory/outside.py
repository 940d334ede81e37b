"""What other files take from a module: by import, by attribute, by a patch of its name."""

from codemods.inventory.link import Inventory


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


def names_replaced_in(inventory: Inventory, module: str) -> set[str]:
    """The names of a module that some file replaces for a while: `patch`, `patch.object`, `setattr`."""
    prefix = module + "."
    found: set[str] = set()
    for facts in inventory.facts.values():
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
