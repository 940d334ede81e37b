"""Whose a file is and what may be done with it: what a new file takes over of the old one's head."""

import ast
import re

from msgspec import Struct

from codemods.source.comments import is_licence
from codemods.units.units import Module


class Licence(Struct, frozen=True):
    """The comments above a docstring, the paragraphs in it, and the comments below it."""

    above: str = ""
    inside: str = ""
    below: str = ""


def licence_of(module: Module) -> Licence:
    """What a file's head says of its licence; empty where it says nothing."""
    body = module.source.tree.body
    first = body[0] if body else None
    text = first.value if isinstance(first, ast.Expr) else None
    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        return Licence(_comments(module, 1, _start(first, module)))
    assert first is not None
    following = body[1] if len(body) > 1 else None
    below = _comments(module, (first.end_lineno or first.lineno) + 1, _start(following, module))
    return Licence(_comments(module, 1, first.lineno), _paragraphs(text.value), below)


def _start(node: ast.stmt | None, module: Module) -> int:
    """The line of a statement, its decorators among it."""
    if node is None:
        return len(module.source.lines) + 1
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _comments(module: Module, first: int, end: int) -> str:
    """The comments between two lines, from the first to the last block that is about the licence."""
    lines = [
        line.decode("utf-8").replace("\r\n", "\n")
        for line in module.source.lines[first - 1 : end - 1]
    ]
    plain = "".join(line for line in lines if not line.startswith("#!") and "coding" not in line)
    return _about(plain, "\n\n")


def _paragraphs(text: str) -> str:
    """The paragraphs of a docstring from the first to the last that is about the licence."""
    lines = text.replace("\r\n", "\n").expandtabs().split("\n")
    return _about("\n".join(line.rstrip() for line in lines), "\n\n")


def _about(text: str, joint: str) -> str:
    blocks = [block.strip("\n") for block in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n"))]
    about = [number for number, block in enumerate(blocks) if is_licence(block)]
    return joint.join(blocks[about[0] : about[-1] + 1]) + "\n" if about else ""
