"""All moves of one run: from which files, to where, and what each name then means to whom."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from codemods.inventory.link import Inventory
from codemods.inventory.standard import BUILTINS
from codemods.inventory.symbols import Scopes
from codemods.moves.homes import Places
from codemods.moves.request import MoveRequest
from codemods.units.same_code import code_of, is_constant, is_relative
from codemods.units.units import Key, Module, Unit, read_module

COPIED = frozenset({"import", "typing", "choice", "logger"})
"""Kinds of units that each reader gets for itself."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A unit's read of a name that has its home in another file."""

    reader: Key
    target: str
    name: str
    home: str
    eager: bool


class Moves:
    """The placed units of some source files. A pure value: nothing is written here."""

    def __init__(
        self,
        inventory: Inventory,
        request: MoveRequest,
        modules: dict[str, Module | None] | None = None,
    ) -> None:
        self.inventory = inventory
        self.project = inventory.project
        self.places = {wish.module.path: Places(wish) for wish in request.wishes}
        self.drops = {drop.key: drop.home for drop in request.drops}
        self.seats = dict(request.seats)
        self.kept = dict(request.kept)
        self._modules = modules if modules is not None else {}
        self._modules.update({wish.module.path: wish.module for wish in request.wishes})

    @cached_property
    def homes(self) -> dict[Key, str]:
        """The new file of each unit that moves."""
        return {
            (path, index): home
            for path, places in self.places.items()
            for index, home in sorted(places.homes.items())
        }

    @cached_property
    def targets(self) -> dict[str, list[Key]]:
        """The units that each file takes in, in the order of their old files."""
        found: dict[str, list[Key]] = {}
        for key, home in self.homes.items():
            found.setdefault(home, []).append(key)
        return found

    @cached_property
    def leaving(self) -> dict[Key, str]:
        """Every unit that leaves its file, with the file that has its names then."""
        return self.homes | self.drops

    @cached_property
    def new_home(self) -> dict[tuple[str, str], str]:
        """The file that has a name now, by its old module and the name."""
        found: dict[tuple[str, str], str] = {}
        for (path, index), home in self.leaving.items():
            unit = self.unit((path, index))
            for name in unit.names:
                found[self.module_name(path), name] = home
        return found

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

    def source(self, path: str) -> Module:
        """A file that is known to be one of the sources."""
        module = self.module(path)
        assert module is not None
        return module

    def unit(self, key: Key) -> Unit:
        """The unit of a key."""
        return self.source(key[0]).units[key[1]]

    def module_name(self, path: str) -> str:
        """The dotted name that a file is imported by, also one that does not exist yet."""
        return self.project.module_of.get(path) or self.project.module_name(path)

    def binder(self, path: str, name: str) -> Unit | None:
        """The unit that binds a name of a file; the last one if there are several."""
        module = self.module(path)
        indexes = module.binders.get(name, []) if module else []
        return module.units[indexes[-1]] if module and indexes else None

    def meaning(self, path: str, name: str) -> str:
        """What a file's global name stands for: a dotted name, or for a copied value its code."""
        unit = self.binder(path, name)
        if unit is not None and unit.kind in {"logger", "choice"}:
            code = "".join(ast.dump(node) for node in unit.nodes)
            return f"{path.rpartition('/')[0]}: {code}" if is_relative(unit) else code
        return self.project.resolve(f"{self.module_name(path)}.{name}")

    def definition(self, path: str, name: str) -> tuple[str, Unit] | None:
        """The file and unit that define what a file's name stands for, in this project."""
        module, rest = self.project.split(self.project.resolve(f"{self.module_name(path)}.{name}"))
        if not module or len(rest) != 1:
            return None
        home = self.project.path_of[module]
        unit = self.binder(home, rest[0])
        return (home, unit) if unit is not None else None

    def same_meaning(
        self, one: str, other: str, name: str, seen: frozenset[str] = frozenset()
    ) -> bool:
        """Whether a name stands for the same thing in two files: one object, or the same code."""
        if name in seen or self.meaning(one, name) == self.meaning(other, name):
            return True
        if self._same_task(one, other, name):
            return True
        left, right = self.definition(one, name), self.definition(other, name)
        if left is None or right is None:
            return False
        if code_of(left[1]) != code_of(right[1]):
            return False
        if self._is_mutable(left[1]) or self._is_changed(left[0], name):
            return False
        if self._is_changed(right[0], name) or (is_relative(left[1]) and left[0] != right[0]):
            return False
        return all(
            self.same_meaning(left[0], right[0], inner, seen | {name})
            for inner in left[1].reads.all - set(left[1].names)
            if inner not in GIVEN
        )

    def _is_mutable(self, unit: Unit) -> bool:
        """Whether two values of the same code are still two things: a list, a cache, a client."""
        if unit.kind == "class":
            inner = [getattr(part, "value", None) for node in unit.nodes for part in node.body]  # type: ignore[attr-defined]
            return any(isinstance(part, ast.List | ast.Dict | ast.Set) for part in inner)
        if unit.kind != "value":
            return False
        values = [getattr(node, "value", None) for node in unit.nodes]
        return not all(is_constant(value) for value in values)

    def _is_changed(self, path: str, name: str) -> bool:
        """Whether code of a file assigns one of its names, or changes what it stands for in place."""
        module = self.module(path)
        return module is not None and name in module.changed_names()

    def _same_task(self, one: str, other: str, name: str) -> bool:
        """Whether both are tasks of one registered name: a worker runs the same for both."""
        tasks = self.inventory.task_of_symbol
        left = tasks.get(self.project.resolve(f"{self.module_name(one)}.{name}"))
        right = tasks.get(self.project.resolve(f"{self.module_name(other)}.{name}"))
        return left is not None and right is not None and left.name == right.name is not None

    def crossings(self, target: str) -> Iterator[Crossing]:
        """The reads of other files' names by the units that a file takes in."""
        for key in self.targets.get(target, ()):
            yield from self._crossings_of(key, target)

    def _crossings_of(self, key: Key, target: str) -> Iterator[Crossing]:
        path, _ = key
        unit, places = self.unit(key), self.places[path]
        for name in sorted(unit.reads.all):
            binder = self.binder(path, name)
            home = places.wish.elsewhere.get(name, "")
            if binder is not None and (path, binder.index) in self.leaving:
                home = self.leaving[path, binder.index]
            if home and home != target and name not in unit.names:
                yield Crossing(key, target, name, home, eager=name in unit.reads.eager)

    def contexts(self, key: Key) -> Iterator[tuple[str, Unit]]:
        """The names that a unit reads and whose imports, loggers or choices are copied along."""
        yield from self._contexts_of(key[0], self.unit(key), set())

    def _contexts_of(self, path: str, unit: Unit, seen: set[int]) -> Iterator[tuple[str, Unit]]:
        for name in sorted(unit.reads.all):
            for binder in self._copied_binders(path, name):
                yield name, binder
                if binder.kind != "import" and binder.index not in seen:
                    seen.add(binder.index)
                    yield from self._contexts_of(path, binder, seen)

    def _copied_binders(self, path: str, name: str) -> list[Unit]:
        """The imports, loggers or choices behind a name; all of `import a.b` and `import a.c`."""
        module = self.source(path)
        found = [module.units[index] for index in module.binders.get(name, ())]
        if not found or any(unit.kind not in COPIED for unit in found):
            return []
        dotted = all(
            isinstance(unit.nodes[0], ast.Import) and len(unit.nodes) == 1 for unit in found
        )
        return found if dotted else found[-1:]

    def from_stars(self, key: Key) -> list[str]:
        """Names that a unit reads and that only a star import of its file can bind."""
        path, _ = key
        module = self.source(path)
        if not any(unit.kind == "star" for unit in module.units):
            return []
        unit = self.unit(key)
        known = module.binders.keys() | set(unit.names)
        return sorted(
            name
            for name in unit.reads.all
            if name not in known and (name not in GIVEN or self.star_of(path, name) is not None)
        )

    def star_of(self, path: str, name: str) -> str | None:
        """The project's module whose star gives a file a name: of several the last, which hides the others."""
        for symbol in reversed(self.inventory.facts[path].stars):
            module = self.project.canonical(symbol)
            home = self.project.path_of.get(module)
            if home is None or not self._gives_by_star(home, name):
                continue
            own = self.inventory.facts[home].bindings
            if name in own or self.project.binding(self.project.resolve(f"{module}.{name}")):
                return module
        return None

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

    def _gives_by_star(self, path: str, name: str) -> bool:
        """Whether a star import of a file takes a name along, as its `__all__` says where it has one."""
        if "__all__" not in self.inventory.facts[path].bindings:
            return not name.startswith("_")
        tree = self.inventory.tree(path)
        return tree is None or name in Scopes.module_exports(tree)


HIDDEN = (b"globals", b"vars(", b"locals(", b"setattr", b"__getattr__", b"exec(", b"sys.modules")
"""By what a module may bind names that no statement shows."""
GIVEN = BUILTINS | {"__name__", "__file__", "__builtins__"}
