"""What configuration files say of columns, quotes, indentation and line ends."""

import pytest

from codemods.layout.layout import Layout
from codemods.layout.reading import Layouts
from codemods.snapshot import snapshot_of


def layout(files: dict[str, str], path: str = "shop/orders/tasks.py") -> Layout:
    """The layout of a file under these configuration files."""
    known = snapshot_of({name: text.encode() for name, text in files.items()})
    return Layouts(known, frozenset()).at(path)


PY = "pyproject.toml"


@pytest.mark.parametrize(
    ("files", "width"),
    [
        ({}, 0),
        ({PY: "[tool.ruff]\nline-length = 99\n"}, 99),
        ({"ruff.toml": "line-length = 99\n"}, 99),
        ({".ruff.toml": "line-length = 98\n", "ruff.toml": "line-length = 99\n"}, 98),
        ({PY: "[tool.ruff.lint]\nselect = []\n"}, 0),
        ({PY: "[tool.ruff.format]\nquote-style = 'single'\n"}, 88),
        ({PY: "[tool.black]\nline-length = 79\n"}, 79),
        ({PY: "[tool.black]\n"}, 88),
        ({PY: "[tool.black]\nline-length = 79\n", ".flake8": "[flake8]\nmax-line-length = 110\n"}, 79),
        ({"setup.cfg": "[flake8]\nmax-line-length = 100\n"}, 100),
        ({"tox.ini": "[flake8]\nmax_line_length = 100  # wide\n"}, 100),
        ({"tox.ini": "[pycodestyle]\nmax-line-length = 100\n"}, 100),
        ({".flake8": "[flake8]\nmax-line-length = 160\n"}, 0),
        ({".editorconfig": "[*.py]\nmax_line_length = 90\n"}, 90),
        ({".editorconfig": "[*.{js,py}]\nmax_line_length = 90\n"}, 90),
        ({".editorconfig": "[*.js]\nmax_line_length = 90\n"}, 0),
        ({".editorconfig": "[*.py]\nmax_line_length = off\n"}, 0),
        ({PY: "[tool.ruff]\nline-length = 99\n", "shop/ruff.toml": "line-length = 70\n"}, 70),
        ({PY: "[tool.ruff]\nline-length = 99\n", "other/ruff.toml": "line-length = 70\n"}, 99),
        ({PY: "[tool.ruff\nline-length = 99\n"}, 0),
        ({PY: "[tool]\nruff = 3\nblack = []\nisort = 'x'\n"}, 0),
        ({PY: "[tool.ruff]\nline-length = 'wide'\n"}, 0),
        ({".flake8": "max-line-length = 100\n"}, 0),
        ({"setup.cfg": "\x00[flake8\n"}, 0),
        ({".style.yapf": "[style]\nbased_on_style = google\ncolumn_limit = 100\n"}, 100),
        ({".style.yapf": "[style]\nbased_on_style = google\n"}, 80),
        ({"setup.cfg": "[yapf]\nsplit_before_logical_operator = true\n"}, 79),
        ({PY: "[tool.yapf]\ncolumn_limit = 95\n", "setup.cfg": "[flake8]\nmax-line-length = 110\n"}, 95),
        ({PY: "[tool.black]\n[tool.yapf]\ncolumn_limit = 95\n"}, 88),
        ({".style.yapf": "[style]\nbased_on_style = {own: 1}\n"}, 0),
    ],
)  # fmt: skip
def test_columns(files: dict[str, str], width: int) -> None:
    assert layout(files).width == width


@pytest.mark.parametrize(
    ("files", "quote"),
    [
        ({}, ""),
        ({PY: "[tool.ruff.format]\nquote-style = 'single'\n"}, "'"),
        ({PY: "[tool.ruff.format]\nquote-style = 'preserve'\n"}, ""),
        ({PY: "[tool.ruff.format]\nindent-style = 'space'\n"}, '"'),
        ({PY: "[tool.black]\nline-length = 90\n"}, '"'),
        ({PY: "[tool.black]\nskip-string-normalization = true\n"}, ""),
        ({PY: "[tool.ruff.lint.flake8-quotes]\ninline-quotes = 'single'\n"}, "'"),
        ({".flake8": "[flake8]\ninline-quotes = '\n"}, ""),
        ({".flake8": "[flake8]\ninline-quotes = single\n"}, "'"),
    ],
)
def test_quotes(files: dict[str, str], quote: str) -> None:
    assert layout(files).quote == quote


@pytest.mark.parametrize(
    ("files", "indent", "newline"),
    [
        ({".editorconfig": "root = true\n[*]\nindent_style = space\nindent_size = 2\nend_of_line = crlf\n"}, "  ", "\r\n"),
        ({".editorconfig": "[*.py]\nindent_style = tab\nend_of_line = LF ; unix\n"}, "\t", "\n"),
        ({".editorconfig": "[*]\nindent_size = 2\n[*.py]\nindent_size = 4\n"}, "    ", ""),
        ({".editorconfig": "[*]\nindent_size = 2\n", "shop/.editorconfig": "root = true\n"}, "", ""),
        ({PY: "[tool.ruff.format]\nline-ending = 'cr-lf'\nindent-style = 'tab'\n"}, "\t", "\r\n"),
        ({PY: "[tool.ruff]\nindent-width = 2\n"}, "  ", ""),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_indentation_and_line_ends(files: dict[str, str], indent: str, newline: str) -> None:
    found = layout(files)
    assert (found.indent, found.newline) == (indent, newline)
