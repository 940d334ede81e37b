"""Which names of a file are read but never bound, and which imports nothing reads (`symtable`)."""

import ast
import symtable
from collections.abc import Collection, Iterator

from codemods.inventory.bindings import import_facts
from codemods.inventory.scan import decoded
from codemods.inventory.standard import BUILTINS
from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.inventory.walking import children, walk

IMPLICIT = BUILTINS | {
    "__file__", "__name__", "__doc__", "__package__", "__spec__", "__loader__", "__path__",
    "__builtins__", "__annotations__", "__dict__", "__module__", "__qualname__", "__class__",
    "WindowsError",
}  # fmt: skip

PLAIN = (
    ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr,
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef,
)  # fmt: skip
INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
"""What binds names of its own, or runs later."""


def undefined_names(data: bytes) -> set[str]:
    """Global names that a file reads and nothing in it binds; none where a star import may bind them."""
    tree = parsed(data)
    if isinstance(tree, ParseError):
        return set()
    if any(item.name == "*" for item in import_facts(tree, "")):
        return set()
    try:
        table = symtable.symtable(decoded(data), "module", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set()
    bound = {
        s.get_name()
        for s in table.get_symbols()
        if s.is_assigned() or s.is_imported() or s.is_namespace()
    }
    bound |= {name for scope in _scopes(table) for name in _written_globals(scope)}
    return {name for scope in _scopes(table) for name in _read_globals(scope)} - bound - IMPLICIT


def read_too_early(data: bytes) -> set[str]:
    """Names that a plain top-level statement reads before anything has bound them.

    Only assignments, expressions, functions and classes are asked, and only in files without star
    imports: what an `if` or a `try` binds is taken as bound.
    """
    tree = parsed(data)
    if isinstance(tree, ParseError) or any(item.name == "*" for item in import_facts(tree, "")):
        return set()
    bound: set[str] = set()
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, PLAIN):
            found.update(name for name in _read_at_once(node) if name not in bound | IMPLICIT)
        bound.update(_bound_by(node))
    return found & {name for node in tree.body for name in _bound_by(node)}


def _read_at_once(node: ast.stmt) -> Iterator[str]:
    """The names that a statement reads while it runs: no bodies of functions and classes."""
    waiting: list[ast.AST] = [node]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
        waiting = [*node.decorator_list, *defaults]
    elif isinstance(node, ast.ClassDef):
        waiting = [*node.decorator_list, *node.bases, *(item.value for item in node.keywords)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, INNER):
            continue
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
        waiting.extend(children(part))


def _bound_by(node: ast.stmt) -> Iterator[str]:
    """The names that a statement binds, whichever way it takes."""
    for part in walk(node):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield part.name
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        elif isinstance(part, ast.alias):
            yield part.asname or part.name.partition(".")[0]


def _scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _scopes(child)


def _read_globals(scope: symtable.SymbolTable) -> Iterator[str]:
    top = scope.get_type() == "module"
    for symbol in scope.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or (top and not symbol.is_assigned())):
            yield symbol.get_name()


def _written_globals(scope: symtable.SymbolTable) -> Iterator[str]:
    for symbol in scope.get_symbols():
        if symbol.is_declared_global() and symbol.is_assigned():
            yield symbol.get_name()


def unused_imports(data: bytes, *, in_texts: bool = True) -> set[str]:
    """The unread imports that no remark for linters says to leave alone."""
    if isinstance(parsed(data), ParseError):
        return set()
    lines = enumerate(decoded(data).splitlines(), 1)
    silenced = {n for n, line in lines if "noqa" in line or "disable=unused-import" in line}
    return unread_imports(data, silenced, in_texts=in_texts)


def unread_imports(
    data: bytes, without: Collection[int] = (), *, in_texts: bool = True
) -> set[str]:
    """Names that module-level imports bind and the file never reads; `in_texts` not even in a string.

    Imports on the lines `without` are left out.
    """
    tree = parsed(data)
    if isinstance(tree, ParseError):
        return set()
    names = {
        item.alias
        for item in import_facts(tree, "")
        if item.scope == "module"
        and item.line not in without
        and item.name != "*"
        and item.module != "__future__"
        # `import a.b` may stand there for what importing it does.
        and not (item.name is None and "." in item.module)
    }
    for node in walk(tree):
        if isinstance(node, ast.Name):
            names.discard(node.id)
        elif in_texts and isinstance(node, ast.Constant) and isinstance(node.value, str):
            names -= {name for name in names if name in node.value}
    return names
