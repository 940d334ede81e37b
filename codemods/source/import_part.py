"""The part of a file that its imports stand in, which can be edited without parsing the rest again."""

import ast

from codemods.source.imports import ImportNode
from codemods.source.text import Source


def import_part(source: Source) -> tuple[bytes, bytes]:
    """A file up to the statement below the last import of its body, and the rest of it.

    An import that goes into the first part goes where it would go in the whole file, given the layout
    that the whole file has. A file of another encoding, or of mixed line ends, is one part.
    """
    if source.encoding != "utf-8" or source.bom or source.is_mixed:
        return source.bom + source.data.decode().encode(source.encoding), b""
    body = source.tree.body
    count = _statements(body)
    while 0 < count < len(body) and _first_line(body[count]) <= _last_line(body[count - 1]):
        count += 1
    at = source.starts[_last_line(body[count - 1])] if count < len(body) else len(source.data)
    return source.data[:at], source.data[at:]


def _statements(body: list[ast.stmt]) -> int:
    """How many statements there are down to the one below the last import: at least a docstring and one more."""
    last = max((at for at, node in enumerate(body) if isinstance(node, ImportNode)), default=0)
    return min(len(body), last + 2)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])


def _last_line(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno
