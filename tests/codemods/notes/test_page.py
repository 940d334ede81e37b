"""The page of the docs that lists the kinds of notes is that of the table."""

from tests.write_notes_page import PAGE, page


def test_the_page_of_notes_is_that_of_the_table() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.write_notes_page"
