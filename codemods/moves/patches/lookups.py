"""Which modules look a moved name up at run time: where a patch of the old name must go to work."""

import ast
from collections.abc import Iterable, Mapping

from codemods.inventory.outside import handed_around
from codemods.inventory.testing import is_test
from codemods.inventory.walking import children, walk
from codemods.moves.lookup_place import Spot
from codemods.moves.moves import Moves
from codemods.moves.stars import COPIED
from codemods.units.units import Key

Locals = Mapping[tuple[Key, str], Spot]
"""Where each moved unit looks up each name that it reads."""


class Readers:
    """The spots at which the names of the old files are looked up after a move."""

    def __init__(self, moves: Moves, spots: Locals) -> None:
        self.moves = moves
        self.spots = spots
        self.old = {moves.module_name(path): path for path in moves.places}
        self._taken: dict[str, set[str]] = {}
        self._asked: dict[str, bool] = {}
        self._late = self._looked_up_by_others()

    def split(self, dotted: str) -> tuple[str, str, str]:
        """An old module, the name below it and the rest of a dotted text; `""` if it is none."""
        for module in self.old:
            if dotted.startswith(module + "."):
                name, _, rest = dotted[len(module) + 1 :].partition(".")
                return module, name, rest
        return "", "", ""

    def of(self, module: str, name: str, among: Iterable[Key] | None = None) -> list[Spot]:
        """Every spot at which a name of an old file is looked up, or those of some units alone."""
        path = self.old[module]
        chosen = None if among is None else set(among)
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
        if chosen is None:
            for spot in self._late.get((module, name), ()):
                found.setdefault(spot, 0)
            if self._is_handed_around(module) and found:
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

    def _looked_up_by_others(self) -> dict[tuple[str, str], set[Spot]]:
        """Names that code elsewhere imports inside a function, or reads through the old module."""
        found: dict[tuple[str, str], set[Spot]] = {}
        project = self.moves.project
        for path, facts in self.moves.inventory.facts.items():
            if path in self.moves.places or (is_test(path) and not _is_support(path)):
                continue
            for item in facts.imports:
                module = project.canonical(item.module)
                if item.scope == "function" and item.name and module in self.old:
                    spot = self.home(module, item.name)
                    found.setdefault((module, item.name), set()).add(spot)
            for symbol in facts.attributes:
                module, name, _ = self.split(project.resolve_module(symbol))
                if module:
                    found.setdefault((module, name), set()).add(Spot(module, name))
        return found

    def home(self, module: str, name: str) -> Spot:
        """Where a name of an old file is bound now."""
        home = self.moves.new_home.get((module, name))
        return Spot(self.moves.module_name(home) if home else module, name)

    def holder(self, module: str, name: str) -> Spot:
        """A spot that holds the very object that the old name stood for."""
        path = self.old[module]
        unit = self.moves.binder(path, name)
        if unit is None or unit.kind not in COPIED:
            return self.home(module, name)
        readers = self.of(module, name)
        return readers[0] if readers else Spot(module, name)

    def named(self, words: set[str]) -> set[Key]:
        """The units of the old files that these words are the names of."""
        return {
            (owner, index)
            for owner in self.moves.places
            for word in words
            for index in self.moves.source(owner).binders.get(word, ())
        }

    def reached(self, words: set[str]) -> set[Key]:
        """The units of the old files that code with these words can get to."""
        seen: set[Key] = set()
        for owner in self.moves.places:
            module = self.moves.source(owner)
            waiting = [i for word in sorted(words) for i in module.binders.get(word, ())]
            waiting += [
                unit.index
                for unit in module.units
                if unit.kind == "function" and f"'{self._registered(owner, unit.name)}'" in words
            ]
            while waiting:
                index = waiting.pop()
                if (owner, index) in seen or module.units[index].kind in COPIED:
                    continue
                seen.add((owner, index))
                for name in sorted(module.units[index].reads.all):
                    waiting.extend(module.binders.get(name, ()))
        return seen

    def reached_from(self, path: str, words: set[str]) -> set[Key] | None:
        """The units that a test with these words can get to; `None` where that is unknown.

        What a test imports from other modules of the project may use whatever those take from the
        old ones; a test client may reach anything.
        """
        if words & {"client", "api_client", "live_server", "page", "driver"}:
            return None
        project = self.moves.project
        found = set(words)
        for item in self.moves.inventory.facts[path].imports:
            if item.alias not in words or project.canonical(item.module) in self.old:
                continue
            for symbol in (item.module, f"{item.module}.{item.name}"):
                module, _ = project.split(project.canonical(symbol))
                if module and module not in self.old:
                    found |= self._used_by(module)
        return self.reached(found)

    def _used_by(self, module: str) -> set[str]:
        """The names of the old modules that a module, or one that it imports, makes use of."""
        found: set[str] = set()
        for name in sorted({module, *self.moves.inventory.graph.get(module, ())}):
            path = self.moves.project.path_of.get(name)
            if path is not None and name not in self.old:
                found |= self._taken_by(path)
        return found

    def _taken_by(self, path: str) -> set[str]:
        if path not in self._taken:
            project, facts = self.moves.project, self.moves.inventory.facts[path]
            names = {
                item.name
                for item in facts.imports
                if item.name and project.canonical(item.module) in self.old
            }
            for symbol in facts.attributes:
                module, name, _ = self.split(project.resolve_module(symbol))
                if module:
                    names.add(name)
            self._taken[path] = names
        return self._taken[path]

    def _registered(self, path: str, name: str) -> str:
        task = self.moves.inventory.task_of_symbol.get(f"{self.moves.module_name(path)}.{name}")
        return (task.name or "") if task is not None else ""


def _is_support(path: str) -> bool:
    """Whether a file of the tests holds no tests itself: helpers, fixtures, base classes."""
    name = path.rpartition("/")[2]
    return not name.startswith("test") and not name.endswith(("_test.py", "_tests.py"))


class TestFile:
    """A test file's tree, asked again and again what surrounds a node."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {
            child: node for node in walk(tree) for child in children(node)
        }
        self.functions = {
            part.name: part
            for part in self.parents
            if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        self._words: dict[ast.AST, frozenset[str]] = {}

    def function(self, node: ast.AST) -> ast.AST | None:
        """The outermost function or method around a node, or the class that it decorates."""
        found: ast.AST | None = None
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found = node
            elif isinstance(node, ast.ClassDef) and found is None:
                return node
        return found

    def words_around(self, node: ast.AST) -> frozenset[str]:
        """The identifiers and texts of the test around a node, and of what it uses of its file."""
        start = self.function(node)
        if start is None:
            return frozenset()
        if start not in self._words:
            self._words[start] = frozenset(self._words_of(start))
        return self._words[start]

    def _words_of(self, start: ast.AST) -> set[str]:
        waiting, seen, words = [start, *self._set_up(start)], set[ast.AST](), set[str]()
        while waiting:
            part = waiting.pop()
            if part in seen:
                continue
            seen.add(part)
            for inner in walk(part):
                word = _word(inner)
                if word and word not in words:
                    words.add(word)
                    if word in self.functions:
                        waiting.append(self.functions[word])
        return words

    def _set_up(self, start: ast.AST) -> list[ast.AST]:
        """What runs around a test: the set-up methods of its class."""
        owner = self.parents.get(start)
        body = owner.body if isinstance(owner, ast.ClassDef) else []
        return [
            part
            for part in body
            if isinstance(part, ast.FunctionDef) and part.name.lower().startswith("setup")
        ]


def _word(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.alias):
        return node.name
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return f"'{node.value}'"
    return ""
