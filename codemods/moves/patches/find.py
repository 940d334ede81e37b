"""The places in a test file that replace a name of an old module, in all the ways tests do it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.inventory.values import FileFacts, Import
from codemods.inventory.walking import children, walk
from codemods.moves.patches.lookups import Readers

PATCHING = frozenset(
    {"patch", "object", "multiple", "dict", "setattr", "delattr", "spy", "setitem"}
)
BY_TEXT = frozenset({"patch", "setattr", "delattr", "dict"})
BY_OBJECT = frozenset({"object", "setattr", "delattr", "spy"})


@dataclass(frozen=True, slots=True)
class Site:
    """One place that replaces a name of an old module.

    `text` is the literal to change, or `owner` the expression of the module; `whole` is the call
    or the assignment; `parents` lead to it from the module, the nearest last.
    """

    whole: ast.Call | ast.Assign
    module: str
    name: str
    rest: str
    text: ast.expr | None
    owner: ast.expr | None
    parents: list[ast.AST]
    shift: int = 0
    """How many arguments stand before the patched ones: 1 in `addCleanup(setattr, module, ...)`."""


class Sites:
    """Finds the sites of one file; `unread` are lines with a patch whose target is unknown."""

    def __init__(self, readers: Readers, facts: FileFacts) -> None:
        self.readers = readers
        self.facts = facts
        self.unread: list[tuple[int, str]] = []
        self._assigned: dict[str, list[str]] = {}
        """The texts that names of this file are given, where they are given texts alone."""

    def find(self, tree: ast.Module) -> Iterator[Site]:
        """Every site, outer ones first."""
        self._assigned = _texts_assigned(tree)
        waiting: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
        while waiting:
            node, parents = waiting.pop()
            site = None
            if isinstance(node, ast.Call):
                site = self._call(node, parents)
            elif isinstance(node, ast.Assign):
                site = self._assignment(node, parents)
            if site is not None:
                yield site
            waiting.extend((child, [*parents, node]) for child in children(node))

    def _call(self, node: ast.Call, parents: list[ast.AST]) -> Site | None:
        word, shift = self._word(node.func), 0
        if word not in PATCHING:
            # As in "addCleanup(setattr, module, ...)": the call comes later.
            if not node.args or self._word(node.args[0]) not in {"setattr", "delattr"}:
                return None
            word, shift = "setattr", 1
        first, second = self._arguments(node, shift)
        if first is None:
            return None
        text = self.text(first)
        if text is not None and word in BY_TEXT:
            module, name, rest = self.readers.split(text)
            if module:
                return Site(node, module, name, rest, first, None, parents, shift)
            return None
        owner = self.owner(first)
        if not owner:
            self._unread(node, first, word)
            return None
        attribute = self.text(second) if second is not None else None
        if word in BY_OBJECT and attribute is not None:
            return Site(node, owner, attribute, "", second, first, parents, shift)
        self.unread.append((node.lineno, f"{word} of {owner}"))
        return None

    def _arguments(self, node: ast.Call, shift: int) -> tuple[ast.expr | None, ast.expr | None]:
        """What is patched and, where given apart, its name; also by keyword."""
        named = {item.arg: item.value for item in node.keywords if item.arg}
        given = node.args[shift:]
        first = given[0] if given else named.get("target")
        rest = given[1] if len(given) > 1 else named.get("attribute") or named.get("name")
        return first, rest

    def _unread(self, node: ast.Call, first: ast.expr, word: str) -> None:
        """Remembers a patch whose target names an old module in a way that can't be followed."""
        if self._is_of_a_client(node.func) or not self._may_be_old(first):
            return
        shown = ast.unparse(first)
        old = list(self.readers.old)
        aliases = {item.alias for item in self.facts.imports if self.module_of(item) in old}
        words = {part.id for part in walk(first) if isinstance(part, ast.Name)}
        texts = [part.value for part in walk(first) if isinstance(part, ast.Constant)]
        if isinstance(first, ast.Attribute) and self._is_of_old(first):
            return
        if (
            words & aliases
            or any(
                isinstance(text, str) and any(text.startswith(module) for module in old)
                for text in texts
            )
            or (isinstance(first, ast.BinOp | ast.JoinedStr) and word in BY_TEXT)
        ):
            self.unread.append((node.lineno, f"{word} of {shown}"))

    def _is_of_a_client(self, function: ast.expr) -> bool:
        """Whether this is the PATCH of HTTP: `client.patch(url)`, no `patch` of a mock library."""
        if not isinstance(function, ast.Attribute) or function.attr != "patch":
            return False
        owner = ast.unparse(function.value).rpartition(".")[2]
        mocks = {
            item.alias for item in self.facts.imports if "mock" in f"{item.module}.{item.name}"
        }
        return owner not in {"mock", "mocker", *mocks}

    def _may_be_old(self, first: ast.expr) -> bool:
        """Whether a text that is put together may begin with an old module's name."""
        part = first
        while isinstance(part, ast.BinOp):
            part = part.left
        if isinstance(part, ast.JoinedStr) and part.values:
            part = _inside(part.values[0])
        if isinstance(part, ast.Name) and part is not first:
            begins = self._assigned.get(part.id, [])
        else:
            begins = [self.text(part) or ""] if isinstance(part, ast.Constant) else []
        if not begins:
            return True
        old = list(self.readers.old)
        return any(o.startswith(text) or text.startswith(f"{o}.") for o in old for text in begins)

    def _is_of_old(self, node: ast.Attribute) -> bool:
        """Whether this is an object that an old module holds, which any holder will do for."""
        return bool(self.owner(node.value)) or (
            isinstance(node.value, ast.Attribute) and self._is_of_old(node.value)
        )

    def _assignment(self, node: ast.Assign, parents: list[ast.AST]) -> Site | None:
        targets = [t for t in node.targets if isinstance(t, ast.Attribute) and self.owner(t.value)]
        if len(node.targets) == 1 and targets:
            target = targets[0]
            return Site(
                node, self.owner(target.value), target.attr, "", None, target.value, parents
            )
        inner = [
            part
            for target in node.targets
            for part in walk(target)
            if isinstance(part, ast.Attribute) and self.owner(part.value)
        ]
        for part in inner:
            self.unread.append((node.lineno, f"an assignment to {ast.unparse(part)}"))
        return None

    def _word(self, node: ast.expr) -> str:
        """The last word of what is called; `patch` under any name that it is imported by."""
        if isinstance(node, ast.Attribute):
            return node.attr
        if not isinstance(node, ast.Name):
            return ""
        for item in self.facts.imports:
            if item.alias == node.id and item.name == "patch" and "mock" in item.module:
                return "patch"
        return node.id

    def module_of(self, item: Import) -> str:
        """The dotted name that an import binds."""
        base = self.readers.moves.project.canonical(item.module)
        return f"{base}.{item.name}" if item.name else base

    def owner(self, node: ast.expr) -> str:
        """The old module that an expression stands for, or `""`."""
        words: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            words.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return ""
        for item in self.facts.imports:
            if item.alias != inner.id:
                continue
            base = self.module_of(item)
            if item.name is None and item.alias == base.partition(".")[0]:
                base = item.alias
            dotted = ".".join([base, *words])
            if dotted in self.readers.old:
                return dotted
        return ""

    def text(self, node: ast.expr | None) -> str | None:
        """The text of a literal, or of one put together from constants of this file."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            parts = [self.text(_inside(part)) for part in node.values]
            return None if None in parts else "".join(part or "" for part in parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.text(node.left), self.text(node.right)
            return None if left is None or right is None else left + right
        if isinstance(node, ast.Name):
            return self.readers.moves.project.text(f"{self._own_name()}.{node.id}")
        return None

    def _own_name(self) -> str:
        return self.readers.moves.project.module_of[self.facts.path]


def _inside(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.FormattedValue) else node


def _texts_assigned(tree: ast.Module) -> dict[str, list[str]]:
    """The names that a file gives nothing but texts, each with them."""
    found: dict[str, list[str]] = {}
    for node in walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Name) and isinstance(value, ast.Constant):
                if isinstance(value.value, str):
                    found.setdefault(target.id, []).append(value.value)
    stores = [n.id for n in walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return {name: texts for name, texts in found.items() if stores.count(name) == len(texts)}
