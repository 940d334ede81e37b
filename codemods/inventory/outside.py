"""What other files take from a module: by import, by attribute, by a patch of its name."""

import ast
from weakref import WeakKeyDictionary

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts
from codemods.inventory.walking import walk

ASKING = frozenset({"getattr", "hasattr"})
"""Functions that take a name from a module and leave it as it is."""


def names_read_from(inventory: Inventory, module: str) -> set[str]:
    """The names of a module that any other file reads or replaces; `"*"` for a star import."""
    return names_taken_from(inventory, module) | names_replaced_in(inventory, module)


def names_taken_from(inventory: Inventory, module: str) -> set[str]:
    """The names of a module that any other file imports or reads; `"*"` for a star import."""
    return set(_outside(inventory).taken.get(module, ()))


def handed_around(inventory: Inventory, module: str) -> bool:
    """Whether code takes a module as a value, so that it may ask it for any name."""
    found = _outside(inventory)
    return module in found.by_text or any(
        _as_value(inventory, path, alias) for path, alias in found.bound.get(module, ())
    )


def hands_on(inventory: Inventory, module: str, path: str) -> bool:
    """Whether a file takes a module as a value, so that it may ask it for any name."""
    bound = _outside(inventory).bound.get(module, ())
    return any(_as_value(inventory, path, alias) for owner, alias in bound if owner == path)


def only_asked(inventory: Inventory, module: str) -> bool:
    """Whether all code that takes a module as a value only asks it for names, as `getattr` does."""
    found = _outside(inventory)
    return all(
        not _as_value(inventory, path, alias, ASKING) for path, alias in found.bound.get(module, ())
    )


def _as_value(
    inventory: Inventory, path: str, name: str, harmless: frozenset[str] = frozenset()
) -> bool:
    """Whether a file hands a name to a function other than one that patches it, or is harmless."""
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
    patched |= {
        id(node.args[0])
        for node in walk(tree)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.func, ast.Name)
        and node.func.id in harmless
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
    found = _outside(inventory)
    replaced = set(found.replaced.get(module, ()))
    return replaced | found.replaced_by_tests.get(module, set()) if tests else replaced


class Outside:
    """By module the names that other files take from it, and those that files replace in it."""

    def __init__(self, inventory: Inventory) -> None:
        self.taken: dict[str, set[str]] = {}
        self.replaced: dict[str, set[str]] = {}
        self.replaced_by_tests: dict[str, set[str]] = {}
        self.by_text: set[str] = set()
        """The modules that are imported by a text, or that come by a star."""
        self.bound: dict[str, list[tuple[str, str]]] = {}
        """The files that import a module, or what bears such a name, each with their name for it."""
        self._project = inventory.project
        for path, facts in inventory.facts.items():
            self._take(path, facts)
            self._replace(self.replaced_by_tests if is_test(path) else self.replaced, facts)

    def _take(self, path: str, facts: FileFacts) -> None:
        project, own = self._project, self._project.module_of[path]
        for item in facts.imports:
            bound = project.canonical(item.module)
            if item.name is not None:
                _remember(self.taken, bound, item.name, own)
                if item.name == "*":
                    self.by_text.update(self._modules_given(bound))
                bound = f"{bound}.{item.name}" if item.name else bound
            if bound in project.path_of:
                self.bound.setdefault(bound, []).append((path, item.alias))
        for reference in facts.references:
            if reference.kind == "import_module":
                self.by_text.add(reference.text)
                _note_all(self.taken, reference.text, own)
        for text in () if is_test(path) else facts.texts:
            # A test's texts are mostly patches, which follow.
            if project.has_top(text.partition(".")[0]):
                _note_all(self.taken, text, own)
        for symbol in facts.attributes:
            for dotted in (project.canonical(symbol), project.resolve_module(symbol)):
                if project.has_top(dotted.partition(".")[0]):
                    _note_all(self.taken, dotted, own)

    def _modules_given(self, package: str) -> set[str]:
        """The modules that a star import of a package gives: any name of theirs may be read by it."""
        path = self._project.path_of.get(package)
        bindings = self._project.facts[path].bindings if path else {}
        imported = (name for name, binding in bindings.items() if binding.kind == "import")
        found = {self._project.resolve(f"{package}.{name}") for name in imported}
        return {module for module in sorted(found) if module in self._project.path_of}

    def _replace(self, replaced: dict[str, set[str]], facts: FileFacts) -> None:
        for reference in facts.references:
            if reference.kind == "patch":
                _note_all(replaced, reference.text)
        for call in facts.calls:
            if call.kind in {"patch", "patch_object"} and call.use.positional and call.replaced:
                module = self._project.resolve(call.use.positional[0])
                _remember(replaced, module, call.replaced)


_OUTSIDE: WeakKeyDictionary[Inventory, Outside] = WeakKeyDictionary()


def _outside(inventory: Inventory) -> Outside:
    """What is taken and replaced, read once of an inventory, since it follows from that alone."""
    if inventory not in _OUTSIDE:
        _OUTSIDE[inventory] = Outside(inventory)
    return _OUTSIDE[inventory]


def _remember(found: dict[str, set[str]], module: str, name: str, own: str = "") -> None:
    """A name of a module, unless that is the file's own."""
    if module != own:
        found.setdefault(module, set()).add(name)


def _note_all(found: dict[str, set[str]], dotted: str, own: str = "") -> None:
    """Each word of a dotted name as a name of what stands before it: which part is the module is open."""
    module, _, name = dotted.rpartition(".")
    while module:
        _remember(found, module, name, own)
        module, _, name = module.rpartition(".")
