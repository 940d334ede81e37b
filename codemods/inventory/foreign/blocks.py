"""A file as statements with their blocks, told by its lines and indents: no grammar is needed.

The words come from parso's tokenizer, which goes on after what it can't read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from parso.python.tokenize import PythonToken, tokenize
from parso.utils import parse_version_string

NEWEST = parse_version_string("3.14")
STARTS = frozenset(
    {"def", "class", "import", "return", "while", "with", "try", "except", "finally", "raise",
     "del", "assert", "pass", "break", "continue", "global", "nonlocal", "@"}
)  # fmt: skip
"""Words that begin a statement wherever they begin a line, even behind a bracket left open."""

CLAUSES = frozenset({"elif", "else", "except", "finally"})
SILENT = frozenset({"NEWLINE", "INDENT", "DEDENT", "ERROR_DEDENT", "ENDMARKER"})


@dataclass(frozen=True, slots=True)
class Line:
    """One logical line: its first and last physical one, its indent, and the words it begins with."""

    first: int
    last: int
    indent: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A statement: the lines of its head with decorators, what is indented below, and its clauses."""

    head: list[Line]
    body: list["Block"]
    clauses: list["Block"] = field(default_factory=list)

    @property
    def first(self) -> int:
        """The physical line that it begins on."""
        return self.head[0].first

    @property
    def last(self) -> int:
        """The physical line that it ends on."""
        inside = [*self.body, *self.clauses]
        return inside[-1].last if inside else self.head[-1].last

    @property
    def indent(self) -> int:
        """The column that it begins in."""
        return self.head[0].indent


def blocks_of(text: str) -> list[Block]:
    """The statements of a file."""
    return list(_blocks(list(_lines(text))))


def _lines(text: str) -> Iterator[Line]:
    """The logical lines."""
    tokens: list[PythonToken] = []
    for token in tokenize(text, version_info=NEWEST):
        if token.type.name == "NEWLINE" or _begins(token, tokens):
            if tokens:
                yield _line(tokens)
            tokens = []
        if token.type.name not in SILENT:
            tokens.append(token)
    if tokens:
        yield _line(tokens)


def _begins(token: PythonToken, before: list[PythonToken]) -> bool:
    """Whether a word begins a statement although the line before it seems to go on."""
    if not before or token.type.name in SILENT or token.start_pos[0] <= before[-1].end_pos[0]:
        return False
    if token.prefix.strip(" \t")[:1] == "\\":
        return False
    is_below = token.start_pos[1] > before[0].start_pos[1] and before[-1].string == ":"
    return token.string in STARTS or (is_below and before[0].string in {"def", "class", "async"})


def _line(tokens: list[PythonToken]) -> Line:
    first, column = tokens[0].start_pos
    last = max(token.end_pos[0] - token.string.endswith("\n") for token in tokens)
    return Line(first, last, column, tuple(token.string for token in tokens[:2]))


def _blocks(lines: list[Line]) -> Iterator[Block]:
    """The statements of one block; a clause belongs to the statement before it."""
    at, block = 0, None
    while at < len(lines):
        head = [lines[at]]
        at += 1
        while head[-1].words[0] == "@" and at < len(lines) and lines[at].indent == head[0].indent:
            head.append(lines[at])
            at += 1
        start = at
        while at < len(lines) and lines[at].indent > head[0].indent:
            at += 1
        found = Block(head, list(_blocks(lines[start:at])))
        if block is not None and head[0].words[0] in CLAUSES and block.indent == found.indent:
            block.clauses.append(found)
            continue
        if block is not None:
            yield block
        block = found
    if block is not None:
        yield block
