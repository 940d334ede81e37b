"""What surrounds a place of a test file: the test that it belongs to, and all that this test runs there."""

import ast
from collections.abc import Collection, Iterator

from codemods.inventory.symbols import FunctionNode
from codemods.inventory.walking import children, walk

UNTOLD = "?"
"""Stands among words for what could be any name of an old module."""
ASKS_BY_TEXT = frozenset(
    {"getattr", "attrgetter", "methodcaller", "import_module", "__import__", "globals", "vars"}
    | {"__dict__"}
)
"""Words by which code gets at things whose names the source need not show."""


class Surroundings:
    """A test file's tree, asked again and again what surrounds a node."""

    def __init__(self, tree: ast.Module, taken: Collection[str] = ()) -> None:
        self.tree = tree
        self.parents: dict[ast.AST, ast.AST] = {
            child: node for node in walk(tree) for child in children(node)
        }
        self._inside: dict[ast.AST, ast.AST | None] = {}
        """For a node with children the outermost function, or the class, that these are in."""
        self.untold: set[ast.AST] = set()
        """Where the file uses a module as a value, so that any of its names may be meant."""
        self._definitions: dict[str, list[ast.AST]] = {}
        for part in self.parents:
            for name in self._defined(part):
                self._definitions.setdefault(name, []).append(part)
        bases = (base for part in self.parents for base in getattr(part, "bases", ()))
        self._inherited = {*taken, *map(_word, bases)}
        """The names of classes that others are made of; `taken` are those that other files import."""
        self._around: dict[ast.AST, tuple[frozenset[ast.AST], frozenset[str]]] = {}

    def function(self, node: ast.AST) -> ast.AST | None:
        """The outermost function or method around a node, or the class that it decorates."""
        parent = self.parents.get(node)
        if parent is None:
            return None
        if parent not in self._inside:
            self._inside[parent] = self._function(parent)
        return self._inside[parent]

    def _function(self, node: ast.AST) -> ast.AST | None:
        """What `function` gives for the children of a node."""
        if isinstance(node, ast.ClassDef):
            return node
        around = self.function(node)
        if not isinstance(node, FunctionNode):
            return around
        while around is not None and not isinstance(around, FunctionNode):
            around = self.function(around)
        return around or node

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around a node."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def owner(self, node: ast.AST) -> ast.ClassDef | None:
        """The class that a method, or a node that a class decorates or holds, belongs to."""
        start = self.function(node)
        if isinstance(start, ast.ClassDef):
            return start
        parent = self.parents.get(start) if start is not None else None
        return parent if isinstance(parent, ast.ClassDef) else None

    def scope(self, node: ast.AST) -> ast.AST | None:
        """All that runs while a patch at this node is in force, as far as the file shows it.

        That is one test, or for what a class sets up the class. `None` where nobody can tell: in a
        fixture, in a function that others call, in a class that others inherit.
        """
        start = self.function(node)
        if isinstance(start, FunctionNode) and start.name.startswith("test"):
            return start
        owner = self.owner(node)
        if owner is None or not any(_is_test(part) for part in owner.body):
            return None
        return None if owner.name in self._inherited else owner

    def parts_around(self, node: ast.AST) -> frozenset[ast.AST]:
        """The functions, classes and statements of the file that run while a patch is in force."""
        return self._known(node)[0]

    def words_around(self, node: ast.AST) -> frozenset[str]:
        """The identifiers and texts of the test around a node, and of what it uses of its file."""
        return self._known(node)[1]

    def mocks_around(self, node: ast.AST) -> set[str]:
        """The parameters of the test around a node that are read by nothing but their own names."""
        start = self.scope(node)
        if not isinstance(start, FunctionNode):
            return set()
        given = {item.arg for item in start.args.args}
        return given - {part.attr for part in walk(start) if isinstance(part, ast.Attribute)}

    def _known(self, node: ast.AST) -> tuple[frozenset[ast.AST], frozenset[str]]:
        start = self.scope(node)
        if start is None:
            return frozenset(), frozenset()
        if start not in self._around:
            parts, words = self._used_by(start)
            self._around[start] = frozenset(parts), frozenset(words)
        return self._around[start]

    def _used_by(self, start: ast.AST) -> tuple[set[ast.AST], set[str]]:
        waiting, seen, words = [start, *self._beside(start)], set[ast.AST](), set[str]()
        while waiting:
            part = waiting.pop()
            if part in seen:
                continue
            seen.add(part)
            for inner in walk(part):
                word = UNTOLD if inner in self.untold else _word(inner)
                if word and word not in words:
                    words.add(word)
                    # A fixture may be asked for by a text.
                    for found in self._definitions.get(word.strip("'"), ()):
                        waiting.append(found)
                        if isinstance(found, ast.ClassDef):
                            waiting.extend(found.bases)
        return seen, words

    def _beside(self, start: ast.AST) -> Iterator[ast.AST]:
        """What belongs to a test: what its class sets up and gives it, and the classes above."""
        owner = start if isinstance(start, ast.ClassDef) else self.parents.get(start)
        if not isinstance(owner, ast.ClassDef):
            return
        yield from owner.bases
        for part in owner.body:
            if not isinstance(part, FunctionNode) or "setup" in part.name.lower():
                yield part

    def _defined(self, node: ast.AST) -> list[str]:
        """The names that a definition, or an assignment to more than a local name, gives something."""
        if isinstance(node, FunctionNode | ast.ClassDef):
            return [node.name]
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            return []
        inside = isinstance(self.function(node), FunctionNode)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [_word(target) for target in targets if is_own(target) or not inside]

    def names(self) -> set[str]:
        """Every word of the file that binds or reads something: a new name must be none of them."""
        found: set[str] = set()
        for node in walk(self.tree):
            for field in ("id", "name", "asname", "arg", "rest"):
                word = getattr(node, field, None)
                if isinstance(word, str):
                    found.add(word.partition(".")[0])
            found.update(getattr(node, "names", ()) if isinstance(node, STATED) else ())
        return found


STATED = (ast.Global, ast.Nonlocal)


def is_own(node: ast.AST) -> bool:
    """Whether this is an attribute of the test's own object: `self.x` or `cls.x`."""
    owner = node.value if isinstance(node, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in {"self", "cls"}


def _is_test(node: ast.AST) -> bool:
    return isinstance(node, FunctionNode) and node.name.startswith("test")


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
