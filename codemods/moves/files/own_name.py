"""A module's name written out where code that leaves it reads `__name__`.

```
f"{__name__}.send"    becomes    "shop.tasks.send"
```
"""

import ast
import re
from collections.abc import Iterator

from codemods.inventory.walking import walk
from codemods.source.text import Source, Span
from codemods.units.read_places import free_quote, global_reads

OWN = "__name__"
SIMPLE = re.compile(
    r"""[fF](?P<quote>["'])(?!(?P=quote))[^"'{}\\\n]*\{__name__\}[^"'{}\\\n]*(?P=quote)"""
)
"""A formatted text of one piece that shows nothing but the module's name."""


def written_out(
    source: Source, nodes: tuple[ast.stmt, ...], name: str, quote: str
) -> Iterator[tuple[ast.expr, Span]]:
    """Each read of `__name__`, with what is written there: a text, or words of the formatted text around it."""
    whole = _texts(source, nodes)
    for read in global_reads(nodes, OWN):
        around = whole.get(read.node)
        if around is None:
            own = free_quote(source, nodes, read.node, quote)
            yield read.node, source.replace(read.node, f"{own}{name}{own}")
        elif SIMPLE.fullmatch(source.text(around)):
            text = source.text(around)[1:].replace(f"{{{OWN}}}", name)
            yield read.node, source.replace(around, text)
        else:
            start, end = source.start(read.node), source.end(read.node)
            yield read.node, Span(start - 1, end + 1, name)


def _texts(source: Source, nodes: tuple[ast.stmt, ...]) -> dict[ast.AST, ast.JoinedStr]:
    """The reads of `__name__` whose braces can go, with the formatted text that they stand in.

    It stays a formatted text if it shows something else too, as linters want it.
    """
    found: dict[ast.AST, ast.JoinedStr] = {}
    for part in (part for node in nodes for part in walk(node)):
        if not isinstance(part, ast.JoinedStr):
            continue
        shown = [value for value in part.values if isinstance(value, ast.FormattedValue)]
        if len(shown) < 2 and not SIMPLE.fullmatch(source.text(part)):
            continue
        for value in shown:
            start, end = source.start(value.value), source.end(value.value)
            plain = value.conversion == -1 and value.format_spec is None
            if plain and source.data[start - 1 : end + 1] == f"{{{OWN}}}".encode():
                found[value.value] = part
    return found
