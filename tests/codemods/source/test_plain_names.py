"""Names put in and taken out as text where a statement's layout is usual: the same as LibCST has it."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.source import import_names, plain_names
from codemods.source.imports import by_letters, by_type

NAMES = st.lists(
    st.sampled_from(["A", "ABC", "b", "Cd", "e2", "e10", "f as g", "A as b", "_h", "i as i"]),
    min_size=2,
    max_size=6,
    unique_by=lambda name: name.rpartition(" as ")[2],
)
HEADS = st.sampled_from(
    ["from a import ", "from .. import ", "from .b.c import ", "from d.e import "]
)
ORDERS = st.sampled_from([by_letters, by_type])


def written(head: str, names: list[str], *, a_line_each: bool, end: str) -> str:
    if a_line_each:
        return head + "(\n" + "".join(f"    {name},\n" for name in names) + ")" + end
    return head + ", ".join(names) + end


@given(HEADS, NAMES, st.booleans(), st.sampled_from(["", "\n"]), st.data())
def test_taking_out_is_as_libcst_has_it(
    head: str, names: list[str], a_line_each: bool, end: str, data: st.DataObject
) -> None:
    text = written(head, names, a_line_each=a_line_each, end=end)
    bound = [name.rpartition(" as ")[2] for name in names]
    gone = data.draw(st.sets(st.sampled_from(bound), max_size=len(bound) - 1))
    wanted = import_names.without_names(text, gone)
    with patch.object(import_names, "without_names", side_effect=AssertionError):
        assert plain_names.without_names(text, gone) == wanted


@given(HEADS, NAMES, st.booleans(), st.sampled_from(["", "\n"]), ORDERS, NAMES, st.booleans())
def test_putting_in_is_as_libcst_has_it(
    head: str,
    names: list[str],
    a_line_each: bool,
    end: str,
    order: plain_names.Order,
    new: list[str],
    in_order: bool,
) -> None:
    known = sorted(names, key=lambda name: order(name.partition(" as ")[0])) if in_order else names
    text = written(head, known, a_line_each=a_line_each, end=end)
    wanted = import_names.with_names(text, new, order)
    with patch.object(import_names, "with_names", side_effect=AssertionError):
        assert plain_names.with_names(text, new, order) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "import one, two",
        "from a import one,two",
        "from a import one, two  # why",
        "from a import (one, two)",
        "from a import (\n    one,\n    two\n)",
        "from a import (\n    one,  # 1\n    two,\n)",
        "from a import (\n  one,\n  two,\n)",
        "from a import one, \\\n    two",
        "from  a import one, two",
        "from a import one as  uno, two",
        "from a import (\n    one,\n    two,\n); x = 1",
        "from a import één, two",
    ],
)
def test_any_other_layout_is_left_to_libcst(text: str) -> None:
    with patch.object(import_names, "without_names", return_value="by LibCST"):
        assert plain_names.without_names(text, {"two"}) == "by LibCST"
    with patch.object(import_names, "with_names", return_value="by LibCST"):
        assert plain_names.with_names(text, ["three"], by_letters) == "by LibCST"
