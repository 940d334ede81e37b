"""How a file's own imports are broken, where no sorter is configured."""

import pytest

from codemods.layout.layout import Layout
from codemods.source.import_lines import import_text
from codemods.source.own_layout import layout_of
from codemods.source.text import Source

NAMES = ["alpha", "beta", "gamma"]
PAD = " " * len("from m import (")


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ("(a,\n               b,\n               c,\n               )", f"(alpha,\n{PAD}beta,\n{PAD}gamma,\n{PAD})"),
        ("(a,\n               b,\n               c)", f"(alpha,\n{PAD}beta,\n{PAD}gamma)"),
        ("(a, b,\n               c)", f"(alpha, beta,\n{PAD}gamma)"),
        ("(a, b,\n               c,)", f"(alpha, beta,\n{PAD}gamma,)"),
        ("(\n    a,\n    b,\n)", "(\n    alpha,\n    beta,\n    gamma,\n)"),
    ],
)  # fmt: skip
def test_a_new_import_is_broken_as_the_files_own_are(own: str, wanted: str) -> None:
    source = Source(f"from x import {own}\n\n\ndef f():\n    pass\n".encode())
    how = layout_of(source, Layout(width=28))
    assert import_text("m", NAMES, how) == f"from m import {wanted}"


def test_names_too_long_to_stand_beside_the_bracket_stand_below_it() -> None:
    source = Source(b"from x import (a,\n               b,\n               c,\n               )\n")
    how = layout_of(source, Layout(width=24))
    assert import_text("m", ["a_long_name", "b", "c"], how).startswith(
        "from m import (\n    a_long_name,"
    )
