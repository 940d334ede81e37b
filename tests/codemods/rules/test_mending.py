"""Remarks that ignore nothing are taken out, and nothing else is."""

import pytest

from codemods.rules.mending import without_unused

SAYS = "# migrate: ignore[CEL101] an öld app"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"x = 1  {SAYS}\n", "x = 1\n"),
        (f"x = 1  {SAYS}\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n"),
        (f"\ufeffx = 1  {SAYS}\n", "\ufeffx = 1\n"),
        (f"{SAYS}\nx = 1", "x = 1"),
        (f"x = 1  {SAYS}", "x = 1"),
        (f"x = '{SAYS}'  {SAYS}\n", f"x = '{SAYS}'\n"),
        (f"x = 1  {SAYS}  # noqa: F401\n", f"x = 1  {SAYS}  # noqa: F401\n"),
        (
            "x = 1  # migrate:ignore[CEL101,CEL201, CEL301] why [not]\n",
            "x = 1  # migrate:ignore[CEL201, CEL301] why [not]\n",
        ),
        (f"def f():\n    pass\n    {SAYS}\n", "def f():\n    pass\n"),
        (f"def (:  {SAYS}\n", f"def (:  {SAYS}\n"),
    ],
)
def test_what_is_taken_out(before: str, after: str) -> None:
    lines = {number: ["CEL101"] for number in range(1, 9)}
    assert without_unused("a.py", before.encode(), lines) == after.encode()


def test_another_coding() -> None:
    before = f"# coding: latin-1\nx = 'ä'  {SAYS}\n".encode("latin-1")
    after = "# coding: latin-1\nx = 'ä'\n".encode("latin-1")
    assert without_unused("a.py", before, {2: ["CEL101"]}) == after
    assert without_unused("a.py", before, {1: ["CEL101"]}) == before
