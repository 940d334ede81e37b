"""Texts with placeholders as Python 3.12 reads them: quotes, backslashes and lines inside `{}`."""

import ast
import re
from collections.abc import Iterator

STRING = re.compile(r"(?<!\w)([A-Za-z]{0,2})(\"\"\"|'''|\"|')")
FORMATTED = re.compile(r"^(r?[ft]|[ft]r)$", re.IGNORECASE)

UNREAD = "__unread__"
"""A name that nothing binds, so that the text's value stays unknown."""


def literals(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and prefix of every string in some code, those inside others left out."""
    at = 0
    while at < len(text):
        match = STRING.match(text, at)
        if match:
            end = _end(text, match)
            yield at, end, match[1]
            at = end
        elif text[at] == "#":
            at = _line_end(text, at)
        else:
            at += 1


def plain_texts(text: str) -> tuple[str, str]:
    """The code with a stand-in for each text that this Python can't read, and the version it needs."""
    parts, at, needs = list[str](), 0, ""
    for start, end, prefix in literals(text):
        if not FORMATTED.match(prefix) or _parses(text[start:end]):
            continue
        is_template = "t" in prefix.lower()
        needs = max(needs, "3.14" if is_template else "3.12")
        lines = text.count("\n", start, end)
        quote = '"""' if lines else '"'
        parts.extend((text[at:start], f"f{quote}{{{UNREAD}}}", "\n" * lines, quote))
        at = end
    return "".join([*parts, text[at:]]), needs


def _parses(literal: str) -> bool:
    try:
        ast.parse(literal, mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _end(text: str, match: re.Match[str]) -> int:
    """Where a string ends that begins with this prefix and quote."""
    at, quote, formatted = match.end(), match[2], FORMATTED.match(match[1])
    while at < len(text):
        if text.startswith(quote, at):
            return at + len(quote)
        if text[at] == "\\" or (formatted and text.startswith("{{", at)):
            at += 2
        elif formatted and text[at] == "{":
            at = _field_end(text, at + 1)
        elif text[at] == "\n" and len(quote) == 1:
            return at
        else:
            at += 1
    return len(text)


def _field_end(text: str, at: int) -> int:
    """Where a placeholder ends, behind its brace."""
    depth, in_format = 0, False
    while at < len(text):
        match = None if in_format else STRING.match(text, at)
        if match:
            at = _end(text, match)
            continue
        letter = text[at]
        if letter == "#" and not in_format:
            at = _line_end(text, at)
            continue
        if letter == "{" and in_format:
            at = _field_end(text, at + 1)
            continue
        if letter == "}" and not depth:
            return at + 1
        if letter == ":" and not depth:
            in_format = True
        depth += (letter in "([{") - (letter in ")]}") if not in_format else 0
        at += 1
    return len(text)
