"""Which modules look a moved name up at run time: where a patch of the old name must go to work."""

from collections.abc import Collection, Mapping

from msgspec import Struct

from codemods.inventory.outside import handed_around
from codemods.inventory.testing import is_test
from codemods.moves.lookup_place import Spot
from codemods.moves.moves import Moves
from codemods.moves.stars import COPIED
from codemods.units.units import Key

Locals = Mapping[tuple[Key, str], Spot]
"""Where each moved unit looks up each name that it reads."""


class Reach(Struct, frozen=True):
    """What a test can get to: units of the old files (`None` for any), and other modules."""

    units: frozenset[Key] | None = None
    modules: frozenset[str] = frozenset()


ANYTHING = Reach()


class Readers:
    """The spots at which the names of the old files are looked up after a move."""

    def __init__(self, moves: Moves, spots: Locals, stay: Collection[tuple[str, str]] = ()) -> None:
        """`stay` are old modules with names that others still import from there."""
        self.moves = moves
        self.spots = spots
        self.stay = stay
        self.old = {moves.module_name(path): path for path in moves.places}
        self.doors = self._doors()
        """The dotted names that lead to an old module, its own and those by other modules."""
        self.registered = frozenset(task.name for task in moves.inventory.tasks)
        self._asked: dict[str, bool] = {}
        self._late = self._looked_up_by_others()

    def _doors(self) -> dict[str, str]:
        found = {module: module for module in self.old}
        project = self.moves.project
        for path, facts in self.moves.inventory.facts.items():
            for item in facts.imports if path not in self.moves.places else ():
                base = project.canonical(item.module)
                dotted = f"{base}.{item.name}" if item.name else base
                if dotted in self.old and item.scope == "module":
                    whole = item.name or item.alias != base.partition(".")[0]
                    door = item.alias if whole else dotted
                    found.setdefault(f"{project.module_of[path]}.{door}", dotted)
        return found

    def split(self, dotted: str) -> tuple[str, str, str]:
        """An old module, the name below it and the rest of a dotted text; `""` if it is none."""
        door = self._door(dotted)
        if not door:
            return "", "", ""
        name, _, rest = dotted[len(door) + 1 :].partition(".")
        return self.doors[door], name, rest

    def _door(self, dotted: str) -> str:
        """The longest beginning of a dotted text, short of all of it, that leads to an old module."""
        door = dotted.rpartition(".")[0]
        while door and door not in self.doors:
            door = door.rpartition(".")[0]
        return door if not dotted.endswith(".") else ""

    def through(self, dotted: str) -> str:
        """The other module by whose name a text leads to an old one: `a.views` of `a.views.tasks.f`."""
        door = dotted if dotted in self.doors else self._door(dotted)
        return "" if not door or door in self.old else self.moves.project.split(door)[0]

    def is_moved(self, module: str, name: str) -> bool:
        """Whether any code looks a name of an old module up in another one now."""
        return any(spot != Spot(module, name) for spot in self.of(module, name))

    def of(self, module: str, name: str, reach: Reach = ANYTHING) -> list[Spot]:
        """The spots at which a name of an old file is looked up by what a test can get to."""
        path = self.old[module]
        chosen = reach.units
        found: dict[Spot, int] = {}
        for unit in self.moves.source(path).units:
            key = (path, unit.index)
            if name not in unit.reads.late | unit.reads.rebinds:
                continue
            if chosen is not None and key not in chosen:
                continue
            spot = self._spot(key, name)
            if spot is not None:
                found[spot] = found.get(spot, 0) + 1
        for spot, readers in self._late.get((module, name), {}).items():
            if readers & reach.modules or (chosen is None and self._is_any_product(readers)):
                found.setdefault(spot, 0)
        if chosen is None and self._is_handed_around(module) and found:
            # Somebody asks the old module for names that the source doesn't show.
            found.setdefault(Spot(module, name), 0)
        return sorted(found, key=lambda spot: (-found[spot], spot))

    def _is_handed_around(self, module: str) -> bool:
        if module not in self._asked:
            self._asked[module] = handed_around(self.moves.inventory, module)
        return self._asked[module]

    def was_read(self, module: str, name: str) -> bool:
        """Whether a copy or a twin that has gone looked a name up in its old file."""
        path = self.old[module]
        gone = {index for owner, index in self.moves.drops if owner == path}
        gone |= {index for owner, index in self.moves.seats.values() if owner == path}
        return any(name in self.moves.unit((path, i)).reads.late for i in gone)

    def _spot(self, key: Key, name: str) -> Spot | None:
        """Where a unit, or the copy of it that was kept, looks a name up now."""
        if key in self.moves.kept:
            key = self.moves.kept[key]
            if name not in self.moves.unit(key).reads.all:
                return None
        elif key in self.moves.drops:
            return None
        return self.spots.get((key, name), Spot(self.moves.module_name(key[0]), name))

    def _is_any_product(self, modules: Collection[str]) -> bool:
        """Whether any of these modules is more than a file of tests."""
        paths = [self.moves.project.path_of[name] for name in modules]
        return any(not is_test(path) or _is_support(path) for path in paths)

    def _looked_up_by_others(self) -> dict[tuple[str, str], dict[Spot, set[str]]]:
        """Names that code elsewhere imports inside a function, or reads through the old module.

        Each with the spots where it is looked up, and the modules that do so.
        """
        found: dict[tuple[str, str], dict[Spot, set[str]]] = {}
        project = self.moves.project
        for path, facts in self.moves.inventory.facts.items():
            if path in self.moves.places:
                continue
            own = project.module_of[path]
            named, whole = set[tuple[str, str]](), set[str]()
            for item in facts.imports:
                module = project.canonical(item.module)
                named.add((module, item.name or ""))
                whole.add(f"{module}.{item.name}" if item.name else module)
                if item.scope == "function" and item.name and module in self.old:
                    spots = found.setdefault((module, item.name), {})
                    kept = (module, item.name) in self.stay
                    spot = Spot(module, item.name) if kept else self.home(module, item.name)
                    spots.setdefault(spot, set()).add(own)
            for symbol in facts.attributes:
                module, name, _ = self.split(project.resolve_module(symbol))
                # `send.delay` of a name that is imported by itself is no read through the module.
                if module and (module in whole or (module, name) not in named):
                    spots = found.setdefault((module, name), {})
                    spots.setdefault(Spot(module, name), set()).add(own)
        return found

    def home(self, module: str, name: str) -> Spot:
        """Where a name of an old file is bound now."""
        home = self.moves.new_home.get((module, name))
        return Spot(self.moves.module_name(home) if home else module, name)

    def holders(self, module: str, name: str) -> list[Spot]:
        """The spots, at least one, that hold the very object that the old name stood for."""
        unit = self.moves.binder(self.old[module], name)
        if unit is None or unit.kind not in COPIED:
            return [self.home(module, name)]
        return self.of(module, name) or [Spot(module, name)]


def _is_support(path: str) -> bool:
    """Whether a file of the tests holds no tests itself: helpers, fixtures, base classes."""
    name = path.rpartition("/")[2]
    return not name.startswith("test") and not name.endswith(("_test.py", "_tests.py"))
