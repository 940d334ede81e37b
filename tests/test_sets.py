"""No result hangs on the order of a set: our own source never walks one that it spells out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WALKS = {"list", "tuple", "enumerate", "iter", "next", "Counter", "join", "extend", "fromkeys"}
ORDERLESS = {"set", "frozenset", "sorted", "any", "all", "sum", "min", "max", "len", "update"}


def is_set(node: ast.expr) -> bool:
    """Whether an expression is a set by its spelling."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr | ast.BitAnd | ast.Sub) and is_set(node.left)
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return isinstance(node, ast.Set | ast.SetComp) or (
        called and node.func.id in {"set", "frozenset"}
    )


def word(node: ast.AST | None) -> str:
    func = node.func if isinstance(node, ast.Call) else None
    return func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")


def walked(tree: ast.AST) -> Iterator[ast.expr]:
    """The sets whose order reaches something: loops, lists, and calls that keep an order."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.For) and is_set(node.iter):
            yield node.iter
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.DictComp):
            if word(parents.get(node)) not in ORDERLESS:
                yield from (part.iter for part in node.generators if is_set(part.iter))
        elif word(node) in WALKS and isinstance(node, ast.Call):
            yield from (item for item in node.args if is_set(item))


@pytest.mark.parametrize("room", ["codemods", "migrate", "reports"])
def test_no_set_is_walked(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}"
        for path in (ROOT / room).rglob("*.py")
        if "legacy_project" not in path.parts
        for node in walked(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text", ["for x in {1, 2}: pass", "[x for x in set(y) - z]", "list({*a, *b})"]
)
def test_a_walked_set_is_found(text: str) -> None:
    assert len(list(walked(ast.parse(text)))) == 1
