"""The places in a test file that replace a name of an old module, in all the ways tests do it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from codemods.inventory.testing import is_test
from codemods.inventory.values import FileFacts
from codemods.inventory.walking import children, walk
from codemods.moves.patches.handed import is_followed, is_given_on, is_value
from codemods.moves.patches.lookups import Readers
from codemods.moves.patches.meanings import OF_PATCH, Meanings, inside
from codemods.moves.patches.surroundings import Surroundings

PATCHING = OF_PATCH | {"patch", "setattr", "delattr", "spy", "setitem"}
BY_TEXT = frozenset({"patch", "setattr", "delattr", "dict"})
BY_OBJECT = frozenset({"object", "setattr", "delattr", "spy"})
OPTIONS = frozenset({"target", "spec", "spec_set", "create", "autospec", "new_callable"})
"""Keywords of `patch.multiple` that are no names of what it patches."""


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
    names: tuple[str, ...] = ()
    """All that `patch.multiple` replaces; its `text` or `owner` is the module."""
    one_of: bool = False
    """Whether the text is one of several that the call gets one after another."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A place that may replace a name of an old module and is not followed."""

    node: ast.expr | ast.stmt
    what: str
    module: str = ""
    name: str = ""


OF_TASK = frozenset({"apply", "apply_async", "delay", "retry", "run", "s", "si", "signature"})
"""Attributes by which tasks are told from whatever else a module holds."""


