"""The same by LibCST, for a statement in any layout and with comments."""

from collections.abc import Iterable, Sequence

import libcst as cst
from libcst.helpers import get_full_name_for_node

from codemods.source.plain_names import Order

Comma = cst.Comma | cst.MaybeSentinel
Statement = cst.Import | cst.ImportFrom


def without_names(text: str, names: set[str]) -> str:
    """The statement without these local names, of which it has others too.

    Comments behind a name, and on lines of their own above it, go with it.
    """
    statement = _statement(text)
    found = _import(statement)
    places = [place for place, alias in enumerate(_names(found)) if _bound(alias) not in names]
    if places[-1] < len(_names(found)) - 1:
        found = _with_last_comma(found, _names(found)[places[-1]].comma)
    aliases = _names(found)
    kept = [aliases[place] for place in places]
    for number, place in enumerate(places[1:]):
        above = aliases[place - 1].comma
        kept[number] = kept[number].with_changes(comma=_leading(kept[number].comma, above))
    kept[-1] = kept[-1].with_changes(comma=_with_comment_of(aliases[-1].comma, kept[-1].comma))
    found = _opened(found, aliases[places[0] - 1].comma if places[0] else None)
    return _code(statement, found.with_changes(names=kept))


def _with_last_comma(statement: Statement, above: Comma | None = None) -> Statement:
    """A statement whose last name has a comma, where a comment behind it or behind `above` needs one."""
    *others, last = _names(statement)
    if isinstance(statement, cst.Import) or not statement.rpar or isinstance(last.comma, cst.Comma):
        return statement
    closing = statement.rpar.whitespace_before
    kept = above.whitespace_after if isinstance(above, cst.Comma) else None
    if not _comment(closing) and not _comment(kept):
        return statement
    if not isinstance(closing, cst.ParenthesizedWhitespace):
        closing = cst.ParenthesizedWhitespace()
    comma = cst.Comma(whitespace_after=closing)
    return statement.with_changes(
        names=[*others, last.with_changes(comma=comma)],
        rpar=statement.rpar.with_changes(whitespace_before=cst.SimpleWhitespace("")),
    )


def _comment(space: cst.BaseParenthesizableWhitespace | None) -> cst.Comment | None:
    """The comment between a name, or its comma, and the end of the line."""
    return space.first_line.comment if isinstance(space, cst.ParenthesizedWhitespace) else None


def _opened(statement: Statement, above: Comma | None) -> Statement:
    """A statement whose bracket has the comment lines that stand below another name's comma."""
    if above is None or isinstance(statement, cst.Import) or statement.lpar is None:
        return statement
    opening = statement.lpar.whitespace_after
    if not isinstance(opening, cst.ParenthesizedWhitespace):
        return statement
    return statement.with_deep_changes(opening, empty_lines=_lines_below(above))


def _leading(comma: Comma, above: Comma) -> Comma:
    """A name's comma with the comment lines that lead the next one, which stood below another comma."""
    if not isinstance(comma, cst.Comma):
        return comma
    own = comma.whitespace_after
    if isinstance(own, cst.ParenthesizedWhitespace):
        return comma.with_deep_changes(own, empty_lines=_lines_below(above))
    if _lines_below(above) and isinstance(above, cst.Comma):
        return _plain(above, _lines_below(above))
    return comma


def _lines_below(comma: Comma) -> Sequence[cst.EmptyLine]:
    space = comma.whitespace_after if isinstance(comma, cst.Comma) else None
    return space.empty_lines if isinstance(space, cst.ParenthesizedWhitespace) else ()


def with_names(text: str, names: Iterable[str], order: Order) -> str:
    """The statement with these names too, in order if its names are in order."""
    statement = _statement(text)
    found = _import(statement)
    for name in sorted(names):
        found = _inserted(found, name, order)
    return _code(statement, found)


def _inserted(statement: Statement, name: str, order: Order) -> Statement:
    aliases = _names(statement)
    keys = [order(_imported(alias)) for alias in aliases]
    index = len(aliases)
    if keys == sorted(keys):
        index = sum(key < order(name.partition(" as ")[0]) for key in keys)
    new = _alias(name)
    between = next((_plain(alias.comma) for alias in aliases[:-1]), _between(statement))
    if index < len(aliases):
        placed = [*aliases[:index], new.with_changes(comma=between), *aliases[index:]]
        return statement.with_changes(names=placed)
    statement = _with_last_comma(statement)
    *others, last = _names(statement)
    held = last.with_changes(comma=_with_comment_of(between, last.comma))
    tail = _plain(last.comma, _lines_below(last.comma))
    return statement.with_changes(names=[*others, held, new.with_changes(comma=tail)])


def _alias(text: str) -> cst.ImportAlias:
    """A name, or `name as other`."""
    name, _, other = text.partition(" as ")
    asname = cst.AsName(name=cst.Name(other)) if other else None
    return cst.ImportAlias(name=cst.Name(name), asname=asname)


def _plain(comma: Comma, lines: Sequence[cst.EmptyLine] = ()) -> Comma:
    """A comma with its line break, without its comment, and with these lines below."""
    if isinstance(comma, cst.Comma) and isinstance(
        comma.whitespace_after, cst.ParenthesizedWhitespace
    ):
        return comma.with_deep_changes(
            comma.whitespace_after, first_line=cst.TrailingWhitespace(), empty_lines=lines
        )
    return comma


def _with_comment_of(comma: Comma, old: Comma) -> Comma:
    """A comma with the comment that stood behind another, and a line break behind that."""
    space = old.whitespace_after if isinstance(old, cst.Comma) else None
    if not isinstance(comma, cst.Comma) or not isinstance(space, cst.ParenthesizedWhitespace):
        return comma
    if isinstance(comma.whitespace_after, cst.ParenthesizedWhitespace):
        return comma.with_deep_changes(comma.whitespace_after, first_line=space.first_line)
    if space.first_line.comment is None:
        return comma
    indent = cst.SimpleWhitespace("    ")
    return comma.with_changes(whitespace_after=space.with_changes(empty_lines=(), last_line=indent))


def _between(statement: Statement) -> Comma:
    opening = statement.lpar if isinstance(statement, cst.ImportFrom) else None
    if opening is not None and isinstance(opening.whitespace_after, cst.ParenthesizedWhitespace):
        return _plain(cst.Comma(whitespace_after=opening.whitespace_after))
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


def _import(statement: cst.SimpleStatementLine) -> Statement:
    found = statement.body[0]
    assert isinstance(found, cst.Import | cst.ImportFrom)
    return found


def _names(statement: Statement) -> Sequence[cst.ImportAlias]:
    assert not isinstance(statement.names, cst.ImportStar)
    return statement.names


def _code(statement: cst.SimpleStatementLine, found: Statement) -> str:
    line = statement.with_changes(body=[found])
    return cst.Module(body=[line], has_trailing_newline=False).code
