"""What can be read of a file that does not parse: the same lines, with what does not parse taken out.

    @app.task(name="send")              @app.task(name="send")
    def send(to):                       def send(to):
        print "to", to                      b"4be1..."
        later.delay(to)                     later.delay(to)

Each statement that parses alone stays. Of the others a function keeps its decorators and its head, an
assignment its target; the rest is a text of bytes, another one for another code, so that no two
bodies are taken for alike that are not.
"""

import ast
import hashlib
import re
import warnings
from functools import partial

from msgspec import Struct
from parso.utils import python_bytes_to_unicode

from codemods.inventory.foreign.blocks import CLAUSES, Block, Line, blocks_of
from codemods.inventory.foreign.repairs import OLDER, mended

TARGET = re.compile(r"^\s*(?:[A-Za-z_]\w*\s*(?::[^=\n]+)?=(?!=)\s*)+")
SPACES = re.compile(r"^[ \t\f]*")
PLAIN_HEAD = re.compile(r"^\s*(?:async\s+)?(def|class)\s+(\w+)")
STAND_INS = {
    "if": "if True:", "elif": "elif True:", "while": "while True:", "for": "for _ in ():",
    "with": "with _:", "except": "except Exception:", "match": "match _:", "case": "case _:",
}  # fmt: skip
"""Heads in the place of those that do not parse."""

AROUND = {
    "elif": ("if 1:\n  pass\n{}\n{}pass", ""),
    "else": ("if 1:\n  pass\n{}\n{}pass", ""),
    "except": ("try:\n  pass\n{}\n{}pass", ""),
    "finally": ("try:\n  pass\n{}\n{}pass", ""),
    "try": ("{}\n{}pass", "\nfinally:\n  pass"),
    "match": ("{}\n{}case _: pass", ""),
    "@": ("{}\ndef f():\n{}pass", ""),
    "case": ("match 1:\n{}\n{}pass", ""),
}
"""What a head needs around it in order to parse."""


class Skeleton(Struct, frozen=True):
    """The tree of what could be read, and the version the file needs: `""` unknown, `2` for Python 2."""

    tree: ast.Module
    needs: str


def skeleton(data: bytes) -> Skeleton | None:
    """What can be read of a file; `None` if nothing can be."""
    try:
        text = python_bytes_to_unicode(data, errors="replace")
        drawn = _Drawn(text.removeprefix("\ufeff"))
        tree = _parsed("\n".join(drawn.made))
    except (ValueError, LookupError, RecursionError, MemoryError):
        return None
    if tree is None:
        return None
    return Skeleton(tree, needed(drawn.versions))


def needed(versions: set[str]) -> str:
    """The Python that all parts of a file need; `""` if one of them is of no version that is known."""
    known = versions - {""}
    older = [version for version in OLDER if version in known]
    if older and known - OLDER.keys():
        # Nothing of Python 3.12 is in Python 2, but `except OSError, error:` is also of Python 3.14.
        return "3.14"
    return older[0] if older else "" if "" in versions else max(known, default="")


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


