"""One patch made to replace a name in several modules, in the forms that can do so."""

import ast

from codemods.inventory.symbols import FunctionNode
from codemods.layout.layout import Layout
from codemods.moves.lookup_place import Spot
from codemods.moves.patches.aiming import Aim
from codemods.moves.patches.find import Site
from codemods.source.own_layout import layout_of
from codemods.source.text import Span
from codemods.values import Edit

PLAIN = (ast.Name, ast.Constant, ast.Lambda, ast.Attribute)
"""Values that may be written twice: each time they are the same."""
STATELESS = frozenset({"return_value", "autospec", "spec", "create", "new", "raising", "target"})
ENTERS = frozenset({"enter_context", "enterContext"})
SEVERAL = "is replaced in several modules"
HOLDERS = (ast.Name, ast.Attribute)
"""What may be given the mock of a patch, and be read again."""


class Several:
    """Rewrites sites so that each replaces its name at all of its spots."""

    def __init__(self, aim: Aim, layout: Layout) -> None:
        self.aim = aim
        self.source = aim.source
        self._layout = layout_of(self.source, layout)

    def at(self, site: Site, spots: list[Spot], *, shared: bool) -> bool:
        """Whether a site could be made to do so; `shared` if all must get the very same object."""
        parent = site.parents[-1] if site.parents else None
        first, *others = spots
        if site.one_of:
            return False
        if isinstance(site.whole, ast.Assign):
            return self._assign_all(site, site.whole, first, others)
        plain = self._is_plain(site) and (not shared or self._gives_value(site))
        if site.names and not (plain and self._gives_value(site)):
            return False
        if isinstance(parent, ast.withitem):
            return self._with_all(site, parent, first, others, plain=plain)
        if isinstance(parent, FunctionNode | ast.ClassDef) and site.whole in parent.decorator_list:
            return self._decorate_all(site, first, others)
        return self._state_all(site, first, others, plain=plain)

    def _text(self, site: Site, spot: Spot, value: str | None = None) -> str:
        """The call's text aimed at a spot; with a value in place of its further arguments."""
        assert isinstance(site.whole, ast.Call)
        if value is None:
            return self._aimed(site.whole, site, spot)
        last = self.source.end(site.text if site.text is not None else site.whole.args[0])
        given: list[ast.expr | ast.keyword] = [*site.whole.args, *site.whole.keywords]
        kept = sorted(
            (node for node in given if self.source.end(node) <= last), key=self.source.start
        )
        words = ", ".join([*(self._aimed(node, site, spot) for node in kept), value])
        return f"{self.source.text(site.whole.func)}({words})"

    def _aimed(self, node: ast.expr | ast.keyword, site: Site, spot: Spot) -> str:
        """The text of a part of a call aimed at a spot."""
        start, end = self.source.start(node), self.source.end(node)
        data = self.source.data[start:end]
        for span in sorted(self.aim.aimed(site, spot), reverse=True):
            if start <= span.start and span.end <= end:
                data = data[: span.start - start] + span.text.encode() + data[span.end - start :]
        return data.decode("utf-8")

    def _assign_all(self, site: Site, whole: ast.Assign, first: Spot, others: list[Spot]) -> bool:
        """An assignment to all of them: in one chain, or where that gets long on a line for each."""
        owner = site.owner
        assert owner is not None
        self.aim.at(site, first)
        names = [f"{self.aim.module(owner, s.module, whole)}.{s.name}" for s in [first, *others]]
        line = self.source.lines[whole.lineno - 1].rstrip().decode()
        grown = sum(len(f"{name} = ") for name in names) - len(
            f"{self.source.text(owner)}.{site.name} = "
        )
        if len(line) + grown > self._layout.width and self._alone(whole):
            self._below(whole, [f"{name} = {names[0]}" for name in names[1:]])
            return True
        at = self.source.start(whole)
        for name in names[1:]:
            self.aim.put(Span(at, at, f"{name} = "), whole, SEVERAL)
        return True

    def _with_all(
        self, site: Site, item: ast.withitem, first: Spot, others: list[Spot], *, plain: bool
    ) -> bool:
        name = item.optional_vars
        if name is not None and not isinstance(name, ast.Name):
            return False
        value = name.id if isinstance(name, ast.Name) and not site.names else None
        self.aim.at(site, first)
        end = self.source.end(name if name is not None else site.whole)
        if value is None and not plain:
            value = self._named(site)
            self.aim.put(Span(end, end, f" as {value}"), site.whole, SEVERAL)
        texts = [self._text(site, spot, value) for spot in others]
        beside = "".join(self._beside(site, text) for text in texts)
        self.aim.put(Span(end, end, beside), site.whole, SEVERAL)
        return True

    def _named(self, site: Site) -> str:
        """A name for what the patch puts in."""
        return self.aim.free(f"patched_{site.name.lstrip('_')}")

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
        skipped = site.shift + (1 if site.owner is None or site.names else 2)
        values = site.whole.args[skipped:]
        values += [item.value for item in site.whole.keywords if item.arg not in {"raising"}]
        known = {item.arg for item in site.whole.keywords} <= STATELESS | set(site.names)
        return known and all(isinstance(value, PLAIN) for value in values)

    def _gives_value(self, site: Site) -> bool:
        """Whether the call names what it puts in, so that the test function gets no mock."""
        assert isinstance(site.whole, ast.Call)
        values = [*site.whole.args, *(item.value for item in site.whole.keywords)]
        if any(_last(value) == "DEFAULT" for value in values):
            return False
        if site.names:
            return True
        given = len(site.whole.args) > site.shift + (1 if site.owner is None else 2)
        return given or any(keyword.arg in {"new", "value"} for keyword in site.whole.keywords)

    def _decorate_all(self, site: Site, first: Spot, others: list[Spot]) -> bool:
        if not self._gives_value(site) or not self._is_plain(site):
            return False
        self.aim.at(site, first)
        self._below(site.whole, [f"@{self._text(site, spot)}" for spot in others])
        return True

    def _state_all(self, site: Site, first: Spot, others: list[Spot], *, plain: bool) -> bool:
        """A call that acts at once, as `monkeypatch.setattr` or `patch(...).start()`, once more for each."""
        whole = self._acting(site)
        statement = whole and self.aim.sites.tests.parents[whole]
        if whole is not None and isinstance(statement, ast.Return):
            return self._give_all(site, whole, statement, first, others)
        if whole is None or not isinstance(statement, ast.Expr | ast.Assign):
            return False
        value: str | None = None
        if isinstance(statement, ast.Assign):
            holder = statement.targets[0]
            if len(statement.targets) > 1 or not isinstance(holder, HOLDERS) or site.names:
                return False
            value = self.source.text(holder)
        if not self._alone(statement) or (value and not self._gives_mock(site, whole)):
            return False
        if value is None and not plain:
            if not self._gives_mock(site, whole):
                return False
            value = self._named(site)
            at = self.source.start(statement)
            self.aim.put(Span(at, at, f"{value} = "), statement, SEVERAL)
        self.aim.at(site, first)
        head, _, tail = self.source.text(whole).partition(self.source.text(site.whole))
        self._below(statement, [f"{head}{self._text(site, s, value)}{tail}" for s in others])
        return True

    def _give_all(
        self, site: Site, whole: ast.expr, statement: ast.Return, first: Spot, others: list[Spot]
    ) -> bool:
        """A fixture that gives back the mock: it is made, put in everywhere, and given back then."""
        if site.names or not self._alone(statement) or not self._gives_mock(site, whole):
            return False
        value = self._named(site)
        at = self.source.start(statement)
        self.aim.put(Span(at, self.source.start(whole), f"{value} = "), statement, SEVERAL)
        self.aim.at(site, first)
        head, _, tail = self.source.text(whole).partition(self.source.text(site.whole))
        texts = [f"{head}{self._text(site, s, value)}{tail}" for s in others]
        self._below(statement, [*texts, f"return {value}"])
        return True

    def _acting(self, site: Site) -> ast.expr | None:
        """The expression that makes the patch act: its `start()`, a stack that enters it, or the call."""
        assert isinstance(site.whole, ast.Call)
        parent = site.parents[-1]
        outer = site.parents[-2] if len(site.parents) > 1 else None
        if isinstance(parent, ast.Attribute) and isinstance(outer, ast.Call):
            return outer if parent.attr == "start" else None
        if isinstance(parent, ast.Call) and len(parent.args) == 1:
            entered = isinstance(parent.func, ast.Attribute) and parent.func.attr in ENTERS
            return parent if entered else None
        return site.whole if isinstance(parent, ast.Expr | ast.Assign | ast.Return) else None

    def _gives_mock(self, site: Site, whole: ast.expr) -> bool:
        """Whether the acting expression gives back what the patch puts in."""
        return whole is not site.whole or (not site.shift and self._is_of_fixture(site))

    def _is_of_fixture(self, site: Site) -> bool:
        """Whether the call is one of pytest-mock's fixture, which patches where it is called."""
        inner = site.whole.func if isinstance(site.whole, ast.Call) else None
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        return isinstance(inner, ast.Name) and "mocker" in inner.id

    def _alone(self, statement: ast.stmt) -> bool:
        """Whether a statement has its lines for itself."""
        before = self.source.lines[statement.lineno - 1][: statement.col_offset]
        end = self.source.end(statement)
        after = self.source.data[end : self.source.starts[statement.end_lineno or 1]].strip()
        return not before.strip() and (not after or after.startswith(b"#"))

    def _below(self, node: ast.expr | ast.stmt, texts: list[str]) -> None:
        """Lines of their own below a node, in its indentation."""
        line = (node.end_lineno or node.lineno) + 1
        at = self.source.starts[node.end_lineno or node.lineno]
        indent = self._indent(node.lineno)
        lead = "" if self.source.data[:at].endswith((b"\n", b"\r")) else "\n"
        lines = "".join(f"{indent}{text}\n" for text in texts)
        text = lead + (lines if not lead else lines.rstrip("\n"))
        self.aim.spans.append(Span(at, at, text))
        self.aim.edits.append(Edit(self.aim.path, line, SEVERAL, new=text))

    def _indent(self, line: int) -> str:
        text = self.source.lines[line - 1]
        return text[: len(text) - len(text.lstrip())].decode()


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
