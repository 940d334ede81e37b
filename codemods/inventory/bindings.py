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
from codemods.inventory.walking import walk


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


SIMPLE = frozenset(
    {ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Raise, ast.Assert}
    | {ast.Pass, ast.Delete, ast.Global, ast.Nonlocal, ast.Break, ast.Continue}
)
"""Statements that hold no others and import nothing."""


def guarded(body: list[ast.stmt], guard: str) -> Iterator[tuple[ast.stmt, str]]:
    """The statements of one scope with what guards them: `try`, `if`, `type_checking` or nothing."""
    for node in body:
        yield node, guard
        if type(node) not in SIMPLE and not isinstance(node, SCOPES):
            for part, inner in _branches(node, guard):
                yield from guarded(part, inner)


def _branches(node: ast.stmt, guard: str) -> Iterator[tuple[list[ast.stmt], str]]:
    """The bodies of a compound statement, each with what guards it."""
    inner = guard
    if isinstance(node, ast.Try | ast.TryStar):
        inner = "try"
    elif isinstance(node, ast.If):
        inner = "type_checking" if _asks_for_typing(node.test) else (guard or "if")
        if _is_first_use(node):
            yield node.body, guard
            yield node.orelse, inner
            return
    elif isinstance(node, ast.Match):
        inner = guard or "if"
    yield getattr(node, "body", []), inner
    outer = guard if inner == "type_checking" else inner
    for name in ("orelse", "finalbody"):
        yield getattr(node, name, []), outer
    for part in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
        yield part.body, outer


def _is_first_use(node: ast.If) -> bool:
    """Whether a condition lets its body run the first time alone: `if self._app is None: self._app = ...`."""
    test = node.test
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        held = test.operand
    elif isinstance(test, ast.Compare) and ast.unparse(test).endswith(" is None"):
        held = test.left
    else:
        return False
    made = [
        ast.unparse(target)
        for part in node.body
        if isinstance(part, ast.Assign)
        for target in part.targets
    ]
    return isinstance(held, ast.Attribute) and ast.unparse(held) in made


def _asks_for_typing(test: ast.expr) -> bool:
    """Whether a condition reads `TYPE_CHECKING`."""
    return any(
        "TYPE_CHECKING" in (part.id if isinstance(part, ast.Name) else part.attr)
        for part in walk(test)
        if isinstance(part, ast.Name | ast.Attribute)
    )


def import_facts(tree: ast.Module, path: str) -> list[Import]:
    """Every import of a file, also those inside functions and classes."""
    found: list[Import] = []
    _add_imports(found, tree.body, path, "module", "")
    return found


def _add_imports(
    found: list[Import], body: list[ast.stmt], path: str, scope: str, guard: str
) -> None:
    for node in body:
        if type(node) in SIMPLE:
            continue
        if isinstance(node, FunctionNode):
            _add_imports(found, node.body, path, "function", guard)
        elif isinstance(node, ast.ClassDef):
            inner = scope if scope == "function" else "class"
            _add_imports(found, node.body, path, inner, guard)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                found.append(Import(node.lineno, alias.name, None, name, scope, guard))
        elif isinstance(node, ast.ImportFrom):
            module = imported_module(path, node.module, node.level)
            for alias in node.names:
                name = alias.asname or alias.name
                found.append(Import(node.lineno, module, alias.name, name, scope, guard))
        else:
            for part, inner in _branches(node, guard):
                _add_imports(found, part, path, scope, inner)