class _Drawn:
    """A file drawn statement by statement: `made` are its lines, `versions` what its parts need."""

    def __init__(self, text: str) -> None:
        plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
        self.lines = plain.split("\n")
        blocks = blocks_of("\n".join(self.lines))
        self._spread_tabs(blocks)
        self.made = [""] * len(self.lines)
        self.versions: set[str] = set()
        for block in blocks:
            if block.indent == 0:
                self._draw(block)

    def _spread_tabs(self, blocks: list[Block]) -> None:
        """Tabs before statements as the columns that Python 2 counts them for."""
        for block in blocks:
            for line in block.head:
                text = self.lines[line.first - 1]
                spaces = SPACES.match(text)
                if spaces and "\t" in spaces[0]:
                    self.lines[line.first - 1] = spaces[0].expandtabs(8) + text[spaces.end() :]
            self._spread_tabs([*block.body, *block.clauses])

    def _text(self, first: int, last: int) -> str:
        return "\n".join(self.lines[first - 1 : last])

    def _put(self, first: int, last: int, text: str) -> None:
        """Writes some lines; those that the text is short of are left empty."""
        lines = text.split("\n")[: last - first + 1]
        self.made[first - 1 : last] = [*lines, *[""] * (last - first + 1 - len(lines))]

    def _draw(self, block: Block) -> None:
        """One statement, as much of it as parses."""
        text = self._text(block.first, block.last)
        if stands(text):
            self._put(block.first, block.last, text)
        elif not block.body and not block.clauses and len(block.head) == 1:
            self._simple(block.head[0], text)
        else:
            self._compound(block, text)

    def _simple(self, line: Line, text: str) -> None:
        """A statement without a block."""
        after, needs = mended(text, stands)
        self.versions.add(needs)
        if after is None:
            target = TARGET.match(text)
            lead = target[0] if target else indent_of(text)
            after = f"{lead}{mark(text)}"
            head = PLAIN_HEAD.match(text)
            if head:
                after = f"{indent_of(text)}{plain_head(head)} {mark(text)}"
            if not stands(after):
                after = f"{indent_of(text)}{mark(text)}"
        self._put(line.first, line.last, after)

    def _compound(self, block: Block, text: str) -> None:
        """A statement with a block: its head, and what parses inside."""
        for part in (block, *block.clauses):
            self._head(part)
            inside = [item for item in part.body if item.indent == part.body[0].indent]
            for item in inside:
                self._draw(item)
            if not inside:
                line = part.head[-1]
                self.made[line.first - 1] += " pass"
        if not stands(self._made(block)):
            self._put(block.first, block.last, self._cut(text))

    def _made(self, block: Block) -> str:
        return "\n".join(self.made[block.first - 1 : block.last])

    def _cut(self, text: str) -> str:
        """A function or class by its name alone, anything else by a mark."""
        lines = text.split("\n")
        for at, line in enumerate(lines):
            head = PLAIN_HEAD.match(line)
            if head and all(not item.strip() for item in lines[:at]):
                return "\n" * at + f"{indent_of(line)}{plain_head(head)} {mark(text)}"
        return indent_of(text) + mark(text)

    def _head(self, block: Block) -> None:
        """Decorators and head of a statement, each as it is, mended, or as a stand-in."""
        for line in block.head:
            text = self._text(line.first, line.last)
            if is_head(text, line.words[0]):
                self._put(line.first, line.last, text)
                continue
            after, needs = mended(text, partial(is_head, word=line.words[0]))
            self.versions.add(needs)
            self._put(line.first, line.last, after or stand_in(text, line))


def stands(text: str) -> bool:
    """Whether some statements parse by themselves."""
    return _parsed(f"if 1:\n{text}" if text[:1] in {" ", "\t", "\f"} else text) is not None


def is_head(text: str, word: str) -> bool:
    """Whether the head of a block parses."""
    indent = indent_of(text)
    flat = text[len(indent) :]
    before, after = AROUND.get(word, ("{}\n{}pass", ""))
    if word == "case":
        flat = " " + flat
    return _parsed(before.format(flat, "    ") + after) is not None


def stand_in(text: str, line: Line) -> str:
    """What stands for a head that does not parse; nothing for a decorator."""
    named, words = PLAIN_HEAD.match(text), line.words
    if named:
        return indent_of(text) + plain_head(named)
    if words[0] == "@":
        return ""
    is_async = words[0] == "async" and len(words) > 1
    found = STAND_INS.get(words[1] if is_async else words[0], "")
    if not found:
        found = f"{words[0]}:" if words[0] in CLAUSES else "if True:"
    return indent_of(text) + found


def plain_head(match: re.Match[str]) -> str:
    """A function or class by its name alone."""
    return f"def {match[2]}(*args, **kwargs):" if match[1] == "def" else f"class {match[2]}:"


def indent_of(text: str) -> str:
    """The spaces that a text begins with."""
    found = SPACES.match(text)
    return found[0] if found else ""


def mark(text: str) -> str:
    """A text of bytes that stands for code which could not be read, another for another code."""
    return f'b"{hashlib.sha1(text.strip().encode(), usedforsecurity=False).hexdigest()[:12]}"'
