"""A file that takes units in: what it must import, what clashes, and where each piece stands."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from msgspec import structs

from codemods.inventory.standard import BUILTINS
from codemods.inventory.symbols import imported_module
from codemods.layout.layout import Layout
from codemods.moves.files.unit_text import Adjust, CannotEditError, text_of
from codemods.moves.import_circles import Borders
from codemods.moves.lookup_place import Spot
from codemods.moves.moves import Crossing, Moves
from codemods.moves.request import Pin
from codemods.moves.unbound import unbound
from codemods.source.own_layout import layout_of, quote_of
from codemods.units.units import Key, Module, Unit
from codemods.values import Edit

NOTHING = "(nothing)"
"""What a name stands for that nothing binds where it is read."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that arrives in a file; `unit` is what it was in its old one."""

    key: Key
    unit: Unit
    text: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """Everything that one file takes in."""

    target: str
    pieces: list[Piece] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    """Names to import from the project's modules."""
    copied: dict[Key, set[str]] = field(default_factory=dict)
    """Import statements of the old files, with the names that are needed of each."""
    renamed: dict[tuple[Key, str], str] = field(default_factory=dict)
    """Names of such statements that must be imported under another name."""
    unread: set[str] = field(default_factory=set)
    """Names that are imported for what their import loads."""
    stars: list[Key] = field(default_factory=list)
    by_star: dict[str, list[str]] = field(default_factory=dict)
    """Names of the project's modules that came by star imports, to be imported where no star is."""
    loads: list[str] = field(default_factory=list)
    """The project's modules to import for what they do."""
    edits: list[Edit] = field(default_factory=list)
    spots: dict[tuple[Key, str], Spot] = field(default_factory=dict)
    """Where each unit looks up each name that it reads, once it is here."""


