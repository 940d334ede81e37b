"""String literals in a file: which hold a given text, what each is for, and how to change one."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence

from codemods.inventory.expressions import text_of
from codemods.inventory.walking import children, walk
from codemods.source.text import Source, Span

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
ASSERTS = ("assert_called", "assert_any", "assertEqual", "assertIn", "assertNotEqual")

Text = ast.Constant | ast.BinOp


class Literal:
    """One text in the source and what holds it: `parents` from the innermost out."""

    def __init__(self, node: Text, parents: list[ast.AST], keyed: frozenset[str]) -> None:
        self.node = node
        self.parents = parents
        self.keyed = keyed

    @property
    def value(self) -> str:
        """The text."""
        return text_of(self.node) or ""

    @property
    def parent(self) -> ast.AST | None:
        """What holds it directly."""
        return self.parents[0] if self.parents else None

    @property
    def lines(self) -> range:
        """The lines it stands on."""
        return range(self.node.lineno, (self.node.end_lineno or self.node.lineno) + 1)


def literals_of(tree: ast.Module, texts: set[str]) -> list[Literal]:
    """Every literal of exactly one of these texts, joined ones too, in the order of the file."""
    if not _may_hold(tree, texts):
        return []
    keyed = frozenset(keyed_names(tree))
    waiting: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    found: list[Literal] = []
    while waiting:
        node, parents = waiting.pop()
        if isinstance(node, ast.Constant | ast.BinOp) and text_of(node) in texts:
            found.append(Literal(node, parents, keyed))
            continue
        above = [node, *parents]
        # The parts of an f-string are no text of their own.
        skipped = ast.Constant if isinstance(node, ast.JoinedStr) else ()
        parts = (part for part in children(node) if not isinstance(part, skipped))
        waiting.extend((child, above) for child in parts)
    return sorted(found, key=lambda item: (item.node.lineno, item.node.col_offset))


def _may_hold(tree: ast.Module, texts: set[str]) -> bool:
    """Whether any literal is one of these texts, or may be the first part of one."""
    starts = texts | {part for text in texts for part in beginnings(text)}
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in starts
        for node in walk(tree)
    )


def beginnings(text: str) -> Iterator[str]:
    """What the first of several parts of a text may be; nobody parts a word behind its first letter."""
    parts = (text[:length] for length in range(1, len(text)))
    return (part for part in parts if len(part) > 1 or not text[1].isalnum())


def keyed_names(tree: ast.Module) -> Iterator[str]:
    """The variables that a file puts into its routes or annotations."""
    for node in walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            value: ast.AST = node.value
            if not last_name(target).endswith(KEYED):
                continue
        elif isinstance(node, ast.keyword) and node.arg and node.arg.lower().endswith(KEYED):
            value = node.value
        elif isinstance(node, ast.Call) and owner_name(node).endswith(KEYED):
            value = node
        else:
            continue
        yield from (part.id.lower() for part in walk(value) if isinstance(part, ast.Name))


def last_name(node: ast.AST) -> str:
    """The last word of what is assigned to, in lower case; of `conf["task_routes"]` the key."""
    if isinstance(node, ast.Subscript):
        return (text_of(node.slice) or last_name(node.value)).lower()
    return str(getattr(node, "attr", getattr(node, "id", ""))).lower()


def owner_name(call: ast.Call) -> str:
    """The last word of what a method is called on."""
    return last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""


QUERIES = frozenset(
    {"filter", "exclude", "get", "get_or_create", "update_or_create", "create", "Q"}
)
"""What asks for rows of a database, or writes them."""
ROW_KEYS = frozenset({"crontab", "interval", "solar", "clocked"})
"""How django-celery-beat names the schedule of a row."""


def meaning(literal: Literal) -> str:
    """What a literal that equals a task's name is for.

    `name` (a declaration's `name=`), `beat`, `call`, `registry`, `key` (routes, annotations),
    `signature`, `row`, `assert`, `compare`, `unclear` where code depends on it in a way that can't
    be followed, or `data` where only the text is the same.
    """
    parent = literal.parent
    if isinstance(parent, ast.keyword):
        return _keyword_meaning(literal, parent)
    if isinstance(parent, ast.Call) and parent.args[:1] == [literal.node]:
        return _call_meaning(parent)
    if isinstance(parent, ast.Subscript) and parent.slice is literal.node:
        return _subscript_meaning(literal, parent)
    if isinstance(parent, ast.Dict):
        return _dict_meaning(literal, parent)
    if isinstance(parent, ast.Tuple | ast.List | ast.Set):
        return _item_meaning(literal, parent)
    if isinstance(parent, ast.Compare | ast.MatchValue):
        return "compare"
    return "data"


def _keyword_meaning(literal: Literal, parent: ast.keyword) -> str:
    call = literal.parents[1] if len(literal.parents) > 1 else None
    called = _called(call)
    if parent.arg == "name":
        return "call" if called in {"send_task", "signature"} else "name"
    if parent.arg == "sender" and called == "connect":
        # A receiver of signals of one task: it hears no message that is sent by another name.
        return "unclear"
    if parent.arg == "task" and isinstance(call, ast.Call):
        if called == "dict":
            if any(key.arg == "schedule" for key in call.keywords):
                return "beat"
            return "row" if _is_written(literal.parents[2:4]) else "data"
        if "PeriodicTask" in ast.unparse(call.func) or called in QUERIES:
            return "row"
        return "call" if called in CERTAIN_CALLS else "data"
    return "data"


def _call_meaning(call: ast.Call) -> str:
    called = _called(call)
    if called in CERTAIN_CALLS:
        return "call"
    if called in {"get", "pop"} and owner_name(call) == "tasks":
        return "registry"
    if called in {"setdefault", "get", "pop"} and owner_name(call).endswith(KEYED):
        return "unclear"
    return "assert" if called.startswith(ASSERTS) else "data"


def _subscript_meaning(literal: Literal, parent: ast.Subscript) -> str:
    if isinstance(parent.value, ast.Attribute) and parent.value.attr in {"tasks", "_tasks"}:
        return "registry"
    if last_name(parent.value).endswith(KEYED) or last_name(parent.value) in literal.keyed:
        around = literal.parents[1] if len(literal.parents) > 1 else None
        set_here = isinstance(around, ast.Assign) and around.targets == [parent]
        return "key" if set_here else "data"
    return "data"


def _dict_meaning(literal: Literal, parent: ast.Dict) -> str:
    keys = {key.value for key in parent.keys if isinstance(key, ast.Constant)}
    if literal.node in parent.keys:
        return "key" if is_keyed(literal) else "data"
    index = next(i for i, value in enumerate(parent.values) if value is literal.node)
    key = text_of(parent.keys[index])
    if key == "task":
        if "schedule" in keys:
            return "beat"
        if keys & ROW_KEYS or _is_written(literal.parents[1:3]):
            return "row"
        return "signature" if keys & SIGNATURE_KEYS else "data"
    return "option" if key == "name" else "data"


def _is_written(around: Sequence[ast.AST]) -> bool:
    """Whether what these are around of a dict write it into a row: `get_or_create(..., defaults={...})`."""
    option, call = (*around, None, None)[:2]
    given = isinstance(option, ast.keyword) and option.arg in {"defaults", "create_defaults"}
    return given and _called(call) in QUERIES


def _item_meaning(literal: Literal, parent: ast.Tuple | ast.List | ast.Set) -> str:
    around = literal.parents[1] if len(literal.parents) > 1 else None
    if isinstance(around, ast.Compare):
        return "member"
    pair = len(parent.elts) == 2 and parent.elts[0] is literal.node
    if isinstance(parent, ast.Set) or not is_keyed(literal):
        return "data"
    return "key" if pair and isinstance(around, ast.List | ast.Tuple) else "unclear"


def _called(node: ast.AST | None) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return str(getattr(function, "attr", getattr(function, "id", "")))


def is_keyed(literal: Literal) -> bool:
    """Whether a literal stands in routes or annotations."""
    for index, parent in enumerate(literal.parents):
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.AugAssign):
            target = parent.targets[0] if isinstance(parent, ast.Assign) else parent.target
            return _is_holder(last_name(target), literal)
        if (
            isinstance(parent, ast.keyword)
            and parent.arg
            and _is_holder(parent.arg.lower(), literal)
        ):
            return True
        if isinstance(parent, ast.Call) and _is_holder(owner_name(parent), literal):
            return True
        if isinstance(parent, ast.Dict) and index:
            child = literal.parents[index - 1]
            for key, value in zip(parent.keys, parent.values, strict=True):
                if value is child and (text_of(key) or "").lower().endswith(KEYED):
                    return True
        if isinstance(parent, ast.stmt):
            return False
    return False


def _is_holder(name: str, literal: Literal) -> bool:
    return name.endswith(KEYED) or name in literal.keyed


def route_expressions(tree: ast.Module) -> Iterator[re.Pattern[str]]:
    """The regular expressions that stand in routes."""
    for node in walk(tree):
        if not isinstance(node, ast.Assign) or not last_name(node.targets[0]).endswith(KEYED):
            continue
        for part in walk(node.value):
            text = text_of(part.args[0]) if isinstance(part, ast.Call) and part.args else None
            if text is not None and _called(part) == "compile":
                try:
                    yield re.compile(text)
                except re.error:
                    continue


def can_change(source: Source, literal: Literal) -> bool:
    """Whether a literal can be rewritten without losing a comment between its parts."""
    return len(literal.lines) == 1 or "#" not in source.text(literal.node)


def renamed(source: Source, literal: Literal, new: str) -> Span:
    """The literal with another text, in its own quotes and prefix where that can be."""
    text, old = source.text(literal.node), literal.value
    plain = not set(new) & set("'\"\\\n")
    if plain and isinstance(literal.node, ast.Constant) and text.count(old) == 1 and _is_one(text):
        return source.replace(literal.node, text.replace(old, new))
    quote = "'" if text.lstrip("rRuUbB").startswith("'") else '"'
    return source.replace(literal.node, f"{quote}{new}{quote}" if plain else repr(new))


def _is_one(text: str) -> bool:
    """Whether a literal's source is a single string token."""
    tokens = tokenize.generate_tokens(io.StringIO(f"({text})").readline)
    return sum(token.type == tokenize.STRING for token in tokens) == 1
