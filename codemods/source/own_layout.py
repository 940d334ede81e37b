"""A layout made whole: what no configuration says, a file's own code tells."""

import ast
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from msgspec import structs

from codemods.inventory.walking import walk
from codemods.layout.layout import GRID, GRID_APART, HANGING, VERTICAL, Layout, Sorting
from codemods.source.imports import by_letters, by_type
from codemods.source.text import Source

NARROWEST, WIDEST = 88, 120
INDENT = "    "
BESIDE = frozenset({GRID, VERTICAL})
"""Modes whose names begin beside the bracket."""


def line_limit(source: Source) -> int:
    """How long a file lets its code get: between 88 and 120 characters."""
    return min(WIDEST, max(NARROWEST, source.code_width))


def quote_of(source: Source, layout: Layout) -> str:
    """The quotes of a new text: those of the layout, else of most short texts of this file."""
    return layout.quote or _Own(source).quote


def layout_of(source: Source, layout: Layout) -> Layout:
    """The layout with everything told but its quotes, by the configuration or else by this file."""
    if layout.is_whole:
        return layout
    own = _Own(source)
    return structs.replace(
        layout,
        is_whole=True,
        width=layout.width or line_limit(source),
        indent=layout.indent or own.indent,
        newline=layout.newline or source.newline,
        sorting=layout.sorting if layout.sorting.is_told else own.sorting,
    )


def _most(facts: Iterable[bool]) -> bool:
    """Whether most of these are so."""
    known = list(facts)
    return sum(known) * 2 > len(known)


class _Own:
    """What a file's code says of its layout."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @cached_property
    def quote(self) -> str:
        """The quotes of most of its short texts; double ones where it has as many of both."""
        found = Counter[bytes]()
        for node in walk(self._source.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.col_offset >= 0
            ):
                start = self._source.start(node)
                text = self._source.data[start : start + 4].lstrip(b"rRuUbB")
                if (
                    text[:3] not in {b'"""', b"'''"}
                    and "'" not in node.value
                    and '"' not in node.value
                ):
                    found[text[:1]] += 1
        return "'" if found[b"'"] > found[b'"'] else '"'

    @cached_property
    def indent(self) -> str:
        """The indentation of the first function or class that has a line of its own."""
        for node in self._source.tree.body:
            body = getattr(node, "body", None)
            if body and body[0].lineno > node.lineno:
                line = self._source.lines[body[0].lineno - 1]
                return line[: len(line) - len(line.lstrip())].decode() or INDENT
        return INDENT

    @cached_property
    def sorting(self) -> Sorting:
        """How its own imports are listed and broken."""
        tops = [n for n in self._source.tree.body if isinstance(n, ast.ImportFrom)]
        modules = Counter((node.level, node.module) for node in tops)
        lists = [[alias.name for alias in node.names] for node in tops if len(node.names) > 1]
        typed = all(names == sorted(names, key=by_type) for names in lists)
        lettered = all(names == sorted(names, key=by_letters) for names in lists)
        mode = self._mode(tops)
        ends = self._ends(tops) if mode in BESIDE else []
        return Sorting(
            one_a_line=not lists and any(count > 1 for count in modules.values()),
            combines_as=True,
            by_type=typed or not lettered,
            mode=mode,
            trailing_comma=mode not in BESIDE or _most(b"," in end for end in ends),
            closes_apart=_most(b"\n" in end for end in ends),
        )

    def _mode(self, statements: list[ast.ImportFrom]) -> int:
        """The mode of most of the imports that it breaks over lines."""
        found = Counter[int]()
        for node in statements:
            lines = [alias.lineno for alias in node.names]
            if node.end_lineno == node.lineno or len(lines) < 2 or b"#" in self._text(node):
                continue
            if lines[0] == node.lineno:
                found[VERTICAL if len(lines) > 2 and len(set(lines)) == len(lines) else GRID] += 1
            else:
                found[HANGING if len(set(lines)) == len(lines) else GRID_APART] += 1
        return found.most_common(1)[0][0] if found else HANGING

    def _ends(self, statements: list[ast.ImportFrom]) -> list[bytes]:
        """What stands between the last name and the bracket of those that begin beside theirs."""
        return [
            self._source.data[self._source.end(node.names[-1]) : self._source.end(node)]
            for node in statements
            if node.names[0].lineno == node.lineno != node.end_lineno
        ]

    def _text(self, node: ast.ImportFrom) -> bytes:
        return self._source.data[self._source.start(node) : self._source.end(node)]