class Sites:
    """Finds the sites of one file; `unread` are the places whose target is unknown."""

    def __init__(self, readers: Readers, facts: FileFacts, tests: Surroundings) -> None:
        self.readers = readers
        self.facts = facts
        self.tests = tests
        self.meanings = Meanings(readers, facts, tests)
        self.owner, self.text = self.meanings.owner, self.meanings.text
        self.unread: list[Unread] = []
        self.handed: list[ast.expr] = []
        """Where the file uses an old module as a value."""
        self._open: list[Unread] = []
        """Patches of something of which the file doesn't show what it is."""
        self._read: set[ast.AST] = set()
        """The nodes that the sites found have made sense of."""

    def find(self) -> list[Site]:
        """Every site, outer ones first."""
        found: list[Site] = []
        values: list[ast.expr] = []
        waiting: list[tuple[ast.AST, list[ast.AST]]] = [(self.tests.tree, [])]
        while waiting:
            node, parents = waiting.pop()
            if isinstance(node, ast.Call):
                found.extend(self._call(node, parents))
            elif isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
                if is_value(parents[-1]) and self.owner(node):
                    values.append(node)
            elif isinstance(node, ast.Attribute) and self.owner(node.value):
                found.extend(self._assignment(node, parents))
            waiting.extend((child, [*parents, node]) for child in children(node))
        self._read.update(part for site in found for part in (site.text, site.owner) if part)
        self._hand(values)
        self._tell_open()
        first = {item.node: item for item in reversed(self.unread)}
        self.unread = sorted(first.values(), key=lambda item: item.node.lineno)
        return found

    def _call(self, node: ast.Call, parents: list[ast.AST]) -> Iterator[Site]:
        word, shift = self.meanings.word(node.func), 0
        if word not in PATCHING:
            # As in "addCleanup(setattr, module, ...)": the call comes later.
            word, shift = self.meanings.word(node.args[0]) if node.args else "", 1
            if word not in PATCHING:
                return
        first, second = self._arguments(node, shift)
        if first is None:
            return
        if word == "multiple":
            yield from self._multiple(node, first, parents, shift)
            return
        text = self.text(first)
        if text is not None and word in BY_TEXT:
            module, name, rest = self.readers.split(text)
            if module:
                yield Site(node, module, name, rest, first, None, parents, shift)
            return
        owner = self.owner(first)
        if not owner:
            yield from self._by_parameters(node, first, word, parents, shift)
            return
        attribute = self.text(second) if second is not None else None
        if word in BY_OBJECT and attribute is not None:
            yield Site(node, owner, attribute, "", second, first, parents, shift)
            return
        self._read.add(first)
        self.unread.append(Unread(node, f"{word} of {owner}"))

    def _arguments(self, node: ast.Call, shift: int) -> tuple[ast.expr | None, ast.expr | None]:
        """What is patched and, where given apart, its name; also by keyword."""
        named = {item.arg: item.value for item in node.keywords if item.arg}
        given = node.args[shift:]
        first = given[0] if given else named.get("target")
        rest = given[1] if len(given) > 1 else named.get("attribute") or named.get("name")
        return first, rest

    def _multiple(
        self, node: ast.Call, first: ast.expr, parents: list[ast.AST], shift: int
    ) -> Iterator[Site]:
        """`patch.multiple` with names that the source shows."""
        text = self.text(first)
        module = self.readers.doors.get(text, "") if text is not None else self.owner(first)
        if not module:
            if text is None:
                self._unread(node, first, "multiple")
            return
        names = tuple(item.arg or "" for item in node.keywords if item.arg not in OPTIONS)
        if not names or "" in names:
            self._read.add(first)
            self.unread.append(Unread(node, f"multiple of {module}"))
            return
        by_text = first if text is not None else None
        by_owner = first if text is None else None
        yield Site(node, module, names[0], "", by_text, by_owner, parents, shift, names)

    def _by_parameters(
        self, node: ast.Call, first: ast.expr, word: str, parents: list[ast.AST], shift: int
    ) -> Iterator[Site]:
        """A patch of what `parametrize` gives: a site for each text that nothing else reads."""
        given = self.meanings.given.parameters(first) if word in BY_TEXT else None
        loads = self.meanings.given.loads(first) if given else []
        around = self.tests.function(first)
        alone = all(load is first for load in loads if self.tests.function(load) is around)
        texts = [self.text(item) for item in given or ()]
        if not given or not alone or not all(isinstance(item, ast.Constant) for item in given):
            self._unread(node, first, word)
            return
        for item, text in zip(given, texts, strict=True):
            module, name, rest = self.readers.split(text or "")
            if module:
                yield Site(node, module, name, rest, item, None, parents, shift, one_of=True)

    def _unread(self, node: ast.Call, first: ast.expr, word: str) -> None:
        """Remembers a patch whose target names an old module in a way that can't be followed."""
        if self._is_of_a_client(node.func) or not self._may_be_old(first):
            return
        if isinstance(first, ast.Attribute) and self._is_of_old(first):
            return
        if self._is_below_a_name(first) or self._is_of_some_task(first):
            return
        item = Unread(node, f"{word} of {ast.unparse(first)}")
        texts = [part.value for part in walk(first) if isinstance(part, ast.Constant)]
        named = any(
            isinstance(t, str) and any(t.startswith(o) for o in self.readers.doors) for t in texts
        )
        of_old = any(isinstance(p, ast.Name) and self.owner(p) for p in walk(first))
        built = isinstance(first, ast.BinOp | ast.JoinedStr) and word in BY_TEXT
        if named or of_old or built:
            self._read.update(walk(first))
            self.unread.append(item)
        elif not self.meanings.is_imported(first) and not isinstance(first, ast.Constant):
            name = self._attribute(node) if word in BY_OBJECT else ""
            self._open.append(Unread(node, item.what, name=name))

    def _attribute(self, node: ast.Call) -> str:
        return next((t for part in node.args[1:] if (t := self.text(part))), "")

    def _tell_open(self) -> None:
        """Tells of a patch of something unknown, where it may be what another part of the file names.

        A text that names what has moved and that no patch of the file reads is for one elsewhere.
        """
        texts = [node for node in self.tests.parents if self._names_moved(node)]
        count = len(self.unread)
        for item in self._open:
            moved = item.name and any(self.readers.is_moved(o, item.name) for o in self.readers.old)
            if moved or (texts and not item.name):
                self.unread.append(item)
        if len(self.unread) == count and is_test(self.facts.path):
            for node in texts:
                if not is_given_on(self.tests, self.meanings, node):
                    continue
                self.unread.append(Unread(node, f"what gets the text {ast.unparse(node)}"))

    def _names_moved(self, node: ast.AST) -> TypeGuard[ast.Constant]:
        """Whether this is a text that names what has moved, and that no site has made sense of."""
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return False
        module, name, _ = self.readers.split(node.value)
        if not module or node.value in self.readers.registered:
            return False
        if node in self._read or node in self.meanings.read:
            return False
        return self.readers.is_moved(module, name)

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
        part = _beginning(first)
        begins = self.text(part) if part is not first or isinstance(part, ast.Constant) else None
        if begins is None:
            return True
        known = self.readers.doors
        return any(o.startswith(begins) or begins.startswith(f"{o}.") for o in known)

    def _is_below_a_name(self, first: ast.expr) -> bool:
        """Whether a text goes on behind a name of an old module: what that holds is the same anywhere."""
        begins = self.text(_beginning(first)) or ""
        module, name, _ = self.readers.split(begins.rstrip("."))
        return bool(module) and begins.endswith(f"{name}.")

    def _is_of_some_task(self, first: ast.expr) -> bool:
        """Whether a text names what some task of an old module has: `f"shop.tasks.{name}.delay"`.

        The old module goes on having all its tasks, and each is one object wherever it is held.
        """
        parts = first.values if isinstance(first, ast.JoinedStr) else []
        if [type(part) for part in parts] != [ast.Constant, ast.FormattedValue, ast.Constant]:
            return False
        begins, ends = (str(getattr(parts[place], "value", "")) for place in (0, 2))
        old = begins.endswith(".") and begins[:-1] in self.readers.old
        return old and ends.startswith(".") and ends[1:].partition(".")[0] in OF_TASK

    def _is_of_old(self, node: ast.Attribute) -> bool:
        """Whether this is an object that an old module holds, which any holder will do for."""
        if node.attr == "__dict__" and self.owner(node.value):
            return False
        return bool(self.owner(node.value)) or (
            isinstance(node.value, ast.Attribute) and self._is_of_old(node.value)
        )

    def _assignment(self, node: ast.Attribute, parents: list[ast.AST]) -> Iterator[Site]:
        """A name of the module that a statement sets."""
        whole, module = parents[-1], self.owner(node.value)
        if isinstance(whole, ast.Assign) and node in whole.targets:
            others = [t for t in whole.targets if t is not node and _sets(t, node.attr)]
            if not others:
                yield Site(whole, module, node.attr, "", None, node.value, parents[:-1])
                return
        what = f"an assignment to {ast.unparse(node)}"
        self._read.add(node.value)
        self.unread.append(Unread(self.tests.statement(node), what, module, node.attr))

    def _hand(self, values: list[ast.expr]) -> None:
        """Takes note of where the module is used as a value: any name of it may be meant there."""
        for node in values:
            parent = self.tests.parents.get(node)
            if node in self._read or is_followed(self.meanings, node, parent):
                continue
            self.tests.untold.add(node)
            self.handed.append(node)
            if is_test(self.facts.path) and is_given_on(self.tests, self.meanings, node):
                shown = f"what is done here with {self.owner(node)} itself"
                self.unread.append(Unread(self.tests.statement(node), shown))


def _beginning(text: ast.expr) -> ast.expr:
    """The first part of a text that is put together."""
    while isinstance(text, ast.BinOp):
        text = text.left
    return inside(text.values[0]) if isinstance(text, ast.JoinedStr) and text.values else text


def _sets(target: ast.expr, name: str) -> bool:
    """Whether a further target of an assignment sets the same name once more."""
    return isinstance(target, ast.Attribute) and target.attr == name
