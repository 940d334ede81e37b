"""Which command lines always get the same answer where nothing has changed."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

KEPT = {
    "plan": frozenset({"--json", "--check", "--accept", "--diff", "--notes", "--all"}),
    "status": frozenset({"--json"}),
    "apply": frozenset({"--json", "--accept", "--through-gates"}),
    "report": frozenset({"--json", "--history", "--every", "--format", "--kind"}),
}
"""The verbs with the options that they are asked again with; with any other they work it out again."""


class Question(NamedTuple):
    """A command line that may have an answer: its verb, the folder it is about, its other words."""

    verb: str
    folder: Path
    words: tuple[str, ...]


def question(words: Sequence[str]) -> Question | None:
    """The question that a command line asks; `None` where it is to be worked out each time."""
    folder, rest = ".", list[str]()
    left = iter(words)
    for word in left:
        flag, sign, value = word.partition("=")
        if word in {"-C", "--project"}:
            folder = next(left, "")
        elif flag == "--project" and sign:
            folder = value
        elif word.startswith("-C"):
            folder = word[2:]
        else:
            rest.append(word)
    if not rest or not folder or rest[0] not in KEPT:
        return None
    verb, *others = rest
    known = all(_known(word, verb) for word in others)
    return Question(verb, Path(folder), tuple(others)) if known else None


def _known(word: str, verb: str) -> bool:
    """Whether a word asks for nothing but what hangs on the project; kinds of notes are plain words."""
    return not word.startswith("-") or word.partition("=")[0] in KEPT[verb]
