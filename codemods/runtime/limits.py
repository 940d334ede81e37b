"""The time limits that a project's tasks have of their own, in seconds."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from codemods.inventory.link import Inventory
from codemods.inventory.testing import is_test
from codemods.inventory.walking import walk

LONGEST = 1800
"""Seconds of the longest limit that the runtime's visibility timeout allows for by itself."""
NAMES = frozenset({"time_limit", "soft_time_limit"})
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


class Limit(Struct, frozen=True):
    """A limit of a decorator, a class, a call or a table of options; `seconds` is `None` for what only running tells."""

    path: str
    line: int
    text: str
    seconds: float | None


def own_limits(inventory: Inventory) -> list[Limit]:
    """Every limit that a project's files set to something."""
    found: list[Limit] = []
    own = [path for path, facts in inventory.facts.items() if facts.full and not is_test(path)]
    for path in inventory.files.holding(own, [b"time_limit"]):
        tree = inventory.tree(path)
        if tree is not None:
            known = numbers(tree)
            found.extend(
                Limit(path, node.lineno, ast.unparse(node), _value(node, known))
                for node in _set(tree)
                if not (isinstance(node, ast.Constant) and node.value is None)
            )
    return found


def seconds_of(text: str, known: Mapping[str, float]) -> float | None:
    """What a sum or product of numbers and of names of numbers comes to; `None` for any other text."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body, known)
    except SyntaxError:
        return None


def numbers(tree: ast.Module) -> dict[str, float]:
    """The names that a module binds to numbers, once each."""
    found: dict[str, float] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name, value = node.targets[0].id, _value(node.value, found)
            if value is not None and name not in found:
                found[name] = value
            else:
                found.pop(name, None)
    return found


def _set(tree: ast.Module) -> Iterator[ast.expr]:
    for node in walk(tree):
        if isinstance(node, ast.keyword) and node.arg in NAMES:
            yield node.value
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            yield from (v for k, v in pairs if isinstance(k, ast.Constant) and k.value in NAMES)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)


def _of_class(node: ast.ClassDef) -> Iterator[ast.expr]:
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name in NAMES:
            yield ast.copy_location(ast.Name(part.name), part)
        targets = part.targets if isinstance(part, ast.Assign) else [getattr(part, "target", None)]
        value = getattr(part, "value", None)
        named = any(isinstance(target, ast.Name) and target.id in NAMES for target in targets)
        if named and isinstance(value, ast.expr):
            yield value


def _value(node: ast.expr, known: Mapping[str, float]) -> float | None:
    if isinstance(node, ast.Constant) and type(node.value) in {int, float}:
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if not isinstance(node, ast.BinOp) or type(node.op) not in OPERATORS:
        return None
    left, right = _value(node.left, known), _value(node.right, known)
    if left is None or right is None:
        return None
    try:
        return OPERATORS[type(node.op)](left, right)
    except ArithmeticError:
        return None
