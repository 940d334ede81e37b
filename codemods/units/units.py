"""A file as the units that stand or move as one: a statement with its comments, or several on one line."""

import ast
from dataclasses import dataclass, field, replace

from codemods.inventory.symbols import FunctionNode
from codemods.source.comments import closes, heads_imports, is_ruled
from codemods.source.text import Source
from codemods.units.kinds import is_plain_text, kind_of
from codemods.units.reads import Reads, changed_in_place, reads_of

Key = tuple[str, int]
"""A unit: the path of its file and its index there."""

OWN_MODULE = frozenset(
    {"globals", "vars", "locals", "eval", "exec", "__file__", "__path__", "__spec__", "__doc__",
     "__package__"}
)  # fmt: skip
"""Names by which code asks for the module that it stands in."""


OWN_GLOBALS = frozenset({"f_globals", "__globals__", "getmodule", "_getframe", "currentframe"})
"""Attributes by which code gets at the globals of a module."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One piece of top-level code.

    `kind` is `docstring`, `future`, `import`, `star`, `typing` (under `TYPE_CHECKING`), `choice`
    (imports under `try` or `if`), `logger`, `value`, `function`, `class`, `handler` (connects
    itself to a signal) or `effect` (runs for what it does). `first` and `last` are its lines with
    the comments that belong to it, `line` where its code begins, `lead` the blank lines above.
    """

    index: int
    kind: str
    nodes: tuple[ast.stmt, ...]
    reads: Reads
    names: tuple[str, ...]
    first: int
    line: int
    last: int
    lead: int

    @property
    def name(self) -> str:
        """The first name that it binds, or where it stands."""
        return self.names[0] if self.names else f"line {self.line}"


@dataclass(frozen=True, slots=True)
class Banner:
    """Comment lines that stand apart: they head the units from `heads` to the next banner."""

    heads: int
    first: int
    last: int
    lead: int


@dataclass(slots=True)
class Module:
    """A file's units, banners, and which units bind each name."""

    path: str
    source: Source
    units: list[Unit] = field(default_factory=list)
    banners: list[Banner] = field(default_factory=list)
    binders: dict[str, list[int]] = field(default_factory=dict)
    filled: dict[int, frozenset[str]] | None = None
    """The names that each unit changes at import, once `units/filled` has looked."""
    _changed: frozenset[str] | None = None
    _width: int = 0

    def headed(self, banner: Banner) -> list[Unit]:
        """The units under a banner."""
        later = [item.heads for item in self.banners if item.heads > banner.heads]
        return self.units[banner.heads : min(later, default=len(self.units))]

    def readers(self, index: int) -> set[int]:
        """The indexes of the other units that read a name of one."""
        own = set(self.units[index].names)
        return {unit.index for unit in self.units if own & unit.reads.all} - {index}

    def changed_names(self) -> frozenset[str]:
        """The names that its code assigns at run time, or whose values it changes in place."""
        if self._changed is None:
            nodes = (node for unit in self.units for node in unit.nodes)
            found = changed_in_place(nodes)
            self._changed = found.union(*(unit.reads.rebinds for unit in self.units))
        return self._changed

    def width(self) -> int:
        """The blank lines that it puts above its functions: one or two, mostly two."""
        if not self._width:
            leads = [unit.lead for unit in self.units if unit.kind in {"function", "class"}]
            narrow = bool(leads) and sum(lead < 2 for lead in leads) > len(leads) / 2
            self._width = 1 if narrow else 2
        return self._width

    def lines(self, first: int, last: int) -> str:
        """The text of some lines, 1-based, both included."""
        start, end = self.source.starts[first - 1], self.source.starts[last]
        return self.source.data[start:end].decode("utf-8")


def read_module(path: str, data: bytes) -> Module:
    """A file's units. Raises `ValueError` if it does not parse, or its scopes make no sense to Python."""
    source = Source(data)
    module = Module(path, source)
    previous = said = 0
    groups = _groups(source.tree.body)
    for place, nodes in enumerate(groups):
        if _is_said_of(groups, place):
            said = said or nodes[0].lineno
            continue
        line = min(_first_line(node) for node in nodes)
        last = _last_line(source, max(node.end_lineno or node.lineno for node in nodes))
        at_top = isinstance(nodes[0], ast.Import | ast.ImportFrom)
        last = last if at_top else _with_closing(source, last)
        first = _with_comments(source, said or line, previous, at_top=at_top)
        said = 0
        lead = _blanks(source, first, previous)
        index = len(module.units)
        if not at_top:
            module.banners.extend(_banner(source, index, previous, first - lead))
        text = module.lines(line, last)
        try:
            reads = reads_of(text, nodes)
        except (SyntaxError, ValueError, RecursionError) as error:
            raise ValueError(f"line {line}: {error}") from None
        kind = kind_of(nodes, index)
        names = _names(nodes, reads)
        module.units.append(Unit(index, kind, tuple(nodes), reads, names, first, line, last, lead))
        for name in names:
            module.binders.setdefault(name, []).append(index)
        previous = last
    module.units = [_as_used(module, unit) for unit in module.units]
    module.binders = {}
    for unit in module.units:
        for name in unit.names:
            module.binders.setdefault(name, []).append(unit.index)
    return module


