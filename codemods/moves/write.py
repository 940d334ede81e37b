"""The moves written: new and grown files, what remains of the old, and all that follows them."""

import ast
from collections.abc import Iterator

from codemods.inventory.foreign.reading import why_unread
from codemods.inventory.outside import handed_around, names_taken_from, only_asked
from codemods.inventory.walking import walk
from codemods.moves.files.linter_remarks import without_useless
from codemods.moves.files.new_home import Writer
from codemods.moves.files.old_file import OPTIONAL, remains, trimmed_imports
from codemods.moves.importers import Follower
from codemods.moves.moves import Moves
from codemods.moves.patches.aim import Patches
from codemods.moves.patches.lookups import Readers
from codemods.moves.patches.reach import Reaches
from codemods.moves.patches.write import patched
from codemods.moves.request import PLACED
from codemods.moves.settle import Settlement
from codemods.snapshot import Snapshot
from codemods.source.comments import heads_imports
from codemods.source.import_headings import heading_lines, with_headings
from codemods.source.imports import module_text
from codemods.units.units import Banner, Key, read_module
from codemods.values import Change, Edit, Note, Rewrite

IMPORTED = frozenset({"import", "typing", "choice"})
"""Kinds of units that bind what stands elsewhere."""


class Carry:
    """Writes settled moves. With `follow` importers are rewritten to the new homes."""

    def __init__(self, snapshot: Snapshot, settlement: Settlement, *, follow: bool = True) -> None:
        self.settlement = settlement
        self.moves: Moves = settlement.moves
        self.files = snapshot
        self.follow = follow
        self.data: dict[str, bytes] = {}
        self.edits: list[Edit] = []
        self.notes: list[Note] = []
        self.everywhere = Follower(self.moves)
        self.follower = Follower(self.moves, settlement.borders.unfollowed)
        self.replaced: set[tuple[str, str]] = set()
        """Names of old modules that some patch still replaces there."""

    def write(self) -> Rewrite:
        """Every changed file."""
        if not self.moves.leaving:
            return Rewrite()
        self.notes.extend(self._unread())
        self._patch()
        self._move()
        self._follow()
        self._head_imports()
        changes = sorted(self._changes(), key=lambda change: change.path)
        return Rewrite(tuple(changes), tuple(self.edits), tuple(self.notes))

    def _head_imports(self) -> None:
        """Gives new files the headings of sections of imports, and others those that they miss now."""
        for path, data in self.data.items():
            layout, before = self.settlement.inventory.layout(path), self._before(path)
            if before is None or with_headings(before, layout) == before:
                self.data[path] = with_headings(data, layout)
                heads = heading_lines(layout)
                for number, line in enumerate(
                    (before or b"").decode("utf-8", "replace").splitlines(), 1
                ):
                    if line.rstrip() in heads:
                        self.edits.append(
                            Edit(path, number, "headings follow the imports below them")
                        )

    def _changes(self) -> Iterator[Change]:
        for path, data in self.data.items():
            place, before = self.moves.place(path), self._before(path)
            if place != path:
                yield Change(path, before, None)
                executable = self.files.entries[path].mode == "100755"
                yield Change(place, None, data, executable=executable)
            elif data != before:
                yield Change(path, before, data)

    def _unread(self) -> Iterator[Note]:
        """The files that don't parse and name an old module: nothing in them follows."""
        inventory = self.settlement.inventory
        old = [self.moves.module_name(path) for path in self.moves.places]
        for facts in inventory.unparsed:
            data = self.files.read_many([facts.path]).get(facts.path, b"")
            named = next((name for name in old if name.encode() in data), "")
            if named and facts.error is not None:
                message = f"this file is never edited, since it {why_unread(facts.error)}: nothing in it follows what left {named}. Its imports still work, but its patches may have no effect: patch the modules that read the names now"
                yield Note(facts.path, facts.error.line, "unparsed", message)

    def _before(self, path: str) -> bytes | None:
        return self.files.read(path) if path in self.files else None

    def _move(self) -> None:
        banners = dict(self._banners())
        for target, arrival in self.settlement.arrivals.items():
            self.data[target] = Writer(self.moves, arrival, banners).write()
            self.edits.extend(arrival.edits)
        leaving = {path for path, _ in [*self.moves.leaving, *self.moves.seats.values()]}
        for path in sorted(leaving):
            taken = self._taken(path)
            if path in self.data:
                indexes = {index for owner, index in self.moves.leaving if owner == path}
                indexes |= {index for owner, index in self.moves.seats.values() if owner == path}
                self.data[path] = trimmed_imports(
                    self.moves, self.settlement.borders, path, self.data[path], indexes, taken
                )
            else:
                own = [banner for key, banner in banners.items() if key[0] == path]
                self.data[path] = remains(self.moves, self.settlement.borders, path, taken, own)
            self.data[path], told = without_useless(self.files.read(path), self.data[path])
            what = "what it tells linters of has left"
            self.edits.extend(Edit(path, line, what) for line in told)
            self._declare_choices(path)
            self._declare_headings(path)
            self._declare_relative(path)

    def _declare_choices(self, path: str) -> None:
        """Declares the blocks of imports and the loggers that nothing in a file reads any more."""
        left = read_module(path, self.data[path]).binders
        for unit in self.moves.source(path).units:
            if unit.kind in OPTIONAL and not set(unit.names) & left.keys():
                what, text = (
                    "nothing here reads it any more",
                    "\n".join(map(ast.unparse, unit.nodes)),
                )
                self.edits.append(Edit(path, unit.line, what, old=text))

    def _declare_headings(self, path: str) -> None:
        """Declares the names of groups of imports that have left with their group."""
        left = set(self.data[path].splitlines())
        for unit in self.moves.source(path).units:
            for line in range(unit.first, unit.line) if unit.kind == "import" else ():
                text = self.moves.source(path).source.lines[line - 1].rstrip(b"\r\n")
                if text not in left and heads_imports(text.decode()):
                    self.edits.append(Edit(path, line, "the imports below it have left"))

    def _declare_relative(self, path: str) -> None:
        """Declares the relative imports of a file that becomes a package: they have one more dot."""
        if path in self.moves.packaged:
            for node in walk(self.moves.source(path).source.tree):
                if isinstance(node, ast.ImportFrom) and node.level:
                    what, old = "its file is a package now", module_text(node)
                    self.edits.append(Edit(path, node.lineno, what, old=old, new=f".{old}"))

    def _taken(self, path: str) -> set[str]:
        """The names that other files will still read from an old one."""
        module = self.moves.module_name(path)
        inventory = self.settlement.inventory
        found = names_taken_from(inventory, module)
        found |= {name for owner, name in self.replaced if owner == module}
        around = handed_around(inventory, module)
        if "*" in found or (around and not only_asked(inventory, module)):
            found |= set(self.moves.source(path).binders)
        elif around:
            found |= set(self._own_names(path))
        return found

    def _own_names(self, path: str) -> Iterator[str]:
        """The names of an old file that a computed name can mean: what the project defines, not its tools."""
        project, source = self.moves.project, self.moves.source(path)
        module = self.moves.module_name(path)
        for name, indexes in source.binders.items():
            kinds = {source.units[index].kind for index in indexes}
            if kinds - IMPORTED or project.split(project.resolve(f"{module}.{name}"))[0]:
                yield name

    def _banners(self) -> Iterator[tuple[Key, Banner]]:
        """Banners whose whole section leaves, each with the first unit that takes it along."""
        for path in sorted({path for path, _ in self.moves.leaving}):
            module = self.moves.source(path)
            for banner in module.banners:
                headed = [unit for unit in module.headed(banner) if unit.kind in PLACED]
                keys = [(path, unit.index) for unit in headed]
                moving = [key for key in keys if key in self.moves.homes]
                if moving and all(key in self.moves.leaving for key in keys):
                    yield moving[0], banner

    def _follow(self) -> None:
        importers = self.follower.importers() if self.follow else []
        targets = self.settlement.arrivals.keys()
        for path in sorted({*importers, *targets}):
            before = self._before(path)
            # What takes code in of an old file can't import that.
            follower = self.everywhere if path in targets else self.follower
            if before is not None:
                self.edits.extend(follower.edits(path, before))
            data = self.data.get(path, before)
            if data is not None:
                self.data[path] = follower.follow(self.moves.place(path), data)
        for path in self.moves.places:
            before = self._before(path)
            if before is not None:
                self.edits.extend(self.everywhere.edits(path, before))

    def _candidates(self, readers: Readers) -> Iterator[tuple[str, bytes]]:
        """The files that name an old module and may replace something in it."""
        inventory = self.settlement.inventory
        project = inventory.project
        paths = [
            path
            for path, facts in inventory.facts.items()
            if facts.error is None and path not in self.moves.places and path not in self.data
        ]
        holders = {*readers.doors, *(door.rpartition(".")[0] for door in readers.doors)}
        importing = [
            path
            for path in paths
            if any(
                project.canonical(f"{item.module}.{item.name}" if item.name else item.module)
                in holders
                for item in inventory.facts[path].imports
            )
        ]
        naming = self.files.holding(paths, [door.encode() for door in readers.doors])
        named = naming | self.files.read_many(path for path in importing if path not in naming)
        for path in paths:
            if path in named and _replaces(named[path]):
                yield path, named[path]

    def _patch(self) -> None:
        spots = {
            place: spot
            for arrival in self.settlement.arrivals.values()
            for place, spot in arrival.spots.items()
        }
        reaches = Reaches(Readers(self.moves, spots, self.settlement.borders.unfollowed))
        self.replaced |= _replaced_in_closed(reaches.readers)
        for path, data in self._candidates(reaches.readers):
            patches = Patches(reaches, path, data)
            patches.rewrite()
            self.notes.extend(patches.notes)
            self.replaced |= patches.still_replaced
            if not patches.aim.spans:
                continue
            changed = patched(patches, self.settlement.inventory.layout(path))
            if changed is None:
                self.replaced |= patches.replaced
                message = "the patches of moved names in this file could not be rewritten together, and are left as they are: patch the modules that read the names now"
                self.notes.append(Note(path, 0, "patch-by-hand", message))
                continue
            self.edits.extend(patches.aim.edits)
            self.data[path] = changed


def _replaced_in_closed(readers: Readers) -> set[tuple[str, str]]:
    """The names of old modules that files which are never edited replace, with those modules."""
    inventory = readers.moves.inventory
    texts = (
        reference.text
        for facts in inventory.unparsed
        for reference in facts.references
        if reference.kind == "patch"
    )
    return {(module, name) for module, name, _ in map(readers.split, texts) if module}


def _replaces(data: bytes) -> bool:
    return any(
        word in data for word in (b"patch", b"setattr", b".start(", b" = ", b"return ", b"yield ")
    )
