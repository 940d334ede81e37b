"""What is printed fits where it goes, and says what is wrong in words."""

from pathlib import Path

import pytest

from tests.command import Terminal, make_repository
from tests.migrate.test_json import FILES


@pytest.fixture
def shop(here: Path) -> Path:
    return make_repository(here, FILES)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[tool.migrate.targets]\ngod_file_lines = 'x'", "2: targets.god_file_lines must be a whole number, and is a text in quotes"),
        ("[tool.migrate]\ngod_files = 'x.py'", "2: god_files must be a list in brackets, and is a text in quotes"),
        ("[tool.migrate]\ngod_files = ['x.py', 3]", "2: god_files, entry 2 must be a text in quotes, and is a whole number"),
        ("[tool.migrate.domains.mail]\nfile = true", "2: domains.<name>.file must be a text in quotes, and is true or false"),
        ("[tool.migrate]\ntargets = 3", "2: targets must be a table, and is a whole number"),
        ("[tool.migrate]\nload_app = 1979-05-27", "2: load_app must be true or false, and is a date"),
        ("[[tool.migrate.codemods]]\nlibcst = 'a.py:A'", '1: codemods, entry 1 has no "name"'),
    ],
)  # fmt: skip
def test_configuration_of_a_wrong_type(
    table: str, words: str, shop: Path, migrate: Terminal
) -> None:
    (shop / "pyproject.toml").write_text(table + "\n")
    assert migrate("plan", code=2).err == f"migrate: pyproject.toml:{words}\n"


def test_a_folder_outside_git_is_named(here: Path, migrate: Terminal) -> None:
    assert f"'{here.resolve()}' is not in a git repository" in migrate("plan", code=2).err


@pytest.mark.parametrize("columns", ["60", "80", "100"])
def test_pipes_are_as_wide_as_columns_says(
    columns: str, shop: Path, migrate: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for words in (["plan"], ["apply"], ["report"], ["status"], ["verify"], ["explain", "split"]):
        lines = migrate(*words).out.splitlines()
        assert lines
        assert [line for line in lines if len(line) > int(columns) or line.endswith(" ")] == []


def test_a_written_report_ends_no_line_with_spaces(shop: Path, migrate: Terminal) -> None:
    migrate("report", "--out", "report.txt")
    lines = (shop / "report.txt").read_text().splitlines()
    assert lines
    assert [line for line in lines if line.endswith(" ")] == []
