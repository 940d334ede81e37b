"""Beat entries and routes, known by their shape wherever a project keeps them."""

import ast
from collections.abc import Iterator

from codemods.inventory.expressions import keyword, name_of, text_of
from codemods.inventory.symbols import Scopes
from codemods.inventory.values import BeatFact, RouteFact

BEAT_HOLDERS = ("beat_schedule", "celerybeat_schedule")
ROUTE_HOLDERS = ("task_routes", "celery_routes")


def entry_values(node: ast.AST) -> dict[str, ast.expr] | None:
    """The fields of a dict literal or `dict(...)` that looks like a beat entry."""
    fields: dict[str, ast.expr] = {}
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            fields[text_of(key) or ""] = value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        fields = {item.arg or "": item.value for item in node.keywords}
    return fields if {"task", "schedule"} <= fields.keys() else None


def beat_fact(key: str | None, node: ast.AST, holder: str, scopes: Scopes) -> BeatFact | None:
    """The beat entry that this expression is, if it is one."""
    fields = entry_values(node)
    if fields is None:
        return None
    task = fields["task"]
    return BeatFact(key, node_line(node), name_of(task, scopes), ast.unparse(task), holder)


def periodic_fact(node: ast.Call, scopes: Scopes) -> BeatFact | None:
    """The entry that `add_periodic_task(schedule, task.s(), name=...)` adds."""
    signature = node.args[1] if len(node.args) > 1 else keyword(node, "sig")
    if signature is None:
        return None
    task = signature
    if isinstance(signature, ast.Call):
        function = signature.func
        named = text_of(signature.args[0]) if signature.args else None
        is_method = isinstance(function, ast.Attribute) and function.attr in {"s", "si", "subtask"}
        if isinstance(function, ast.Attribute) and is_method:
            task = function.value
        elif named is not None:
            task = signature.args[0]
    key = text_of(keyword(node, "name"))
    return BeatFact(key, node.lineno, name_of(task, scopes), ast.unparse(task), "add_periodic_task")


def holder_name(node: ast.AST | None) -> str:
    """The last word of what an entry is stored in: `CELERY_BEAT_SCHEDULE`, `beat_schedule`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return text_of(node.slice) or holder_name(node.value)
    return ""


def is_beat_holder(name: str) -> bool:
    """Whether a setting of this name holds a beat schedule."""
    return name.lower().endswith(BEAT_HOLDERS)


def is_route_holder(name: str) -> bool:
    """Whether a setting of this name holds task routes."""
    return name.lower().endswith(ROUTE_HOLDERS)


def route_facts(node: ast.AST, holder: str) -> Iterator[RouteFact]:
    """The routes in a dict, or in a list or tuple of pairs and dicts."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            pattern = text_of(key)
            if pattern is not None:
                yield RouteFact(pattern, node_line(key), queue_source(value), holder)
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            pair = item.elts if isinstance(item, ast.Tuple | ast.List) else []
            pattern = text_of(pair[0]) if len(pair) == 2 else None
            if pattern is not None:
                yield RouteFact(pattern, node_line(item), queue_source(pair[1]), holder)
            else:
                yield from route_facts(item, holder)


def queue_source(node: ast.expr) -> str:
    """The queue that a route's value names, as source; a bare name is the queue itself."""
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if text_of(key) in {"queue", "routing_key"}:
                return text_of(value) or ast.unparse(value)
        return ""
    return text_of(node) or ast.unparse(node)


def node_line(node: ast.AST | None) -> int:
    """The line a node starts on; 0 without one."""
    return getattr(node, "lineno", 0)
