"""The lines of a call that stand below its first argument, where the call's name gets longer or shorter.

@app.task(bind=True,              @shared_task(bind=True,
          max_retries=3)     ->                max_retries=3)
"""

import ast
from collections.abc import Iterator

from codemods.inventory.walking import walk
from codemods.source.text import Source, Span


def realigned(source: Source, call: ast.Call, by: int) -> Iterator[Span]:
    """The indentation of a call's lines, if they stand below its first argument, more by so many columns.

    Lines inside of a text stay, and so does a call one of whose lines stands further to the left.
    """
    parts = [*call.args, *(item.value for item in call.keywords)]
    opening = (call.func.end_lineno or call.func.lineno) - 1
    column = source.end(call.func) - source.starts[opening] + 1
    line = source.lines[opening]
    if not by or not parts or line[column - 1 : column] != b"(" or not line[column:].strip():
        return
    inside = {
        number
        for part in parts
        for node in walk(part)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for number in range(node.lineno, node.end_lineno or node.lineno)
    }
    rest = [
        number
        for number in range(opening + 1, call.end_lineno or call.lineno)
        if number not in inside and source.lines[number].strip()
    ]
    if any(source.lines[number][:column].strip(b" ") for number in rest) or -by > column:
        return
    for number in rest:
        start = source.starts[number]
        yield Span(start, start + max(0, -by), " " * max(0, by))
