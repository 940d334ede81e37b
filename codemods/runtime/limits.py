"""The time limits that a project's tasks have of their own, in seconds."""

import ast
import operator
import re
from collections.abc import Callable

from codemods.inventory.facts import decoded
from codemods.inventory.link import Inventory
from codemods.inventory.project import is_test

LONGEST = 1800
"""Seconds of the longest limit that the runtime's visibility timeout allows for by itself."""
LIMIT = re.compile(
    r"""^[^#\n]*?\b(?:soft_)?time_limit(?:["']?[ \t]*:[^=,\n{}]*=|["']?[ \t]*[=:])(?!=)[ \t]*(?P<value>[^,)\]}\n#]+)""",
    re.MULTILINE,
)
"""A limit of a decorator, a class, a call, a setting or a table of options, and what it is set to."""
ARITHMETIC = re.compile(r"[\d_.+*/() -]+")
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def own_limits(inventory: Inventory) -> list[float]:
    """The seconds of the limits that tasks and classes set themselves; one that is no number counts as the longest."""
    found: list[float] = []
    for path, facts in inventory.facts.items():
        if facts.full and not is_test(path):
            text = decoded(inventory.files.read(path))
            values = (said["value"].strip() for said in LIMIT.finditer(text))
            found.extend(seconds_of(value) or LONGEST for value in values if value != "None")
    return found


def seconds_of(text: str) -> float | None:
    """What a sum or product of numbers comes to; `None` for any other text."""
    if not ARITHMETIC.fullmatch(text.strip()):
        return None
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ArithmeticError, KeyError):
        return None


def _value(node: ast.expr) -> float | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _value(node.left), _value(node.right)
    if left is None or right is None:
        return None
    return OPERATORS[type(node.op)](left, right)
