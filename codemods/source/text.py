"""A Python file as text that can be edited by spans and given back in its own bytes."""

import ast
import io
import tokenize
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property

from msgspec import Struct

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.inventory.walking import walk

BOM = b"\xef\xbb\xbf"
LONG = 40
"""Characters of a text that may make its line longer than code gets."""


class Span(Struct, frozen=True, order=True):
    """A replacement: UTF-8 offsets, end exclusive, and the text that takes their place."""

    start: int
    end: int
    text: str


class Source:
    """One file that parses. Offsets are those of its text in UTF-8, as `ast` counts columns."""

    def __init__(self, data: bytes, newline: str = "") -> None:
        """Raises `ValueError` if the file does not parse or its encoding can't be read.

        `newline` ends its new lines if it is given, else what ends most of those that stand.
        """
        tree = parsed(data)
        if isinstance(tree, ParseError):
            raise ValueError(tree.message)
        self.tree = tree
        self.bom = BOM if data.startswith(BOM) else b""
        try:
            self.encoding = tokenize.detect_encoding(io.BytesIO(data).readline)[0]
        except SyntaxError as error:
            raise ValueError(str(error)) from None
        if self.encoding == "utf-8-sig":
            self.encoding = "utf-8"
        body = data[len(self.bom) :]
        try:
            self.data = body.decode(self.encoding).encode("utf-8")
        except LookupError as error:
            raise ValueError(str(error)) from None
        ended = body.count(b"\r\n")
        plain = body.count(b"\n") - ended
        self.newline = newline or ("\r\n" if ended > plain else "\n")
        self.is_mixed = bool(ended and plain)
        """Whether some of its lines end otherwise than most."""

    def covered(self, span: Span) -> str:
        """The text that a span takes the place of."""
        return self.data[span.start : span.end].decode("utf-8")

    @cached_property
    def lines(self) -> list[bytes]:
        """The lines with their ends, split as Python does it (never at form feeds)."""
        return self.data.splitlines(keepends=True)

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line, and of the end."""
        offsets = [0]
        for line in self.lines:
            offsets.append(offsets[-1] + len(line))
        return offsets

    @cached_property
    def code_width(self) -> int:
        """The longest line of code; where a long text or a comment stands, a formatter lets it be."""
        texts = {
            line
            for node in walk(self.tree)
            if isinstance(node, ast.JoinedStr)
            or (isinstance(node, ast.Constant) and isinstance(node.value, str | bytes))
            if node.end_lineno != node.lineno or (node.end_col_offset or 0) - node.col_offset > LONG
            for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
        }
        plain = (
            len(line.rstrip())
            for number, line in enumerate(self.lines, 1)
            if number not in texts and b"#" not in line
        )
        return max(plain, default=0)

    def offset(self, line: int, column: int) -> int:
        """The offset of `ast`'s 1-based line and UTF-8 column."""
        return self.starts[line - 1] + column

    def start(self, node: ast.expr | ast.stmt | ast.keyword) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Where a node ends."""
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node."""
        return self.data[self.start(node) : self.end(node)].decode("utf-8")

    def replace(self, node: ast.expr | ast.stmt, text: str) -> Span:
        """A span that puts this text in a node's place."""
        return Span(self.start(node), self.end(node), text)

    def edited(self, spans: Iterable[Span]) -> bytes:
        """The file with these spans replaced, in its own encoding and line ends.

        Raises `UnicodeEncodeError` if its encoding lacks a character of a new text, `ValueError` if
        two spans overlap.
        """
        parts, position = list[bytes](), 0
        for span in sorted(spans):
            if span.start < position:
                raise ValueError("two edits overlap")
            text = span.text.replace("\r\n", "\n").replace("\n", self.newline)
            parts.extend((self.data[position : span.start], text.encode("utf-8")))
            position = span.end
        parts.append(self.data[position:])
        return self.bom + b"".join(parts).decode("utf-8").encode(self.encoding)


def touched(before: bytes, after: bytes) -> list[int]:
    """The lines of a file that its new version has otherwise, and those that new ones stand between."""
    old, new = before.splitlines(), after.splitlines()
    found: set[int] = set()
    for kind, start, end, _, _ in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "insert":
            found.update((max(start, 1), start + 1))
            # What is new may stand above a remark of the next element.
            below = start
            while below < len(old) and old[below].lstrip()[:1] in {b"", b"#"}:
                below += 1
            found.add(below + 1)
        elif kind != "equal":
            found.update(range(start + 1, end + 1))
    return sorted(found)
