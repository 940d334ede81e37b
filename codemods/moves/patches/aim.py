"""Tests that replace names of an old file: each patch follows to the modules that read the name."""

import ast
from collections.abc import Iterator

from codemods.inventory.walking import walk
from codemods.moves.lookup_place import Spot
from codemods.moves.patches.find import Site, Sites
from codemods.moves.patches.lookups import Readers, TestFile
from codemods.source.own_layout import layout_of
from codemods.source.text import Source, Span
from codemods.units.read_places import Function
from codemods.values import Edit, Note

PLAIN = (ast.Name, ast.Constant, ast.Lambda, ast.Attribute)
"""Values that may be written twice: each time they are the same."""
STATELESS = frozenset({"return_value", "autospec", "spec", "create", "new"})


class Patches:
    """Rewrites the patches of one test file."""

    def __init__(self, readers: Readers, path: str, data: bytes) -> None:
        self.readers = readers
        self.path = path
        self.source = Source(data)
        self.spans: list[Span] = []
        self.edits: list[Edit] = []
        self.notes: list[Note] = []
        self.modules: dict[tuple[str, str], dict[ast.AST, None]] = {}
        """Modules to import: the new one and the old one's expression, with where it is needed."""
        self.still_replaced: set[tuple[str, str]] = set()
        """Names that are still replaced in their old module."""
        self._layout = layout_of(self.source, readers.moves.inventory.layout(path))
        self._tests = TestFile(self.source.tree)
        self._sites = Sites(readers, readers.moves.inventory.facts[path])
        self._aims: dict[tuple[ast.AST | None, str, str], Spot] = {}

    def rewrite(self) -> None:
        """Collects the edits of this file."""
        for site in list(self._sites.find(self.source.tree)):
            self._follow(site)
        for line, what in self._sites.unread:
            message = f"{what} is left as it is, since the source doesn't show which name it replaces, and may have no effect now: run this test, and patch the module that reads the name"
            self.notes.append(Note(self.path, line, "patch-unread", message))
        self._follow_reads()

    def _follow(self, site: Site) -> None:
        old = Spot(site.module, site.name)
        if site.rest or self._is_in_place(site):
            # The object itself is changed, so any module that holds it will do.
            spots = [self.readers.holder(site.module, site.name)]
        else:
            spots = self._spots(site)
        if not spots or old in spots:
            self.still_replaced.add((site.module, site.name))
        if not spots and self.readers.was_read(site.module, site.name):
            message = f"nothing in {site.module} reads {site.name} now, so this patch may have no effect: run this test, and patch the module that reads the name"
            self.notes.append(Note(self.path, site.whole.lineno, "patch-unread", message))
        if not spots or spots == [old]:
            return
        if len(spots) == 1:
            self._aim(site, spots[0])
        elif not self._aim_at_all(site, spots):
            shown = ", ".join(f"{spot.module}.{spot.name}" for spot in spots)
            message = f"{site.name} of {site.module} is now read as {shown}: this patch follows to the first. If the test needs the others, add a patch for each"
            self.notes.append(Note(self.path, site.whole.lineno, "patch-several", message))
            self._aim(site, spots[0])

    def _is_in_place(self, site: Site) -> bool:
        """Whether the site changes the object and not the name: `patch.dict`."""
        function = site.whole.func if isinstance(site.whole, ast.Call) else None
        return isinstance(function, ast.Attribute) and function.attr == "dict"

    def _spots(self, site: Site) -> list[Spot]:
        """The spots that matter to this test; all of them where its reach is unknown."""
        every = self.readers.of(site.module, site.name)
        words = self._tests.words_around(site.whole)
        if len(every) < 2 or not words:
            return every
        reached = self.readers.reached_from(self.path, set(words) - {site.name})
        if reached is None:
            return every
        found = self.readers.of(site.module, site.name, reached) or every
        named = self.readers.of(
            site.module, site.name, self.readers.named(set(words) - {site.name})
        )
        # Where only one can be replaced, it is what the functions that the test names look up.
        return sorted(found, key=lambda spot: spot not in named)

    def _aim(self, site: Site, spot: Spot) -> None:
        self.spans.extend(self._aimed(site, spot))
        self._declare(site.whole, f"replaces {site.name} where it is read now")
        self._aims[self._tests.function(site.whole), site.module, site.name] = spot

    def _declare(self, node: ast.expr | ast.stmt, what: str) -> None:
        for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
            self.edits.append(Edit(self.path, number, what))

    def _aimed(self, site: Site, spot: Spot) -> Iterator[Span]:
        if site.text is not None and site.owner is None:
            rest = f".{site.rest}" if site.rest else ""
            text = self._quoted(site.text, f"{spot.module}.{spot.name}{rest}")
            yield self.source.replace(site.text, text)
            return
        assert site.owner is not None
        if spot.module != site.module:
            text = self._module(site.owner, spot.module, site.whole)
            yield self.source.replace(site.owner, text)
        if spot.name == site.name:
            return
        if site.text is not None:
            yield self.source.replace(site.text, self._quoted(site.text, spot.name))
        elif isinstance(site.whole, ast.Assign):
            target = site.whole.targets[0]
            assert isinstance(target, ast.Attribute)
            end = self.source.end(target)
            yield Span(end - len(target.attr.encode()), end, spot.name)

    def _quoted(self, node: ast.expr, text: str) -> str:
        old = self.source.text(node)
        quote = "'" if old.lstrip("rRuUfF").startswith("'") else '"'
        return f"{quote}{text}{quote}"

    def _module(self, owner: ast.expr, module: str, where: ast.AST) -> str:
        """The expression for another module, in the manner of the old one's."""
        root = self.source.text(owner)
        self.modules.setdefault((module, root), {})[self._tests.function(where) or where] = None
        if isinstance(owner, ast.Attribute):
            return module
        return self.local_name(module)

    def local_name(self, module: str) -> str:
        """The name under which the file can import a module: its own unless that is taken."""
        stem = module.rpartition(".")[2]
        facts = self.readers.moves.inventory.facts[self.path]
        is_it = any(i.alias == stem and self._sites.module_of(i) == module for i in facts.imports)
        taken = any(
            (isinstance(node, ast.Name) and node.id == stem)
            or (isinstance(node, ast.arg) and node.arg == stem)
            for node in walk(self.source.tree)
        ) or any(item.alias == stem for item in facts.imports)
        return stem if is_it or not taken else f"{stem}_module"

    def _aim_at_all(self, site: Site, spots: list[Spot]) -> bool:
        """Whether a site could be made to replace the name in several modules."""
        parent = site.parents[-1] if site.parents else None
        first, *others = spots
        if isinstance(site.whole, ast.Assign):
            return self._assign_all(site, first, others)
        if isinstance(parent, ast.withitem):
            return self._with_all(site, parent, first, others)
        if isinstance(parent, Function | ast.ClassDef) and site.whole in parent.decorator_list:
            return self._decorate_all(site, first, others)
        if isinstance(parent, ast.Expr) and self._is_plain(site) and self._alone(parent):
            return self._state_all(site, parent, first, others)
        return False

    def _text(self, site: Site, spot: Spot, value: str | None = None) -> str:
        """The call's text aimed at a spot; with a value in place of its further arguments."""
        assert isinstance(site.whole, ast.Call)
        start = self.source.start(site.whole)
        data = self.source.data[start : self.source.end(site.whole)]
        if value is not None:
            last = site.text if site.text is not None else site.whole.args[0]
            data = data[: self.source.end(last) - start] + f", {value})".encode()
        for span in sorted(self._aimed(site, spot), reverse=True):
            data = data[: span.start - start] + span.text.encode() + data[span.end - start :]
        return data.decode("utf-8")

    def _assign_all(self, site: Site, first: Spot, others: list[Spot]) -> bool:
        assert isinstance(site.whole, ast.Assign)
        assert site.owner is not None
        self._aim(site, first)
        for spot in others:
            module = self._module(site.owner, spot.module, site.whole)
            at = self.source.start(site.whole)
            self.spans.append(Span(at, at, f"{module}.{spot.name} = "))
        return True

    def _with_all(self, site: Site, item: ast.withitem, first: Spot, others: list[Spot]) -> bool:
        name = item.optional_vars
        if name is not None and not isinstance(name, ast.Name):
            return False
        assert isinstance(site.whole, ast.Call)
        value = name.id if isinstance(name, ast.Name) else None
        self._aim(site, first)
        end = self.source.end(name if name is not None else site.whole)
        if value is None and not self._is_plain(site):
            value = f"patched_{site.name.lstrip('_')}"
            self.spans.append(Span(end, end, f" as {value}"))
        texts = [self._text(site, spot, value) for spot in others]
        self.spans.append(Span(end, end, "".join(self._beside(site, text) for text in texts)))
        return True

    def _beside(self, site: Site, text: str) -> str:
        """A further item of a `with`, its arguments on a line of their own if the line gets long.

        It begins a line where the item before it does, as between the parentheses of a `with`.
        """
        line = self.source.lines[site.whole.lineno - 1].rstrip()
        start = self.source.start(site.whole) - self.source.starts[site.whole.lineno - 1]
        if not line[:start].strip():
            indent = self._indent(site.whole.lineno)
            head, _, rest = text.partition("(")
            if "\n" not in text and len(indent) + len(text) + 1 > self._layout.width:
                text = f"{head}(\n{indent}    {rest[:-1]},\n{indent})"
            return f",\n{indent}{text}"
        if len(line) + len(text) + 2 <= self._layout.width or "\n" in text:
            return f", {text}"
        indent = self._indent(site.whole.lineno)
        head, _, rest = text.partition("(")
        return f", {head}(\n{indent}    {rest[:-1]}\n{indent})"

    def _is_plain(self, site: Site) -> bool:
        """Whether what the call puts in is the same however often it is written."""
        assert isinstance(site.whole, ast.Call)
        skipped = site.shift + (1 if site.owner is None else 2)
        values = site.whole.args[skipped:]
        values += [item.value for item in site.whole.keywords if item.arg not in {"raising"}]
        known = {item.arg for item in site.whole.keywords} <= STATELESS | {"raising"}
        return known and all(isinstance(value, PLAIN) for value in values)

    def _gives_value(self, site: Site) -> bool:
        """Whether the call names what it puts in, so that the test function gets no mock."""
        assert isinstance(site.whole, ast.Call)
        given = len(site.whole.args) > (1 if site.owner is None else 2)
        return given or any(keyword.arg == "new" for keyword in site.whole.keywords)

    def _alone(self, statement: ast.stmt) -> bool:
        """Whether a statement has its lines for itself."""
        before = self.source.lines[statement.lineno - 1][: statement.col_offset]
        end = self.source.end(statement)
        after = self.source.data[end : self.source.starts[statement.end_lineno or 1]].strip()
        return not before.strip() and (not after or after.startswith(b"#"))

    def _decorate_all(self, site: Site, first: Spot, others: list[Spot]) -> bool:
        if not self._gives_value(site) or not self._is_plain(site):
            return False
        self._aim(site, first)
        self._below(site.whole, [f"@{self._text(site, spot)}" for spot in others])
        return True

    def _state_all(self, site: Site, statement: ast.Expr, first: Spot, others: list[Spot]) -> bool:
        self._aim(site, first)
        self._below(statement, [self._text(site, spot) for spot in others])
        return True

    def _below(self, node: ast.expr | ast.stmt, texts: list[str]) -> None:
        """Lines of their own below a node, in its indentation."""
        line = (node.end_lineno or node.lineno) + 1
        self.edits.append(Edit(self.path, line, "is replaced in several modules"))
        at = self.source.starts[node.end_lineno or node.lineno]
        indent = self._indent(node.lineno)
        lead = "" if self.source.data[:at].endswith((b"\n", b"\r")) else "\n"
        lines = "".join(f"{indent}{text}\n" for text in texts)
        self.spans.append(Span(at, at, lead + (lines if not lead else lines.rstrip("\n"))))

    def _indent(self, line: int) -> str:
        text = self.source.lines[line - 1]
        return text[: len(text) - len(text.lstrip())].decode()

    def _follow_reads(self) -> None:
        """A test that reads the name which it replaced reads it where it is replaced now."""
        for node in walk(self.source.tree):
            if not isinstance(node, ast.Attribute) or not isinstance(node.ctx, ast.Load):
                continue
            owner = self._sites.owner(node.value)
            spot = self._aims.get((self._tests.function(node), owner, node.attr)) if owner else None
            if spot is None or spot.module == owner or self._is_wrapped(node):
                continue
            text = f"{self._module(node.value, spot.module, node)}.{spot.name}"
            span = self.source.replace(node, text)
            if not any(known.start < span.end and span.start < known.end for known in self.spans):
                self.spans.append(span)
                self._declare(node, f"reads {node.attr} where it is replaced")

    def _is_wrapped(self, node: ast.Attribute) -> bool:
        """Whether the read only hands the real thing to the patch itself: `wraps=tasks.f`."""
        parent = self._tests.parents.get(node)
        return isinstance(parent, ast.keyword)
