"""Entries of routes and annotations: one more under a new name, or one taken out."""

import ast
from collections.abc import Collection, Iterator

from codemods.inventory.expressions import text_of
from codemods.source.literals import Literal, renamed
from codemods.source.text import Source, Span


def entry_nodes(literal: Literal) -> tuple[ast.expr | ast.stmt, ast.expr | ast.stmt]:
    """The first and the last node of the entry that a key begins."""
    parent = literal.parent
    if isinstance(parent, ast.Dict):
        index = next(i for i, key in enumerate(parent.keys) if key is literal.node)
        return literal.node, parent.values[index]
    if isinstance(parent, ast.Tuple | ast.List):
        return parent, parent
    statement = next(item for item in literal.parents if isinstance(item, ast.stmt))
    return statement, statement


def entry_lines(literal: Literal) -> range:
    """The lines that an entry stands on."""
    first, last = entry_nodes(literal)
    return range(first.lineno, (last.end_lineno or last.lineno) + 1)


def stands_alone(source: Source, literal: Literal) -> bool:
    """Whether an entry that is a statement has its lines to itself."""
    first, last = entry_nodes(literal)
    if not isinstance(first, ast.stmt):
        return True
    before = source.data[source.starts[first.lineno - 1] : source.start(first)]
    line_end = source.starts[last.end_lineno or last.lineno]
    after = source.data[source.end(last) : line_end].strip()
    return not before.strip() and (not after or after.startswith(b"#"))


def second_key(source: Source, literal: Literal, new: str) -> Iterator[Span]:
    """The entry once more under the new name, above the old one, unless it is there."""
    parent = literal.parent
    if isinstance(parent, ast.Dict) and any(text_of(key) == new for key in parent.keys):
        return
    first, last = entry_nodes(literal)
    start, end = source.start(first), source.end(last)
    lead = source.data[source.starts[first.lineno - 1] : start].decode("utf-8")
    span = renamed(source, literal, new)
    copy = (
        source.data[start : span.start].decode("utf-8")
        + span.text
        + source.data[source.end(literal.node) : end].decode("utf-8")
    )
    between = "" if isinstance(first, ast.stmt) else ","
    yield Span(start, start, copy + between + (f"\n{lead}" if not lead.strip() else " "))


def without_entries(source: Source, literals: Collection[Literal]) -> Iterator[Span]:
    """The entries taken out, each with its comma and, where it stood alone, its lines.

    What is left alone in a tuple gets a comma behind it, without which there is no tuple.
    """
    spans = [without_lines(source, *entry_nodes(literal)) for literal in literals]
    yield from spans
    gone = {id(entry_nodes(literal)[0]) for literal in literals}
    tuples = {id(part): part for item in literals for part in item.parents[1:2]}
    for holder in tuples.values():
        left = (
            [e for e in holder.elts if id(e) not in gone] if isinstance(holder, ast.Tuple) else []
        )
        if len(left) == 1:
            end = source.end(left[0])
            comma = end + len(source.data[end:]) - len(source.data[end:].lstrip())
            stands = source.data[comma : comma + 1] == b","
            if not stands or any(span.start <= comma < span.end for span in spans):
                yield Span(end, end, ",")


def without_lines(source: Source, first: ast.expr | ast.stmt, last: ast.expr | ast.stmt) -> Span:
    """The span that takes out what stands from one node to another, its comma and lines with it."""
    start, end = source.start(first), source.end(last)
    after = source.data[end:]
    gap = len(after) - len(after.lstrip(b" "))
    if after[gap : gap + 1] == b",":
        end += gap + 1
        end += len(source.data[end:]) - len(source.data[end:].lstrip(b" "))
    else:
        before = source.data[:start].rstrip(b" ")
        start = len(before) - 1 if before.endswith(b",") else start
    if source.data[end : end + 1] in {b"}", b"]", b")"} and source.data[:start].endswith(b", "):
        start -= 2
    line_start = source.starts[first.lineno - 1]
    rest = source.data[end:].split(b"\n", 1)
    if not source.data[line_start:start].strip() and len(rest) > 1:
        if not rest[0].strip() or rest[0].lstrip().startswith(b"#"):
            return Span(line_start, end + len(rest[0]) + 1, "")
    return Span(start, end, "")
