"""Names of other modules that code sets by roundabout ways: `vars(module)[...]`, `setattr`, `sys.modules`."""

import ast
from collections.abc import Iterator

from codemods.inventory.expressions import text_of
from codemods.inventory.symbols import Scopes

ANY = "*"
"""The last word of a symbol where only running it tells which name is set."""

CHANGING = frozenset(
    {"update", "setdefault", "pop", "popitem", "clear", "__setitem__", "__delitem__", "__setattr__"}
)
"""Methods that set or delete names in the dictionary of a module, or in itself."""

IMPORTING = frozenset({"import_module", "__import__"})


def may_set(node: ast.AST) -> bool:
    """Whether a node is of a kind that `names_set_by` looks into."""
    if isinstance(node, ast.Attribute | ast.Subscript):
        return not isinstance(node.ctx, ast.Load)
    return isinstance(node, ast.Call)


def names_set_by(node: ast.AST, scopes: Scopes) -> Iterator[str]:
    """The symbols that one node sets in the dictionary of a module, or in one that a text names."""
    if isinstance(node, ast.Call):
        yield from _by_call(node, scopes)
    elif isinstance(node, ast.Subscript):
        module = _behind_dictionary(node.value, scopes)
        if module is not None:
            yield f"{module}.{text_of(node.slice) or ANY}"
    elif isinstance(node, ast.Attribute):
        module = _named_by_text(node.value)
        if module is not None:
            yield f"{module}.{node.attr}"


def _by_call(node: ast.Call, scopes: Scopes) -> Iterator[str]:
    function = node.func
    if isinstance(function, ast.Name) and function.id in {"setattr", "delattr"} and node.args:
        module = _module(node.args[0], scopes)
        name = text_of(node.args[1]) if len(node.args) > 1 else None
        followed = function.id == "setattr" and _named_by_text(node.args[0]) is None
        if module is not None and not (name and followed):
            # A plain `setattr(module, "NAME", value)` follows the name, as an assignment does.
            yield f"{module}.{name or ANY}"
    elif isinstance(function, ast.Attribute) and function.attr in CHANGING:
        if function.attr == "__setattr__":
            module = _module(function.value, scopes)
        else:
            module = _behind_dictionary(function.value, scopes)
        for name in _names_given(node) if module is not None else ():
            yield f"{module}.{name}"


def _names_given(node: ast.Call) -> Iterator[str]:
    """The names that a call of a dictionary's method sets, as far as they are written there."""
    assert isinstance(node.func, ast.Attribute)
    for item in node.keywords:
        yield item.arg or ANY
    if node.func.attr in {"clear", "popitem"}:
        yield ANY
    for first in node.args[:1]:
        if node.func.attr != "update":
            yield text_of(first) or ANY
        elif isinstance(first, ast.Dict):
            yield from (text_of(key) or ANY for key in first.keys)
        else:
            yield ANY


def _behind_dictionary(node: ast.expr, scopes: Scopes) -> str | None:
    """The module whose dictionary an expression is: `vars(module)` or `module.__dict__`."""
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return _module(node.value, scopes)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "vars":
        return _module(node.args[0], scopes) if node.args else None
    return None


def _module(node: ast.expr, scopes: Scopes) -> str | None:
    """What may be another module: a name that this file imports, or one that a text names."""
    named = _named_by_text(node)
    if named is not None:
        return named
    symbol = scopes.resolve(node)
    return None if symbol is None or symbol.startswith(scopes.module + ".") else symbol


def _named_by_text(node: ast.expr) -> str | None:
    """The module of `sys.modules["shop.tasks"]` or `import_module("shop.tasks")`."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute):
        return text_of(node.slice) if node.value.attr == "modules" else None
    if isinstance(node, ast.Call) and node.args:
        last = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return text_of(node.args[0]) if last in IMPORTING else None
    return None
