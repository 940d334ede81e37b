"""What the docstring of a new file says of it: its name in words, spelled as the code that came spells them."""

import re
from collections import Counter

SHARED = "Helpers that several files of tasks share."
ACTING = "What the files of tasks need to have run."
RARE = 3
"""A spelling counts that is at least one of so many."""
SPELLED = r"(?<![A-Za-z_0-9]){}(?![a-z_0-9])"
"""A word, or the beginning of one in CamelCase; no part of a constant's name."""


def title_of(target: str, code: str, *, acts: bool) -> str:
    """The first line of a file's docstring; `code` is that of its old file, `acts` says that nothing is defined there."""
    *_, folder, file = ["", *target.split("/")]
    name = file.removesuffix(".py")
    if name == "shared" or name.endswith(("_shared", "_helpers")):
        return ACTING if acts else SHARED
    words = " ".join(spelled(word, code) for word in name.split("_") if word)
    title = words[:1].upper() + words[1:]
    return f"{title} tasks." if folder == "tasks" and "asks" not in title else f"{title}."


def spelled(word: str, code: str) -> str:
    """A word as the code mostly writes it where it gives it capitals: `SMS`, `OpenScanHub`; else as it is."""
    found: Counter[str] = Counter(re.findall(SPELLED.format(re.escape(word)), code, re.IGNORECASE))
    proper = {text: count for text, count in found.items() if text[1:] != text[1:].lower()}
    if sum(proper.values()) < sum(found.values()) / RARE or not proper:
        return word
    return max(proper, key=lambda text: (proper[text], text))
