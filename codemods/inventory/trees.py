"""Syntax trees of files; those that are looked at again are kept, as many as fit."""

import ast
import re
import warnings
from collections import OrderedDict

from codemods.inventory.values import ParseError

MOST = 6_000_000
"""Bytes of source whose trees are kept: a tree takes some 25 times as many."""

LONG = re.compile(rb"0[xXoObB][0-9a-fA-F_]{3000}")
"""How a number may begin that Python reads and does not write: one in tens of so many digits it does not read."""

Tree = ast.Module | ParseError


def parse(data: bytes) -> Tree:
    """The syntax tree of a file, or why there is none. Its own warnings stay silent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(data)
    except SyntaxError as error:
        return ParseError(error.lineno or 0, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return ParseError(0, f"{type(error).__name__}: {error}")
    return _unwritten(tree) or tree if LONG.search(data) else tree


def _unwritten(tree: ast.Module) -> ParseError | None:
    """Why a tree is not worked with: a number in it that can't be written as text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, int):
            try:
                repr(node.value)
            except ValueError:
                why = "has a number of more digits than Python writes, so it is left alone: leave it out with exclude in [tool.migrate]"
                return ParseError(node.lineno, why, beyond=True)
    return None


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
