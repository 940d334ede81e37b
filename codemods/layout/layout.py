"""What a project's own configuration says of lines, quotes and imports; what it doesn't say is empty."""

from msgspec import Struct

SECTIONS = ("future", "standard", "third", "first", "local")
"""isort's sections in its own order."""

GRID, VERTICAL, HANGING, GRID_LAST, GRID_APART = 0, 1, 3, 4, 5
"""isort's modes of long imports that are written here; any other is written as `HANGING`."""


class Sorting(Struct, frozen=True):
    """How isort, or ruff in its place, orders and breaks imports.

    `is_told` is false where no sorter is configured: then the file's own imports tell the rest.
    """

    is_told: bool = False
    known: tuple[tuple[str, str], ...] = ()
    """Modules, or globs of them, each with its section; the longest that fits counts."""
    sections: tuple[str, ...] = SECTIONS
    default: str = ""
    """The section of modules that nothing else tells."""
    headings: tuple[tuple[str, str], ...] = ()
    """Sections with the comment that stands above each."""
    sources: tuple[str, ...] = ()
    """The folders whose modules are the project's own, if they are told."""
    one_a_line: bool = False
    joined: tuple[str, ...] = ()
    """Modules whose names share a statement even so."""
    forms_mixed: bool = False
    """Whether `import a` and `from a import b` stand among each other."""
    combines_as: bool = False
    by_type: bool = True
    mode: int = HANGING
    trailing_comma: bool = True
    closes_apart: bool = False
    """Whether the bracket of `GRID` and `VERTICAL` closes on a line of its own, below the names."""
    rewraps: bool = False
    """Whether a statement that fits is put on one line, whatever comma stands behind its last name."""
    width: int = 0


class Layout(Struct, frozen=True):
    """How one file's lines are written: columns, quotes, indentation, line ends, imports."""

    width: int = 0
    quote: str = ""
    indent: str = ""
    newline: str = ""
    sorting: Sorting = Sorting()
    first_party: frozenset[str] = frozenset()
    unread: str = "# noqa: F401"
    """The remark by which a linter lets an import be that nothing in its file reads."""
    is_whole: bool = False
    """Whether code has told what no configuration says."""

    @property
    def import_width(self) -> int:
        """The columns of an import statement; 0 where nothing tells them."""
        return self.sorting.width or self.width
