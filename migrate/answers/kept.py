"""Answers kept beside the repository, each with a digest of what it hangs on and of itself."""

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from migrate.answers.ground import NOTES, Ground
from migrate.answers.question import Question

FOLDER = "answers"
MOST = 16
"""Answers kept for one repository; the oldest go first."""
LONGEST = 20_000_000
"""Characters beyond which an answer is not kept."""


class Basis(NamedTuple):
    """What an answer was worked out from: a commit, what was looked at in its files, the trees planned on top."""

    commit: str
    paths: list[str]
    searches: list[tuple[list[str], list[str]]]
    """Texts and patterns that were looked for."""
    words: list[list[str]]
    trees: list[str]


class Answer(NamedTuple):
    """What a command printed, its exit code, the notes that it wrote, and what it was worked out from, if known."""

    out: str
    err: str
    code: int
    notes: str = ""
    basis: Basis | None = None


def recalled(asked: Question, on: Ground) -> Answer | None:
    """The answer kept for a question, if it hangs on just this; one that was damaged is none."""
    found = last(asked, on)
    return found[1] if found is not None and found[0] == on.head else None


def last(asked: Question, on: Ground) -> tuple[str, Answer] | None:
    """The answer last kept for a question with the ground that it hung on, if it was not damaged."""
    try:
        head, _, body = _path(asked, on).read_bytes().partition(b"\n")
        ground, _, digest = head.decode().rpartition(" ")
        if digest != _digest(body):
            return None
        out, err, code, notes, basis = json.loads(body)
        known = Basis(*basis) if basis is not None else None
        return ground, Answer(out, err, code, notes, known)
    except (OSError, ValueError, TypeError):
        return None


def keep(asked: Question, on: Ground, answer: Answer) -> None:
    """Keeps an answer; does without where nothing can be written, or something of ours is a link."""
    from migrate.errors import MigrateError
    from migrate.writing import write_own

    if len(answer.out) + len(answer.err) > LONGEST:
        return
    body = json.dumps(answer).encode()
    head = f"{on.head} {_digest(body)}\n".encode()
    path = _path(asked, on)
    with suppress(MigrateError, OSError):
        write_own(path.parent, {path.name: head + body}, on.place.parent)
        _forget_oldest(path.parent)


def notes_of(asked: Question, on: Ground) -> str:
    """The notes that `apply` has left; other verbs leave none."""
    path = on.own / NOTES
    if asked.verb != "apply" or not path.is_file() or path.is_symlink():
        return ""
    with suppress(OSError, UnicodeDecodeError):
        return path.read_text()
    return ""


def write_notes(on: Ground, notes: str) -> bool:
    """Leaves the notes of an answer as its verb would; whether that could be done."""
    from migrate.errors import MigrateError
    from migrate.writing import write_own

    if not notes or notes_of(Question("apply", on.own, ()), on) == notes:
        return True
    try:
        write_own(on.own, {".gitignore": b"*\n", NOTES: notes.encode()}, on.own.parent)
    except (MigrateError, OSError):
        return False
    return True


def _path(asked: Question, on: Ground) -> Path:
    """One file a command line and place; an answer on newer ground takes the old one's place."""
    words = "\0".join((asked.verb, *asked.words, os.fspath(asked.folder), os.getcwd()))  # noqa: PTH109
    name = hashlib.sha256(os.fsencode(words)).hexdigest()[:24]
    return on.place / FOLDER / f"{name}.json"


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _forget_oldest(folder: Path) -> None:
    found = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    for path in found[:-MOST]:
        path.unlink(missing_ok=True)
