"""What runs while a module is imported, and what that reads."""

import ast
from collections.abc import Iterable, Iterator

from codemods.inventory.symbols import FunctionNode, bound_by_import, joined, module_symbol
from codemods.inventory.walking import children


def import_time_uses(tree: ast.Module, path: str) -> dict[str, int]:
    """The symbols whose attributes code at import time reads, or that it calls or asks the type of.

    A name given as an argument of a call, a container's element, or a decorator's argument only
    passes the object on; an attribute of it, a call of it or `type()` resolves a lazy task.
    """
    own = module_symbol(path)
    names = {
        node.name: joined(own, node.name) for node in tree.body if isinstance(node, FunctionNode)
    }
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names.update(bound_by_import(node, path))
    found: dict[str, int] = {}
    for part in import_time_nodes([node for node in tree.body if not is_program(node)]):
        target: ast.expr | None = None
        if isinstance(part, ast.Attribute):
            target = part.value
        elif isinstance(part, ast.Call):
            target = part.func
            if isinstance(target, ast.Name) and target.id in {"type", "isinstance"} and part.args:
                target = part.args[0]
        if isinstance(target, ast.Name) and target.id in names:
            found.setdefault(names[target.id], target.lineno)
    return found


def is_program(node: ast.stmt) -> bool:
    """Whether a statement only runs where its file is started as a program, never at an import."""
    if not isinstance(node, ast.If) or node.orelse or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    words = {ast.unparse(side) for side in sides}
    return isinstance(node.test.ops[0], ast.Eq) and words == {"__name__", "'__main__'"}


def import_time_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Every node that runs when a module is imported: all but the bodies of functions."""
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FunctionNode):
            waiting.extend(node.decorator_list)
            waiting.extend(node.args.defaults)
            waiting.extend(part for part in node.args.kw_defaults if part is not None)
        elif isinstance(node, ast.Lambda):
            waiting.extend(node.args.defaults)
            waiting.extend(part for part in node.args.kw_defaults if part is not None)
        else:
            waiting.extend(children(node))