def _as_used(module: Module, unit: Unit) -> Unit:
    """A logger or choice that reads a value of this file has one home, like that value.

    What sets up a logger, as `logger.propagate = False`, is an effect: the logger is not its own.
    """
    if unit.kind == "value" and not unit.reads.binds and unit.names:
        binders = [module.units[i] for i in module.binders[unit.names[0]] if i != unit.index]
        if any(other.kind in {"logger", "import", "choice"} for other in binders):
            return replace(unit, kind="effect", names=())
    if unit.kind not in {"logger", "choice"}:
        return unit
    around = {i for name in unit.reads.all for i in module.binders.get(name, ()) if i != unit.index}
    plain = {"import", "typing", "future", "choice"}
    if all(module.units[index].kind in plain for index in around):
        return unit
    return replace(unit, kind="value")


def _names(nodes: list[ast.stmt], reads: Reads) -> tuple[str, ...]:
    """The names bound, in the order of the code where that is known; a mutated one counts."""
    found = [node.name for node in nodes if isinstance(node, FunctionNode | ast.ClassDef)]
    for node in nodes:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            root = target
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name) and isinstance(target, ast.expr):
                found.append(root.id)
    return tuple(dict.fromkeys([*found, *sorted(reads.binds)]))


def _groups(body: list[ast.stmt]) -> list[list[ast.stmt]]:
    """Statements, those that share a line together."""
    groups: list[list[ast.stmt]] = []
    for node in body:
        if groups and (groups[-1][-1].end_lineno or 0) >= _first_line(node):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def _is_said_of(groups: list[list[ast.stmt]], place: int) -> bool:
    """Whether a statement is a text that stands above a function, in the place of a comment.

    Right below an assignment it tells of that, for tools that make documentation.
    """
    node, *others = groups[place]
    if others or place == 0 or place + 1 == len(groups) or not is_plain_text(node):
        return False
    above, below = groups[place - 1][-1], groups[place + 1][0]
    told = isinstance(above, ast.Assign | ast.AnnAssign) and above.end_lineno == node.lineno - 1
    return not told and (isinstance(below, FunctionNode) or _is_said_of(groups, place + 1))


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _last_line(source: Source, last: int) -> int:
    """The last line with the indented comments that follow it."""
    found, number = last, last
    while number < len(source.lines):
        line = source.lines[number]
        if line.strip() and not (line[:1] in b" \t" and line.lstrip().startswith(b"#")):
            break
        number += 1
        if line.strip():
            found = number
    return found


def _with_closing(source: Source, last: int) -> int:
    """The last line with the comments below that close what stands above.

    Those touch it and nothing below, or say so themselves: `# end of mails`.
    """
    start = last
    while start < len(source.lines) and not source.lines[start].strip():
        start += 1
    end = start
    while end < len(source.lines) and source.lines[end].startswith(b"#"):
        end += 1
    apart = end == len(source.lines) or not source.lines[end].strip()
    if start == end or not apart:
        return last
    lines = [line.decode() for line in source.lines[start:end]]
    touches = start == last and end < len(source.lines) and not is_ruled(lines)
    return end if touches or closes(lines) else last


def _with_comments(source: Source, line: int, previous: int, *, at_top: bool) -> int:
    """Up over the comment lines directly above; a file's own head belongs to the file.

    What stands above its first import is such a head, but for the name of a group of imports.
    """
    first = line
    while first - 1 > previous and source.lines[first - 2].startswith(b"#"):
        first -= 1
    above = [text.decode() for text in source.lines[first - 1 : line - 1]]
    if at_top and above and all(map(heads_imports, above)):
        return first
    return line if first == 1 or (at_top and not previous) else first


def _blanks(source: Source, first: int, previous: int) -> int:
    count = 0
    while first - 1 - count > previous and not source.lines[first - 2 - count].strip():
        count += 1
    return count


def _banner(source: Source, heads: int, previous: int, end: int) -> list[Banner]:
    """The comments between two units that belong to neither; `end` is the line below them."""
    first, last = previous + 1, end - 1
    while first <= last and not source.lines[first - 1].strip():
        first += 1
    if first > last or heads == 0:
        return []
    return [Banner(heads, first, last, first - previous - 1)]
