"""Where a piece of code reads a global name: the very nodes, and the functions around them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from codemods.inventory.symbols import FunctionNode, bound_by_import, statements, target_names
from codemods.inventory.walking import children, walk
from codemods.source.text import Source, Span
from codemods.units.reads import COMPREHENSIONS


@dataclass(frozen=True, slots=True, eq=False)
class GlobalRead:
    """One read of a global name; `function` is the outermost function or method around it."""

    node: ast.Name
    function: ast.FunctionDef | ast.AsyncFunctionDef | None


def global_reads(nodes: tuple[ast.stmt, ...], name: str) -> list[GlobalRead]:
    """Every node of these statements that reads this name of the module."""
    found: list[GlobalRead] = []
    for node in nodes:
        found.extend(_in(node, name, hidden=False, function=None, in_class=False))
    return found


def free_quote(
    source: Source, nodes: tuple[ast.stmt, ...], inner: ast.AST, quote: str = '"'
) -> str:
    """The quotes for a text in a node's place: these, or the other ones inside a formatted text of these."""
    for part in (part for node in nodes for part in walk(node)):
        if isinstance(part, ast.JoinedStr) and any(found is inner for found in walk(part)):
            start = source.start(part)
            around = source.data[start : start + 4].decode("utf-8", "ignore").lstrip("rRfF")[:1]
            return "'" if around == '"' else '"'
    return quote


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _in(
    node: ast.AST, name: str, *, hidden: bool, function: Function | None, in_class: bool
) -> Iterator[GlobalRead]:
    """The reads below a node; `hidden` where an enclosing scope binds the name itself."""
    if isinstance(node, ast.Name):
        if node.id == name and not hidden:
            yield GlobalRead(node, function)
        return
    if isinstance(node, FunctionNode | ast.Lambda):
        for part in _header(node):
            yield from _in(part, name, hidden=hidden, function=function, in_class=in_class)
        outer = function or (node if isinstance(node, FunctionNode) else None)
        body = node.body if isinstance(node.body, list) else [node.body]
        inner = hides(node, name, hidden=hidden)
        for part in body:
            yield from _in(part, name, hidden=inner, function=outer, in_class=False)
        return
    if isinstance(node, COMPREHENSIONS):
        bound = {n for generator in node.generators for n in target_names(generator.target)}
        for part in children(node):
            inner = hidden or name in bound
            yield from _in(part, name, hidden=inner, function=function, in_class=in_class)
        return
    for part in children(node):
        yield from _in(part, name, hidden=hidden, function=function, in_class=in_class)


def _header(node: Function | ast.Lambda) -> Iterator[ast.AST]:
    """What is evaluated where the function stands: decorators, defaults, annotations."""
    if isinstance(node, FunctionNode):
        yield from node.decorator_list
        if node.returns:
            yield node.returns
        yield from getattr(node, "type_params", [])
    yield node.args


def hides(node: Function | ast.Lambda, name: str, *, hidden: bool) -> bool:
    """Whether a function's own scope gives a name another meaning than the module's."""
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    if any(argument.arg == name for argument in every):
        return True
    if isinstance(node, ast.Lambda):
        return hidden
    for inner in statements(node.body):
        if isinstance(inner, ast.Global) and name in inner.names:
            return False
        if isinstance(inner, ast.Nonlocal) and name in inner.names:
            return hidden
    return hidden or any(name in _bound(inner) for inner in statements(node.body))


def _bound(node: ast.stmt) -> set[str]:
    """The names that one statement binds in its own scope, nested statements apart."""
    if isinstance(node, FunctionNode | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {name for name, _ in bound_by_import(node, "")}
    found: set[str] = set()
    if isinstance(node, ast.Try | ast.TryStar):
        found.update(handler.name for handler in node.handlers if handler.name)
    for child in children(node):
        if isinstance(child, ast.stmt | ast.ExceptHandler):
            continue
        pattern = child.pattern if isinstance(child, ast.match_case) else child
        found.update(_stored(pattern))
    return found


def _stored(node: ast.AST) -> Iterator[str]:
    """Names stored below an expression, but for those of comprehensions' and lambdas' own scopes."""
    if isinstance(node, COMPREHENSIONS):
        for part in walk(node):
            if isinstance(part, ast.NamedExpr):
                yield part.target.id
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    for part in children(node):
        yield from _stored(part)


def first_statement(function: Function) -> int | None:
    """The line above which a function's own import can stand; `None` for a one-line body."""
    first = function.body[0]
    if first.lineno == function.lineno or first.lineno <= _header_end(function):
        return None
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if not (is_text and isinstance(first.value.value, str)):  # type: ignore[attr-defined]
        decorators: list[ast.expr] = getattr(first, "decorator_list", [])
        return min([first.lineno, *(item.lineno for item in decorators)])
    if len(function.body) > 1 and function.body[1].lineno == first.end_lineno:
        return None
    return (first.end_lineno or first.lineno) + 1


def is_shown_by_name(source: Source, nodes: tuple[ast.stmt, ...], name: str) -> bool:
    """Whether an f-string of some statements shows a name beside its value, as `f"{name=}"` does."""
    shows = re.compile(rf"{{[^{{}}]*\b{name}\b[^{{}}]*=\s*(![rsa])?(:[^{{}}]*)?}}")
    return any(
        isinstance(part, ast.JoinedStr) and shows.search(source.text(part)) is not None
        for node in nodes
        for part in walk(node)
    )


def folded(
    source: Source, nodes: tuple[ast.stmt, ...], name: ast.Name, text: str
) -> Iterator[Span]:
    """A name that an f-string shows, as the text itself; an f-string of nothing else is none any more.

    Nothing where the name stands in no f-string by itself.
    """
    joined = [part for node in nodes for part in walk(node) if isinstance(part, ast.JoinedStr)]
    for whole in joined:
        fields = [part for part in whole.values if isinstance(part, ast.FormattedValue)]
        own = [part for part in fields if part.value is name]
        start, end = source.start(name), source.end(name)
        plain = bool(own) and own[0].conversion == -1 and own[0].format_spec is None
        if not plain or source.data[start - 1 : end + 1] != b"{" + name.id.encode() + b"}":
            continue
        yield Span(start - 1, end + 1, text)
        first, last = source.start(whole), source.end(whole)
        rest = source.data[start + len(name.id) + 1 : last]
        bare = source.data[first : start - 1] + text.encode() + rest
        prefix = re.match(rb"[rRfF]+", bare)
        if len(fields) == 1 and prefix and not re.search(rb"[{}]|f['\"]", bare[prefix.end() :]):
            yield Span(first, first + prefix.end(), re.sub("[fF]", "", prefix[0].decode()))


def _header_end(function: Function) -> int:
    parts = [*walk(function.args), *([function.returns] if function.returns else [])]
    return max((getattr(part, "end_lineno", 0) or 0 for part in parts), default=0)
