"""How notes are written on lines, and which of them are asked for."""

import sys

from codemods.notes.codes import KINDS, near_codes
from codemods.notes.visible import visible
from codemods.values import Note
from migrate.errors import UsageError
from reports.notes import notes_page, notes_text
from reports.words import either


def note_line(note: Note) -> str:
    """One note on one line, as compilers write theirs."""
    return visible(f"{note.path}:{note.line}: {note.code}: {note.message}")


def check_code(code: str, *, notes: bool) -> None:
    """Raises `UsageError` for a kind of note that there is not, or one without `--notes`."""
    if code not in KINDS:
        raise UsageError(f"there is no kind of note '{code}'. {near(code)}")
    if not notes:
        raise UsageError(f"a kind of note is shown with --notes: migrate plan --notes {code}")


def near(word: str) -> str:
    """The kinds of notes that a word may stand for, and where to find the others."""
    found = near_codes(word)
    meant = f"Did you mean {either(found)}? " if found else ""
    return f"{meant}Those that there are here: migrate plan --notes; all kinds: migrate explain"


def listed(notes: list[Note], code: str) -> str:
    """Every note by what caused it; of one kind each note in full, one a line."""
    if not code:
        text = notes_page(notes) if sys.stdout.isatty() else notes_text(notes)
        return text or "no notes"
    lines = [note_line(note) for note in notes if note.code == code]
    return "\n".join(lines) or f"no notes of the kind {code}"
