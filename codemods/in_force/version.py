"""Which Celery a project runs, as far as its locks and requirements tell: up to 5.6, or from 5.7 on."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from codemods.in_force.requirements import ASIDE, asked, specifier
from codemods.in_force.routing import Side

FIRST = Version("5.7.0")
BOTH: frozenset[Side] = frozenset({"5.6", "5.7"})
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")
DECLARING = ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile")
LIST = re.compile(r"(requirement|constraint)[^\0]*\.(txt|in|pip)$", re.IGNORECASE)
PACKAGE = re.compile(r"^\[\[packages?\]\][ \t]*(?:#.*)?$", re.MULTILINE)
INNER = re.compile(r"^\[", re.MULTILINE)
CELERY = re.compile(r"""^name\s*=\s*["']celery["']""", re.MULTILINE)
TESTS = re.compile(r"(^|/)tests?/")


class Sides(Struct, frozen=True):
    """On which sides of 5.7 the project's Celery may be; where `path` is empty, no file says."""

    sides: frozenset[Side]
    reason: str
    path: str = ""
    line: int = 0

    @property
    def is_sure(self) -> bool:
        """Whether it is one side only."""
        return len(self.sides) == 1


def celery_sides(files: Mapping[str, bytes]) -> Sides:
    """The sides that a project's files leave open, with the file and the line that say so.

    Locks come first, of all of them together. Else what is asked for counts: lists of requirements
    and constraints, `pyproject.toml`, `setup.cfg`, `setup.py`, `Pipfile`. All of these hold at once,
    so the narrowest decides; where they exclude each other they are for several deployments, and
    both sides stay open. Files of tests and lists for development are asked only if no other says.
    """
    locked = [found for path in sorted(files) for found in _locked(path, files[path])]
    if locked:
        return _together(locked)
    wanted = [found for path in sorted(files) for found in _wanted(path, files[path])]
    main = [found for found in wanted if not ASIDE.search(found.path)] or wanted
    if not main:
        return Sides(BOTH, "no file says which Celery is installed")
    left = frozenset.intersection(*(found.sides for found in main))
    if not left:
        return _together(main)
    narrow = min(main, key=lambda found: len(found.sides))
    return Sides(left, narrow.reason, narrow.path, narrow.line)


def may_say_celery(path: str) -> bool:
    """Whether a file may be one of those that say which Celery a project runs."""
    name = path.rpartition("/")[2]
    return name in LOCKS or name in DECLARING or LIST.search(path) is not None


def side_of(version: str) -> Side:
    """The side of one version; a pre-release of 5.7.0 already reads settings as 5.7.0 does."""
    return "5.7" if Version(version).release[:2] >= FIRST.release[:2] else "5.6"


def _together(found: list[Sides]) -> Sides:
    """What holds for some deployment, for the reason of the first of them that differ."""
    sides = frozenset[Side]().union(*(each.sides for each in found))
    first = found[0]
    other = next((each for each in found if each.sides != first.sides), None)
    if other is None:
        return first
    reason = f"{first.reason}, but {other.reason} in '{other.path}'"
    return Sides(sides, reason, first.path, first.line)


def _locked(path: str, data: bytes) -> Iterator[Sides]:
    """The versions of Celery that a lock file has."""
    if path.rpartition("/")[2] not in LOCKS or TESTS.search(path):
        return
    text = data.decode("utf-8", "replace")
    for version in _versions(path, text):
        try:
            side = side_of(version)
        except InvalidVersion:
            continue
        yield Sides(frozenset({side}), f"celery {version} is locked", path, _line(text, version))


def _versions(path: str, text: str) -> Iterator[str]:
    try:
        if path.endswith("Pipfile.lock"):
            table: dict[str, Any] = json.loads(text)
            yield str(table["default"]["celery"]["version"]).removeprefix("==")
            return
        for part in PACKAGE.split(text):
            # A lock is long, and Celery's own lines in it are few: no other is read as TOML.
            if CELERY.search(part):
                yield str(tomllib.loads(INNER.split(part)[0]).get("version", ""))
    except (ValueError, KeyError, TypeError):
        return


def _line(text: str, version: str) -> int:
    """The line of Celery's version: the first with this version below its name."""
    named = re.search(r"""^\s*(name = )?["']celery["']""", text, re.MULTILINE)
    start = named.start() if named else 0
    at = text.find(version, start)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _wanted(path: str, data: bytes) -> Iterator[Sides]:
    """What a file asks of Celery, with versions."""
    name = path.rpartition("/")[2]
    if not (name in DECLARING or LIST.search(path)) or TESTS.search(path):
        return
    for item in asked(path, data.decode("utf-8", "replace"), ("celery",)):
        try:
            sides = _allowed(SpecifierSet(specifier(item.versions)))
        except (InvalidSpecifier, InvalidVersion):
            continue
        if sides:
            yield Sides(sides, f"celery{item.versions} is asked for", path, item.line)


def _allowed(wanted: SpecifierSet) -> frozenset[Side]:
    """The sides on which some version is wanted."""
    named = [Version(item.version.removesuffix(".*")) for item in wanted]
    beside = [Version(f"{version.base_version}.1") for version in named]
    tried = (
        Version("4.4.7"),
        Version("5.0.0"),
        Version("5.6.3"),
        FIRST,
        Version("5.99"),
        Version("99"),
    )
    allowed = [
        each for each in (*tried, *named, *beside) if wanted.contains(each, prereleases=True)
    ]
    return frozenset(side_of(str(each)) for each in allowed)
