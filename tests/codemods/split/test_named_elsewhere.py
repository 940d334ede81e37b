"""Texts that name a god file by its path are told of: nothing in them follows."""

import pytest

from tests.codemods.split.god_file import EMAIL, IMPORTS, REPORT, split

TEXT = "1\n{}orders/tasks.py{}\n"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("README.md", TEXT.format("see `", "`"), True),
        (".mypy-baseline.txt", TEXT.format("", ": 12: error"), True),
        ("pyrefly-baseline.json", TEXT.format('"', '"'), True),
        ("CODEOWNERS", TEXT.format("/", " @me"), True),
        ("CODEOWNERS", TEXT.format("", " @me"), True),
        ("README.md", TEXT.format("[send_email](/", ")"), True),
        ("README.md", TEXT.format("shop/", ""), False),
        ("setup.cfg", TEXT.format("./", ":E501"), True),
        ("shop/config.py", TEXT.format("# ", " has these"), True),
        ("shop/config.py", 'A = 1\nX = "orders/tasks.py"\n', False),
        ("README.md", TEXT.format("my", ""), False),
        ("README.md", TEXT.format("", "/more"), False),
        ("data.json", TEXT.format('"', '"'), False),
    ],
)
def test_where_the_path_stands(path: str, text: str, told: bool) -> None:
    found = split(IMPORTS + EMAIL + "\n\n" + REPORT, {path: text})
    notes = [note.message for note in found.notes if note.code == "named-elsewhere"]
    assert notes == (
        [f"'{path}' line 2 names this file: look whether what is meant there has left it"]
        if told
        else []
    )


def test_many_are_counted() -> None:
    more: dict[str, str | bytes] = {f"docs/{n}.md": "orders/tasks.py\n" for n in range(6)}
    found = split(IMPORTS + EMAIL + "\n\n" + REPORT, more)
    (note,) = (note for note in found.notes if note.code == "named-elsewhere")
    assert "'docs/3.md' line 1 and 2 more name this file" in note.message


def test_nothing_is_told_where_nothing_moves() -> None:
    found = split(IMPORTS + EMAIL.replace("send_email", "wave"), {"README.md": "orders/tasks.py\n"})
    assert [note for note in found.notes if note.code == "named-elsewhere"] == []
