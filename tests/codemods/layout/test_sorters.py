"""How imports are sorted, as isort or ruff is told."""

import pytest

from codemods.layout.layout import GRID, GRID_APART, HANGING, SECTIONS, VERTICAL, Sorting
from tests.codemods.layout.test_reading import PY, layout


def sorting(path: str, text: str) -> Sorting:
    return layout({path: text}).sorting


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (PY, "", False),
        (PY, "[tool.ruff]\nline-length = 99\n", False),
        (PY, "[tool.ruff.lint]\nselect = ['E', 'I']\n", True),
        (PY, "[tool.ruff]\nextend-select = ['I001']\n", True),
        (PY, "[tool.ruff.lint]\nselect = ['ALL']\n", True),
        (PY, "[tool.ruff.lint.isort]\ncombine-as-imports = true\n", True),
        (PY, "[tool.isort]\n", True),
        (".isort.cfg", "[settings]\nline_length = 90\n", True),
        ("setup.cfg", "[tool:isort]\nline_length = 90\n", True),
        ("setup.cfg", "[metadata]\nname = x\n", False),
        ("tox.ini", "[isort]\nprofile = black\n", True),
    ],
)
def test_whether_a_sorter_is_configured(path: str, text: str, told: bool) -> None:
    assert sorting(path, text).is_told is told


@pytest.mark.parametrize(
    ("text", "mode", "comma", "width"),
    [
        ("", GRID, False, 79),
        ("profile = black\n", HANGING, True, 88),
        ("profile = black\nline_length = 100\n", HANGING, True, 100),
        ("profile = django\n", GRID_APART, True, 79),
        ("multi_line_output = 1\n", VERTICAL, False, 79),
        ("multi_line_output = VERTICAL_HANGING_INDENT\ninclude_trailing_comma = yes\n", HANGING, True, 79),
    ],
)  # fmt: skip
def test_how_isort_breaks_imports(text: str, mode: int, comma: bool, width: int) -> None:
    found = sorting(".isort.cfg", f"[settings]\n{text}")
    assert (found.mode, found.trailing_comma, found.width) == (mode, comma, width)


def test_sections_of_isort() -> None:
    text = "[isort]\nknown_django = django,rest_framework\nknown_first_party =\n    shop\n    orders\nsections = FUTURE,STDLIB,DJANGO,THIRDPARTY,FIRSTPARTY,LOCALFOLDER\n"
    found = sorting("setup.cfg", text)
    assert found.sections == ("future", "standard", "django", "third", "first", "local")
    assert set(found.known) == {
        ("django", "django"),
        ("rest_framework", "django"),
        ("shop", "first"),
        ("orders", "first"),
    }


def test_sections_of_ruff() -> None:
    text = "[lint.isort]\nsection-order = ['future', 'standard-library', 'django', 'third-party', 'first-party', 'local-folder']\nknown-third-party = ['shop']\n[lint.isort.sections]\ndjango = ['django']\n"
    found = sorting("ruff.toml", text)
    assert found.sections == ("future", "standard", "django", "third", "first", "local")
    assert set(found.known) == {("django", "django"), ("shop", "third")}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("setup.cfg", "[isort]\nforce_single_line = true\nforce_sort_within_sections = 1\ncombine_as_imports = True\norder_by_type = no\nno_sections = true\n"),
        ("ruff.toml", "[lint.isort]\nforce-single-line = true\nforce-sort-within-sections = true\ncombine-as-imports = true\norder-by-type = false\nno-sections = true\n"),
    ],
)  # fmt: skip
def test_other_options(path: str, text: str) -> None:
    found = sorting(path, text)
    assert found.one_a_line
    assert found.forms_mixed
    assert found.combines_as
    assert not found.by_type
    assert found.sections == ("",)


def test_ruff_counts_where_it_sorts_and_isort_where_it_does_not() -> None:
    isort = {".isort.cfg": "[settings]\nline_length = 70\n"}
    assert layout({**isort, PY: "[tool.ruff.lint]\nselect = ['I']\n"}).sorting.width == 0
    assert layout({**isort, PY: "[tool.ruff.lint]\nselect = ['E']\n"}).sorting.width == 70


@pytest.mark.parametrize(
    ("files", "own"),
    [
        ({PY: "[tool.ruff]\nsrc = ['app', 'lib']\n[tool.ruff.lint]\nselect = ['I']\n"}, {"celery", "own", "tool"}),
        ({"shop/ruff.toml": "src = ['.']\nlint.select = ['I']\n"}, {"orders", "ruff", "shop"}),
        ({".isort.cfg": "[settings]\nsrc_paths = lib\n"}, {"tool"}),
        ({".isort.cfg": "[settings]\nsrc_paths = lib/*\n"}, set()),
    ],
)  # fmt: skip
def test_the_folders_of_the_projects_own_modules(files: dict[str, str], own: set[str]) -> None:
    code = {"app/celery/__init__.py": "", "app/own.py": "", "lib/tool.py": "", "shop/orders/tasks.py": ""}  # fmt: skip
    assert layout({**files, **code}).first_party - {"ruff", "shop"} == own - {"ruff", "shop"}


def test_nothing_told() -> None:
    assert layout({}).sorting == Sorting()
    assert Sorting().sections == SECTIONS
