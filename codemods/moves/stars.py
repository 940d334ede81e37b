"""What star imports give the files of a project, and what they hide there."""

import ast

from codemods.inventory.link import Inventory
from codemods.inventory.symbols import Scopes, imported_module, statements
from codemods.units.units import Module, read_module

COPIED = frozenset({"import", "typing", "choice", "logger"})
"""Kinds of units that each reader gets for itself."""


HIDDEN = (b"globals", b"vars(", b"locals(", b"setattr", b"__getattr__", b"exec(", b"sys.modules")
"""By what a module may bind names that no statement shows."""


class Stars:
    """Files as units, with the star imports that they have."""

    def __init__(self, inventory: Inventory, modules: dict[str, Module | None]) -> None:
        self.inventory = inventory
        self.project = inventory.project
        self._modules = modules

    def module(self, path: str) -> Module | None:
        """A file as units; `None` for one that does not exist or can't be read so."""
        if path not in self._modules:
            self._modules[path] = None
            if path in self.inventory.files:
                try:
                    self._modules[path] = read_module(path, self.inventory.files.read(path))
                except (ValueError, KeyError):
                    self._modules[path] = None
        return self._modules[path]

    def star_of(self, path: str, name: str) -> str | None:
        """The project's module whose star gives a file a name: of several the last, which hides the others."""
        facts = self.inventory.facts.get(path)
        modules = (
            self.project.canonical(symbol) for symbol in reversed(facts.stars if facts else ())
        )
        return next((module for module in modules if self._is_given(module, name)), None)

    def star_below(self, path: str, name: str) -> str | None:
        """The project's module whose star stands below all that binds a name, and so hides that."""
        module = self.module(path)
        indexes = module.binders.get(name) if module else None
        if module is None or not indexes:
            return None
        for unit in reversed(module.units[indexes[-1] + 1 :]):
            node = unit.nodes[0]
            if unit.kind == "star" and isinstance(node, ast.ImportFrom):
                symbol = self.project.canonical(imported_module(path, node.module, node.level))
                if self._is_given(symbol, name):
                    return None if self._is_the_same(path, name, symbol) else symbol
        return None

    def _is_the_same(self, path: str, name: str, star: str) -> bool:
        """Whether a star gives what the file has imported under that name already."""
        binding = self.inventory.facts[path].bindings.get(name)
        if binding is None or binding.kind != "import" or not binding.target:
            return False
        return self.project.resolve(binding.target) == self.project.resolve(f"{star}.{name}")

    def unknown_star(self, path: str) -> str:
        """A module that is not the project's and whose star a file imports, or `""`."""
        modules = map(self.project.canonical, self.inventory.facts[path].stars)
        return next((name for name in modules if name not in self.project.path_of), "")

    def may_give_more(self, symbol: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether a star import of a module may bind names that the source doesn't show."""
        home = self.project.path_of.get(self.project.canonical(symbol))
        if home is None or self.inventory.facts[home].error is not None:
            return True
        data = self.inventory.files.read_many([home]).get(home, b"")
        if any(word in data for word in HIDDEN):
            return True
        inner = self.inventory.facts[home].stars if home not in seen else ()
        return any(self.may_give_more(star, seen | {home}) for star in inner)

    def maybe_hidden(self, path: str, name: str) -> str:
        """The project's module whose star may hide what a file binds to a name, or `""`.

        It stands under a condition, or below the file's own definition of the name.
        """
        module = self.module(path)
        indexes = module.binders.get(name) if module else None
        if module is None or not indexes:
            return ""
        for unit in module.units[indexes[-1] + 1 :]:
            if unit.kind == "effect" or (
                unit.kind == "star" and module.units[indexes[-1]].kind not in COPIED
            ):
                for node in statements(list(unit.nodes)):
                    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                        symbol = imported_module(path, node.module, node.level)
                        if self._is_given(self.project.canonical(symbol), name):
                            return self.project.canonical(symbol)
        return ""

    def _is_given(self, module: str, name: str) -> bool:
        """Whether a module of the project gives a name to those that import its star."""
        home = self.project.path_of.get(module)
        if home is None or not self._gives_by_star(home, name):
            return False
        own = self.inventory.facts[home].bindings
        return name in own or bool(self.project.binding(self.project.resolve(f"{module}.{name}")))

    def _gives_by_star(self, path: str, name: str) -> bool:
        """Whether a star import of a file takes a name along, as its `__all__` says where it has one."""
        if "__all__" not in self.inventory.facts[path].bindings:
            return not name.startswith("_")
        tree = self.inventory.tree(path)
        return tree is None or name in Scopes.module_exports(tree)
