"""The part of a file with its imports: what is done to it is what would be done to the whole file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.layout.layout import Layout
from codemods.source.import_order import add_module, add_names
from codemods.source.import_part import import_part
from codemods.source.own_layout import layout_of
from codemods.source.text import Source

STATEMENTS = (
    '"""What it is."""',
    "# a remark\n",
    "import a",
    "from b import c",
    "from b import (\n    c,\n    d,\n)",
    "import a; X = 1",
    "if X:\n    import e",
    "try:\n    from b import f\nexcept ImportError:\n    f = None",
    "\n\n@deco\ndef g():\n    from b import h\n    return h\n",
    "\n\nclass I:\n    pass\n",
    'J = """\nimport k\n"""',
    "L = 1; M = 2",
    "",
)


@pytest.mark.parametrize("module", ["b", "z", "__future__", ".own"])
@given(st.lists(st.sampled_from(STATEMENTS), max_size=8), st.booleans())
def test_an_import_comes_where_it_would_in_the_whole_file(
    module: str, statements: list[str], returns: bool
) -> None:
    data = "\n".join([*statements, ""]).encode()
    data = data.replace(b"\n", b"\r\n") if returns else data
    source = Source(data)
    layout = layout_of(source, Layout())
    part, rest = import_part(source)
    assert part + rest == data
    assert add_names(part, module, ["new"], layout) + rest == add_names(
        data, module, ["new"], layout
    )
    added = add_module(part, "import new.one", layout)
    assert added + rest == add_module(data, "import new.one", layout)


def test_what_stands_below_is_no_part_of_it() -> None:
    top = b"import a\nfrom b import c\n\nX = 1\n"
    assert import_part(Source(top + b"\n\ndef f():\n    import d\n")) == (
        top,
        b"\n\ndef f():\n    import d\n",
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfimport a\nX = 1\nY = 2\nZ = 3\n",
        b"# coding: latin-1\nimport a\nX = '\xe9'\nY = 2\nZ = 3\n",
        b"import a\r\nX = 1\nY = 2\nZ = 3\n",
    ],
)
def test_a_file_of_another_encoding_or_of_mixed_lines_is_one_part(data: bytes) -> None:
    assert import_part(Source(data)) == (data, b"")
