"""One file that does not parse here, as far as it can be read: its tree, by whom, and in which words."""

import ast
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec import Struct

from codemods.inventory.foreign.repairs import BEFORE_ASYNC, OLDER
from codemods.inventory.values import ParseError

OURS = f"{sys.version_info.major}.{sys.version_info.minor}"

NAMES = "async and await are keywords since Python 3.7"

INTERPRETER, HEADERS, NOT = "interpreter", "headers", "not"
"""How a file that does not parse here was read."""


class Foreign(Struct, frozen=True):
    """A file's tree and what there is to say of how it was read."""

    tree: ast.Module
    error: ParseError


Trees = Callable[[str, bytes], ast.Module | None]
"""The tree of one file that another Python has read; `None` where there is none."""

ForeignReader = Callable[[Mapping[str, bytes]], Mapping[str, Foreign]]


def by_headers(data: bytes, error: ParseError) -> Foreign | None:
    """A file read without a Python that parses it; `None` if nothing of it can be read."""
    # Most projects have no such file, and parso takes a while to import.
    from codemods.inventory.foreign.skeleton import skeleton

    found = skeleton(data)
    if found is None:
        return None
    if not found.needs:
        return Foreign(found.tree, ParseError(error.line, error.message, "", HEADERS))
    if found.needs in OLDER:
        reason = NAMES if found.needs == BEFORE_ASYNC else error.message
        why = f"is written for {OLDER[found.needs]} ({reason}): read as far as its headers tell, never edited"
    else:
        why = f"{needs_words(found.needs)}: read without it, as far as its headers tell: install the tool with Python {found.needs}"
    return Foreign(found.tree, ParseError(error.line, why, found.needs, HEADERS))


def by_interpreter(tree: ast.Module, needs: str, version: str, path: str, line: int) -> Foreign:
    """A file that the interpreter of this version, at this path, has parsed."""
    known = needs if needs and newer(version, needs) else version
    why = f"{needs_words(known)}: read by {path}"
    return Foreign(tree, ParseError(line, why, known, INTERPRETER, f"python{version}"))


def newer(version: str, needs: str) -> bool:
    """Whether a Python of this version reads what needs that one."""
    return _numbers(version) >= _numbers(needs)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def needs_words(needs: str) -> str:
    """What a file needs, and what this Python is."""
    return f"needs Python {needs} to be read; this is {OURS}"


@lru_cache(maxsize=32)
def headers_tree(data: bytes) -> ast.Module | None:
    """The tree of what can be read of a file without another Python."""
    found = by_headers(data, ParseError(0, ""))
    return found.tree if found is not None else None


def why_unread(error: ParseError) -> str:
    """What keeps this Python from reading a file, as the end of a sentence about it."""
    if error.needs in OLDER:
        return f"is written for {OLDER[error.needs]}"
    if error.needs:
        return f"needs Python {error.needs}, and this is {OURS}"
    return f"does not parse ({error.message})"
