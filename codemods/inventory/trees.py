"""Syntax trees of files; those that are looked at again are kept, as many as fit."""

import ast
import warnings
from collections import OrderedDict

from codemods.inventory.values import ParseError

MOST = 4_000_000
"""Bytes of source whose trees are kept: a tree takes some 25 times as many."""

Tree = ast.Module | ParseError


def parse(data: bytes) -> Tree:
    """The syntax tree of a file, or why there is none. Its own warnings stay silent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(data)
    except SyntaxError as error:
        return ParseError(error.lineno or 0, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return ParseError(0, f"{type(error).__name__}: {error}")


class Kept:
    """Trees by the bytes of their files, as many as fit."""

    def __init__(self) -> None:
        self._trees: OrderedDict[bytes, Tree] = OrderedDict()
        self._size = 0

    def tree(self, data: bytes) -> Tree:
        """The tree of these bytes; for it those that were asked for longest ago may go."""
        found = self._trees.get(data)
        if found is not None:
            self._trees.move_to_end(data)
            return found
        found = self._trees[data] = parse(data)
        self._size += len(data)
        while self._size > MOST and len(self._trees) > 1:
            gone, _ = self._trees.popitem(last=False)
            self._size -= len(gone)
        return found


_KEPT = Kept()


def parsed(data: bytes) -> Tree:
    """The syntax tree of a file that is looked at again and again; nobody may change it."""
    return _KEPT.tree(data)
