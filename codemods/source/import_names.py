"""The names in the text of one import statement, put in and taken out by LibCST, all else kept.

Loaded on demand: loading LibCST takes as long as reading a small project.
"""

from collections.abc import Callable, Iterable, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

Order = Callable[[str], tuple[int, str]]


def without_names(text: str, names: set[str]) -> str:
    """The statement without these local names, of which it has others too."""
    statement = _statement(text)
    found = statement.body[0]
    assert isinstance(found, cst.Import | cst.ImportFrom)
    assert not isinstance(found.names, cst.ImportStar)
    kept = [alias for alias in found.names if _bound(alias) not in names]
    kept[-1] = kept[-1].with_changes(comma=_with_comment_of(found.names[-1].comma, kept[-1].comma))
    return _code(statement, found.with_changes(names=kept))


def with_names(text: str, names: Iterable[str], order: Order) -> str:
    """The statement with these names too, in order if its names are in order."""
    statement = _statement(text)
    found = statement.body[0]
    assert isinstance(found, cst.ImportFrom)
    assert not isinstance(found.names, cst.ImportStar)
    aliases = list(found.names)
    for name in sorted(names):
        aliases = _inserted(aliases, name, found, order)
    return _code(statement, found.with_changes(names=aliases))


def _inserted(
    aliases: Sequence[cst.ImportAlias], name: str, statement: cst.ImportFrom, order: Order
) -> list[cst.ImportAlias]:
    keys = [order(_imported(alias)) for alias in aliases]
    index = len(aliases)
    if keys == sorted(keys):
        index = sum(key < order(name.partition(" as ")[0]) for key in keys)
    new = _alias(name)
    between = next((_plain(alias.comma) for alias in aliases[:-1]), _between(statement))
    if index < len(aliases):
        return [*aliases[:index], new.with_changes(comma=between), *aliases[index:]]
    last = aliases[-1]
    tail = _plain(last.comma)
    return [
        *aliases[:-1],
        last.with_changes(comma=_with_comment_of(between, last.comma)),
        new.with_changes(comma=tail),
    ]


def _alias(text: str) -> cst.ImportAlias:
    """A name, or `name as other`."""
    name, _, other = text.partition(" as ")
    asname = cst.AsName(name=cst.Name(other)) if other else None
    return cst.ImportAlias(name=cst.Name(name), asname=asname)


Comma = cst.Comma | cst.MaybeSentinel


def _plain(comma: Comma) -> Comma:
    """A comma with its line break and without its comment."""
    if isinstance(comma, cst.Comma) and isinstance(
        comma.whitespace_after, cst.ParenthesizedWhitespace
    ):
        return comma.with_deep_changes(
            comma.whitespace_after, first_line=cst.TrailingWhitespace(), empty_lines=()
        )
    return comma


def _with_comment_of(comma: Comma, old: Comma) -> Comma:
    """A comma with the comment that stood behind another."""
    if (
        isinstance(comma, cst.Comma)
        and isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace)
        and isinstance(old, cst.Comma)
        and isinstance(old.whitespace_after, cst.ParenthesizedWhitespace)
    ):
        first = old.whitespace_after.first_line
        return comma.with_deep_changes(comma.whitespace_after, first_line=first)
    return comma


def _between(statement: cst.ImportFrom) -> cst.Comma:
    opening = statement.lpar
    if opening is not None and isinstance(opening.whitespace_after, cst.ParenthesizedWhitespace):
        return cst.Comma(whitespace_after=opening.whitespace_after)
    return cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))


def _bound(alias: cst.ImportAlias) -> str:
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    name = get_full_name_for_node(alias.name) or ""
    return name.partition(".")[0]


def _imported(alias: cst.ImportAlias) -> str:
    return get_full_name_for_node(alias.name) or ""


def _statement(text: str) -> cst.SimpleStatementLine:
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    return statement


def _code(statement: cst.SimpleStatementLine, found: cst.Import | cst.ImportFrom) -> str:
    line = statement.with_changes(body=[found])
    return cst.Module(body=[line], has_trailing_newline=False).code
