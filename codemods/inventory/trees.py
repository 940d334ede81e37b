"""Syntax trees of files; those that are looked at again are kept, as many as fit."""

import ast
import warnings
from collections import OrderedDict

from codemods.inventory.values import ParseError

MOST = 4_000_000
"""Bytes of source whose trees are kept: a tree takes some 25 times as many."""

_KEPT: OrderedDict[bytes, ast.Module | ParseError] = OrderedDict()
_SIZE = [0]


def parse(data: bytes) -> ast.Module | ParseError:
    """The syntax tree of a file, or why there is none. Its own warnings stay silent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except SyntaxError as error:
        return ParseError(error.lineno or 0, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return ParseError(0, f"{type(error).__name__}: {error}")


def parsed(data: bytes) -> ast.Module | ParseError:
    """The syntax tree of a file that is looked at again and again; nobody may change it.

    Of what does not fit the trees that were asked for longest ago go first.
    """
    found = _KEPT.get(data)
    if found is not None:
        _KEPT.move_to_end(data)
        return found
    found = _KEPT[data] = parse(data)
    _SIZE[0] += len(data)
    while _SIZE[0] > MOST and len(_KEPT) > 1:
        gone, _ = _KEPT.popitem(last=False)
        _SIZE[0] -= len(gone)
    return found
