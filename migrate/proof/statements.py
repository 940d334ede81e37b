"""Statements as a proof looks at them: as text, by their lines, by what they bind to what."""

import ast
from collections.abc import Iterable

LOGGERS = ("getLogger", "get_logger", "get_task_logger")


def dumped(node: object) -> str:
    """The tree as text, kept on the node: files are compared statement by statement many times."""
    if not isinstance(node, ast.AST):
        return repr(node)
    known: str | None = getattr(node, "_dumped", None)
    if known is None:
        known = ast.dump(node)
        node._dumped = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def lines_of(node: ast.stmt) -> set[int]:
    """The lines of a statement, without those of its decorators."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def names_of(node: ast.stmt) -> tuple[str, ...]:
    """What a statement binds, or its kind."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    stored = [
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]
    return tuple(sorted(set(stored))) or (f"<{type(node).__name__}>",)


def is_copy(node: ast.stmt, known: Iterable[str]) -> bool:
    """Whether a statement binds what names are bound to: by one of them, or by one made of it."""
    made = [name.rstrip("_") for name in names_of(node)]
    return all(any(f"_{name}".endswith(f"_{one.rstrip('_')}") for one in known) for name in made)


def values_of(path: str, node: ast.stmt) -> set[str]:
    """What an assignment binds names to, in words; a logger's `__name__` is any that its file may have.

    One that sets an attribute or an item does more than that, so nothing is said of it.
    """
    if not isinstance(node, ast.Assign):
        return set()
    if any(isinstance(p, ast.Attribute | ast.Subscript) for t in node.targets for p in ast.walk(t)):
        return set()
    call = node.value
    if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(LOGGERS):
        words = [ast.unparse(item) for item in (*call.args, *call.keywords)]
        if words == ["__name__"]:
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            dotted = [repr(".".join(parts[at:])) for at in range(len(parts))]
            return {f"{ast.unparse(call.func)}({name})" for name in dotted}
        return {f"{ast.unparse(call.func)}({', '.join(words)})"}
    return {dumped(call)}
