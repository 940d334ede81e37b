"""What tools are told where they are run: it counts as configuration where no file says it."""

import pytest

from codemods.layout.arguments import arguments_of
from codemods.layout.layout import HANGING
from codemods.snapshot import snapshot_of
from tests.codemods.layout.test_reading import layout

HOOKS = ".pre-commit-config.yaml"
PY = "pyproject.toml"


def hook(name: str, args: str = "") -> str:
    """A configuration of pre-commit with one hook between two others."""
    other = (
        "  - repo: https://x\n    hooks:\n      - id: trailing-whitespace\n        args: [--no]\n"
    )
    given = f"        args: {args}\n" if args else ""
    mine = f"  - repo: https://y\n    rev: 1.0\n    hooks:\n      - id: {name}\n{given}        exclude: migrations\n"
    return f"repos:\n{other}{mine}{other}"


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({HOOKS: hook("isort", '["--profile", "black"]')}, {"isort": {"profile": "black"}}),
        ({HOOKS: hook("isort", "[--profile=black, -l, '100']")}, {"isort": {"profile": "black", "line_length": "100"}}),
        ({HOOKS: hook("black", "\n          - --line-length\n          - '99'\n          - -S")}, {"black": {"line-length": "99", "skip-string-normalization": "true"}}),
        ({HOOKS: hook("flake8")}, {"flake8": {}}),
        ({HOOKS: hook("ruff-format")}, {"ruff": {}}),
        ({HOOKS: hook("ruff")}, {}),
        ({"scripts/check.sh": 'ssh app -c "flake8 /opt/apps --exclude migrations || echo flake8 check failed"\n'}, {"flake8": {"exclude": "migrations"}}),
        ({"Makefile": "lint:\n\t@black --check . && isort --profile black .\n"}, {"black": {"check": "."}, "isort": {"profile": "black"}}),
        ({".github/workflows/ci.yml": "      - name: flake8 all of it\n        run: poetry run black -l 100 shop\n"}, {"black": {"line-length": "100"}}),
        ({".github/workflows/ci.yml": "      - run: |\n          pip install flake8 black\n          flake8 . --count --exit-zero\n"}, {}),
        ({"lint.sh": "# flake8 shop\necho flake8 shop\nflake8 --version\nflake8\\\n  shop --max-line-length=90\n"}, {"flake8": {"max-line-length": "90"}}),
        ({"tox.ini": "[testenv]\ndeps =\n    flake8\n    black\n"}, {}),
        ({"README.md": "flake8 shop\n"}, {}),
        ({"a.sh": "black 'shop\n"}, {}),
    ],
)  # fmt: skip
def test_arguments_are_read(files: dict[str, str], told: dict[str, dict[str, str]]) -> None:
    assert arguments_of(snapshot_of({p: t.encode() for p, t in files.items()})) == told


@pytest.mark.parametrize(
    ("files", "width"),
    [
        ({"check.sh": "flake8 shop\n"}, 79),
        ({"check.sh": "flake8 shop\n", ".flake8": "[flake8]\nexclude = x\n"}, 79),
        ({"check.sh": "flake8 shop\n", ".flake8": "[flake8]\nignore = W503,E501\n"}, 0),
        ({"check.sh": "flake8 shop\n", ".flake8": "[flake8]\nmax-line-length = 110\n"}, 110),
        ({"check.sh": "flake8 shop --select=E9,F63\n"}, 0),
        ({"check.sh": "flake8 shop --max-line-length=100\n"}, 100),
        ({"check.sh": "flake8 shop && black shop\n"}, 88),
        ({"check.sh": "black shop -l 99\n"}, 99),
        ({"check.sh": "black shop -l 99\n", PY: "[tool.black]\nline-length = 90\n"}, 90),
        ({"check.sh": "ruff format shop\n"}, 88),
        ({".flake8": "[flake8]\nexclude = x\n"}, 0),
    ],
)
def test_columns(files: dict[str, str], width: int) -> None:
    assert layout(files).width == width


def test_a_sorter_that_is_told_where_it_is_run() -> None:
    found = layout(
        {HOOKS: hook("isort", "[--profile, black]"), PY: "[tool.black]\nline-length = 200\n"}
    )
    assert (found.width, found.import_width, found.sorting.mode) == (200, 88, HANGING)
    assert found.sorting.is_told
    assert layout({"a.sh": "black shop\n"}).quote == '"'
    assert layout({"a.sh": "black -S shop\n"}).quote == ""
