"""Names of tasks that only running the code tells: which of them are plain texts all the same.

@app.task(name=_("send"))     shared_task gives back a proxy, whose `task_by_cons` reads
                              `app.tasks[name]` at each use (celery/app/__init__.py; seen on Celery 5.2 and 5.7).
"""

import ast

OF_TEXTS = frozenset({"format", "join", "replace", "strip", "lower", "upper", "title"})
"""Methods by which a text gives another."""


def is_surely_text(source: str) -> bool:
    """Whether an expression gives a `str`, which stays as it is, whatever its parts are."""
    try:
        return _is_text(ast.parse(source.strip(), mode="eval").body)
    except (SyntaxError, ValueError):
        return False


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and _is_text(node.left)
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) and _is_text(node.orelse)
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            return function.attr in OF_TEXTS and _is_text(function.value)
        return isinstance(function, ast.Name) and function.id == "str"
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return constant or isinstance(node, ast.JoinedStr) or getattr(node, "id", "") == "__name__"
