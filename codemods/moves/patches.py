"""Tests that replace names of an old file: each patch follows to the modules that read the name."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.import_places import line_limit
from codemods.moves.readers import Readers, words_around
from codemods.moves.scopes import Function
from codemods.moves.spots import Spot
from codemods.text import Source, Span
from codemods.values import Edit, Note

BY_TEXT = frozenset({"patch", "setattr", "delattr", "dict", "multiple"})
BY_OBJECT = frozenset({"object", "setattr", "delattr"})


@dataclass(slots=True)
class Site:
    """One place that replaces a name of an old module.

    `text` is the literal to change, or `owner` the expression of the module; `whole` is the call
    or the assignment; `parents` lead from it to the module.
    """

    whole: ast.Call | ast.Assign
    module: str
    name: str
    rest: str
    text: ast.expr | None
    owner: ast.expr | None
    parents: list[ast.AST]


class Patches:
    """Rewrites the patches of one test file."""

    def __init__(self, readers: Readers, path: str, data: bytes) -> None:
        self.readers = readers
        self.path = path
        self.source = Source(data)
        self.spans: list[Span] = []
        self.edits: list[Edit] = []
        self.notes: list[Note] = []
        self.modules: dict[str, ast.expr] = {}
        """Modules that the file must import for its patches, each with the old one's expression."""

    def rewrite(self) -> None:
        """Collects the edits of this file."""
        for site in self._sites():
            self._follow(site)

    def _follow(self, site: Site) -> None:
        old = Spot(site.module, site.name)
        if site.rest or self._in_place(site):
            # The object itself is changed, so any module that holds it will do.
            spots = [self.readers.holder(site.module, site.name)]
        else:
            spots = self._spots(site)
        if not spots or spots == [old]:
            return
        if len(spots) == 1:
            self._aim(site, spots[0])
        elif not self._aim_at_all(site, spots):
            shown = ", ".join(f"{spot.module}.{spot.name}" for spot in spots)
            message = f"this replaces {site.name} of {site.module}, which is now looked up as {shown}: it follows to the first alone, so look whether the test needs the others"
            self.notes.append(Note(self.path, site.whole.lineno, "patch-several", message))
            self._aim(site, spots[0])

    def _in_place(self, site: Site) -> bool:
        """Whether the site changes the object and not the name: `patch.dict`."""
        return (
            isinstance(site.whole, ast.Call)
            and isinstance(site.whole.func, ast.Attribute)
            and site.whole.func.attr == "dict"
        )

    def _spots(self, site: Site) -> list[Spot]:
        """The spots that matter to this test; all of them where its reach can't be told."""
        words = words_around(self.source.tree, site.whole) - {site.name}
        reached = self.readers.reached(words)
        return self.readers.of(site.module, site.name, reached) or self.readers.of(
            site.module, site.name
        )

    def _aim(self, site: Site, spot: Spot) -> None:
        line = site.whole.lineno
        what = f"replaces {site.name} where it is read now"
        for span in self._aimed(site, spot):
            self.spans.append(span)
        for number in range(line, (site.whole.end_lineno or line) + 1):
            self.edits.append(Edit(self.path, number, what))

    def _aimed(self, site: Site, spot: Spot) -> Iterator[Span]:
        if site.text is not None and site.owner is None:
            rest = f".{site.rest}" if site.rest else ""
            yield self.source.replace(
                site.text, self._quoted(site.text, f"{spot.module}.{spot.name}{rest}")
            )
            return
        assert site.owner is not None
        if spot.module != site.module:
            yield self.source.replace(site.owner, self._module(site.owner, spot.module))
        if spot.name == site.name:
            return
        if site.text is not None:
            yield self.source.replace(site.text, self._quoted(site.text, spot.name))
        elif isinstance(site.whole, ast.Assign):
            target = site.whole.targets[0]
            assert isinstance(target, ast.Attribute)
            end = self.source.end(target)
            yield Span(end - len(target.attr), end, spot.name)

    def _quoted(self, node: ast.expr, text: str) -> str:
        old = self.source.text(node)
        quote = "'" if old.lstrip("rRuUfF").startswith("'") else '"'
        return f"{quote}{text}{quote}"

    def _module(self, owner: ast.expr, module: str) -> str:
        """The expression for another module, in the manner of the old one's."""
        self.modules.setdefault(module, owner)
        if isinstance(owner, ast.Attribute):
            return module
        return module.rpartition(".")[2]

    def _aim_at_all(self, site: Site, spots: list[Spot]) -> bool:
        """Whether a site could be made to replace the name in several modules."""
        parent = site.parents[-1] if site.parents else None
        first, *others = spots
        if isinstance(site.whole, ast.Assign):
            return self._assign_all(site, first, others)
        if isinstance(parent, ast.withitem):
            return self._with_all(site, parent, first, others)
        if isinstance(parent, Function) and site.whole in parent.decorator_list:
            return self._decorate_all(site, first, others)
        if isinstance(parent, ast.ClassDef) and site.whole in parent.decorator_list:
            return self._decorate_all(site, first, others)
        if isinstance(parent, ast.Expr):
            return self._state_all(site, parent, first, others)
        return False

    def _text(self, site: Site, spot: Spot, value: str | None = None) -> str:
        """The call's text aimed at a spot; with a value in place of its further arguments."""
        assert isinstance(site.whole, ast.Call)
        start = self.source.start(site.whole)
        data = self.source.data[start : self.source.end(site.whole)]
        for span in sorted(self._aimed(site, spot), reverse=True):
            data = data[: span.start - start] + span.text.encode() + data[span.end - start :]
        text = data.decode("utf-8")
        if value is None:
            return text
        call = ast.parse(text, mode="eval").body
        assert isinstance(call, ast.Call)
        kept = 1 if site.owner is None else 2
        arguments = [ast.unparse(argument) for argument in call.args[:kept]]
        return f"{ast.unparse(call.func)}({', '.join([*self._as_written(arguments), value])})"

    def _as_written(self, arguments: list[str]) -> list[str]:
        """Texts in double quotes, which `ast.unparse` writes with single ones."""
        return [
            f'"{text[1:-1]}"' if text[:1] == "'" and '"' not in text else text for text in arguments
        ]

    def _assign_all(self, site: Site, first: Spot, others: list[Spot]) -> bool:
        assert isinstance(site.whole, ast.Assign)
        assert site.owner is not None
        self._aim(site, first)
        for spot in others:
            target = f"{self._module(site.owner, spot.module)}.{spot.name} = "
            at = self.source.start(site.whole)
            self.spans.append(Span(at, at, target))
        return True

    def _with_all(self, site: Site, item: ast.withitem, first: Spot, others: list[Spot]) -> bool:
        name = item.optional_vars
        if name is not None and not isinstance(name, ast.Name):
            return False
        self._aim(site, first)
        end = self.source.end(name if name is not None else site.whole)
        value = name.id if isinstance(name, ast.Name) else None
        texts = [self._text(site, spot, value) for spot in others]
        self.spans.append(Span(end, end, "".join(self._beside(site, text) for text in texts)))
        return True

    def _beside(self, site: Site, text: str) -> str:
        """A further item of a `with`, its arguments on a line of their own if the line gets long."""
        line = self.source.lines[site.whole.lineno - 1].rstrip()
        if len(line) + len(text) + 2 <= line_limit(self.source) or "\n" in text:
            return f", {text}"
        indent = self._indent(site.whole.lineno)
        head, _, rest = text.partition("(")
        return f", {head}(\n{indent}    {rest[:-1]}\n{indent})"

    def _gives_value(self, site: Site) -> bool:
        """Whether the call names what it puts in, so that the test function gets no mock."""
        assert isinstance(site.whole, ast.Call)
        given = len(site.whole.args) > (1 if site.owner is None else 2)
        return given or any(keyword.arg == "new" for keyword in site.whole.keywords)

    def _decorate_all(self, site: Site, first: Spot, others: list[Spot]) -> bool:
        if not self._gives_value(site):
            return False
        self._aim(site, first)
        line = site.whole.end_lineno or site.whole.lineno
        at = self.source.starts[line]
        indent = self._indent(site.whole.lineno)
        texts = "".join(f"{indent}@{self._text(site, spot)}\n" for spot in others)
        self.spans.append(Span(at, at, texts))
        return True

    def _state_all(self, site: Site, statement: ast.Expr, first: Spot, others: list[Spot]) -> bool:
        self._aim(site, first)
        line = statement.end_lineno or statement.lineno
        at = self.source.starts[line]
        indent = self._indent(statement.lineno)
        texts = "".join(f"{indent}{self._text(site, spot)}\n" for spot in others)
        self.spans.append(Span(at, at, texts))
        return True

    def _indent(self, line: int) -> str:
        text = self.source.lines[line - 1]
        return text[: len(text) - len(text.lstrip())].decode()

    def _sites(self) -> Iterator[Site]:
        waiting: list[tuple[ast.AST, list[ast.AST]]] = [(self.source.tree, [])]
        while waiting:
            node, parents = waiting.pop()
            if isinstance(node, ast.Call):
                site = self._call(node, parents)
                if site is not None:
                    yield site
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                site = self._assignment(node, parents)
                if site is not None:
                    yield site
            waiting.extend((child, [*parents, node]) for child in ast.iter_child_nodes(node))

    def _call(self, node: ast.Call, parents: list[ast.AST]) -> Site | None:
        word = _last(node.func)
        if not node.args or word not in BY_TEXT | BY_OBJECT:
            return None
        text = self._constant(node.args[0], node)
        if text is not None and word in BY_TEXT:
            module, name, rest = self.readers.split(text)
            if word == "multiple" or not module:
                self._multiple(node, text)
                return None
            return Site(node, module, name, rest, node.args[0], None, parents)
        if word not in BY_OBJECT or len(node.args) < 2:
            return None
        owner = self._owner(node.args[0])
        second = node.args[1]
        if owner and isinstance(second, ast.Constant) and isinstance(second.value, str):
            return Site(node, owner, second.value, "", second, node.args[0], parents)
        return None

    def _multiple(self, node: ast.Call, text: str) -> None:
        """`patch.multiple` and constants that hold an old module's name: a person must look."""
        if text in self.readers.old and _last(node.func) == "multiple":
            for keyword in node.keywords:
                spots = self.readers.of(text, keyword.arg or "")
                if spots and spots != [Spot(text, keyword.arg or "")]:
                    message = f"patch.multiple of {text} replaces {keyword.arg}, which is now looked up in {spots[0].module}: split it up"
                    self.notes.append(Note(self.path, node.lineno, "patch-several", message))

    def _assignment(self, node: ast.Assign, parents: list[ast.AST]) -> Site | None:
        target = node.targets[0]
        if not isinstance(target, ast.Attribute):
            return None
        owner = self._owner(target.value)
        if not owner:
            return None
        return Site(node, owner, target.attr, "", None, target.value, parents)

    def _owner(self, node: ast.expr) -> str:
        """The old module that an expression stands for."""
        words: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            words.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return ""
        project = self.readers.moves.project
        for item in self.readers.moves.inventory.facts[self.path].imports:
            if item.alias != inner.id:
                continue
            base = project.canonical(item.module)
            if item.name is not None:
                base = f"{base}.{item.name}"
            elif item.alias == base.partition(".")[0]:
                base = item.alias
            dotted = ".".join([base, *words])
            if dotted in self.readers.old:
                return dotted
        return ""

    def _constant(self, node: ast.expr, around: ast.AST) -> str | None:
        """The text of a literal, or of one put together from constants of this file."""
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.JoinedStr):
            parts = [
                self._constant(p.value if isinstance(p, ast.FormattedValue) else p, around)
                for p in node.values
            ]
            return None if None in parts else "".join(part or "" for part in parts)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left = self._constant(node.left, around)
            right = self._constant(node.right, around)
            return None if left is None or right is None else left + right
        if isinstance(node, ast.Name):
            binding = self.readers.moves.inventory.facts[self.path].bindings.get(node.id)
            if binding is not None and binding.kind == "text":
                return binding.target
        return None


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
