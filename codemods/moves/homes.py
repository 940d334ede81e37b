"""Where each unit of a source file goes: tasks as decided, and what they need with or beside them."""

from collections.abc import Iterable, Iterator

from codemods.moves.anchored import RUNS, anchored, asks_for_module
from codemods.moves.request import PLACED, Wish
from codemods.units.filled import filled_in
from codemods.units.quiet_code import is_quiet
from codemods.units.units import Unit


class Places:
    """The homes of one file's units. `homes` has those that move, `stays` a reason for the others."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        self.module = wish.module
        self.fills = filled_in(wish.module, wish.subclassed)
        self.group = self._glued()
        self._members: dict[int, list[int]] = {}
        for index, root in self.group.items():
            self._members.setdefault(root, []).append(index)
        self.tied = dict(self._tied_imports())
        """Imports that can't stand at the top of another file, with the reason."""
        self.stays: dict[int, str] = {}
        self.homes: dict[int, str] = {}
        self._anchor()
        self._place_wanted()
        self._place_along()
        self._propagate()
        self._keep_alone()
        self._place_needed()
        self._place_handlers()
        self._place_what_is_made_of_tasks()
        self._place_rest_of_sections()

    def needs(self, unit: Unit) -> Iterator[int]:
        """The indexes of the units with one home that a unit reads."""
        for name in sorted(unit.reads.all):
            for index in self.module.binders.get(name, ()):
                kind = self.module.units[index].kind
                if index != unit.index and (kind in PLACED | {"effect"} or index in self.tied):
                    yield index

    def members(self, index: int) -> list[int]:
        """The units that must stay together with one, itself among them."""
        return self._members[self.group[index]]

    def _glued(self) -> dict[int, int]:
        """Groups: units that bind one name, and a name assigned at run time with all who read it."""
        parent = {unit.index: unit.index for unit in self.module.units}

        def root(index: int) -> int:
            while parent[index] != index:
                index = parent[index]
            return index

        def join(indexes: Iterable[int]) -> None:
            found = sorted({root(index) for index in indexes})
            for other in found[1:]:
                parent[other] = found[0]

        for indexes in self.module.binders.values():
            kinds = {self.module.units[index].kind for index in indexes}
            if len(indexes) > 1 and kinds & PLACED:
                join(indexes)
        for unit in self.module.units:
            if unit.kind == "effect":
                # What runs at import may change the values that it reads, so they stay with it.
                join([unit.index, *self._values_of(unit)])
            join([unit.index, *self._filled_by(unit)])
        for name in sorted(self.state_names()):
            around = [unit.index for unit in self.module.units if name in unit.reads.all]
            join([*self.module.binders.get(name, ()), *around])
        return {index: root(index) for index in parent}

    def _filled_by(self, unit: Unit) -> Iterator[int]:
        """What a unit fills at import: a registry that it enters, as `@show.register` does, or a cache."""
        for name in sorted(self.fills.get(unit.index, ())):
            for index in self.module.binders.get(name, ()):
                if self.module.units[index].kind in PLACED:
                    yield index

    def _values_of(self, unit: Unit) -> Iterator[int]:
        for name in sorted(unit.reads.eager) if "__all__" not in unit.names else ():
            for index in self.module.binders.get(name, ()):
                if self.module.units[index].kind == "value":
                    yield index

    def state_names(self) -> set[str]:
        """The names of this file that are assigned while it is in use."""
        own = {name for unit in self.module.units for name in unit.reads.rebinds}
        placed = {
            name
            for name, indexes in self.module.binders.items()
            if all(self.module.units[index].kind in PLACED for index in indexes)
        }
        return own | (self.wish.state & placed)

    def _tied_imports(self) -> Iterator[tuple[int, str]]:
        """Imports below code that runs first, and stars that lead to this very file."""
        ran = 0
        for unit in self.module.units:
            if unit.kind == "effect" and "__all__" not in unit.names and not is_quiet(unit):
                ran = ran or unit.line
            elif unit.kind in {"import", "star", "choice", "typing"}:
                if ran and unit.kind != "typing":
                    yield unit.index, f"its import comes after what line {ran} does"
                elif unit.kind == "star" and unit.index in self.wish.circular:
                    yield unit.index, "its import leads back to this file"

    def _anchor(self) -> None:
        for unit in self.module.units:
            free = unit.index in self.wish.along and self._is_free(unit)
            own = asks_for_module(unit) if free else anchored(unit)
            why = self.wish.fixed.get(unit.index) or own or self._entering(unit)
            if why or unit.index in self.wish.fixed:
                for index in self.members(unit.index):
                    self.stays.setdefault(index, why if index == unit.index else self._tied(unit))
            elif unit.kind not in PLACED and not free:
                self.stays.setdefault(unit.index, self.tied.get(unit.index, ""))

    def _entering(self, unit: Unit) -> str:
        """Why a unit that was to move must not: what it enters is only full once its file is loaded."""
        names = [self.module.units[index].name for index in self._filled_by(unit)]
        if unit.index not in self.wish.wanted or not names:
            return ""
        return f"it changes {names[0]} when it is imported"

    def _tied(self, unit: Unit) -> str:
        return f"must stay together with {unit.name}"

    def _place_wanted(self) -> None:
        for index, target in self.wish.wanted.items():
            group = self.members(index)
            asked = {self.wish.wanted[member] for member in group if member in self.wish.wanted}
            if len(asked) > 1:
                others = ", ".join(sorted(self.module.units[member].name for member in group))
                self.stays.setdefault(
                    index, f"{others} share what is assigned at run time, so they need one home"
                )
            elif index not in self.stays:
                self.homes.update(dict.fromkeys(group, target))
        for index in list(self.homes):
            if any(member in self.stays for member in self.members(index)):
                del self.homes[index]

    def _is_free(self, unit: Unit) -> bool:
        """Whether an effect may leave its file: it binds and fills nothing, and stays with values alone."""
        kinds = {self.module.units[index].kind for index in self.members(unit.index)}
        fills = any(True for _ in self._filled_by(unit))
        return kinds <= {"effect", "value"} and not unit.names and not fills

    def _place_along(self) -> None:
        """What acts on other modules goes to the file that every new file can load."""
        for index in sorted(self.wish.along - self.stays.keys()) if self.homes else ():
            self.homes.update(dict.fromkeys(self.members(index), self.wish.shared))

    def _keep_alone(self) -> None:
        """Keeps what acts on other modules where nothing else goes."""
        if not self.homes.keys() & self.wish.wanted.keys():
            self.homes.clear()
        for index in sorted(self.wish.along - self.homes.keys()):
            for member in self.members(index):
                self.stays.setdefault(member, RUNS)

    def _propagate(self) -> None:
        """What needs something that stays here stays too: no new file imports the old one."""
        changed = True
        while changed:
            changed = False
            for unit in self.module.units:
                if unit.index in self.stays:
                    continue
                needed = next((n for n in self.needs(unit) if self._is_out_of_reach(n)), None)
                if needed is not None:
                    changed = True
                    other = self.module.units[needed]
                    why = self.stays[needed] or "it stays"
                    for member in self.members(unit.index):
                        self.stays[member] = f"needs {other.name}: {why}"
                        self.homes.pop(member, None)
            changed = changed or self._keep_naming()

    def _keep_naming(self) -> bool:
        """Keeps what a task that stays has its registered name from; whether anything had not stayed yet."""
        kept = False
        for task, helpers in self.wish.naming.items():
            for index in sorted(helpers) if task not in self.homes else ():
                name = self.module.units[task].name
                why = f"{name} stays, and has its registered name from where this stands: give it that name by name=, then plan again"
                for member in self.members(index) if index not in self.stays else ():
                    kept = True
                    self.stays[member] = (
                        why if member == index else self._tied(self.module.units[index])
                    )
                    self.homes.pop(member, None)
        return kept

    def _is_out_of_reach(self, index: int) -> bool:
        """Whether a unit stays and no other file defines its names."""
        names = self.module.units[index].names
        return index in self.stays and not all(name in self.wish.elsewhere for name in names)

    def _place_needed(self) -> None:
        """Helpers: with their only reader, else in the file that all readers import."""
        consumers: dict[int, set[str]] = {}
        certain: set[int] = set()
        starts = [(index, home, True) for index, home in self.homes.items()]
        starts += [(index, home, False) for index, home in self.wish.future.items()]
        if self.wish.keeps_reading:
            rest = set(self.stays) - set(self.wish.future) - set(self.wish.wanted)
            starts += [(index, self.module.path, False) for index in sorted(rest)]
        for index, home, moves in starts:
            for needed in sorted(self._closure(index)):
                consumers.setdefault(needed, set()).add(home)
                if moves:
                    certain.add(needed)
        waiting = [i for i, files in consumers.items() if len(files) > 1 or i in self.wish.apart]
        chosen: set[int] = set()
        while waiting:
            index = waiting.pop()
            for member in (*self.members(index), *sorted(self._closure(index))):
                if member not in chosen and member not in self.homes and member not in self.stays:
                    chosen.add(member)
                    waiting.append(member)
        for index in sorted(chosen):
            self.homes[index] = self.wish.shared
        for index, files in consumers.items():
            if index not in self.homes and index in certain:
                self.homes.update(dict.fromkeys(self.members(index), min(files)))

    def _closure(self, start: int) -> set[int]:
        """The helpers that a unit needs, also through others, which have no home yet."""
        seen: set[int] = set()
        waiting = [start]
        while waiting:
            for needed in self.needs(self.module.units[waiting.pop()]):
                placed = needed in self.homes or needed in self.stays
                if needed not in seen and not placed and needed != start:
                    seen.update(self.members(needed))
                    waiting.extend(self.members(needed))
        return {index for index in seen if index not in self.homes and index not in self.stays}

    def _place_handlers(self) -> None:
        """A signal handler goes with what it reads if that has one home, else it stays."""
        for unit in self.module.units:
            if unit.kind != "handler" or unit.index in self.homes or unit.index in self.stays:
                continue
            homes = {self.homes.get(index) for index in self.needs(unit)}
            home = next(iter(homes)) if len(homes) == 1 else None
            if home is not None:
                self.homes[unit.index] = home
                for index in sorted(self._closure(unit.index)):
                    self.homes[index] = home

    def _place_what_is_made_of_tasks(self) -> None:
        """A value made of tasks alone, as a chain of them, goes with those if they have one home and all its readers too."""
        for unit in self.module.units:
            if unit.kind != "value" or unit.index in self.homes or unit.index in self.stays:
                continue
            needed = list(self.needs(unit))
            around = {
                self.homes.get(i) for i in (*needed, *sorted(self.module.readers(unit.index)))
            }
            home = next(iter(around)) if len(around) == 1 else None
            alone = self.members(unit.index) == [unit.index]
            if home is not None and alone and not self.wish.wanted.keys().isdisjoint(needed):
                self.homes[unit.index] = home

    def _place_rest_of_sections(self) -> None:
        """What nothing reads goes with the section that it stands in, if all else of that has one home."""
        for banner in self.module.banners:
            units = [unit for unit in self.module.headed(banner) if unit.kind in PLACED]
            homes = sorted({home for unit in units if (home := self.homes.get(unit.index))})
            left = [unit.index for unit in units if unit.index not in self.homes]
            led = len(homes) == 1 and any(unit.index in self.wish.wanted for unit in units)
            around = (self.module.readers(i) | self._closure(i) for i in left)
            if led and self.stays.keys().isdisjoint(left) and all(a <= {*left} for a in around):
                self.homes.update(dict.fromkeys(left, homes[0]))
