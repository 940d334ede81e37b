"""Text of a repository as it may be shown and committed: control characters are made visible.

A name such as "\\x1b]0;title\\x07" would speak to the terminal; "\\u202e" would turn a line round.
"""

import re

HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, marks that turn or hide text, line ends beside the usual ones, and halves of characters."""
IN_LINES = re.compile(f"(?!\t|\n|\r\n){HIDDEN.pattern}")


def visible(text: str) -> str:
    """One line: every character that acts instead of being seen is written as an escape."""
    return text if text.isprintable() else HIDDEN.sub(_escape, text)


def visible_lines(text: str) -> str:
    """Several lines: tabs and line ends stay, the rest is as in one line."""
    return text if text.isprintable() else IN_LINES.sub(_escape, text)


def json_escaped(text: str) -> str:
    """JSON with the same characters as JSON's own escapes, which stand inside of its texts only."""
    return IN_LINES.sub(_json_escape, text)


def toml_escaped(text: str) -> str:
    """TOML, all of whose texts stand in double quotes, with the same characters as its own escapes."""
    return IN_LINES.sub(lambda found: f"\\U{ord(found[0]):08x}", text)


def _escape(found: re.Match[str]) -> str:
    number = ord(found[0])
    if 0xDC80 <= number <= 0xDCFF:
        # A byte of a path that is not UTF-8.
        number -= 0xDC00
    if number > 0xFFFF:
        return f"\\U{number:08x}"
    return f"\\u{number:04x}" if number > 0xFF else f"\\x{number:02x}"


def _json_escape(found: re.Match[str]) -> str:
    data = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{data[at : at + 4]}" for at in range(0, len(data), 4))
