"""Notes as a person reads them: by what can be done, one cause once, nothing cut in a word."""

from io import StringIO

import pytest
from rich.console import Console

from codemods.values import Note
from reports.notes import NotesTable, notes_text, shortened, urgent_first

NEVER = "no worker loads these modules"


def never(path: str, line: int) -> Note:
    return Note(path, line, "never-loaded", f"{path} {line}", NEVER)


def page(notes: list[Note], width: int = 100) -> list[str]:
    stream = StringIO()
    Console(file=stream, width=width, no_color=True, highlight=False).print(
        NotesTable(tuple(notes))
    )
    return [line.rstrip() for line in stream.getvalue().splitlines()]


ORPHAN = Note("shop/celery.py", 48, "orphan", 'no task is named "x"')
BROKEN = Note("old/a.py", 3, "unparsed", "invalid syntax")
MANY = [never(f"orders/never{number % 6}.py", number) for number in range(47)]


def test_notes_of_one_cause_are_one_line_with_the_first_place() -> None:
    assert page(MANY) == [
        "notes (47)",
        "  load or delete  47 tasks in 6 files that no worker loads: orders/never0.py, …",
        "  each of them: migrate plan --notes, or one kind: --notes CODE",
    ]


def test_what_asks_for_something_comes_first() -> None:
    lines = page([BROKEN, *MANY, ORPHAN])
    assert [line[2:16].strip() for line in lines[1:-1]] == [
        "mend schedules",
        "load or delete",
        "make readable",
    ]
    assert lines[1].endswith("1 beat entry with a task that doesn't exist: shop/celery.py:48")
    assert urgent_first([BROKEN, ORPHAN]) == [ORPHAN, BROKEN]


def test_two_kinds_for_which_one_thing_can_be_done_share_a_line() -> None:
    overridden = Note("shop/settings.py", 3, "schedule-overridden", "not in force")
    beside = [ORPHAN, overridden, Note("shop/b.py", 4, "orphan", "none")]
    text = "2 beat entries in 2 files with a task that doesn't exist, 1 beat schedule replaced by another: shop/b.py:4, …"
    assert page(beside, 140)[1] == f"  mend schedules  {text}"
    assert page(beside, 100)[1].endswith("exist, 1 other: shop/b.py:4, …")
    computed = Note("shop/c.py", 4, "beat-name", "computed")
    assert "exist, 2 others: shop/b.py:4, …" in page([*beside, computed], 140)[1]


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_word_is_cut_and_file_names_are_whole(width: int) -> None:
    folder = "a_long_folder_of_a_project/with_another_one_in_it/and_one_more_below"
    notes = [Note(f"{folder}/file_{n}.py", n, code, "x") for n, code in enumerate(["orphan", "beat-name", "never-loaded", "task-stays", "unparsed", "patch-unread"], 1)]  # fmt: skip
    lines = page(notes, width)
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    assert [word for word in words if ".py" in word and not word.startswith(("a_long", "…/"))] == []
    assert sum(f"/file_{n}.py:{n}" in "\n".join(lines) for n in range(1, 7)) == 5


def test_a_path_keeps_its_file_name() -> None:
    assert shortened("a/b/c.py:3", 20) == "a/b/c.py:3"
    assert shortened("a/b/c.py:3", 9) == "…/c.py:3"
    assert shortened("a/b/c.py:3", 1) == "…/c.py:3"
    assert shortened("long_name.py", 3) == "long_name.py"


def test_every_note_is_listed_under_its_code() -> None:
    patches = [Note("tests/a.py", line, "patch-unread", "patch of x") for line in (3, 9)]
    assert notes_text([BROKEN, *patches, never("b.py", 2), never("a.py", 7), ORPHAN]).splitlines() == [
        "patch-unread: 2 patches that may no longer have an effect; run the test, and patch the module that reads the name",
        "  patch of x (tests/a.py: 3, 9)",
        "",
        "orphan: 1 beat entry with a task that doesn't exist; write the right name in the entry, or delete the entry",
        '  shop/celery.py:48: no task is named "x"',
        "",
        "never-loaded: 2 tasks in 2 files that no worker loads; name the module in the app's include=[...] or in autodiscover_tasks([...]), or delete it",
        "  no worker loads these modules (a.py: 7; b.py: 2)",
        "",
        'unparsed: 1 file that can\'t be read as Python; correct it, or leave it out: exclude = ["path"] in [tool.migrate]',
        "  old/a.py:3: invalid syntax",
    ]  # fmt: skip


def test_notes_of_whole_files_are_listed_by_their_files() -> None:
    notes = [Note(path, 0, "runtime-lock", "make this again") for path in ("a.lock", "b.lock")]
    assert notes_text(notes).splitlines()[1] == "  make this again (a.lock; b.lock)"


def test_a_code_without_a_row_is_still_shown() -> None:
    assert page([Note("a.py", 1, "brand-new", "x")])[1] == (
        "  edit by hand  1 note of the kind brand-new: a.py:1"
    )
