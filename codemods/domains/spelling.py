"""The words of a file's names as they are written: apart or in one, in the singular or the plural."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from codemods.domains.words import EMPTY, singular


class Spelling:
    """How a file spells the words of its tasks' names, of all names that it binds."""

    def __init__(self, names: Sequence[str], bound: Iterable[str]) -> None:
        self.names = names
        self.written = Counter(word for name in bound for word in _spelled(name))
        """How often the names that the file binds have each word, as it is written there."""

    def of(self, name: str) -> list[str]:
        """All words of a name, each as the others have it: `mailbox` as `mail box`, `sub task` as `subtask`.

        Two are made one only if one of them says nothing by itself.
        """
        found: list[str] = []
        for word in _spelled(name):
            pair = (found[-1] if found else "", word)
            if not EMPTY.isdisjoint(pair) and pair in self._pairs.values():
                found[-1] += word
                continue
            parts = self._pairs.get(word, (word,))
            found.extend(parts if EMPTY.isdisjoint(parts) else (word,))
        return found

    @cached_property
    def _pairs(self) -> dict[str, tuple[str, str]]:
        """By two words written as one, the two, of which another name of the file has both."""
        names = [_spelled(name) for name in self.names]
        known = {word for words in names for word in words}
        pairs = sorted({pair for words in names for pair in pairwise(words)})
        return {"".join(pair): pair for pair in pairs if "".join(pair) in known}

    def form(self, word: str) -> str:
        """A word in the form that the file writes: `stats`, if it nowhere writes `stat`."""
        forms = {form: n for form, n in self.written.items() if singular(form) == word}
        return (
            word if word in forms or not forms else max(forms, key=lambda form: (forms[form], form))
        )


def _spelled(name: str) -> list[str]:
    """The words of an identifier in lower case."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name)
    return re.findall(r"[a-z]+", spaced.lower())
