"""Import statements broken and listed as a layout has them."""

import pytest
from msgspec import structs

from codemods.layout.layout import (
    GRID,
    GRID_APART,
    GRID_LAST,
    HANGING,
    VERTICAL,
    Layout,
    Sorting,
)
from codemods.source.import_lines import import_text, inner_import_text

NAMES = ["alpha", "beta", "gamma"]


def layout(**sorting: object) -> Layout:
    return Layout(width=22, indent="    ", sorting=Sorting(**sorting))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "comma", "wanted"),
    [
        (HANGING, True, "from m import (\n    alpha,\n    beta,\n    gamma,\n)"),
        (HANGING, False, "from m import (\n    alpha,\n    beta,\n    gamma\n)"),
        (GRID, False, "from m import (alpha,\n               beta,\n               gamma)"),
        (VERTICAL, True, "from m import (alpha,\n               beta,\n               gamma,)"),
        (GRID_APART, True, "from m import (\n    alpha, beta,\n    gamma,\n)"),
        (GRID_LAST, False, "from m import (\n    alpha, beta,\n    gamma)"),
    ],
)
def test_modes(mode: int, comma: bool, wanted: str) -> None:
    how = layout(mode=mode, trailing_comma=comma, combines_as=True)
    assert import_text("m", NAMES, how) == wanted


@pytest.mark.parametrize(
    ("mode", "wanted"),
    [
        (HANGING, "from m import (\n    a_name_too_long,\n)"),
        (GRID, "from m import \\\n    a_name_too_long"),
    ],
)
def test_one_name(mode: int, wanted: str) -> None:
    assert import_text("m", ["a_name_too_long"], layout(mode=mode)) == wanted


def test_a_remark_breaks_several_names_and_not_one() -> None:
    how = layout(combines_as=True)
    assert import_text("m", ["alpha"], how, "# noqa: F401") == "from m import alpha  # noqa: F401"
    wanted = "from m import (  # noqa: F401\n    a,\n    b,\n)"
    assert import_text("m", ["b", "a"], how, "# noqa: F401") == wanted


def test_one_name_a_statement() -> None:
    how = layout(one_a_line=True, joined=("typing",))
    assert import_text("m", ["b", "a"], how) == "from m import a\nfrom m import b"
    how = structs.replace(how, width=30)
    assert import_text("typing", ["b", "a"], how) == "from typing import a, b"


def test_other_names_apart_unless_they_are_to_be_combined() -> None:
    names = ["a", "b as c"]
    assert import_text("m", names, layout()) == "from m import a\nfrom m import b as c"
    together = structs.replace(layout(combines_as=True), width=30)
    assert import_text("m", names, together) == "from m import a, b as c"


def test_names_of_a_kind_come_by_their_letters_and_numbers() -> None:
    how = structs.replace(layout(combines_as=True), width=90)
    names = ["BATCHES_OF", "BATCH_SIZE", "_Tick", "_ask", "task_10", "task_2", "_zero"]
    wanted = "BATCH_SIZE, BATCHES_OF, _ask, _Tick, _zero, task_2, task_10"
    assert import_text("m", names, how) == f"from m import {wanted}"


@pytest.mark.parametrize(
    ("by_type", "wanted"),
    [(True, "from m import A, B, a"), (False, "from m import A, a, B")],
)
def test_the_order_of_names(by_type: bool, wanted: str) -> None:
    how = layout(by_type=by_type, combines_as=True)
    assert import_text("m", ["a", "B", "A"], how) == wanted


def test_an_indented_statement_has_less_room() -> None:
    how = structs.replace(layout(combines_as=True), width=28)
    assert inner_import_text("m", ["alpha", "beta"], how, "") == "from m import alpha, beta"
    assert inner_import_text("m", ["alpha", "beta"], how, "        ") == (
        "from m import (\n            alpha,\n            beta,\n        )"
    )
