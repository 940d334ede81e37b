"""Lines that stand below a call's first argument, where the call's name gets longer or shorter."""

import ast

import pytest

from codemods.source.alignment import realigned
from codemods.source.text import Source


@pytest.mark.parametrize(
    ("before", "by", "after"),
    [
        ("x(1,\n  2)\n", 3, "x(1,\n     2)\n"),
        ("xyz(1,\n    2,\n\n    # more\n    3)\n", -2, "xyz(1,\n  2,\n\n  # more\n  3)\n"),
        ("x(1,\n  [\n      2,\n  ])\n", 1, "x(1,\n   [\n       2,\n   ])\n"),
        ("x('''a\nb''',\n  2)\n", 3, "x('''a\nb''',\n     2)\n"),
        ("x(f'''a\n  {b}\n  c''',\n  2)\n", 3, "x(f'''a\n  {b}\n  c''',\n     2)\n"),
        ("x(\n    1,\n)\n", 3, "x(\n    1,\n)\n"),
        ("x(1,\n    2\n)\n", 3, "x(1,\n    2\n)\n"),
        ("x(1,\n\t2)\n", 3, "x(1,\n\t2)\n"),
        ("x (1,\n   2)\n", 3, "x (1,\n   2)\n"),
        ("x()\n", 3, "x()\n"),
        ("x(1,\n  2)\n", 0, "x(1,\n  2)\n"),
        ("x(1,\r\n  2)\r\n", 3, "x(1,\r\n     2)\r\n"),
        ("x(a=1,\n  b=2,\n  **c)\n", 3, "x(a=1,\n     b=2,\n     **c)\n"),
        ("x(1, '''\n  a\n  ''', 2,\n  3)\n", 1, "x(1, '''\n  a\n  ''', 2,\n   3)\n"),
    ],
)
def test_what_stands_below_the_first_argument_goes_on_doing_so(
    before: str, by: int, after: str
) -> None:
    source = Source(before.encode())
    statement = source.tree.body[0]
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    spans = list(realigned(source, statement.value, by))
    assert source.edited(spans) == after.encode()
