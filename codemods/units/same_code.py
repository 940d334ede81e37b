"""When two pieces of code are the same, and when two equal values are still two things."""

import ast

from codemods.inventory.symbols import FunctionNode
from codemods.units.units import Unit

FROZEN = frozenset(
    [
        "timedelta",
        "date",
        "datetime",
        "time",
        "Decimal",
        "Fraction",
        "frozenset",
        "tuple",
        "compile",
        "Path",
    ]
)
"""Calls whose result nobody can change."""


def is_relative(unit: Unit) -> bool:
    """Whether code imports by where it stands."""
    return any(
        isinstance(part, ast.ImportFrom) and part.level
        for node in unit.nodes
        for part in ast.walk(node)
    )


def code_of(unit: Unit) -> list[str]:
    """A unit's code for comparing: its syntax trees, without docstrings."""
    found = []
    for node in unit.nodes:
        tree = ast.parse(ast.unparse(node))
        for part in ast.walk(tree):
            body = getattr(part, "body", None)
            if isinstance(part, FunctionNode | ast.ClassDef) and isinstance(body, list):
                first = body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    part.body = body[1:] or [ast.Pass()]
        found.append(ast.dump(tree))
    return found


def is_constant(node: ast.expr | None) -> bool:
    """Whether an expression gives a value that is never changed; an empty list is there to fill."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return bool(node.elts) and all(map(is_constant, node.elts))
    if isinstance(node, ast.Dict):
        return bool(node.keys) and all(map(is_constant, [*node.keys, *node.values]))
    if isinstance(node, ast.BinOp):
        return is_constant(node.left) and is_constant(node.right)
    if isinstance(node, ast.UnaryOp):
        return is_constant(node.operand)
    if isinstance(node, ast.Call):
        word = ast.unparse(node.func).rpartition(".")[2]
        values = [*node.args, *(item.value for item in node.keywords)]
        return word in FROZEN and all(map(is_constant, values))
    return isinstance(node, ast.Constant | ast.Name | ast.Attribute)
