"""The file of findings that are let be: it loses what is mended, and gets nothing by itself."""

import json
from collections import Counter

import pytest

from codemods.rules.values import Finding
from migrate.checking.ratchet import held, read
from migrate.errors import UsageError

ONE = Finding("a.py", 3, "CEL101", "one", "send")
TWO = Finding("a.py", 9, "CEL101", "two", "late")
OTHER = Finding("b.py", 1, "CEL201", "three", "x()")
CODES = {"CEL101", "CEL201"}
ALL = Counter(item.key for item in (ONE, TWO, OTHER))


def test_the_first_run_writes_what_is_there() -> None:
    first = held([OTHER, TWO, ONE], None, CODES)
    assert (first.new, first.let_be, first.gone) == ([], 3, 0)
    assert json.loads(first.data)["findings"] == {
        "CEL101": {"a.py": ["late", "send"]},
        "CEL201": {"b.py": ["x()"]},
    }
    assert read(first.data, "f") == ALL


def test_what_it_has_is_let_be_on_any_line_and_as_often_as_it_has_it() -> None:
    moved = Finding("a.py", 70, "CEL101", "one", "send")
    assert held([moved, TWO, OTHER], ALL, CODES).new == []
    assert held([ONE, moved, TWO, OTHER], ALL, CODES).new == [moved]


def test_what_is_mended_is_taken_out_and_new_ones_are_not_put_in() -> None:
    new = Finding("c.py", 1, "CEL101", "four", "more")
    after = held([ONE, new], ALL, CODES)
    assert (after.new, after.let_be, after.gone) == ([new], 1, 2)
    assert read(after.data, "f") == Counter([ONE.key])


def test_what_went_to_another_file_with_its_task_is_let_be_there() -> None:
    there = Finding("mails.py", 4, "CEL101", "one", "send")
    after = held([there, TWO, OTHER], ALL, CODES)
    assert (after.new, after.let_be, after.gone) == ([], 3, 0)
    assert read(after.data, "f") == Counter([there.key, TWO.key, OTHER.key])
    assert held([ONE, there, TWO, OTHER], ALL, CODES).new == [there]
    assert held([there], ALL, CODES, {"mails.py"}).new == [there]


def test_what_was_not_looked_for_stays() -> None:
    assert held([], ALL, {"CEL201"}).gone == 1
    assert held([], ALL, CODES, {"b.py"}).gone == 1
    assert read(held([], ALL, CODES, {"b.py"}).data, "f") == Counter([ONE.key, TWO.key])


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"format": 1}', b'{"format": 1, "findings": {"a": 1}}']
)
def test_a_file_that_is_none_is_told(data: bytes) -> None:
    with pytest.raises(UsageError, match="no ratchet file"):
        read(data, "f.json")
