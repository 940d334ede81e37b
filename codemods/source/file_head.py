"""The head of a file: the comments above its code that belong to the file and to no statement."""

import ast

from codemods.source.comments import is_for_linters, is_licence
from codemods.source.imports import ImportNode
from codemods.source.text import Source


def head_lines(source: Source) -> int:
    """The lines of the comments that a file begins with and that belong to no statement below them."""
    body = source.tree.body
    if not body:
        return _lines_together(source)
    code = _first_line(body[0]) - 1
    last = code
    while last and not source.lines[last - 1].strip():
        last -= 1
    if last < code or isinstance(body[0], ImportNode):
        return last
    # The lowest comments touch a statement, which they are about.
    while last and source.lines[last - 1].strip() and not is_for_tools(source, last):
        last -= 1
    while last and not source.lines[last - 1].strip():
        last -= 1
    return last


def _lines_together(source: Source) -> int:
    """The lines from the first on that no more than one blank line parts: what a file without code begins with."""
    lines = [line.strip() for line in source.lines]
    last = below_licence(source, 0)
    while last < len(lines) and (lines[last] or (last and lines[last - 1])):
        last += 1
    while last and not lines[last - 1]:
        last -= 1
    return last


def below_licence(source: Source, line: int) -> int:
    """The line below a comment that follows and says whose the file is, else this one."""
    found = line
    while found < len(source.lines) and not source.lines[found].strip():
        found += 1
    start = found
    while found < len(source.lines) and source.lines[found].startswith(b"#"):
        found += 1
    text = b"".join(source.lines[start:found]).decode()
    is_apart = found == len(source.lines) or not source.lines[found].strip()
    return found if is_apart and is_licence(text) else line


def below_remarks(source: Source, line: int) -> int:
    """The line below comments that follow and tell linters of the whole file, else this one."""
    found = line
    while found < len(source.lines):
        text = source.lines[found].decode().rstrip()
        if text and not is_for_linters(text):
            break
        found += 1
        line = found if text else line
    return line


def is_for_tools(source: Source, line: int) -> bool:
    """Whether a comment is the first line of a program or names the encoding."""
    text = source.lines[line - 1]
    return line < 3 and (text.startswith(b"#!") or b"coding" in text)


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(item.lineno for item in decorators)])
