"""What a test can get to: by its own words, by what it imports, and by the fixtures it asks for."""

from collections.abc import Iterator

from codemods.inventory.outside import hands_on
from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts
from codemods.moves.patches.lookups import Reach, Readers
from codemods.moves.patches.surroundings import ASKS_BY_TEXT, UNTOLD
from codemods.moves.stars import COPIED
from codemods.units.units import Key

CLIENTS = frozenset({"client", "api_client", "live_server", "page", "driver"})
"""Words of tests that may run any code of the project."""


class Reaches:
    """Answers for each test of a project which code of the old files it can get to."""

    def __init__(self, readers: Readers) -> None:
        self.readers = readers
        self.moves = readers.moves
        self._taken: dict[str, set[str]] = {}
        self._handing: dict[str, bool] = {}
        self._by_text: dict[str, dict[str, list[int]]] = {}
        self._fixtures = self._fixtures_by_name()

    def _fixtures_by_name(self) -> dict[str, list[str]]:
        """The modules of the tests that define fixtures, by the names of these."""
        found: dict[str, list[str]] = {}
        for path, facts in self.moves.inventory.facts.items():
            for function in facts.functions if is_test(path) else ():
                if any("fixture" in use.source for use in function.decorators):
                    module = self.moves.project.module_of[path]
                    found.setdefault(function.name, []).append(module)
        return found

    def named(self, path: str, words: set[str]) -> Reach:
        """The units of the old files that these words of a file are the names of."""
        words = words | self._renamed(path, words)
        return Reach(
            frozenset(
                (owner, index)
                for owner in self.moves.places
                for word in words
                for index in self.moves.source(owner).binders.get(word, ())
            )
        )

    def led_to(self, path: str, words: set[str]) -> Reach:
        """The units of the old files that those lead to which these words of a file name."""
        return Reach(self.reached(words | self._renamed(path, words)))

    def reached(self, words: set[str]) -> frozenset[Key]:
        """The units of the old files that code with these words can get to."""
        seen: set[Key] = set()
        for owner in self.moves.places:
            module = self.moves.source(owner)
            waiting = [i for word in sorted(words) for i in module.binders.get(word, ())]
            waiting += [i for text, at in self._tasks(owner).items() if text in words for i in at]
            while waiting:
                index = waiting.pop()
                if (owner, index) in seen or module.units[index].kind in COPIED:
                    continue
                seen.add((owner, index))
                for name in sorted(module.units[index].reads.all):
                    waiting.extend(module.binders.get(name, ()))
        return frozenset(seen)

    def reached_from(self, path: str, words: set[str]) -> Reach:
        """What a test of a file with these words can get to; anything where that is unknown.

        What a test imports from other modules of the project, or has from fixtures, may use
        whatever those take from the old ones; a test client may reach anything.
        """
        words = words | self._renamed(path, words)
        modules = self._modules(path, words)
        if not words or words & (CLIENTS | ASKS_BY_TEXT | {UNTOLD}) or self._hand_on(modules):
            return Reach(None, frozenset(modules))
        found = set(words).union(*(self._taken_by(name) for name in sorted(modules)))
        return Reach(self.reached(found), frozenset(modules))

    def _renamed(self, path: str, words: set[str]) -> set[str]:
        """The names that a file imports from the old modules under these words."""
        canonical = self.moves.project.canonical
        return {
            item.name
            for item in self.moves.inventory.facts[path].imports
            if item.alias in words and item.name and canonical(item.module) in self.readers.old
        }

    def _modules(self, path: str, words: set[str]) -> set[str]:
        """The modules of the project that code of a file with these words can run."""
        found: set[str] = set()
        for module in self._begins(path, words):
            found |= {module, *self.moves.inventory.graph.get(module, ())}
        # What helps the tests is run for what it leads to.
        waiting = [name for name in sorted(found) if self._is_of_tests(name)]
        while waiting:
            new = set(self.moves.inventory.graph.get(waiting.pop(), ())) - found
            found |= new
            waiting.extend(name for name in sorted(new) if self._is_of_tests(name))
        return found - {*self.readers.old, self.moves.project.module_of[path]}

    def _begins(self, path: str, words: set[str]) -> Iterator[str]:
        project = self.moves.project
        for item in self.moves.inventory.facts[path].imports:
            # Without words the reach is unknown, so that all that the file imports counts.
            if (words and item.alias not in words) or project.canonical(
                item.module
            ) in self.readers.old:
                continue
            for symbol in (item.module, f"{item.module}.{item.name}"):
                for dotted in (project.canonical(symbol), project.resolve(symbol)):
                    module, _ = project.split(dotted)
                    if module and module not in self.readers.old:
                        yield module
        seen = list(self._conftests(path))
        for module in seen:
            if not words or not self.moves.inventory.facts[project.path_of[module]].full:
                yield module
        for word in sorted(words):
            for module in self._fixtures.get(word.strip("'"), ()):
                if module in seen or not module.endswith("conftest"):
                    yield module

    def _conftests(self, path: str) -> Iterator[str]:
        """The modules whose fixtures a test file sees."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            beside = f"{folder}/conftest.py" if folder else "conftest.py"
            if beside != path and beside in self.moves.inventory.facts:
                yield self.moves.project.module_of[beside]

    def _is_of_tests(self, module: str) -> bool:
        return is_test(self.moves.project.path_of.get(module, ""))

    def _hand_on(self, modules: set[str]) -> bool:
        """Whether one of these may use any name of an old module."""
        return any(map(self._hands_on, sorted(modules)))

    def _hands_on(self, name: str) -> bool:
        """Whether a module may do so.

        A helper of the tests that takes it as a value does, and any file of which no more was read
        than that it imports it.
        """
        if name not in self._handing:
            inventory = self.moves.inventory
            path = self.moves.project.path_of.get(name, "")
            facts = inventory.facts.get(path)
            self._handing[name] = facts is not None and any(
                (is_test(path) and hands_on(inventory, old, path))
                or (not facts.full and self._imports(facts, old))
                for old in self.readers.old
            )
        return self._handing[name]

    def _imports(self, facts: FileFacts, module: str) -> bool:
        canonical = self.moves.project.canonical
        return any(
            canonical(f"{item.module}.{item.name}" if item.name else item.module) == module
            for item in facts.imports
        )

    def _taken_by(self, module: str) -> set[str]:
        """The names of the old modules that a module makes use of."""
        if module not in self._taken:
            project, path = self.moves.project, self.moves.project.path_of.get(module, "")
            facts = self.moves.inventory.facts.get(path)
            names: set[str] = set()
            for item in facts.imports if facts is not None else ():
                if item.name and project.canonical(item.module) in self.readers.old:
                    names.add(item.name)
            for symbol in facts.attributes if facts is not None else ():
                old, name, _ = self.readers.split(project.resolve_module(symbol))
                if old:
                    names.add(name)
            self._taken[module] = names
        return self._taken[module]

    def _tasks(self, path: str) -> dict[str, list[int]]:
        """The functions of an old file by the texts of their tasks' names, an empty one where there is none."""
        if path not in self._by_text:
            found = self._by_text[path] = {}
            known = self.moves.inventory.task_of_symbol
            for unit in self.moves.source(path).units:
                if unit.kind == "function":
                    task = known.get(f"{self.moves.module_name(path)}.{unit.name}")
                    text = (task.name or "") if task is not None else ""
                    found.setdefault(f"'{text}'", []).append(unit.index)
        return self._by_text[path]
