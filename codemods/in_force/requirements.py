"""The versions of packages that a project asks for, in whatever file it does so."""

import re
import tomllib
from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct

ASIDE = re.compile(
    r"(?<![a-z])(dev|develop|development|test|testing|docs?|lint|ci|local|typing)(?![a-z])",
    re.IGNORECASE,
)
"""Words of the paths of lists that production does not install."""
ASKED = re.compile(
    r"""(?:^[ \t"']*|["'])(?P<name>[A-Za-z][\w.-]*?)[ \t]*(\[[^\]]*\])?[ \t]*\(?(?P<versions>[<>=!~][^;#"'\n)]*)(?P<rest>[^\n]*)""",
    re.MULTILINE,
)
OTHER_PYTHON = re.compile(r"""python_version[ \t]*(<|<=|==)[ \t]*["']?(2|3\.\d\b)""")
"""A marker of Pythons that nobody upgrades to."""
POETRY = re.compile(r"(?P<sign>[~^])(?P<version>\d+(\.\d+)*)")


class Asked(Struct, frozen=True):
    """A package with its versions as written; `line` is 1-based, 0 where the name can't be found again."""

    name: str
    versions: str
    line: int


def asked(path: str, text: str, names: Collection[str]) -> Iterator[Asked]:
    """What a file asks of these packages (in lower case) with versions; nothing where it does not parse."""
    if path.endswith(".toml") or path.rpartition("/")[2] == "Pipfile":
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return
        for name, value in _tables(table):
            versions = value.get("version", "*") if isinstance(value, dict) else value
            if name.lower() in names and isinstance(versions, str):
                yield Asked(name, versions, _line_of(text, name))
        listed = table.get("project", {}).get("dependencies", [])
        for item in listed if isinstance(listed, list) else ():
            for found in _matches(str(item), names):
                yield Asked(found[0], found[1], _line_of(text, str(item)))
        return
    for name, versions, start in _matches(text, names):
        yield Asked(name, versions, text.count("\n", 0, start) + 1)


def _matches(text: str, names: Collection[str]) -> Iterator[tuple[str, str, int]]:
    for found in ASKED.finditer(text):
        if found["name"].lower() in names and not OTHER_PYTHON.search(found["rest"]):
            yield found["name"], found["versions"].strip().rstrip(","), found.start("name")


def _line_of(text: str, words: str) -> int:
    """The line on which a name or a requirement stands first as a word of its own."""
    found = re.search(rf"(?<![\w.-]){re.escape(words)}(?![\w.-])", text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _tables(table: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """The packages that Poetry's and Pipenv's tables ask for."""
    poetry = table.get("tool", {}).get("poetry", {})
    groups = poetry.get("group", {})
    named = (groups[name].get("dependencies", {}) for name in groups if not ASIDE.search(name))
    for one in (table.get("packages", {}), poetry.get("dependencies", {}), *named):
        yield from one.items()


def specifier(versions: str) -> str:
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
