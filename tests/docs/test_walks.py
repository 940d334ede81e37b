"""Pages that walk through a migration are true: their commands run, and print what the pages show."""

from pathlib import Path

import pytest

from tests.docs.transcript import rewritten, same, shortened
from tests.docs.write_walks import PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_its_commands_print_what_it_shows(tmp_path: Path, page: Path) -> None:
    shown = page.read_text("utf-8")
    made = rewritten(shown, tmp_path)
    assert same(made, shown), f"python -m tests.docs.write_walks\n{made}"


BLOCK = "```console\n$ mkdir shop\n$ cd shop\n$ seq 9\n{}```\n"


@pytest.mark.parametrize(
    ("shown", "made"),
    [
        ("0\n...\n", "1\n...\n"),
        ("1\n...\n5\n6\n...\n8\n9\n", None),
        ("...\n5\n5\n...\n", "...\n5\n6\n...\n"),
        ("", "1\n2\n3\n4\n5\n6\n7\n8\n9\n"),
    ],
    ids=["first", "true", "middle", "empty"],
)
def test_what_is_no_longer_true_is_written_anew(
    tmp_path: Path, shown: str, made: str | None
) -> None:
    page = BLOCK.format(shown)
    found = rewritten(page, tmp_path)
    assert found == BLOCK.format(shown if made is None else made)
    assert same(found, page) == (made is None)


def test_another_exit_code_is_seen(tmp_path: Path) -> None:
    page = "```console\n$ (exit 3)  # exit 3\n$ (exit 3)  # exit 4\n```\n"
    with pytest.raises(AssertionError, match="exit 4"):
        rewritten(page, tmp_path)


def test_a_part_that_nothing_prints_any_more_is_seen() -> None:
    with pytest.raises(AssertionError, match="'7'"):
        shortened(["...", "7", "..."], ["1", "2"])


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("at 159b344 in 0.4 s", "at 3eeaeb6 in 12.4 s", True),
        ("names 62f2e22   9 files  1.2 s", "names 3eeaeb6   8 files  1.2 s", False),
        ("2026-01-02 split", "2027-12-31 split", True),
        ("decided", "defaced", False),
    ],
)
def test_only_commits_seconds_and_days_may_differ(one: str, other: str, equal: bool) -> None:
    assert same(one, other) == equal
