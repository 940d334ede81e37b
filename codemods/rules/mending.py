"""Takes remarks out that ignore nothing: the one finding whose mending changes no declaration."""

import ast
from collections.abc import Collection, Mapping

from codemods.inventory.trees import parsed
from codemods.inventory.values import ParseError
from codemods.rules.remarks import Remark, remarks_of


def without_unused(path: str, data: bytes, unused: Mapping[int, Collection[str]]) -> bytes:
    """A file without the words of remarks that ignore nothing, which are given by line.

    It comes back as it was where more than remarks would change. A remark with another behind it
    (`# noqa`) stays: what of it the other needs is not known.
    """
    lines = data.splitlines(keepends=True)
    for item in remarks_of(path, data):
        if item.line in unused and "#" not in item.text[1:]:
            lines[item.line - 1] = _shorter(lines[item.line - 1], item, unused[item.line])
    after = b"".join(lines)
    return after if _same(data, after) else data


def _shorter(line: bytes, item: Remark, unused: Collection[str]) -> bytes:
    bare = line.rstrip(b"\r\n")
    tails = [item.text.encode(coding, "replace") for coding in ("utf-8", "latin-1")]
    tail = next((tail for tail in tails if bare.endswith(tail)), b"")
    head, end = bare[: len(bare) - len(tail)], line[len(bare) :]
    left = [word for word in item.codes if word not in unused]
    if not tail:
        return line
    if left:
        opened, _, rest = tail.partition(b"[")
        return b"%s%s[%s]%s%s" % (
            head, opened, ", ".join(left).encode(), rest.partition(b"]")[2], end,
        )  # fmt: skip
    code = head.rstrip()
    return code + end if code else b""


def _same(before: bytes, after: bytes) -> bool:
    first, second = (parsed(data) for data in (before, after))
    if isinstance(first, ParseError) or isinstance(second, ParseError):
        return False
    return ast.dump(first) == ast.dump(second)
