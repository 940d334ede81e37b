"""String literals in a file: which hold a given text, what each is for, and how to change one."""

import ast
import io
import tokenize
from collections.abc import Iterator

from codemods.text import Source, Span

CERTAIN_CALLS = frozenset(
    {
        "send_task",
        "signature",
        "Signature",
        "subtask",
        "rate_limit",
        "time_limit",
        "maybe_signature",
    }
)
SIGNATURE_KEYS = frozenset({"args", "kwargs", "options", "schedule", "subtask_type", "chord_size"})
KEYED = ("task_routes", "celery_routes", "task_annotations", "celery_annotations")


class Literal:
    """One string literal and what holds it: `parents` from the innermost out."""

    def __init__(self, node: ast.Constant, parents: list[ast.AST]) -> None:
        self.node = node
        self.parents = parents

    @property
    def value(self) -> str:
        """The text."""
        return str(self.node.value)

    @property
    def parent(self) -> ast.AST | None:
        """What holds it directly."""
        return self.parents[0] if self.parents else None


def literals_of(tree: ast.Module, texts: set[str]) -> Iterator[Literal]:
    """Every literal of exactly one of these texts, in the order of the file."""
    waiting: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    found: list[Literal] = []
    while waiting:
        node, parents = waiting.pop()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in texts:
            found.append(Literal(node, parents))
        if isinstance(node, ast.JoinedStr):
            # The parts of an f-string are no text of their own.
            waiting.extend(
                (part, [node, *parents])
                for part in node.values
                if not isinstance(part, ast.Constant)
            )
            continue
        above = [node, *parents]
        waiting.extend((child, above) for child in ast.iter_child_nodes(node))
    yield from sorted(found, key=lambda item: (item.node.lineno, item.node.col_offset))


def meaning(literal: Literal) -> str:
    """What a literal that equals a task's name is for.

    `name` (a declaration's `name=`), `beat`, `call`, `registry`, `key` (routes, annotations),
    `signature`, `row`, `compare`, or `data` where only the text is the same.
    """
    parent = literal.parent
    if isinstance(parent, ast.keyword):
        return _keyword_meaning(literal, parent)
    if isinstance(parent, ast.Call) and parent.args[:1] == [literal.node]:
        return _call_meaning(parent)
    if isinstance(parent, ast.Subscript) and parent.slice is literal.node:
        return _subscript_meaning(parent)
    if isinstance(parent, ast.Dict):
        return _dict_meaning(literal, parent)
    if isinstance(parent, ast.Tuple | ast.List) and parent.elts[:1] == [literal.node]:
        return "key" if _holder(literal).endswith(KEYED) else "data"
    if isinstance(parent, ast.Compare):
        return "compare"
    return "data"


def _keyword_meaning(literal: Literal, parent: ast.keyword) -> str:
    call = literal.parents[1] if len(literal.parents) > 1 else None
    called = _called(call)
    if parent.arg == "name" and (called in {"send_task", "signature"}):
        return "call"
    if parent.arg == "name":
        return "name"
    if parent.arg == "task":
        if called == "dict" and isinstance(call, ast.Call):
            return "beat" if any(key.arg == "schedule" for key in call.keywords) else "data"
        if called in {"create", "update_or_create", "get_or_create", "PeriodicTask"}:
            return "row"
        return "call" if called in CERTAIN_CALLS else "data"
    return "data"


def _call_meaning(call: ast.Call) -> str:
    called = _called(call)
    if called in CERTAIN_CALLS:
        return "call"
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if called in {"get", "pop"} and isinstance(owner, ast.Attribute) and owner.attr == "tasks":
        return "registry"
    return (
        "compare"
        if called.startswith(("assert_called", "assert_any", "assertEqual", "assertIn"))
        else "data"
    )


def _subscript_meaning(parent: ast.Subscript) -> str:
    owner = parent.value
    last = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    if last in {"tasks", "_tasks"} and isinstance(owner, ast.Attribute):
        return "registry"
    return "key" if last.lower().endswith(KEYED) else "data"


def _dict_meaning(literal: Literal, parent: ast.Dict) -> str:
    keys = {key.value for key in parent.keys if isinstance(key, ast.Constant)}
    if literal.node in parent.keys:
        return "key" if _holder(literal).endswith(KEYED) else "data"
    index = next(i for i, value in enumerate(parent.values) if value is literal.node)
    key = parent.keys[index]
    if isinstance(key, ast.Constant) and key.value == "task":
        if "schedule" in keys:
            return "beat"
        return "signature" if keys & SIGNATURE_KEYS else "data"
    return "data"


def _called(node: ast.AST | None) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _holder(literal: Literal) -> str:
    """The name of the setting that a literal stands in, in lower case."""
    for index, parent in enumerate(literal.parents):
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            target = targets[0]
            return str(getattr(target, "attr", getattr(target, "id", ""))).lower()
        if isinstance(parent, ast.keyword) and parent.arg:
            return parent.arg.lower()
        if isinstance(parent, ast.Dict) and index:
            child = literal.parents[index - 1]
            for key, value in zip(parent.keys, parent.values, strict=True):
                if value is child and isinstance(key, ast.Constant):
                    name = str(key.value).lower()
                    if name.endswith(KEYED):
                        return name
        if isinstance(parent, ast.stmt):
            return ""
    return ""


def renamed(source: Source, node: ast.Constant, new: str) -> Span:
    """The literal with another text, in its own quotes and prefix where that can be."""
    text = source.text(node)
    old = str(node.value)
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(f"({text})").readline)
        if token.type == tokenize.STRING
    ]
    if len(tokens) == 1 and text.count(old) == 1 and "\\" not in new:
        return source.replace(node, text.replace(old, new))
    quote = "'" if text.lstrip("rRuUbB").startswith("'") else '"'
    return source.replace(node, f"{quote}{new}{quote}" if quote not in new else repr(new))
