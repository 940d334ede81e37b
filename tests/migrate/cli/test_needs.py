"""What waits for a person can be read and answered at any width."""

import pytest

from codemods.beat.values import Expires, Orphan
from codemods.values import Decision
from migrate.cli.needs import needs_height, needs_page
from reports.terminal import Need

ORPHAN = Orphan("orphan:x", "", key="permanently_delete_users", near="user.tasks.delete_users")
EXPIRES = Expires("expires", "", {"retry_leads": 7200, "sync_tags": 300, "clean": 300}, False)


def need(item: Decision) -> Need:
    asks = item.asks
    assert asks is not None
    return Need(asks.name, asks.kind, "", asks.suggestion, ())


def test_at_80_columns_which_and_which_kind_and_what_to_answer() -> None:
    assert needs_page([need(ORPHAN), need(EXPIRES)], 9, 80).plain.split("\n") == [
        "  permanently_delete_users  points at nothing",
        '    answer = "point-to user.tasks.delete_users", "remove" or "keep"',
        "  expires  no expiry yet",
        "    runs may expire after 300 s (sync_tags and 1 other), 7,200 s (retry_leads)",
    ]


def test_where_there_is_room_in_columns() -> None:
    assert needs_page([need(ORPHAN), need(EXPIRES)], 9, 160).plain.split("\n") == [
        '  permanently_delete_users  points at nothing  answer = "point-to user.tasks.delete_users", "remove" or "keep"',
        "  expires                   no expiry yet      runs may expire after 300 s (sync_tags and 1 other), 7,200 s (retry_leads)",
    ]


def test_a_question_without_an_end() -> None:
    entries = {f"an_entry_with_a_long_name_{number}": 60 * number for number in range(1, 9)}
    text = needs_page([need(Expires("expires", "", entries, False))], 9, 80).plain
    assert len(text.split("\n")) == 3
    assert text.endswith(" …")
    assert max(map(len, text.split("\n"))) <= 80
    assert "and 4 more" in need(Expires("expires", "", entries, False)).suggestion


@pytest.mark.parametrize(
    ("most", "lines", "rest"), [(60, 60, 0), (59, 59, 1), (7, 7, 27), (1, 3, 29)]
)
def test_no_more_lines_than_there_are(most: int, lines: int, rest: int) -> None:
    needs = [Need(f"n{n}", "is never sent", "", f"{'word ' * 16}{n}", ()) for n in range(30)]
    assert needs_height(needs, 100) == 60
    text = needs_page(needs, most, 100).plain.split("\n")
    assert len(text) <= lines
    assert (text[-1] == f"  and {rest} more") is bool(rest)


def test_a_long_name_moves_no_other() -> None:
    needs = [Need(name, "options", "", f"keep {name}", ()) for name in ("a" * 70, "b", "ccc")]
    assert needs_page(needs, 9, 80).plain.split("\n") == [
        f"  {'a' * 61}…  options differ",
        f"    keep {'a' * 70}",
        "  b    options differ  keep b",
        "  ccc  options differ  keep ccc",
    ]
