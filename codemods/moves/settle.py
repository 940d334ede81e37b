"""Wishes made possible: what clashes, closes a circle or can't be edited goes elsewhere or stays."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from codemods.inventory.link import Inventory
from codemods.inventory.standard import BUILTINS
from codemods.moves.files.arrival import Arrival, Arrivals
from codemods.moves.files.unit_text import CannotEditError
from codemods.moves.full_files import too_much
from codemods.moves.import_circles import Borders, borders
from codemods.moves.moves import Moves
from codemods.moves.request import Drop, MoveRequest, Wish
from codemods.units.units import Key, Module, Unit

ROUNDS = 60
"""How often all is placed again before what is still in the way makes everything stay."""

Elsewhere = Callable[[str], str]
"""The file that takes what another one can't, `""` where there is none."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Moves that can be made, with the arrivals of each file and the reasons for what stays.

    `why_another` has the reasons for files that stand in for others, `banned` the files that can
    take nothing in.
    """

    inventory: Inventory
    wishes: tuple[Wish, ...]
    moves: Moves
    borders: Borders
    arrivals: Mapping[str, Arrival]
    why_another: Mapping[str, str]
    banned: Mapping[str, str]

    def reasons(self) -> Iterator[tuple[Module, Unit, str]]:
        """The wanted units that stay after all, each with the reason."""
        for wish in self.wishes:
            places = self.moves.places[wish.module.path]
            for index in wish.wanted:
                if index not in places.homes:
                    why = places.stays.get(index, "") or "it can't be moved"
                    yield wish.module, wish.module.units[index], why


def settle(
    inventory: Inventory, request: MoveRequest, another: Elsewhere | None = None
) -> Settlement:
    """What of a request can be done; the request itself stays as it is."""
    rounds = _Rounds(inventory, request, another or (lambda target: ""))
    for _ in range(ROUNDS):
        if not rounds.changed():
            return rounds.settlement()
    rounds.keep_all(f"no way to move it was found in {ROUNDS} rounds")
    return rounds.settlement()


class _Rounds:
    """Wishes that are changed until all of them can be fulfilled."""

    def __init__(self, inventory: Inventory, request: MoveRequest, another: Elsewhere) -> None:
        self.inventory = inventory
        self.request = request
        self.wishes = tuple(wish.copy() for wish in request.wishes)
        self.another = another
        self.why_another: dict[str, str] = {}
        self.banned: dict[str, str] = {}
        self.twins: list[Drop] = []
        self._modules: dict[str, Module | None] = {}
        self._place()

    def _place(self) -> None:
        """Places all units by the wishes as they are now."""
        drops = (*self.request.drops, *self.twins)
        asked = replace(self.request, wishes=self.wishes, drops=drops)
        self.moves = Moves(self.inventory, asked, self._modules)
        self.borders = Borders()
        self.arrivals: dict[str, Arrival] = {}

    def changed(self) -> bool:
        """One round: whether a wish had to be changed, so that all is placed again."""
        changed = self._changed()
        if changed:
            self._place()
        return changed

    def keep_all(self, why: str) -> None:
        """Lets everything stay that was to move."""
        for wish in self.wishes:
            for index in wish.wanted:
                wish.fixed.setdefault(index, why)
        self._place()

    def settlement(self) -> Settlement:
        """What the wishes come to."""
        return Settlement(
            self.inventory,
            self.wishes,
            self.moves,
            self.borders,
            self.arrivals,
            self.why_another,
            self.banned,
        )

    def _changed(self) -> bool:
        """Whether a wish had to be changed."""
        if not self.moves.leaving:
            return False
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
            builder = Arrivals(self.moves, self.borders, target, self.request.pins)
            for key in keys:
                try:
                    builder.take(key)
                except CannotEditError as error:
                    self._fix(key, str(error))
                    refused = True
            self.arrivals[target] = builder.arrival
        return refused or self._made_room()

    def _made_room(self) -> bool:
        """Whether helpers had to leave new files that would be too long with them."""
        found = list(too_much(self.moves, self.arrivals)) if self.request.parts_long_files else []
        for path, index in found:
            self._wish(path).apart.add(index)
        return bool(found)

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
        if module is not None and (star := self.moves.unknown_star(target)):
            return f"{target} has a star import of {star}, which may hide what arrives"
        paths = {path for path, _ in self.moves.targets[target]}
        wanted = {futures(self.moves.source(path)) for path in paths}
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
                if not other:
                    wish.fixed = dict.fromkeys(sorted(wish.along), why) | wish.fixed

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
            if self._is_given(key, home, name):
                return True
        for other in self.moves.targets[home]:
            fellow = self.moves.unit(other)
            if other[0] != key[0] and other < key and name in fellow.names:
                return True
            if other[0] != key[0] and self._reads_builtin(other[0], fellow, name):
                return True
        return None

    def _is_given(self, key: Key, home: str, name: str) -> bool:
        """Whether the new file has another thing of a name by a star import, or reads a builtin by it."""
        star = self.moves.star_of(home, name)
        if star is not None:
            resolve = self.inventory.project.resolve
            return resolve(f"{star}.{name}") != resolve(f"{self.moves.module_name(key[0])}.{name}")
        module = self.moves.source(home)
        return any(self._reads_builtin(home, unit, name) for unit in module.units)

    def _reads_builtin(self, path: str, unit: Unit, name: str) -> bool:
        if name not in BUILTINS or name not in unit.reads.all:
            return False
        return self.moves.binder(path, name) is None and self.moves.star_of(path, name) is None

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
