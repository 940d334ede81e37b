"""All moves of one run: from which files, to where, and what each name then means to whom."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from codemods.inventory.link import Inventory
from codemods.inventory.standard import BUILTINS
from codemods.inventory.symbols import imported_module
from codemods.moves.app_imports import AppImports
from codemods.moves.homes import Places
from codemods.moves.request import MoveRequest
from codemods.moves.stars import COPIED, Stars
from codemods.source.imports import module_text
from codemods.units.same_code import code_of, is_constant, is_relative
from codemods.units.units import Key, Module, Unit


@dataclass(frozen=True, slots=True)
class Crossing:
    """A unit's read of a name that has its home in another file."""

    reader: Key
    target: str
    name: str
    home: str
    eager: bool


class Moves(Stars):
    """The placed units of some source files. A pure value: nothing is written here."""

    def __init__(
        self,
        inventory: Inventory,
        request: MoveRequest,
        modules: dict[str, Module | None] | None = None,
    ) -> None:
        self.places = {wish.module.path: Places(wish) for wish in request.wishes}
        self.drops = {drop.key: drop.home for drop in request.drops}
        self.seats = dict(request.seats)
        self.kept = dict(request.kept)
        super().__init__(inventory, modules if modules is not None else {})
        self._placed: dict[str, set[str]] = {}
        self._modules.update({wish.module.path: wish.module for wish in request.wishes})

    @cached_property
    def app_imports(self) -> AppImports:
        """Who loads the Celery app, and by which import."""
        return AppImports(self.inventory, [self.module_name(path) for path in sorted(self.places)])

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

    @cached_property
    def packaged(self) -> frozenset[str]:
        """The files that become packages, since something of them goes to a file in one of their name."""
        return frozenset(
            path
            for (path, _), home in self.homes.items()
            if home.startswith(f"{path.removesuffix('.py')}/")
        )

    def place(self, path: str) -> str:
        """Where a file stands afterwards."""
        return f"{path.removesuffix('.py')}/__init__.py" if path in self.packaged else path

    def module_spelled(self, path: str, target: str, node: ast.ImportFrom) -> str:
        """The module of an import of a file, as it is written in another: with dots as far as they reach."""
        there = self.place(target).rpartition("/")[0]
        if not node.level or there == path.rpartition("/")[0]:
            return module_text(node)
        if path in self.packaged and there == path.removesuffix(".py"):
            return f".{module_text(node)}"
        return self.project.canonical(imported_module(path, node.module, node.level))

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
        return self.project.resolve(self._own_symbol(path, name))

    def _own_symbol(self, path: str, name: str) -> str:
        """What a file's global name is bound to: its own, or that of a star below all else that binds it."""
        return f"{self.star_below(path, name) or self.module_name(path)}.{name}"

    def definition(self, path: str, name: str) -> tuple[str, Unit] | None:
        """The file and unit that define what a file's name stands for, in this project."""
        module, rest = self.project.split(self.project.resolve(self._own_symbol(path, name)))
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
        """The names that a unit reads and whose imports, loggers or choices are copied along.

        A task takes an import along that it does not read, where that alone loads the app.
        """
        found = list(self._contexts_of(key[0], self.unit(key), set()))
        yield from found
        yield from self._loading_app(key, {name for name, _ in found})

    def _loading_app(self, key: Key, names: set[str]) -> Iterator[tuple[str, Unit]]:
        path, unit = key[0], self.unit(key)
        symbol = f"{self.module_name(path)}.{unit.name}"
        if key not in self.homes or symbol not in self.inventory.task_of_symbol:
            return
        for item in self.app_imports.needed(path, self.module_name(self.homes[key]), names):
            binder = self.binder(path, item.alias)
            tied = self.places[path].tied
            if binder is not None and binder.kind == "import" and binder.index not in tied:
                yield item.alias, binder

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
        if self.star_below(path, name):
            return []
        dotted = all(
            isinstance(unit.nodes[0], ast.Import) and len(unit.nodes) == 1 for unit in found
        )
        if dotted:
            return found
        # A choice may leave the name to what bound it before.
        plain = [place for place, unit in enumerate(found) if unit.kind != "choice"]
        return found[plain[-1] :] if plain else found

    def from_stars(self, key: Key) -> list[str]:
        """Names that a unit reads and that only a star import of its file can bind."""
        path, _ = key
        module = self.source(path)
        if not any(unit.kind == "star" for unit in module.units):
            return []
        unit = self.unit(key)
        known = self._placed_in(path, module) | set(unit.names)
        return sorted(
            name
            for name in unit.reads.all - known
            if self.star_below(path, name)
            or (
                name not in module.binders
                and (name not in GIVEN or self.star_of(path, name) is not None)
            )
        )

    def _placed_in(self, path: str, module: Module) -> set[str]:
        """The names of a file that more than copies of imports bind."""
        if path not in self._placed:
            names = module.binders.items()
            self._placed[path] = {name for name, own in names if not self._is_copied(module, own)}
        return self._placed[path]

    def _is_copied(self, module: Module, indexes: list[int]) -> bool:
        return all(module.units[index].kind in COPIED for index in indexes)


GIVEN = BUILTINS | {"__name__", "__file__", "__builtins__"}
