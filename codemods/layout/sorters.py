"""What isort's configuration says of imports, and ruff's where ruff sorts them."""

from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Any

from msgspec import structs

from codemods.layout.configured import (
    Configured,
    Table,
    number,
    table,
    truth,
    with_arguments,
    words,
)
from codemods.layout.layout import GRID, HANGING, SECTIONS, Sorting

ISORT = (
    (".isort.cfg", "settings"),
    (".isort.cfg", "isort"),
    ("pyproject.toml", "tool.isort"),
    ("setup.cfg", "isort"),
    ("setup.cfg", "tool:isort"),
    ("tox.ini", "isort"),
    ("tox.ini", "tool:isort"),
)
RUFF = ((".ruff.toml", ""), ("ruff.toml", ""), ("pyproject.toml", "tool.ruff"))

HEADING = "import_heading_"

ISORT_WIDTH = 79
PROFILES: Mapping[str, Mapping[str, Any]] = {
    "black": {"multi_line_output": HANGING, "include_trailing_comma": True, "line_length": 88},
    "django": {"combine_as_imports": True, "include_trailing_comma": True, "multi_line_output": 5},
    "pycharm": {"multi_line_output": HANGING},
    "google": {
        "force_single_line": True,
        "force_sort_within_sections": True,
        "single_line_exclusions": ["typing"],
        "order_by_type": False,
        "line_length": 1000,
    },
    "open_stack": {"force_single_line": True, "force_sort_within_sections": True},
    "plone": {"force_single_line": True, "order_by_type": False, "line_length": 200},
    "attrs": {"multi_line_output": HANGING, "include_trailing_comma": True},
    "hug": {"multi_line_output": HANGING, "include_trailing_comma": True, "line_length": 100},
    "wemake": {"multi_line_output": HANGING, "include_trailing_comma": True, "line_length": 80},
}
"""What isort's profiles set of the options that are read here."""

MODES = ("grid", "vertical", "hanging_indent", "vertical_hanging_indent", "vertical_grid",
         "vertical_grid_grouped")  # fmt: skip
NAMES = {
    "FUTURE": "future", "STDLIB": "standard", "STANDARD_LIBRARY": "standard",
    "THIRDPARTY": "third", "THIRD_PARTY": "third", "FIRSTPARTY": "first", "FIRST_PARTY": "first",
    "LOCALFOLDER": "local", "LOCAL_FOLDER": "local",
}  # fmt: skip
"""Our words for the sections, by isort's and ruff's."""


def sorting_at(files: Configured, folder: str, arguments: Table | None = None) -> Sorting:
    """How imports are sorted in a folder: by ruff if it is told to, else by isort if it is configured.

    `arguments` are what isort is given where it is run.
    """
    at, ruff = files.nearest_with_place(folder, *RUFF)
    beside, isort = files.nearest_with_place(folder, *ISORT)
    own = table(table(ruff).get("lint")) or table(ruff)
    chosen = [*words(own.get("select")), *words(own.get("extend-select"))]
    options = table(own.get("isort")) or table(table(ruff).get("isort"))
    if {"I", "I0", "I00", "I001", "ALL"} & set(chosen) or (options and isort is None):
        sources = _below(at, words(table(ruff).get("src")))
        return structs.replace(_ruff(options), sources=sources)
    isort = with_arguments(isort, arguments)
    if isort is None:
        return Sorting()
    return structs.replace(_isort(isort), sources=_below(beside, words(isort.get("src_paths"))))


def _below(folder: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Folders as seen from the root, given as seen from a folder; globs are left out."""
    found = (normpath(f"{folder}{path}").removeprefix("./") for path in paths if "*" not in path)
    return tuple("" if path == "." else path for path in found)


def _isort(options: Table) -> Sorting:
    told = {**PROFILES.get(str(options.get("profile", "")).strip(), {}), **options}
    mode = str(told.get("multi_line_output", GRID)).strip().lower()
    known = [
        (name, _word(key[6:]))
        for key in told
        if key.startswith("known_")
        for name in words(told[key])
    ]
    sections = tuple(map(_word, words(told.get("sections")))) or SECTIONS
    return Sorting(
        is_told=True,
        headings=_headings({key[15:]: told[key] for key in told if key.startswith(HEADING)}),
        known=tuple(known),
        sections=("",) if truth(told.get("no_sections")) else sections,
        default=_word(str(told.get("default_section", ""))),
        one_a_line=truth(told.get("force_single_line")),
        joined=words(told.get("single_line_exclusions")),
        forms_mixed=truth(told.get("force_sort_within_sections")),
        combines_as=truth(told.get("combine_as_imports")),
        by_type=truth(told.get("order_by_type", True)),
        mode=MODES.index(mode) if mode in MODES else number(mode),
        trailing_comma=truth(told.get("include_trailing_comma")),
        rewraps=not truth(told.get("split_on_trailing_comma")),
        width=number(told.get("line_length")) or ISORT_WIDTH,
    )


def _headings(told: Table) -> tuple[tuple[str, str], ...]:
    """Sections with their headings."""
    found = ((_word(section), str(told[section]).strip()) for section in told)
    return tuple((section, text) for section, text in found if text)


def _ruff(options: Table) -> Sorting:
    sections = tuple(map(_word, words(options.get("section-order")))) or SECTIONS
    return Sorting(
        is_told=True,
        headings=_headings(table(options.get("import-heading"))),
        known=tuple(_known_to_ruff(options)),
        sections=("",) if truth(options.get("no-sections")) else sections,
        default=_word(str(options.get("default-section", ""))),
        one_a_line=truth(options.get("force-single-line")),
        rewraps=not truth(options.get("split-on-trailing-comma", True)),
        joined=words(options.get("single-line-exclusions")),
        forms_mixed=truth(options.get("force-sort-within-sections")),
        combines_as=truth(options.get("combine-as-imports")),
        by_type=truth(options.get("order-by-type", True)),
    )


def _known_to_ruff(options: Table) -> Iterator[tuple[str, str]]:
    own = table(options.get("sections"))
    places = [(own[word], _word(word)) for word in own]
    places += [
        (options.get("known-first-party"), "first"),
        (options.get("known-third-party"), "third"),
        (options.get("known-local-folder"), "local"),
        (options.get("extra-standard-library"), "standard"),
    ]
    for listed, section in places:
        yield from ((name, section) for name in words(listed))


def _word(section: str) -> str:
    """Our word for a section; one of the project's own keeps its name, in small letters."""
    plain = section.strip().replace("-", "_").upper()
    return NAMES.get(plain, plain.lower())
