"""Reading expressions: texts, names of tasks, keywords, and what a decorator or call is."""

import ast
import hashlib

from codemods.inventory.symbols import FunctionNode, Scopes
from codemods.inventory.values import Name, Use
from codemods.inventory.walking import walk


def text_of(node: ast.AST | None) -> str | None:
    """The value of a string literal, also of joined ones."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left), text_of(node.right)
        return left + right if left is not None and right is not None else None
    return None


def name_of(node: ast.AST | None, scopes: Scopes) -> Name | None:
    """How an expression gives a task's name; `None` for no expression at all."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return None
    text = text_of(node)
    if text is not None:
        return Name("text", text)
    own = _after_own_name(node)
    if own is not None:
        return Name("own", own)
    symbol = scopes.resolve(node)
    return Name("symbol", symbol) if symbol else Name("computed", ast.unparse(node))


def _after_own_name(node: ast.AST) -> str | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        right = text_of(node.right)
        if _is_own_name(node.left) and right is not None:
            return right
    if isinstance(node, ast.JoinedStr) and node.values:
        head, *tail = node.values
        texts = [text_of(part) for part in tail]
        if isinstance(head, ast.FormattedValue) and _is_own_name(head.value) and None not in texts:
            return "".join(text or "" for text in texts)
    return "" if _is_own_name(node) else None


def _is_own_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "__name__"


def keyword_values(node: ast.Call) -> dict[str, ast.expr]:
    """The named keywords of a call, those of a literal dict behind `**` included."""
    found: dict[str, ast.expr] = {}
    for item in node.keywords:
        if item.arg:
            found[item.arg] = item.value
        elif isinstance(item.value, ast.Dict):
            for key, value in zip(item.value.keys, item.value.values, strict=True):
                found[text_of(key) or "**"] = value
    return found


def keywords_of(node: ast.Call) -> dict[str, str]:
    """The named keywords of a call, each with its value's source."""
    return {key: ast.unparse(value) for key, value in keyword_values(node).items()}


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    """The value given for one keyword."""
    return keyword_values(node).get(name)


def dict_keywords(node: ast.AST | None) -> dict[str, str] | None:
    """The text keys of a dict literal or `dict(...)` call with their values' sources."""
    if isinstance(node, ast.Dict):
        keys = [text_of(key) for key in node.keys]
        return {
            key: ast.unparse(value)
            for key, value in zip(keys, node.values, strict=True)
            if key is not None
        }
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return keywords_of(node)
    return None


def use_of(node: ast.expr, scopes: Scopes) -> Use:
    """A decorator or call as a fact."""
    call = node if isinstance(node, ast.Call) else None
    called = call.func if call else node
    stars = [
        key.value
        for key in (call.keywords if call else ())
        if key.arg is None and not isinstance(key.value, ast.Dict)
    ]
    return Use(
        symbol=scopes.resolve(called),
        source=ast.unparse(called),
        line=node.lineno,
        applied=call is not None,
        keywords=keywords_of(call) if call else {},
        name=name_of(keyword(call, "name"), scopes) if call else None,
        positional=tuple(scopes.resolve(argument) for argument in call.args) if call else (),
        stars=tuple(star_of(value, scopes) for value in stars),
        star_sources=tuple(ast.unparse(value) for value in stars),
    )


def star_of(node: ast.expr, scopes: Scopes) -> str | None:
    """The symbol of what stands behind `**`; that of a called function ends in `()`."""
    if isinstance(node, ast.Call):
        called = scopes.resolve(node.func)
        return f"{called}()" if called else None
    return scopes.resolve(node)


def digest(text: str | bytes) -> str:
    """A short fingerprint, for equality only."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()[:16]


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """A body's statements after its docstring."""
    head = body[0] if body else None
    if isinstance(head, ast.Expr) and text_of(head.value) is not None:
        return body[1:]
    return body


def body_digest(node: FunctionNode) -> str:
    """A fingerprint of what a function does, blind to comments, layout and docstring."""
    body = without_docstring(node.body)
    return digest("\n".join(ast.dump(statement) for statement in body))


def wraps_inner(node: FunctionNode) -> bool:
    """Whether an inner function is decorated with `functools.wraps` (or `update_wrapper` is called)."""
    for part in walk(node):
        called = part.func if isinstance(part, ast.Call) else None
        name = getattr(called, "id", getattr(called, "attr", ""))
        if name in {"wraps", "update_wrapper", "decorator", "wrapt"}:
            return True
    return False
