"""Functions and classes as facts: what is decorated, what makes tasks of others, what is a task class."""

import ast
from collections.abc import Iterator

from codemods.inventory.expressions import (
    body_digest,
    dict_keywords,
    digest,
    name_of,
    text_of,
    use_of,
    wraps_inner,
)
from codemods.inventory.symbols import FunctionNode, Scopes
from codemods.inventory.values import Class, Function, Maker, Name, Use
from codemods.inventory.walking import walk, walk_statements

ATTRIBUTES = {"name", "abstract", "ignore_result", "max_retries", "queue", "acks_late"}


def function_fact(
    node: FunctionNode, qualname: str, nested: str, guard: str, text: str, scopes: Scopes
) -> Function:
    """A decorated function as a fact."""
    return Function(
        name=node.name,
        qualname=qualname,
        line=node.lineno,
        first_line=min(node.lineno, node.decorator_list[0].lineno),
        decorators=tuple(use_of(part, scopes) for part in node.decorator_list),
        signature=f"({ast.unparse(node.args)})",
        is_async=isinstance(node, ast.AsyncFunctionDef),
        nested=nested,
        guard=guard,
        body=body_digest(node),
        text=digest(text),
    )


def maker_fact(node: FunctionNode, scopes: Scopes) -> Iterator[Maker]:
    """What a module-level function gives back, if it may be a decorator or make a task or an app."""
    scopes.enter(node)
    returns, uses, options = list[str | None](), list[Use](), dict[str, str]()
    inner: str | None = None
    for part in walk_statements(node):
        if isinstance(part, FunctionNode) and part is not node:
            inner = inner or part.name
            uses.extend(use_of(use, scopes) for use in part.decorator_list)
        elif isinstance(part, ast.Return) and part.value is not None:
            value = part.value
            options.update(dict_keywords(value) or {})
            called = value.func if isinstance(value, ast.Call) else None
            uses.extend(
                use_of(call, scopes) for call in (value, called) if isinstance(call, ast.Call)
            )
            returns.append(scopes.resolve(called if called is not None else value))
            if isinstance(called, ast.Call):
                returns.append(scopes.resolve(called.func))
        elif isinstance(part, ast.Assign) and isinstance(part.value, ast.Call):
            returns.append(scopes.resolve(part.value.func))
    scopes.leave()
    if returns or uses or options:
        yield Maker(
            name=node.name,
            uses=tuple(uses),
            returns=tuple(returns),
            passes=node.args.kwarg is not None,
            inner=inner,
            wraps=inner is None or wraps_inner(node),
            options=options,
        )


def class_fact(node: ast.ClassDef, qualname: str, nested: str, scopes: Scopes) -> Class:
    """A class as a fact: enough to know task classes and Celery apps among them."""
    attributes, methods = dict[str, str](), list[str]()
    task_name: Name | None = None
    signature = ""
    for part in node.body:
        if isinstance(part, FunctionNode):
            methods.append(part.name)
            if part.name == "run":
                signature = f"({ast.unparse(part.args)})"
        targets = part.targets if isinstance(part, ast.Assign) else []
        if isinstance(part, ast.AnnAssign):
            targets = [part.target]
        for target in targets:
            value = part.value if isinstance(part, ast.Assign | ast.AnnAssign) else None
            if isinstance(target, ast.Name) and value is not None and target.id in ATTRIBUTES:
                attributes[target.id] = ast.unparse(value)
                if target.id == "name":
                    task_name = name_of(value, scopes)
    return Class(
        name=node.name,
        qualname=qualname,
        line=node.lineno,
        bases=tuple(scopes.resolve(base) for base in node.bases),
        attributes=attributes,
        task_name=task_name,
        methods=tuple(methods),
        decorators=tuple(use_of(part, scopes) for part in node.decorator_list),
        nested=nested,
        registers=_registers(node),
        signature=signature,
        metaclass=next((text_of(k.value) for k in node.keywords if k.arg == "metaclass"), None),
        keywords={
            k.arg: ast.unparse(k.value) for k in node.keywords if k.arg and k.arg != "metaclass"
        },
    )


def _registers(node: ast.ClassDef) -> bool:
    """Whether subclasses register themselves: `__init_subclass__` that calls `register_task`."""
    for part in node.body:
        if isinstance(part, FunctionNode) and part.name == "__init_subclass__":
            for inner in walk(part):
                if isinstance(inner, ast.Attribute) and inner.attr in {"register_task", "register"}:
                    return True
    return False
