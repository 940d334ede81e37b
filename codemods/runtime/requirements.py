"""The list of requirements that production installs from, and whether the runtime fits into it."""

import re
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from codemods.runtime.places import CELERY

REQUIREMENT = "celery-converge-runtime>=0.1"
LEAST = {"django": Version("4.2"), "celery": Version("5.4.0")}
"""The oldest versions that the runtime works with; a newer one than was tested is not held against."""
ASKED = re.compile(
    r"""^[ \t"']*(?P<name>django|celery)(\[[^\]]*\])?[ \t]*\(?(?P<versions>[<>=!~][^;#"'\n)]*)""",
    re.MULTILINE | re.IGNORECASE,
)
IN_TOML = re.compile(
    r"""^(?P<lead>[ \t]*)(?P<item>(?P<q>["'])celery\b(?!-)[^"'\n]*(?P=q))(?P<comma>,?)(?P<rest>[ \t]*(\#[^\n]*)?)$""",
    re.MULTILINE | re.IGNORECASE,
)
"""Celery on a line of its own in an array of requirements."""


def refused(text: str) -> str:
    """The requirement that keeps the runtime out: a version of Django or Celery that it has none for."""
    for found in ASKED.finditer(text):
        try:
            asked = SpecifierSet(found["versions"].strip().rstrip(","))
        except InvalidSpecifier:
            continue
        least = LEAST[found["name"].lower()]
        if not any(asked.contains(version) for version in _at_least(asked, least)):
            return f"{found['name']}{found['versions'].strip()}"
    return ""


def _at_least(asked: SpecifierSet, least: Version) -> Iterator[Version]:
    """Versions from the least one on: if any of them is asked for, one of these is."""
    named = [Version(item.version.removesuffix(".*")) for item in asked]
    beside = [Version(f"{version.base_version}.1") for version in named]
    yield from (version for version in (least, *named, *beside, Version("99")) if version >= least)


def with_requirement(path: str, text: str) -> str | None:
    """A list of requirements that asks for the runtime below Celery; `None` if there is no place."""
    if "celery-converge-runtime" in text:
        return text
    if path.endswith(".toml"):
        found = next((m for m in IN_TOML.finditer(text) if _is_dependency(text[: m.start()])), None)
        if found is None:
            return None
        new = f"{found['lead']}{found['q']}{REQUIREMENT}{found['q']}{found['comma']}"
        line = f"{found['lead']}{found['item']},{found['rest']}\n{new}"
        return text[: found.start()] + line + text[found.end() :]
    found = CELERY.search(text)
    if found is None or "--hash=" in text:
        return None
    at = text.find("\n", found.start())
    while at > 0 and text[:at].rstrip("\r").endswith("\\"):
        at = text.find("\n", at + 1)
    at = len(text) if at < 0 else at
    ending = "\r" if text[:at].endswith("\r") else ""
    return f"{text[:at]}\n{REQUIREMENT}{ending}{text[at:]}"


def _is_dependency(before: str) -> bool:
    """Whether the array that is open at the end of a text is one of `dependencies`."""
    for line in reversed(before.splitlines()):
        # An extra has brackets too, "kombu[redis]": only a line of its own closes the array.
        if line.strip().startswith("]"):
            return False
        found = re.match(r"[ \t]*([\w.-]+)[ \t]*=[ \t]*\[", line)
        if found:
            return found[1] == "dependencies"
    return False
