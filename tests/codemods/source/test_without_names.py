"""What is left of an import statement of several lines once names are taken out of it."""

import pytest

from codemods.source.imports import module_imports, without_names
from codemods.source.text import Source


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("from m import (a,\n               b,\n               )\n", "from m import a\n"),
        ("from m import (a, c,\n               b)\n", "from m import a, c\n"),
        ("from m import (\n    a,\n    b,\n)\n", "from m import a\n"),
        ("from m import (\n    a,\n    b,\n    c,\n)\n", "from m import (\n    a,\n    c,\n)\n"),
        ("from m import (\n    a,  # why\n    b,\n)\n", "from m import (\n    a,  # why\n)\n"),
        (
            f"from {'m' * 75} import (a,\n    b)\n",
            f"from {'m' * 75} import (a)\n",
        ),
    ],
)
def test_what_is_left_is_on_one_line_where_it_fits(text: str, left: str) -> None:
    source = Source(text.encode())
    (node,) = module_imports(source)
    assert source.edited([without_names(source, node, {"b"})]).decode() == left
