"""New elements of a list or a call, in the layout of those that stand."""

import ast
from collections.abc import Sequence

from codemods.source.text import Source, Span

Element = ast.expr | ast.keyword


def after(source: Source, holder: ast.expr, item: Element, texts: Sequence[str]) -> Span:
    """These texts behind an element: on lines of their own if it has one, below its comment."""
    value = item.value if isinstance(item, ast.keyword) else item
    end = source.end(value)
    last = value.end_lineno or value.lineno
    line_end = source.starts[last]
    indent = source.data[source.starts[item.lineno - 1] :][: item.col_offset].decode()
    if indent.strip() or holder.lineno == item.lineno:
        return Span(end, end, "".join(f", {text}" for text in texts))
    rest = source.data[end:line_end].decode()
    behind = rest.rstrip("\r\n")
    newline = rest[len(behind) :] or "\n"
    if behind.startswith(","):
        if behind[1:].strip()[:1] in {"", "#"}:
            return Span(line_end, line_end, "".join(f"{indent}{t},{newline}" for t in texts))
        return Span(end, end, "".join(f", {text}" for text in texts))
    if behind.strip().startswith("#"):
        # The comment is the element's; a comma before it, and the new ones below.
        tail = "".join(
            f"{newline}{indent}{text}{',' if n < len(texts) else ''}"
            for n, text in enumerate(texts, 1)
        )
        return Span(end, end + len(behind.encode()), f",{behind}{tail}")
    return Span(end, end, "".join(f",{newline}{indent}{text}" for text in texts))
