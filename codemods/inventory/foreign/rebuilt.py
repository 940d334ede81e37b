"""Syntax trees of this Python, built from what another version found in a file.

type Pks = list[int]        becomes     Pks = list[int]
def first[T](x: T): ...                 def first(x: T): ...
except OSError, ValueError:             except (OSError, ValueError):
t"to {name}"                            f"to {name}"
"""

import ast
import base64
from collections.abc import Sequence

Fields = dict[str, object]

RENAMED = {"TemplateStr": "JoinedStr", "Interpolation": "FormattedValue"}
"""Nodes that this Python may lack, by what stands for them."""

DROPPED = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
"""Nodes that stand only in fields which this Python may lack."""

SHARED = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)


def rebuilt(nodes: Sequence[Sequence[object]]) -> ast.Module:
    """The tree of a file. Raises `ValueError` for nodes that this Python has no words for."""
    found: list[ast.AST] = []
    shared: dict[str, ast.AST] = {}
    for name, *places, fields in nodes:
        if not isinstance(name, str) or not isinstance(fields, dict):
            raise ValueError("a node without its name or fields")
        values = {key: _value(value, found) for key, value in fields.items()}
        if name in shared:
            found.append(shared[name])
            continue
        node = _node(name, values)
        for place, value in zip(
            ("lineno", "col_offset", "end_lineno", "end_col_offset"), places, strict=True
        ):
            if value is not None:
                setattr(node, place, value)
        if isinstance(node, SHARED):
            shared[name] = node
        found.append(node)
    if not found or not isinstance(found[-1], ast.Module):
        raise ValueError("a tree that is no module")
    return found[-1]


def _node(name: str, values: Fields) -> ast.AST:
    """One node with the fields that this Python knows."""
    kind = getattr(ast, name, None) or getattr(ast, RENAMED.get(name, ""), None)
    if kind is None and name in DROPPED:
        return ast.Pass()
    if kind is None and name == "TypeAlias":
        target, value = values["name"], values["value"]
        assert isinstance(target, ast.expr)
        assert isinstance(value, ast.expr)
        return ast.Assign(targets=[target], value=value, type_comment=None)
    if kind is ast.JoinedStr:
        # Python 3.12 puts an empty text behind a placeholder of a format.
        parts = values["values"]
        assert isinstance(parts, list)
        return ast.JoinedStr(values=[part for part in parts if getattr(part, "value", 0) != ""])
    if not isinstance(kind, type) or not issubclass(kind, ast.AST):
        raise ValueError(f"the syntax of {name} is not known here")
    try:
        return kind(**{field: values[field] for field in kind._fields if field in values})
    except TypeError as error:
        raise ValueError(str(error)) from None


def _value(value: object, nodes: list[ast.AST]) -> object:
    """A field's value: a node by its number, a list of them, or a scalar."""
    if isinstance(value, list):
        return [_value(item, nodes) for item in value]
    if isinstance(value, int):
        return nodes[value]
    return _scalar(value) if isinstance(value, dict) else value


def _scalar(value: Fields) -> object:
    ((kind, told),) = value.items()
    match kind, told:
        case "bool", bool():
            return told
        case "text", str():
            return base64.b64decode(told).decode("utf-8", "surrogatepass")
        case "int", str():
            return int(told, 16)
        case "bytes", str():
            return base64.b64decode(told)
        case "float", str():
            return float(told)
        case "complex", [str(real), str(imaginary)]:
            return complex(float(real), float(imaginary))
    return ...
