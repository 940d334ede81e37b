"""Tables and graphs of Markdown from any text: nothing that a repository says can end a cell or a label."""

import re
from collections.abc import Iterable, Iterator

from codemods.notes.visible import visible

EDGE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
"""A `_` that is not inside a word: only there it may begin or end what is slanted."""


def table(heads: Iterable[str], rows: Iterable[Iterable[object]], marks: str) -> Iterator[str]:
    """The lines of a table; `marks` has for each column `l`, or `r` for one of numbers."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---:' if mark == 'r' else '---' for mark in marks)}|"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def cell(text: str) -> str:
    """A text as it stands in a cell, with nothing in it that Markdown or HTML reads as a mark."""
    shown = visible(text).replace("\\", "\\\\")
    for mark in "|`*[]~":
        shown = shown.replace(mark, f"\\{mark}")
    shown = EDGE.sub(r"\\_", shown)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace("@", "&#64;")


def code(text: str) -> str:
    """A name, path or piece of code in a cell; one that could end its quotes is told as a plain text."""
    shown = visible(text)
    if "`" in shown or not shown.strip():
        return cell(text)
    quoted = shown.replace("|", "\\|")
    return f"`{quoted}`"


def label(text: str) -> str:
    """A text as a label of a mermaid graph: whatever is no letter, digit or plain mark is told by number."""
    kept = (c if c.isalnum() or c in " ._/-," else f"#{ord(c)};" for c in visible(text))
    return '"' + "".join(kept) + '"'
