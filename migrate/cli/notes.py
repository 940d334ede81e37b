"""How a note is written on one line."""

from codemods.values import Note


def note_line(note: Note) -> str:
    """One note on one line, as compilers write theirs."""
    return f"{note.path}:{note.line}: {note.code}: {note.message}"
