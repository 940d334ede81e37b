"""Flask's configuration as the object of Celery's: `config_from_object(app.config["CELERY"])`."""

import ast
from collections.abc import Iterable, Iterator

from codemods.inventory.configuration.words import holder_of
from codemods.inventory.expressions import text_of
from codemods.inventory.walking import walk

SETTING = frozenset({"from_mapping", "update"})
"""Methods of `app.config` that set what they are given by keyword."""
READING = frozenset({"copy", "get", "items", "keys", "values"})
"""Methods of a dict that change nothing."""
CONDITIONS = (ast.If, ast.For, ast.While, ast.Match, ast.Try, ast.IfExp)


def flask_key(node: ast.expr | None) -> str:
    """The key of `app.config["CELERY"]` or `app.config.get("CELERY")`, `""` for anything else."""
    if isinstance(node, ast.Subscript) and _is_config(node.value):
        return text_of(node.slice) or ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        if node.func.attr == "get" and _is_config(node.func.value):
            return text_of(node.args[0]) or ""
    return ""


def given_to(key: str, trees: Iterable[tuple[str, ast.Module]]) -> list[tuple[str, ast.expr]]:
    """Every expression that gives a key of Flask's configuration a value or changes it, with its file.

    By `from_mapping(KEY=...)`, `app.config["KEY"] = ...`, or as a name in capitals of a module or a
    class, which `from_object` reads. What stands under a condition comes twice.
    """
    found: list[tuple[str, ast.expr]] = []
    for path, tree in trees:
        values = list(_values(key, tree))
        unsure = _under_conditions(tree) if values else set()
        for value in values:
            found.extend([(path, value)] * (2 if value in unsure else 1))
    return found


def _under_conditions(tree: ast.Module) -> set[ast.AST]:
    return {part for node in walk(tree) if isinstance(node, CONDITIONS) for part in walk(node)}


def _values(key: str, tree: ast.Module) -> Iterator[ast.expr]:
    for node in walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, method = node.func.value, node.func.attr
            if method in SETTING and _is_config(owner):
                yield from (item.value for item in node.keywords if item.arg == key)
            elif method not in READING and _is_of_key(owner, key):
                yield node
        elif (
            isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None
        ):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (node.value for target in targets if _is_of_key(target, key))


def _is_of_key(node: ast.expr, key: str) -> bool:
    """Whether an expression is what the key holds, or a part of that."""
    while isinstance(node, ast.Subscript):
        if _is_config(node.value):
            return text_of(node.slice) == key
        node = node.value
    return isinstance(node, ast.Name | ast.Attribute) and holder_of(node) == key


def _is_config(node: ast.expr) -> bool:
    """Whether this is the configuration of a Flask app: `app.config`."""
    return isinstance(node, ast.Attribute) and node.attr == "config"
