"""What a project asks for that is too old for the runtime."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

ASIDE = re.compile(
    r"(?<![a-z])(dev|develop|development|test|testing|docs?|lint|ci|local|typing)(?![a-z])",
    re.IGNORECASE,
)
"""Words of the paths of lists that production does not install."""
LEAST = {
    "django": Version("4.2"),
    "celery": Version("5.4.0"),
    "redis": Version("5.0.1"),
    "psycopg": Version("3.1.18"),
}
"""The oldest versions that the runtime works with; a newer one than was tested is not held against."""
ASKED = re.compile(
    r"""^[ \t"']*(?P<name>django|celery|redis|psycopg)(\[[^\]]*\])?[ \t]*\(?(?P<versions>[<>=!~][^;#"'\n)]*)(?P<rest>[^\n]*)""",
    re.MULTILINE | re.IGNORECASE,
)
OTHER_PYTHON = re.compile(r"""python_version[ \t]*(<|<=|==)[ \t]*["']?(2|3\.\d\b)""")
"""A marker of Pythons that the runtime does not know."""
POETRY = re.compile(r"(?P<sign>[~^])(?P<version>\d+(\.\d+)*)")


def refused(path: str, text: str) -> str:
    """The requirement that keeps the runtime out: a version of Django or Celery that it has none for."""
    for name, versions in _asked(path, text):
        try:
            asked = SpecifierSet(_specifier(versions))
        except InvalidSpecifier:
            continue
        least = LEAST[name.lower()]
        if not any(asked.contains(version) for version in _at_least(asked, least)):
            return f"{name}{versions}"
    return ""


def _asked(path: str, text: str) -> Iterator[tuple[str, str]]:
    """What a file asks of Django and Celery, each with its versions as written."""
    if path.endswith(".toml") or path == "Pipfile":
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return
        listed = table.get("project", {}).get("dependencies", [])
        text = "\n".join(item for item in listed if isinstance(item, str))
        for name, value in _tables(table):
            versions = value.get("version", "*") if isinstance(value, dict) else value
            if name.lower() in LEAST and isinstance(versions, str):
                yield name, versions
    for found in ASKED.finditer(text):
        if not OTHER_PYTHON.search(found["rest"]):
            yield found["name"], found["versions"].strip().rstrip(",")


def _tables(table: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The packages that Poetry's and Pipenv's tables ask for."""
    poetry = table.get("tool", {}).get("poetry", {})
    groups = poetry.get("group", {})
    named = (groups[name].get("dependencies", {}) for name in groups if not ASIDE.search(name))
    for one in (table.get("packages", {}), poetry.get("dependencies", {}), *named):
        yield from one.items()


def _specifier(versions: str) -> str:
    """Versions as PEP 440 has them."""
    return ",".join(filter(None, map(_range, versions.split(","))))


def _range(version: str) -> str:
    """One of them: Poetry's `^5.2` and `~3.2` are ranges there, and a bare version is that alone."""
    found = POETRY.fullmatch(version.strip())
    if found is None:
        is_bare = re.fullmatch(r"\d[\w.]*", version.strip()) is not None
        return f"=={version.strip()}" if is_bare else "" if version.strip() == "*" else version
    parts = [int(part) for part in found["version"].split(".")]
    kept = 1 if found["sign"] == "^" or len(parts) == 1 else 2
    above = [*parts[: kept - 1], parts[kept - 1] + 1]
    return f">={found['version']},<{'.'.join(map(str, above))}"


def _at_least(asked: SpecifierSet, least: Version) -> Iterator[Version]:
    """Versions from the least one on: if any of them is asked for, one of these is."""
    named = [Version(item.version.removesuffix(".*")) for item in asked]
    beside = [Version(f"{version.base_version}.1") for version in named]
    yield from (version for version in (least, *named, *beside, Version("99")) if version >= least)
