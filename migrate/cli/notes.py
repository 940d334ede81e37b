"""How a note is written on one line."""

from codemods.values import Note
from codemods.visible import visible


def note_line(note: Note) -> str:
    """One note on one line, as compilers write theirs."""
    return visible(f"{note.path}:{note.line}: {note.code}: {note.message}")
