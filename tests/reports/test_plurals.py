"""Counts and their nouns."""

import pytest

from codemods.notes.codes import TABLE
from reports.words import plural


@pytest.mark.parametrize(
    ("count", "one", "wanted"),
    [
        (1, "entry", "entry"),
        (2, "beat entry", "beat entries"),
        (0, "copy", "copies"),
        (2, "day", "days"),
        (2, "file", "files"),
        (0, "task", "tasks"),
    ],
)
def test_the_noun_for_a_count(count: int, one: str, wanted: str) -> None:
    assert plural(count, one) == wanted


def test_no_kind_of_note_counts_what_no_english_word_is() -> None:
    nouns = {plural(2, code.one, code.many) for code in TABLE}
    assert not [noun for noun in nouns if noun.endswith(("rys", "pys", "ss", "chs", "shs"))]
