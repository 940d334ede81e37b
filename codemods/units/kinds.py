"""What sort of unit statements make: a function, an import, a value, an effect, and so on."""

import ast

from codemods.inventory.symbols import FunctionNode, statements
from codemods.units.reads import last_word

LOGGER_CALLS = frozenset({"getLogger", "get_logger", "get_task_logger"})
HANDLER_CALLS = frozenset({"connect", "receiver"})

TYPE_ALIAS: type[ast.stmt] | tuple[()] = getattr(ast, "TypeAlias", ())
"""`type X = int`, which Python knows from 3.12 on."""


def is_plain_text(node: ast.stmt) -> bool:
    """Whether a statement is nothing but a text."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def kind_of(nodes: list[ast.stmt], index: int) -> str:
    """What sort of unit some statements make."""
    if len(nodes) > 1:
        plain = all(kind_of([node], 1) in {"value", "logger"} for node in nodes)
        imports = all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)
        return "value" if plain else "import" if imports else "effect"
    node = nodes[0]
    if isinstance(node, FunctionNode):
        return "handler" if any(map(_connects, node.decorator_list)) else "function"
    if isinstance(node, ast.ClassDef):
        return "class"
    if isinstance(node, TYPE_ALIAS):
        return "value"
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return "future"
    if isinstance(node, ast.Import | ast.ImportFrom):
        return "star" if node.names[0].name == "*" else "import"
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        return _kind_of_assignment(node)
    if isinstance(node, ast.Expr):
        if index == 0 and is_plain_text(node):
            return "docstring"
        return "handler" if _connects(node.value) else "effect"
    return _kind_of_block(node)


def _kind_of_assignment(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> str:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
        return "effect"
    value = node.value
    if isinstance(value, ast.Call) and last_word(value.func) in LOGGER_CALLS:
        return "logger"
    return "value"


def _kind_of_block(node: ast.stmt) -> str:
    """`choice` for imports with their stand-ins, `value` for what only binds, else `effect`."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test) and not node.orelse:
        if all(isinstance(inner, ast.Import | ast.ImportFrom) for inner in node.body):
            return "typing"
    if not isinstance(node, ast.Try | ast.If):
        return "effect"
    inner = list(statements([node]))[1:]
    plain = all(isinstance(part, BINDING) for part in inner)
    imports = any(isinstance(part, ast.Import | ast.ImportFrom) for part in inner)
    if any(isinstance(part, ast.ImportFrom) and part.names[0].name == "*" for part in inner):
        return "effect"
    if not plain:
        return "effect"
    return "choice" if imports and all(map(_is_stand_in, inner)) else "value"


def _is_stand_in(node: ast.stmt) -> bool:
    """Whether a statement of a choice may be written twice: an import, or a name set to nothing."""
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Import | ast.ImportFrom | ast.Pass | ast.If | ast.Try)


BINDING = (
    ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Pass, ast.FunctionDef,
    ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.Try,
)  # fmt: skip


def _connects(node: ast.expr) -> bool:
    """Whether an expression connects a function to a signal."""
    called = node.func if isinstance(node, ast.Call) else node
    return last_word(called) in HANDLER_CALLS
