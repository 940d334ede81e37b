"""What other files do to a module while they run, gone through once: what they set, watch and ask it for."""

from weakref import WeakKeyDictionary

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts

Names = dict[str, dict[str, str]]
"""By module its names, each with the first file that does something to it."""


class Watching:
    """By module the names that other files set, look up each time, or ask for a module or subclasses.

    `set` has the names that other code than tests sets while it runs where no rewriting follows:
    `module.COUNT += 1`, `for module.NAME in ...`, `del`, `vars(module)[...]`; `*` for any name.
    `seen` has those that other files look up in the module each time, and so see when they change.
    Tests that ask for a `__module__` are left out: most of them patch what is in the module of the
    name, wherever that is.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.set: Names = {}
        self.seen: Names = {}
        self.asked_for_module: Names = {}
        self.asked_for_subclasses: Names = {}
        self._project = inventory.project
        for path, facts in inventory.facts.items():
            self._set(path, facts)
            self._ask(path, facts)
            self._see(path, facts)

    def _set(self, path: str, facts: FileFacts) -> None:
        for symbol in () if is_test(path) else facts.assigned:
            module, _, name = self._project.resolve_module(symbol).rpartition(".")
            self._remember(self.set, path, module, name)

    def _ask(self, path: str, facts: FileFacts) -> None:
        for symbol in facts.attributes:
            head, _, last = symbol.rpartition(".")
            if last == "__module__" and not is_test(path):
                self._note_own(self.asked_for_module, path, self._project.resolve(head))
            elif last == "__subclasses__":
                self._note_own(self.asked_for_subclasses, path, self._project.resolve(head))

    def _see(self, path: str, facts: FileFacts) -> None:
        for symbol in facts.attributes:
            self._note_own(self.seen, path, self._project.resolve_module(symbol))
        for item in facts.imports:
            if item.scope == "function" and item.name:
                self._remember(self.seen, path, self._project.canonical(item.module), item.name)

    def _note_own(self, found: Names, path: str, dotted: str) -> None:
        """A dotted name as the first word behind each module above it that the project has."""
        parts = dotted.split(".")
        for cut in range(1, len(parts)) if self._project.has_top(parts[0]) else ():
            module = ".".join(parts[:cut])
            if module in self._project.path_of:
                self._remember(found, path, module, parts[cut])

    def _remember(self, found: Names, path: str, module: str, name: str) -> None:
        if self._project.module_of[path] != module or found is self.asked_for_subclasses:
            found.setdefault(module, {}).setdefault(name, path)


_WATCHING: WeakKeyDictionary[Inventory, Watching] = WeakKeyDictionary()


def watching(inventory: Inventory) -> Watching:
    """What is set, seen and asked for, read once of an inventory, since it follows from that alone."""
    if inventory not in _WATCHING:
        _WATCHING[inventory] = Watching(inventory)
    return _WATCHING[inventory]
