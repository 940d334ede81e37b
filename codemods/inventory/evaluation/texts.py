"""Texts, numbers and the methods of texts, as far as they can be told."""

import ast
from collections.abc import Iterable

from codemods.inventory.evaluation.limits import TEXT
from codemods.inventory.evaluation.things import Const, Items, Pattern, Table, Thing, Unknown

METHODS = frozenset(
    {"lower", "upper", "title", "capitalize", "strip", "lstrip", "rstrip", "replace", "format"}
    | {"removeprefix", "removesuffix", "join", "startswith", "endswith", "swapcase", "zfill"}
    | {"split", "rsplit", "partition", "rpartition"}
)


def glob_of(thing: Thing) -> str:
    """A glob that the text fits: itself where it is known, `*` where nothing is."""
    if isinstance(thing, Const):
        return str(thing.value)
    return thing.like if isinstance(thing, Pattern) else "*"


def formatted(thing: Thing) -> Thing:
    """What an f-string or `format` shows of it: of a text of an enum this depends on the Python."""
    return Pattern("*") if isinstance(thing, Const) and thing.shown is not None else thing


def shown(thing: Thing) -> Thing:
    """What `str()` makes of it."""
    if isinstance(thing, Const):
        return Const(thing.shown if thing.shown is not None else str(thing.value))
    return thing if isinstance(thing, Pattern) else Pattern("*")


def joined_text(parts: Iterable[Thing]) -> Thing:
    """Texts one after another: a text if all are known, else a glob."""
    known = list(parts)
    text = "".join(glob_of(part) for part in known)[:TEXT]
    if all(isinstance(part, Const) for part in known):
        return Const(text)
    while "**" in text:
        text = text.replace("**", "*")
    return Pattern(text)


def operated(left: Thing, operator: ast.operator, right: Thing, source: str) -> Thing:
    """What `left + right`, `left % right`, `left * right` and the like come to."""
    texts = isinstance(left, Pattern) or (isinstance(left, Const) and isinstance(left.value, str))
    if isinstance(operator, ast.Add) and (texts or isinstance(right, Pattern) or _is_text(right)):
        return joined_text([left, right])
    if isinstance(operator, ast.Add) and isinstance(left, Items) and isinstance(right, Items):
        return Items(left.items + right.items)
    if isinstance(operator, ast.Mod) and isinstance(left, Const) and isinstance(left.value, str):
        return _percent(left.value, right)
    if isinstance(left, Const) and isinstance(right, Const):
        if isinstance(operator, ast.Mult) and isinstance(left.value, str):
            return _repeated(left.value, right.value, source)
        return _number(left.value, operator, right.value, source)
    return Unknown(source)


def _repeated(text: str, times: object, source: str) -> Thing:
    if isinstance(times, int) and len(text) * times <= TEXT:
        return Const(text * times)
    return Unknown(source)


def _is_text(thing: Thing) -> bool:
    return isinstance(thing, Const) and isinstance(thing.value, str)


def _percent(text: str, right: Thing) -> Thing:
    """What `text % values` gives; a glob where a value is unknown."""
    if isinstance(right, Table):
        values = [item.value for item in right.entries.values()]
        given: object = dict(zip(right.entries, map(_plain, values), strict=True))
    else:
        values = list(right.items if isinstance(right, Items) else (right,))
        given = tuple(map(_plain, values))
    try:
        filled = (text % given)[:TEXT]
    except (TypeError, ValueError, KeyError):
        return Pattern("*")
    return Const(filled) if all(isinstance(v, Const) for v in values) else Pattern(filled)


def _plain(thing: Thing) -> object:
    """A value as `%` and `format` take it."""
    if isinstance(thing, Const) and thing.shown is None:
        return thing.value
    return glob_of(shown(thing))


def _number(left: object, operator: ast.operator, right: object, source: str) -> Thing:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return Unknown(source)
    try:
        match operator:
            case ast.Add():
                return Const(left + right)
            case ast.Sub():
                return Const(left - right)
            case ast.Mult():
                return Const(left * right)
            case ast.Div():
                return Const(left / right)
            case ast.FloorDiv():
                return Const(left // right)
            case ast.Mod():
                return Const(left % right)
    except (ArithmeticError, ValueError):
        return Unknown(source)
    return Unknown(source)


def text_method(text: str, name: str, arguments: list[Thing], named: dict[str, Thing]) -> Thing:
    """What a method of a text gives; a glob where an argument of `format` or `join` is unknown."""
    if name not in METHODS:
        return Unknown(f"str.{name}")
    if name == "join" and arguments and isinstance(arguments[0], Items):
        parts: list[Thing] = []
        for item in arguments[0].items:
            parts.extend([Const(text), item] if parts else [item])
        return joined_text(parts)
    if name == "format":
        arguments = [formatted(item) for item in arguments]
        named = {key: formatted(item) for key, item in named.items()}
        try:
            filled = text.format(
                *map(_plain, arguments), **{key: _plain(item) for key, item in named.items()}
            )[:TEXT]
        except (IndexError, KeyError, ValueError, AttributeError):
            return Pattern("*")
        known = all(isinstance(item, Const) for item in (*arguments, *named.values()))
        return Const(filled) if known else Pattern(filled)
    values = [item.value for item in arguments if isinstance(item, Const)]
    if len(values) != len(arguments) or named:
        return Unknown(f"str.{name}")
    try:
        found = getattr(text, name)(*values)
    except (TypeError, ValueError):
        return Unknown(f"str.{name}")
    if isinstance(found, list | tuple):
        return Items(tuple(Const(item) for item in found))
    return Const(found) if isinstance(found, str | bool) else Unknown(f"str.{name}")
