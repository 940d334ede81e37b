"""The comments of files before and after: none may be lost but where a decision says so."""

import io
import tokenize
from collections import Counter
from collections.abc import Iterable

from codemods.values import Change
from migrate.proof.differences import Declared


def lost_comments(changes: Iterable[Change], declared: Declared) -> list[tuple[str, int, str]]:
    """Comments of the old files that the new ones have fewer of, but for those on declared lines."""
    every = list(changes)
    kept = Counter(text for change in every for _, text in comments(change.after or b""))
    old = [
        (line in declared.get(change.path, set()), change.path, line, text)
        for change in every
        for line, text in comments(change.before or b"")
    ]
    lost: list[tuple[str, int, str]] = []
    # Equal comments can't be distinguished, so those that may go are counted as gone first.
    for allowed, path, line, text in sorted(old):
        if kept[text] > 0:
            kept[text] -= 1
        elif not allowed:
            lost.append((path, line, text))
    return sorted(lost)


def comments(data: bytes) -> list[tuple[int, str]]:
    """Every comment of a file with its line."""
    try:
        tokens = list(tokenize.tokenize(io.BytesIO(data).readline))
    except (tokenize.TokenError, SyntaxError, UnicodeDecodeError):
        return []
    return [(t.start[0], t.string) for t in tokens if t.type == tokenize.COMMENT]
