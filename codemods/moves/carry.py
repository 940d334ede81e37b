"""The moves written: new and grown files, what remains of the old, and all that follows them."""

import ast
from collections.abc import Iterator

from codemods.import_places import add_module, add_names
from codemods.imports import module_imports
from codemods.inventory.outside import names_taken_from
from codemods.moves.followers import Follower
from codemods.moves.moved import Moves
from codemods.moves.patches import Patches
from codemods.moves.places import PLACED, Key
from codemods.moves.readers import Readers
from codemods.moves.remains import remains, trimmed_imports
from codemods.moves.settled import Settled
from codemods.moves.units import Banner
from codemods.moves.written import Writer
from codemods.snapshot import Snapshot
from codemods.text import Source, Span
from codemods.values import Change, Edit, Note, Rewrite


class Carry:
    """Writes settled moves. `follow` tells whether importers are rewritten to the new homes."""

    def __init__(self, snapshot: Snapshot, settled: Settled, *, follow: bool = True) -> None:
        self.settled = settled
        self.moves: Moves = settled.moves
        self.files = snapshot
        self.follow = follow
        self.data: dict[str, bytes] = {}
        self.edits: list[Edit] = []
        self.notes: list[Note] = []
        self.follower = Follower(self.moves)

    def write(self) -> Rewrite:
        """Every changed file."""
        if not self.moves.leaving:
            return Rewrite()
        self._move()
        self._follow()
        self._patch()
        changes = [
            Change(path, self._before(path), data)
            for path, data in sorted(self.data.items())
            if data != self._before(path)
        ]
        return Rewrite(tuple(changes), tuple(self.edits), tuple(self.notes))

    def _before(self, path: str) -> bytes | None:
        return self.files.read(path) if path in self.files else None

    def _move(self) -> None:
        banners = dict(self._banners())
        for target, arrival in self.settled.arrivals.items():
            self.data[target] = Writer(self.moves, arrival, banners).write()
            self.edits.extend(arrival.edits)
        leaving = {path for path, _ in [*self.moves.leaving, *self.moves.seats.values()]}
        for path in sorted(leaving):
            taken = self._taken(path)
            if path in self.data:
                indexes = {index for owner, index in self.moves.leaving if owner == path}
                indexes |= {index for owner, index in self.moves.seats.values() if owner == path}
                self.data[path] = trimmed_imports(
                    self.moves, self.settled.borders, path, self.data[path], indexes, taken
                )
            else:
                own = [banner for key, banner in banners.items() if key[0] == path]
                self.data[path] = remains(self.moves, self.settled.borders, path, taken, own)

    def _taken(self, path: str) -> set[str]:
        """The names that other files will still read from an old one."""
        module = self.moves.module_name(path)
        found = names_taken_from(self.settled.inventory, module)
        if "*" in found:
            found |= set(self.moves.source(path).binders)
        return found

    def _banners(self) -> Iterator[tuple[Key, Banner]]:
        """Banners whose whole section leaves, each with the first unit that takes it along."""
        for path in {path for path, _ in self.moves.leaving}:
            module = self.moves.source(path)
            for banner in module.banners:
                headed = [unit for unit in module.headed(banner) if unit.kind in PLACED]
                keys = [(path, unit.index) for unit in headed]
                moving = [key for key in keys if key in self.moves.homes]
                if moving and all(key in self.moves.leaving for key in keys):
                    yield moving[0], banner

    def _follow(self) -> None:
        importers = self.follower.importers() if self.follow else []
        targets = list(self.settled.arrivals)
        for path in sorted({*importers, *targets}):
            before = self._before(path)
            if before is not None:
                self.edits.extend(self.follower.edits(path, before))
            data = self.data.get(path, before)
            if data is not None:
                self.data[path] = self.follower.follow(path, data)
        for path in self.moves.places:
            before = self._before(path)
            if before is not None:
                self.edits.extend(self.follower.edits(path, before))

    def _patch(self) -> None:
        spots = {
            place: spot
            for arrival in self.settled.arrivals.values()
            for place, spot in arrival.spots.items()
        }
        readers = Readers(self.moves, spots)
        words = [module.rpartition(".")[2].encode() for module in readers.old]
        for path, facts in self.settled.inventory.facts.items():
            if facts.error is not None or path in self.moves.places:
                continue
            data = self.data.get(path) or self.files.read_many([path]).get(path, b"")
            if not any(word in data for word in words) or not _replaces(data):
                continue
            patches = Patches(readers, path, data)
            patches.rewrite()
            self.notes.extend(patches.notes)
            if not patches.spans:
                continue
            self.edits.extend(patches.edits)
            changed = patches.source.edited(sorted(patches.spans))
            for module, owner in sorted(patches.modules.items()):
                changed = self._with_module(path, changed, module, patches.source.text(owner))
            self.data[path] = changed

    def _with_module(self, path: str, data: bytes, module: str, owner: str) -> bytes:
        """A test file that can name another module as it names the old one."""
        root = owner.partition(".")[0]
        head, _, stem = module.rpartition(".")
        source = Source(data)
        for item in self.settled.inventory.facts[path].imports:
            if item.alias != root:
                continue
            if item.scope != "module":
                return _inside(source, root, stem, head)
            if item.name is None:
                text = f"import {module}" if "." in owner else f"import {module} as {stem}"
                return add_module(data, text, self.follower.first_party)
            for node in module_imports(source):
                if any((alias.asname or alias.name) == root for alias in node.names):
                    text = "." * getattr(node, "level", 0) + (getattr(node, "module", "") or "")
                    return add_names(data, text, [stem], self.follower.first_party)
        return data


def _inside(source: Source, root: str, stem: str, package: str) -> bytes:
    """Beside each import of the old module inside a function, one of the new."""
    spans: list[Span] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and node not in source.tree.body:
            if any((alias.asname or alias.name) == root for alias in node.names):
                line = source.lines[node.lineno - 1]
                indent = line[: len(line) - len(line.lstrip())].decode()
                at = source.starts[node.end_lineno or node.lineno]
                text = f"{indent}from {package} import {stem}\n"
                spans.append(Span(at, at, text))
    return source.edited(sorted(spans))


def _replaces(data: bytes) -> bool:
    return any(word in data for word in (b"patch", b"setattr", b".start(", b" = "))
