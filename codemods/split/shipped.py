"""Files that list a project's packages one by one, so that a new one would not be shipped."""

import ast
import configparser
import tomllib
from collections.abc import Iterator

from codemods.inventory.trees import parsed
from codemods.inventory.walking import walk
from codemods.snapshot import Snapshot, folders


def lists_packages(files: Snapshot, path: str) -> str:
    """The nearest file that lists the packages that a distribution ships, or `""`.

    One that finds them, as `find_packages()` does, lists none.
    """
    places = ["", *(f"{folder}/" for folder in folders(path))]
    for place in reversed(places):
        for name, listing in (
            ("pyproject.toml", _in_toml),
            ("setup.cfg", _in_cfg),
            ("setup.py", _in_setup),
        ):
            known = f"{place}{name}"
            data = files.read_many([known]).get(known) if known in files else None
            if data is not None and listing(data):
                return known
    return ""


def _in_toml(data: bytes) -> bool:
    try:
        tool = tomllib.loads(data.decode("utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        return False
    setuptools = tool.get("setuptools", {}) if isinstance(tool, dict) else {}
    return isinstance(setuptools, dict) and bool(_texts(setuptools.get("packages")))


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _in_cfg(data: bytes) -> bool:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(data.decode("utf-8"))
    except (configparser.Error, UnicodeDecodeError):
        return False
    value = parser.get("options", "packages", fallback="").strip()
    return bool(value) and not value.startswith("find")


def _in_setup(data: bytes) -> bool:
    return any(isinstance(value, ast.List | ast.Tuple) and value.elts for value in _packages(data))


def _packages(data: bytes) -> Iterator[ast.expr]:
    tree = parsed(data)
    for node in walk(tree) if isinstance(tree, ast.Module) else ():
        if isinstance(node, ast.keyword) and node.arg == "packages":
            yield node.value
