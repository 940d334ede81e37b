"""What a project asks for that is too old for the runtime."""

from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from codemods.in_force.requirements import asked, specifier

LEAST = {
    "django": Version("4.2"),
    "celery": Version("5.4.0"),
    "redis": Version("5.0.1"),
    "psycopg": Version("3.1.18"),
}
"""The oldest versions that the runtime works with; a newer one than was tested is not held against."""


def refused(path: str, text: str) -> str:
    """The requirement that keeps the runtime out: a version of Django or Celery that it has none for."""
    for item in asked(path, text, LEAST):
        try:
            wanted = SpecifierSet(specifier(item.versions))
        except InvalidSpecifier:
            continue
        least = LEAST[item.name.lower()]
        if not any(wanted.contains(version) for version in _at_least(wanted, least)):
            return f"{item.name}{item.versions}"
    return ""


def _at_least(wanted: SpecifierSet, least: Version) -> Iterator[Version]:
    """Versions from the least one on: if any of them is asked for, one of these is."""
    named = [Version(item.version.removesuffix(".*")) for item in wanted]
    beside = [Version(f"{version.base_version}.1") for version in named]
    yield from (version for version in (least, *named, *beside, Version("99")) if version >= least)
