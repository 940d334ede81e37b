"""What expressions of a test file stand for: texts, and old modules under whatever name."""

import ast

from codemods.inventory.values import FileFacts, Import
from codemods.moves.patches.given import Given
from codemods.moves.patches.lookups import Readers
from codemods.moves.patches.surroundings import Surroundings

OF_PATCH = frozenset({"object", "multiple", "dict"})
"""What stands behind `patch`, and means something else behind any other word."""
DEPTH = 8
"""How often one name may lead to the next."""


class Meanings:
    """The texts and old modules behind the expressions of one file."""

    def __init__(self, readers: Readers, facts: FileFacts, tests: Surroundings) -> None:
        self.readers = readers
        self.facts = facts
        self.given = Given(tests)
        self.read: set[ast.AST] = set()
        """The literals that texts were read from."""
        self._owners: dict[ast.expr, tuple[str, str]] = {}
        self._own = readers.moves.project.module_of[facts.path]
        self._imports: dict[str, list[Import]] = {}
        for item in facts.imports:
            self._imports.setdefault(item.alias, []).append(item)

    def module_of(self, item: Import) -> str:
        """The dotted name that an import binds."""
        base = self.readers.moves.project.canonical(item.module)
        return f"{base}.{item.name}" if item.name else base

    def owner(self, node: ast.expr) -> str:
        """The old module that an expression stands for, or `""`."""
        return self._known(node)[0]

    def root(self, node: ast.expr) -> str:
        """The imported words behind an expression of an old module, `""` where it comes by a package or another file."""
        return self._known(node)[1]

    def _known(self, node: ast.expr) -> tuple[str, str]:
        if node not in self._owners:
            self._owners[node] = self._owner(node, 0)
        return self._owners[node]

    def _owner(self, node: ast.expr, depth: int) -> tuple[str, str]:
        value = self.given.value(node)
        if value is not None or self.given.is_bound_here(node):
            return self._owner(value, depth + 1) if value and depth < DEPTH else ("", "")
        words: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            words.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name) or self.given.is_bound_here(inner):
            return "", ""
        for item in self._imports.get(inner.id, ()):
            base = self.module_of(item)
            if item.name is None and item.alias == base.partition(".")[0]:
                base = item.alias
            dotted = ".".join([base, *words])
            if dotted in self.readers.old:
                root = ".".join([inner.id, *words])
                return dotted, root if not words or root == dotted else ""
            if dotted in self.readers.doors:
                return self.readers.doors[dotted], ""
        return "", ""

    def is_imported(self, node: ast.expr) -> bool:
        """Whether an expression begins with an imported name, so that what it stands for is known."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._imports

    def word(self, node: ast.expr, depth: int = 0) -> str:
        """The last word of what is called; `patch` under any name that it is imported by or given."""
        if isinstance(node, ast.Attribute):
            return (
                "" if node.attr in OF_PATCH and not self._is_patch(node.value, depth) else node.attr
            )
        if not isinstance(node, ast.Name):
            return ""
        value = self.given.value(node)
        if value is not None and depth < DEPTH:
            return self.word(value, depth + 1)
        for item in self._imports.get(node.id, ()):
            if item.name == "patch" and "mock" in item.module:
                return "patch"
        return "" if node.id in OF_PATCH else node.id

    def _is_patch(self, node: ast.expr, depth: int) -> bool:
        return self.word(node, depth) == "patch"

    def text(self, node: ast.expr | None, depth: int = 0) -> str | None:
        """The text of a literal, or of one put together from constants."""
        if node is None or depth > DEPTH:
            return None
        if isinstance(node, ast.Constant):
            self.read.add(node)
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            parts = [self.text(inside(part), depth + 1) for part in node.values]
            return None if None in parts else "".join(part or "" for part in parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(node.left, depth + 1), self.text(node.right, depth + 1)
            return None if left is None or right is None else left + right
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            filled = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
            return self._filled(node.left, filled, depth)
        if isinstance(node, ast.Call):
            return self._joined(node, depth)
        value = self.given.value(node)
        if value is not None:
            self.read.update(self.given.values(node))
            return self.text(value, depth + 1)
        if isinstance(node, ast.Attribute) and node.attr == "__name__":
            return self.owner(node.value) or None
        if isinstance(node, ast.Name) and not self.given.is_bound_here(node):
            return self.readers.moves.project.text(f"{self._own}.{node.id}")
        return None

    def _filled(self, text: ast.expr, values: list[ast.expr], depth: int) -> str | None:
        """A text with `%s` filled in."""
        left = self.text(text, depth + 1)
        parts = [self.text(value, depth + 1) for value in values]
        if left is None or None in parts or left.replace("%s", "").count("%"):
            return None
        pieces = left.split("%s")
        if len(pieces) != len(parts) + 1:
            return None
        rest = zip(parts, pieces[1:], strict=True)
        return pieces[0] + "".join(f"{part}{piece}" for part, piece in rest)

    def _joined(self, node: ast.Call, depth: int) -> str | None:
        """The text of `".".join([...])`."""
        function = node.func
        if (
            not isinstance(function, ast.Attribute)
            or function.attr != "join"
            or len(node.args) != 1
        ):
            return None
        mark, items = self.text(function.value, depth + 1), node.args[0]
        if mark is None or not isinstance(items, ast.List | ast.Tuple):
            return None
        parts = [self.text(item, depth + 1) for item in items.elts]
        return None if None in parts else mark.join(part or "" for part in parts)


def inside(node: ast.expr) -> ast.expr:
    """What stands between the braces of an f-string's part, or the part itself."""
    return node.value if isinstance(node, ast.FormattedValue) else node
