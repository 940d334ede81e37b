"""What the statements of a module bind: its imports, and every name at its top level."""

import ast
from collections.abc import Iterator

from codemods.inventory.symbols import (
    SCOPES,
    FunctionNode,
    bound_by_import,
    imported_module,
    joined,
    module_symbol,
    target_names,
)
from codemods.inventory.values import Binding, Import
from codemods.walking import walk


def binding_facts(tree: ast.Module, path: str) -> dict[str, Binding]:
    """Every module-level name: imports with their symbols, functions, classes, the rest as `other`."""
    own, found = module_symbol(path), dict[str, Binding]()
    for node, guard in guarded(tree.body, ""):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, symbol in bound_by_import(node, path):
                found[name] = imported(found.get(name), node.lineno, symbol, guard)
        elif isinstance(node, FunctionNode | ast.ClassDef):
            kind = "class" if isinstance(node, ast.ClassDef) else "function"
            if guard != "try" or node.name not in found:
                found[node.name] = Binding(kind, node.lineno, joined(own, node.name), guard=guard)
            if node.name == "__getattr__":
                found.update(late_bindings(node, path))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = node.value.value if isinstance(node.value, ast.Constant) else None
            fact = (
                Binding("text", node.lineno, text, guard=guard) if isinstance(text, str) else None
            )
            for target in node.targets:
                for name in target_names(target):
                    found.setdefault(name, fact or Binding("other", node.lineno, guard=guard))
        else:
            for part in walk(node) if not hasattr(node, "body") else header_parts(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    found.setdefault(part.id, Binding("other", node.lineno, guard=guard))
    return found


def imported(known: Binding | None, line: int, symbol: str, guard: str) -> Binding:
    """A name's binding after one more import of it: of a `try` the first way counts first."""
    if known is None or known.kind != "import" or not known.target or not guard:
        return Binding("import", line, symbol, guard=guard)
    if known.guard == "type_checking":
        return Binding("import", line, symbol, guard=guard)
    if guard == "type_checking" or symbol in (known.target, *known.others):
        return known
    return Binding("import", known.line, known.target, {}, known.guard, (*known.others, symbol))


def late_bindings(node: ast.AST, path: str) -> Iterator[tuple[str, Binding]]:
    """The names that a module's `__getattr__` imports when it is asked for them."""
    for part in walk(node):
        if isinstance(part, ast.ImportFrom):
            for name, symbol in bound_by_import(part, path):
                yield name, Binding("import", part.lineno, symbol, guard="late")


def header_parts(node: ast.stmt) -> Iterator[ast.AST]:
    """The parts of a compound statement that bind names: `for x in`, `with f as x`, `if (x := y)`."""
    for name in ("target", "items", "test"):
        value = getattr(node, name, [])
        for part in value if isinstance(value, list) else [value]:
            yield from walk(part)


def guarded(body: list[ast.stmt], guard: str) -> Iterator[tuple[ast.stmt, str]]:
    """The statements of one scope with what guards them: `try`, `if`, `type_checking` or nothing."""
    for node in body:
        yield node, guard
        if isinstance(node, SCOPES):
            continue
        inner = guard
        if isinstance(node, ast.Try | ast.TryStar):
            inner = "try"
        elif isinstance(node, ast.If):
            inner = "type_checking" if _asks_for_typing(node.test) else (guard or "if")
        elif isinstance(node, ast.Match):
            inner = guard or "if"
        yield from guarded(getattr(node, "body", []), inner)
        outer = guard if inner == "type_checking" else inner
        for name in ("orelse", "finalbody"):
            yield from guarded(getattr(node, name, []), outer)
        for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            yield from guarded(part.body, outer)


def _asks_for_typing(test: ast.expr) -> bool:
    """Whether a condition speaks of `TYPE_CHECKING`."""
    return any(
        "TYPE_CHECKING" in (part.id if isinstance(part, ast.Name) else part.attr)
        for part in walk(test)
        if isinstance(part, ast.Name | ast.Attribute)
    )


def import_facts(tree: ast.Module, path: str) -> Iterator[Import]:
    """Every import of a file, also those inside functions and classes."""
    yield from _imports(tree.body, path, "module", "")


def _imports(body: list[ast.stmt], path: str, scope: str, outer: str) -> Iterator[Import]:
    for node, guard in guarded(body, outer):
        if isinstance(node, FunctionNode):
            yield from _imports(node.body, path, "function", guard)
        elif isinstance(node, ast.ClassDef):
            inner = scope if scope == "function" else "class"
            yield from _imports(node.body, path, inner, guard)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                yield Import(node.lineno, alias.name, None, name, scope, guard)
        elif isinstance(node, ast.ImportFrom):
            module = imported_module(path, node.module, node.level)
            for alias in node.names:
                name = alias.asname or alias.name
                yield Import(node.lineno, module, alias.name, name, scope, guard)
