"""The page of measurements says what the libraries in it are set to."""

import ast
import re
from pathlib import Path

import pytest

from tests.target_runtime.conftest import ROOT

SITE = ROOT / "tests" / "benchmarks" / "peer_site.py"
PAGE = (ROOT / "docs" / "benchmarks.md").read_text()
HEAD = (ROOT / "tests" / "benchmarks" / "runtime.py").read_text()
NOT_OURS = {"base", "backend", "settings", "url", "redis_url", "once", "heimdall"}
"""What a library can't do without: its class, and where its keys are."""


def settings(source: Path) -> set[str]:
    """Each option that any of the libraries gets."""
    tree = ast.parse(source.read_text())
    (options,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "options")
    dicts = [node for node in ast.walk(options) if isinstance(node, ast.Dict)]
    keys = [key.value for node in dicts for key in node.keys if isinstance(key, ast.Constant)]
    return {str(key) for key in keys} - NOT_OURS


def section(page: str) -> str:
    """What is said before the table of scenarios."""
    found = re.search(
        r"^## The same scenarios.*?\n(.*?)(?=^\||^\{)", page, re.MULTILINE | re.DOTALL
    )
    assert found is not None
    return found[1]


@pytest.mark.parametrize("page", [PAGE, HEAD], ids=["page", "what make bench writes"])
def test_what_is_set_is_told(page: str) -> None:
    told = set(re.findall(r"`(\w+)(?:=\(\))?`", section(page)))
    assert settings(SITE) <= told


def test_the_page_says_what_make_bench_writes() -> None:
    assert section(PAGE) == section(HEAD)
