"""Writes docs/notes.md anew from the table of codes: python -m tests.write_notes_page."""

from pathlib import Path

from codemods.notes.codes import GROUPS, TABLE, Code

PAGE = Path(__file__).parents[1] / "docs" / "notes.md"
HEAD = """\
# Notes

What `migrate` sees in your code and you should know. The page of `migrate plan` counts them by what you can
do; `migrate plan --notes` shows each with its place, `migrate plan --notes CODE` those of one kind, and
`migrate explain CODE` says what is written here. `.migrate/notes.txt` has the notes of the last
`migrate apply`. In all of them comes first what asks for something; the kinds marked "tells" only say how
things are.
"""
COLUMNS = "\n| code | what it means | what you can do |\n|---|---|---|\n"


def page() -> str:
    """The page: a table for each thing that a person can do."""
    parts = [HEAD]
    for group in GROUPS:
        rows = [code for code in TABLE if code.group == group and not code.rule]
        if rows:
            parts.append(f"\n## {group.capitalize()}\n{COLUMNS}{''.join(map(row, rows))}")
    return "".join(parts)


def row(code: Code) -> str:
    """One code as a row of its table."""
    told = "" if code.asks else " (tells)"
    return f"| `{code.name}`{told} | {plain(code.means)} | {plain(code.do) or '-'} |\n"


def plain(text: str) -> str:
    """Text in which Markdown sees no links or markup."""
    return text.replace("[", "\\[").replace("_", "\\_").replace("*", "\\*").replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
