"""A file's layout, gathered from the configuration of formatters and linters above it."""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from msgspec import structs

from codemods.layout.arguments import arguments_of
from codemods.layout.configured import (
    Configured,
    Table,
    number,
    table,
    truth,
    upward,
    with_arguments,
    words,
)
from codemods.layout.layout import Layout
from codemods.layout.sorters import RUFF, sorting_at
from codemods.snapshot import Snapshot

BLACK_WIDTH = 88
FLAKE8_WIDTH = 79
RUFF_FORMAT: Table = {"line-ending": "auto"}
"""What `ruff format` is told where it is run and no file says anything."""
WIDEST = 120
"""Columns that people fill; a linter's limit beyond that is no measure."""
FLAKE8 = tuple((name, section) for section in ("flake8", "pycodestyle", "pep8")
               for name in (".flake8", "setup.cfg", "tox.ini"))  # fmt: skip
YAPF = ((".style.yapf", "style"), ("setup.cfg", "yapf"), ("pyproject.toml", "tool.yapf"))
"""Where yapf looks for its style, in its order."""
YAPF_WIDTHS = {"pep8": 79, "google": 80, "yapf": 80, "facebook": 80}
FLAKES = "# noqa: F401"
PYLINT = (".pylintrc", "pylintrc")
QUOTES = {"single": "'", "double": '"'}
ENDS = {"lf": "\n", "crlf": "\r\n", "cr-lf": "\r\n"}
SECTION = re.compile(r"^\[(.*)\]\s*$")
PAIR = re.compile(r"^\s*([\w-]+)\s*[=:]\s*([^#;]*?)\s*(?:[#;].*)?$")
BRACES = re.compile(r"\{([^{}]*)\}")


class Layouts:
    """The layouts of a snapshot's files, worked out once for each folder."""

    def __init__(self, files: Snapshot, first_party: frozenset[str]) -> None:
        self._configured = Configured(files)
        self._arguments = arguments_of(files)
        self._first_party = first_party
        self._known: dict[str, Layout] = {}
        self._inside: dict[str, frozenset[str]] = {}

    def at(self, path: str) -> Layout:
        """The layout of a file, also of one that does not exist yet."""
        folder = path.rpartition("/")[0]
        if folder not in self._known:
            found = layout_at(self._configured, folder, self._arguments)
            own = self._own(found.sorting.sources, folder)
            self._known[folder] = structs.replace(found, first_party=own)
        return self._known[folder]

    def _own(self, sources: tuple[str, ...], folder: str) -> frozenset[str]:
        """The packages that a sorter takes for the project's own: of told folders, and the file's own."""
        if not sources:
            return self._first_party
        for source in sources:
            if source not in self._inside:
                self._inside[source] = self._configured.modules_in(source)
        around = self._first_party & frozenset(folder.split("/"))
        return around.union(*(self._inside[source] for source in sources))


def layout_at(files: Configured, folder: str, arguments: Mapping[str, Table]) -> Layout:
    """What the configuration above a folder says: formatters before linters, linters before editors.

    What a tool is told where it is run counts where its file says nothing.
    """
    ruff = files.nearest(folder, *RUFF)
    black = with_arguments(
        files.nearest(folder, ("pyproject.toml", "tool.black")), arguments.get("black")
    )
    flake8 = table(with_arguments(files.nearest(folder, *FLAKE8), arguments.get("flake8")))
    editor = _editor(files, folder)
    formats = table(table(ruff).get("format")) or (RUFF_FORMAT if "ruff" in arguments else {})
    linted = number(flake8.get("max-line-length") or flake8.get("max_line_length"))
    if not linted and "flake8" in arguments and _checks_columns(flake8):
        linted = FLAKE8_WIDTH
    limits = (n for n in (linted, number(editor.get("max_line_length"))) if 0 < n <= WIDEST)
    is_formatted = black is not None or bool(formats)
    width = (
        number(table(ruff).get("line-length"))
        or number(table(black).get("line-length") or table(black).get("line_length"))
        or (BLACK_WIDTH if is_formatted else _of_yapf(files, folder) or next(limits, 0))
    )
    return Layout(
        width=width,
        quote=_quote(ruff=table(ruff), formats=formats, black=black, flake8=flake8),
        indent=_indent(formats, table(ruff), editor),
        newline=ENDS.get(str(formats.get("line-ending") or editor.get("end_of_line")).lower(), ""),
        sorting=sorting_at(files, folder, arguments.get("isort")),
        unread=_unread(files, folder, others=[ruff, files.nearest(folder, *FLAKE8)]),
    )


