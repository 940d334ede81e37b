"""The lines of a call that stand below its first argument, where the call's name gets longer or shorter.

@app.task(bind=True,              @shared_task(bind=True,
          max_retries=3)     ->                max_retries=3)
"""

import ast
from collections.abc import Iterator

from codemods.inventory.walking import walk
from codemods.source.text import Source, Span


def drawn_together(source: Source, call: ast.Call, by: int, width: int) -> Span | None:
    """What stands between a call's brackets, on their line, where it was broken for want of columns and fits now.

    @notify_celery.task(
        bind=True, max_retries=5          ->    @shared_task(bind=True, max_retries=5)
    )
    """
    parts = [*call.args, *(item.value for item in call.keywords)]
    start, end = source.end(call.func) + 1, source.end(call) - 1
    inner = source.data[start:end].decode()
    lines = inner.replace("\r\n", "\n").split("\n")
    if not parts or len(lines) != 3 or lines[0] or lines[2].strip() or "#" in inner:
        return None
    text = lines[1].strip()
    line = source.lines[(call.func.end_lineno or call.func.lineno) - 1].decode().rstrip()
    columns = len(line) + len(text) + 1
    if text.endswith(",") or columns <= width or columns + by > width:
        return None
    return Span(start, end, text)


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