class Arrivals:
    """Builds the arrival of one file from the moves and the borders."""

    def __init__(
        self, moves: Moves, borders: Borders, target: str, pins: Mapping[Key, Pin]
    ) -> None:
        self.moves = moves
        self.borders = borders
        self.pins = pins
        self.target = target
        self.arrival = Arrival(target)
        loaded = map(moves.module_name, borders.loads.get(target, ()))
        self.arrival.loads.extend(loaded)
        self.bound: dict[str, str] = {}
        self._crossings: dict[Key, list[Crossing]] = {}
        self._layouts: dict[str, Layout] = {}
        self._unbound: dict[str, set[str]] = {}
        for crossing in moves.crossings(target):
            self._crossings.setdefault(crossing.reader, []).append(crossing)
        self.module = moves.module(target)
        if self.module is not None:
            self._bind_existing(self.module)
        for key in moves.targets[target]:
            for name in moves.unit(key).names:
                self.bound[name] = moves.meaning(key[0], name)
            self._bind_given(key[0], moves.unit(key))

    def _bind_existing(self, module: Module) -> None:
        going = set(self.moves.seats.values()) | set(self.moves.leaving)
        for name, indexes in module.binders.items():
            if any((self.target, index) not in going for index in indexes):
                self.bound[name] = self.moves.meaning(self.target, name)
        for unit in module.units:
            self._bind_given(self.target, unit)

    def _bind_given(self, path: str, unit: Unit) -> None:
        """Keeps the builtins that a unit reads, and what it would look for in vain: no import may hide them."""
        for name in sorted(unit.reads.all & BUILTINS):
            if self.moves.binder(path, name) is None and not self.moves.star_of(path, name):
                self.bound.setdefault(name, f"builtins.{name}")
        for name in sorted(unit.reads.all & self._unbound_in(path)):
            self.bound.setdefault(name, NOTHING)

    def _unbound_in(self, path: str) -> set[str]:
        if path not in self._unbound:
            self._unbound[path] = unbound(self.moves.source(path))
        return self._unbound[path]

    def take(self, key: Key) -> None:
        """Adds one unit to the file. Raises `CannotEditError` for an edit that can't be made."""
        unit, path, own = self.moves.unit(key), key[0], self.moves.module_name(self.target)
        self._refuse_other_meanings(path, unit)
        adjust = Adjust(
            pin=self.pins.get(key),
            own_name=self.moves.module_name(path) if "__name__" in unit.reads.all else "",
            spelled=partial(self.moves.module_spelled, path, self.target),
            layout=self._layout(path),
        )
        for name, context in self.moves.contexts(key):
            local = self._context(path, name, context)
            if name not in unit.reads.all:
                self.arrival.unread.add(local)
            if local != name:
                adjust.renamed[name] = local
        for crossing in self._crossings.get(key, ()):
            self._cross(crossing.name, crossing.home, path, adjust)
        for name in self.moves.from_stars(key):
            local = self._star(path, name)
            if local != name:
                adjust.renamed[name] = local
        for name in sorted(unit.reads.all):
            spot = Spot(adjust.inner.get(name) or own, adjust.renamed.get(name, name))
            self.arrival.spots[key, name] = spot
        text, edits = text_of(self.moves.source(path), unit, adjust)
        if self.module is not None:
            try:
                text.encode(self.module.source.encoding)
            except UnicodeEncodeError:
                raise CannotEditError(
                    f"{self.target} is in {self.module.source.encoding}, which lacks its characters"
                ) from None
        self.arrival.edits.extend(edits)
        self.arrival.pieces.append(Piece(key, unit, text))

    def _refuse_other_meanings(self, path: str, unit: Unit) -> None:
        """Raises `CannotEditError` for names that may be bound here to other things than where the unit stood."""
        for name in sorted(unit.reads.all | set(unit.names)):
            if star := self.moves.maybe_hidden(path, name):
                raise CannotEditError(f"{name} may be what a star import of {star} gives")
        for name in sorted(unit.reads.all & self._unbound_in(path)):
            if self.bound[name] != NOTHING or self._by_star(name):
                raise CannotEditError(
                    f"nothing in its file binds {name}, and {self.target} has one"
                )

    def _layout(self, path: str) -> Layout:
        """How text is written here that comes from a file; its code tells what no configuration says."""
        if path not in self._layouts:
            own, source = self.moves.inventory.layout(self.target), self.moves.source(path).source
            quote = quote_of(source, own)
            self._layouts[path] = structs.replace(layout_of(source, own), quote=quote)
        return self._layouts[path]

    def _cross(self, name: str, home: str, path: str, adjust: Adjust) -> None:
        module = self.moves.module_name(home)
        if (self.target, home, name) in self.borders.inner:
            adjust.inner[name] = module
            return
        if self._has_twin(path, name):
            return
        elsewhere = name in self.moves.places[path].wish.elsewhere
        meaning = (
            self.moves.project.resolve(f"{module}.{name}")
            if elsewhere
            else self.moves.meaning(path, name)
        )
        local = self._local(path, name, meaning)
        if local != name:
            adjust.renamed[name] = local
        if self._is_there(name, meaning):
            return
        wanted = self.arrival.names.setdefault(module, [])
        text = name if local == name else f"{name} as {local}"
        if text not in wanted:
            wanted.append(text)

    def _has_twin(self, path: str, name: str) -> bool:
        """Whether the file defines the very same code under this name, so that it can read its own."""
        if self.module is None or name not in self.module.binders or name not in self.bound:
            return False
        own = self.moves.meaning(self.target, name)
        return self.bound[name] == own and self.moves.same_meaning(path, self.target, name)

    def _is_there(self, name: str, meaning: str) -> bool:
        """Whether the file as it stands binds the name to just this."""
        if self.module is None:
            return False
        if name not in self.module.binders:
            return self._by_star(name) == meaning
        return self.moves.meaning(self.target, name) == meaning and self.bound[name] == meaning

    def _by_star(self, name: str) -> str | None:
        """What a star import of the file as it stands gives it under a name."""
        star = self.moves.star_of(self.target, name)
        return self.moves.project.resolve(f"{star}.{name}") if star else None

    def _local(self, path: str, name: str, meaning: str) -> str:
        """The name under which the file can know something: its own, unless that is taken."""
        known = self.bound.get(name) or self._by_star(name)
        if known is None or known == meaning:
            self.bound[name] = meaning
            return name
        stem = path.rpartition("/")[2].removesuffix(".py").strip("_")
        other = f"{stem}_{name.lstrip('_')}"
        while self.bound.get(other, meaning) != meaning:
            other += "_"
        self.bound[other] = meaning
        return other

    def _context(self, path: str, name: str, context: Unit) -> str:
        meaning = self.moves.meaning(path, name)
        there = self._is_there(name, meaning) and self._loads_all(name, context)
        local = self._local(path, name, meaning)
        if local != name and (context.kind in {"choice", "typing"} or dotted_in(context)):
            raise CannotEditError(
                f"{name} is taken in {self.target}, and its import can't take another name"
            )
        if not there:
            key = (path, context.index)
            self.arrival.copied.setdefault(key, set()).add(name)
            if local != name:
                self.arrival.renamed[key, name] = local
        return local

    def _loads_all(self, name: str, context: Unit) -> bool:
        """Whether the file imports each module that an `import a.b` loads, besides what it binds."""
        assert self.module is not None
        units = (self.module.units[index] for index in self.module.binders.get(name, ()))
        return dotted_in(context) <= {module for unit in units for module in dotted_in(unit)}

    def _star(self, path: str, name: str) -> str:
        """A name that came by a star import: from the project's module that has it, else by the star."""
        moves = self.moves
        module = moves.star_below(path, name) or moves.star_of(path, name)
        stars = [unit for unit in moves.source(path).units if unit.kind == "star"]
        open_ones = [unit for unit in stars if moves.may_give_more(star_module(path, unit))]
        if module is not None:
            giving = [
                unit for unit in stars if moves.project.canonical(star_module(path, unit)) == module
            ]
            # A later star may bind the name as well, which only running it tells.
            hiding = [unit for unit in open_ones if giving and unit.index > giving[-1].index]
            if not hiding:
                return self._given(path, name, module)
            open_ones = [giving[-1], *hiding]
        if self.module is not None:
            raise CannotEditError(
                f"{name} comes by a star import, which could hide names of {self.target}"
            )
        for unit in open_ones or stars:
            if (path, unit.index) not in self.arrival.stars:
                self.arrival.stars.append((path, unit.index))
        return name

    def _given(self, path: str, name: str, module: str) -> str:
        """The name under which the file imports what a star of the project's gave."""
        meaning = self.moves.project.resolve(f"{module}.{name}")
        local = self._local(path, name, meaning)
        # Under its own name a star that comes along gives it, too.
        own = local == name
        wanted = (self.arrival.by_star if own else self.arrival.names).setdefault(module, [])
        text = name if own else f"{name} as {local}"
        if not self._is_there(name, meaning) and text not in wanted:
            wanted.append(text)
        return local


def dotted_in(unit: Unit) -> set[str]:
    """The modules of a unit's imports such as `import a.b`, which bind only their first word."""
    plain = (node for node in unit.nodes if isinstance(node, ast.Import))
    return {a.name for node in plain for a in node.names if "." in a.name and not a.asname}


def star_module(path: str, unit: Unit) -> str:
    """The module of a star import, from the root."""
    node = unit.nodes[0]
    assert isinstance(node, ast.ImportFrom)
    return imported_module(path, node.module, node.level)
