"""Wishes made possible: what clashes, closes a circle or can't be edited goes elsewhere or stays."""

import ast
from collections.abc import Callable, Iterator

from codemods.inventory.link import Inventory
from codemods.moves.arrivals import Arrival, Arrivals
from codemods.moves.borders import Borders, borders
from codemods.moves.moved import Drop, Moves
from codemods.moves.places import Key, Wish
from codemods.moves.texts import CannotEditError
from codemods.moves.units import Module, Unit

ROUNDS = 60
Pins = dict[Key, tuple[int, str]]
Elsewhere = Callable[[str], str]


class Settled:
    """Moves that can be made, with the arrivals of each file and the reasons for what stays."""

    def __init__(
        self,
        inventory: Inventory,
        wishes: list[Wish],
        pins: Pins,
        drops: list[Drop] | None = None,
        seats: dict[Key, Key] | None = None,
        another: Elsewhere | None = None,
        kept: dict[Key, Key] | None = None,
    ) -> None:
        self.inventory = inventory
        self.wishes = wishes
        self.pins = pins
        self.drops = list(drops or ())
        self.seats = dict(seats or {})
        self.another = another or (lambda target: "")
        self.kept = dict(kept or {})
        self.why_another: dict[str, str] = {}
        self.banned: dict[str, str] = {}
        self.twins: list[Drop] = []
        self._modules: dict[str, Module | None] = {}
        for _ in range(ROUNDS):
            gone = [*self.drops, *self.twins]
            self.moves = Moves(inventory, wishes, gone, self.seats, self.kept, self._modules)
            self.borders = Borders()
            self.arrivals: dict[str, Arrival] = {}
            if not self._changed():
                break

    def _changed(self) -> bool:
        """Whether a wish had to be changed, so that all must be placed again."""
        clashes = [self._clash(key, home) for key, home in self.moves.homes.items()]
        if any(clashes):
            return True
        closed = {t: why for t in self.moves.targets if (why := self._closed(t))}
        for target, why in closed.items():
            self._ban(target, why)
        if closed:
            return True
        self.borders = borders(self.moves)
        if self.borders.banned:
            new = [target for target in self.borders.banned if target not in self.banned]
            self.banned.update(self.borders.banned)
            for target in new:
                self._ban(target, self.borders.banned[target])
            return bool(new)
        if self.borders.stuck:
            for key, why in self.borders.stuck.items():
                self._fix(key, why)
            return True
        refused = False
        for target, keys in self.moves.targets.items():
            builder = Arrivals(self.moves, self.borders, target, self.pins)
            for key in keys:
                try:
                    builder.take(key)
                except CannotEditError as error:
                    self._fix(key, str(error))
                    refused = True
            self.arrivals[target] = builder.arrival
        return refused

    def _closed(self, target: str) -> str:
        """Why a file can't take anything in: it can't be read, is shadowed, or reads types otherwise."""
        files = self.inventory.files
        if f"{target.removesuffix('.py')}/__init__.py" in files:
            return f"a package of the name of {target} exists"
        if target not in files and (other := files.alike(target)):
            return f"{target} is the same as {other} where a file system does not tell case apart"
        module = self.moves.module(target)
        if module is None and target in files:
            return f"{target} can't be read as Python"
        wanted = {futures(self.moves.source(path)) for path, _ in self.moves.targets[target]}
        if module is not None:
            wanted.add(futures(module))
        return f"{target} has other `from __future__` imports" if len(wanted) > 1 else ""

    def _wish(self, path: str) -> Wish:
        return next(wish for wish in self.wishes if wish.module.path == path)

    def _fix(self, key: Key, why: str) -> None:
        """Keeps a unit where it is; one with a seat leaves the other one there too."""
        wish = self._wish(key[0])
        places = self.moves.places[key[0]]
        for member in places.members(key[1]):
            wish.fixed.setdefault(member, why)

    def _ban(self, target: str, why: str) -> None:
        """Sends what should go to a file to another one, else keeps it where it is."""
        other = self.another(target)
        for wish in self.wishes:
            for index, home in list(wish.wanted.items()):
                if home != target:
                    continue
                if other and other != target:
                    wish.wanted[index] = other
                    self.why_another[other] = why
                else:
                    wish.fixed.setdefault(index, why)
            if wish.shared == target:
                wish.shared = other or target

    def _clash(self, key: Key, home: str) -> bool:
        """Whether a unit's name is taken in its new file; then its wish is changed."""
        unit = self.moves.unit(key)
        for name in unit.names:
            taken = self._taken_by_other(key, home, name)
            if taken is None:
                continue
            wish = self._wish(key[0])
            why = f"{home} has another {name}"
            if key[1] in wish.wanted:
                self._fix(key, why)
            elif isinstance(taken, Unit) and self._twins(key, home, unit, taken):
                self._let_twin(key, home)
            elif home != wish.shared:
                wish.apart.add(key[1])
            else:
                self._fix(key, why)
            return True
        return False

    def _taken_by_other(self, key: Key, home: str, name: str) -> Unit | bool | None:
        """What binds a name in the new file that is not this unit: a unit there, or a fellow."""
        module = self.moves.module(home)
        seat = self.moves.seats.get(key)
        if module is not None:
            for index in module.binders.get(name, ()):
                going = (home, index) in self.moves.leaving or seat == (home, index)
                if not going and (home, index) not in self.moves.seats.values():
                    if not self._is_import_of(key, home, name):
                        return module.units[index]
        for other in self.moves.targets[home]:
            if other[0] != key[0] and other < key and name in self.moves.unit(other).names:
                return True
        return None

    def _is_import_of(self, key: Key, home: str, name: str) -> bool:
        """Whether the new file only imports the name from its old one, and so loses the import."""
        own = f"{self.moves.module_name(key[0])}.{name}"
        binding = self.inventory.facts[home].bindings.get(name)
        return (
            binding is not None
            and binding.kind == "import"
            and self.inventory.project.resolve(binding.target) == own
        )

    def _twins(self, key: Key, home: str, unit: Unit, other: Unit) -> bool:
        """Whether two definitions are the same code and read the same things."""
        if [ast.dump(node) for node in unit.nodes] != [ast.dump(node) for node in other.nodes]:
            return False
        return all(self.moves.same_meaning(key[0], home, name) for name in unit.names)

    def _let_twin(self, key: Key, home: str) -> None:
        wish = self._wish(key[0])
        wish.fixed[key[1]] = ""
        for name in self.moves.unit(key).names:
            wish.elsewhere[name] = home
        self.twins.append(Drop(key, home))

    def reasons(self) -> Iterator[tuple[Module, Unit, str]]:
        """The wanted units that stay after all, each with the reason."""
        for wish in self.wishes:
            places = self.moves.places[wish.module.path]
            for index in wish.wanted:
                if index not in places.homes:
                    why = places.stays.get(index, "") or "it can't be moved"
                    yield wish.module, wish.module.units[index], why


def futures(module: Module) -> frozenset[str]:
    """The features that a file imports from `__future__`."""
    return frozenset(
        alias.name
        for unit in module.units
        if unit.kind == "future"
        for node in unit.nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    )