def _of_yapf(files: Configured, folder: str) -> int:
    """The columns that yapf lets code fill, 0 where nothing configures it."""
    told = files.nearest(folder, *YAPF)
    if told is None:
        return 0
    style = str(told.get("based_on_style", "pep8")).strip().lower()
    return number(told.get("column_limit")) or YAPF_WIDTHS.get(style, 0)


def _unread(files: Configured, folder: str, others: list[Table | None]) -> str:
    """pylint's remark where pylint alone looks at the code, else that of flake8 and ruff."""
    hooks = "".join(files.text(f"{above}.pre-commit-config.yaml") for above in upward(folder))
    if any(other is not None for other in others) or re.search(r"flake8|ruff|pyflakes", hooks):
        return FLAKES
    alone = any(files.text(f"{above}{name}") for above in upward(folder) for name in PYLINT)
    told = files.nearest(folder, ("pyproject.toml", "tool.pylint"))
    return "# pylint: disable=unused-import" if alone or told is not None else FLAKES


def _checks_columns(flake8: Table) -> bool:
    """Whether flake8 looks at the length of lines: it does unless it is told to leave that out."""
    left_out = (word for key in ("ignore", "extend-ignore") for word in words(flake8.get(key)))
    chosen = words(flake8.get("select"))
    looks = not chosen or any("E501".startswith(word) for word in chosen)
    return looks and not any("E501".startswith(word) for word in left_out)


def _quote(*, ruff: object, formats: object, black: object, flake8: object) -> str:
    """The quotes of a text: ruff's, else black's, else those that a linter asks for."""
    style = str(table(formats).get("quote-style", ""))
    if style:
        return QUOTES.get(style, "")
    lint = table(table(ruff).get("lint")) or table(ruff)
    asked = str(table(lint.get("flake8-quotes")).get("inline-quotes", ""))
    asked = asked or str(table(flake8).get("inline-quotes", "")).strip().strip("'\"")
    told = table(black)
    keeps = truth(told.get("skip-string-normalization") or told.get("skip_string_normalization"))
    if (black is not None and not keeps) or (table(formats) and black is None):
        return '"'
    return QUOTES.get(asked, "")


def _indent(formats: object, ruff: object, editor: dict[str, str]) -> str:
    if table(formats).get("indent-style") == "tab" or editor.get("indent_style") == "tab":
        return "\t"
    size = number(table(ruff).get("indent-width")) or number(editor.get("indent_size"))
    return " " * size if size in range(1, 9) else ""


def _editor(files: Configured, folder: str) -> dict[str, str]:
    """What `.editorconfig` says of Python files, the nearest last word first."""
    found: dict[str, str] = {}
    for above in upward(folder):
        text = files.text(f"{above}.editorconfig")
        found = dict(_of_python(text)) | found
        if re.search(r"^\s*root\s*=\s*true", text, re.MULTILINE | re.IGNORECASE):
            break
    return found


def _of_python(text: str) -> Iterator[tuple[str, str]]:
    applies = False
    for line in text.splitlines():
        head = SECTION.match(line.strip())
        if head is not None:
            applies = any(fnmatchcase("tasks.py", name) for name in _alternatives(head[1]))
        elif applies and (pair := PAIR.match(line)) is not None:
            yield pair[1].lower(), pair[2]


def _alternatives(glob: str) -> list[str]:
    """A section's glob as several without braces; folders in front of a file's name don't count."""
    found = BRACES.search(glob)
    if found is None:
        return [glob.rpartition("/")[2] if glob.startswith("**/") else glob]
    head, tail = glob[: found.start()], glob[found.end() :]
    return [
        name for part in found[1].split(",") for name in _alternatives(head + part.strip() + tail)
    ]
