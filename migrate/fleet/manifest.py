"""The manifest of a campaign: which repositories, at which revision, with which settings.

name = "spring"
[defaults]
accept = true
[[repositories]]
source = "../shop"
revision = "main"
"""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tomlkit
from msgspec import Struct

from migrate.config import explain, parse_settings
from migrate.errors import UsageError
from migrate.fleet.values import NAME, Repository
from migrate.steps import BY_NAME

DAY = 24 * 3600
LEVELS = ("static", "stub", "boot")
URL = re.compile(r"(https?|ssh|git|file)://[^\s\x00-\x1f]+|[\w.-]+@[\w.-]+:[^\s\x00-\x1f]+")
T = TypeVar("T", bound=Struct)


class Defaults(Struct, frozen=True, forbid_unknown_fields=True):
    """What a repository's table may say, and what `[defaults]` say for all of them."""

    revision: str = "HEAD"
    settings: dict[str, Any] = {}
    steps: tuple[str, ...] = ()
    accept: bool = False
    deployed: int = 0
    through_gates: bool = False
    prove: tuple[str, ...] = ("static",)
    python: str = ""
    test_command: str = ""
    trust: bool = False
    seconds: float = 900.0
    memory_mb: int = 4096


class Entry(Defaults, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[[repositories]]` table."""

    source: str
    name: str = ""


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is written."""

    repositories: tuple[dict[str, Any], ...]
    name: str = ""
    defaults: dict[str, Any] = {}
    pull_request: tuple[str | tuple[str, ...], ...] = ()


class Manifest(Struct, frozen=True):
    """A campaign as it is asked for; `pull_request` are commands, each a list of words."""

    name: str
    repositories: tuple[Repository, ...]
    pull_request: tuple[tuple[str, ...], ...] = ()


def read_manifest(path: Path) -> Manifest:
    """The manifest of a file. Raises `UsageError` with the line at fault and what to type."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"'{path}' is not UTF-8. Save it as UTF-8, then run again") from None
    except OSError as error:
        raise UsageError(
            f"the manifest '{path}' can't be read: {error.strerror}. Write one: migrate fleet {path} --init DIR..."
        ) from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"'{path}' is not TOML: {error}. Mend it, then run again") from None
    return manifest_of(table, text, path)


def manifest_of(table: dict[str, Any], text: str, path: Path) -> Manifest:
    """The manifest of a table that was read from this text; folders are relative to the file's."""
    written = _converted(table, Written, text, path, 1)
    defaults = _converted(written.defaults, Defaults, text, path, _line_of(text, "defaults"))
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _opens(line)]
    lines += [0] * (len(written.repositories) - len(lines))
    known = {key: value for key, value in _plain(defaults).items() if key in written.defaults}
    found: dict[str, Repository] = {}
    for own, line in zip(written.repositories, lines, strict=False):
        entry = _converted(known | own, Entry, text, path, line)
        settings = {**defaults.settings, **own.get("settings", {})}
        repository = _repository(entry, settings, path, text, line)
        if repository.name in found:
            raise _wrong(
                path, line, f'two repositories are named "{repository.name}". Give one a name of its own: name = "..."'
            )  # fmt: skip
        found[repository.name] = repository
    if not found:
        raise _wrong(path, 0, 'it lists no repositories. Add one: [[repositories]] source = "DIR"')
    name = written.name or re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem)[:40]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        raise _wrong(
            path, _line_of(text, "name"), "name must be 1 to 40 letters, digits, '-' or '_', since queues are named after it"
        )  # fmt: skip
    return Manifest(name, tuple(found.values()), _commands(written.pull_request))


def written_manifest(sources: Iterable[str]) -> str:
    """A manifest of these sources, as text."""
    document = tomlkit.document()
    document.add(
        tomlkit.comment("Each repository is cloned; the source itself is never written to.")
    )
    document.add("defaults", tomlkit.table().add("accept", False))
    several = tomlkit.aot()
    for name, source in named(list(sources)).items():
        several.append(tomlkit.table().add("name", name).add("source", source))
    document.add("repositories", several)
    return tomlkit.dumps(document)


def named(sources: list[str]) -> dict[str, str]:
    """The sources by names of their own: that of a folder, with the one above where several bear it."""
    plain = [_stem(source) for source in sources]
    found: dict[str, str] = {}
    for stem, source in zip(plain, sources, strict=True):
        above = _stem(source.rstrip("/").rpartition("/")[0]) if plain.count(stem) > 1 else ""
        first = f"{above}-{stem}" if above else stem
        numbered = (f"{first}-{number}" for number in range(2, len(sources) + 2))
        name = first if first not in found else next(n for n in numbered if n not in found)
        found[name] = source
    return found


def _stem(source: str) -> str:
    """The last part of a source as a name."""
    last = re.split(r"[/:]", source.rstrip("/"))[-1].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).lstrip("._-")[:45] or "repository"


def _repository(
    entry: Entry, settings: dict[str, Any], path: Path, text: str, line: int
) -> Repository:
    found = _source(entry.source, path, line)
    name = entry.name or _stem(found)
    wrong = _wrong_name(name) or _wrong_word(entry, settings)
    if wrong:
        raise _wrong(path, line, wrong)
    parse_settings(settings, text, str(path))
    values = {key: value for key, value in _plain(entry).items() if key not in {"name", "source"}}
    return Repository(**{**values, "name": name, "source": found, "settings": settings})


def _source(source: str, path: Path, line: int) -> str:
    """A URL as it is, a folder as seen from the manifest's."""
    if not source or source.startswith("-") or not source.isprintable():
        raise _wrong(path, line, f"source {source!r} is neither a folder nor a URL")
    if URL.fullmatch(source):
        return source
    if "://" in source or "::" in source:
        raise _wrong(
            path,
            line,
            f"source {source!r} is no URL that is fetched from: use https, ssh, git or file",
        )
    return str((path.parent / Path(source).expanduser()).resolve())


def _wrong_name(name: str) -> str:
    if NAME.fullmatch(name):
        return ""
    return f'name "{name}" names a folder of the campaign: use 1 to 100 letters, digits, ".", "_" or "-"'


def _wrong_word(entry: Entry, settings: dict[str, Any]) -> str:
    """What is wrong with the rest of a table; `""` where nothing is."""
    revision = entry.revision
    if not revision or revision.startswith("-") or not revision.isprintable():
        return f"revision {revision!r} is no revision: use a branch, a tag or an id"
    unknown = next((word for word in entry.prove if word not in LEVELS), "")
    if unknown or not entry.prove:
        return f'prove has no "{unknown}". The levels are: {", ".join(LEVELS)}'
    if "boot" in entry.prove and not entry.python:
        return 'prove = ["boot"] runs the project in its own environment: add python = "PATH"'
    own = {item.get("name") for item in settings.get("codemods", []) if isinstance(item, dict)}
    unknown = next((step for step in entry.steps if step not in BY_NAME and step not in own), "")
    if unknown:
        return f'there is no step "{unknown}". The steps are: {", ".join(BY_NAME)}'
    if not 0 < entry.seconds <= DAY or entry.memory_mb < 256 or entry.deployed < 0:
        return f"seconds must be 1 to {DAY}, memory_mb at least 256, deployed not below 0"
    return ""


def _plain(value: Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _commands(
    given: tuple[str | tuple[str, ...], ...],
) -> tuple[tuple[str, ...], ...]:
    """Several commands as they are, and one as the only one of several."""
    lists = tuple(item for item in given if isinstance(item, tuple))
    words = tuple(item for item in given if isinstance(item, str))
    return lists or ((words,) if words else ())


def _converted(table: dict[str, Any], kind: type[T], text: str, path: Path, line: int) -> T:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        words = [field.name for field in msgspec.structs.fields(kind)]
        # The line of the word at fault, looked for from where its table begins.
        below = "\n" * (line - 1) + "\n".join(text.splitlines()[max(line - 1, 0) :])
        said = explain(str(error), below, str(path), words).replace(":  has no", ": it has no")
        told = said.removeprefix(str(path))
        raise UsageError(said if re.match(r":\d", told) else f"{path}:{line}{told}") from None


def _opens(line: str) -> bool:
    return re.match(r"\s*\[\[\s*repositories\s*\]\]", line) is not None


def _line_of(text: str, word: str) -> int:
    lines = enumerate(text.splitlines(), 1)
    return next((n for n, line in lines if re.match(rf"\s*\[?\s*{word}\b", line)), 1)


def _wrong(path: Path, line: int, what: str) -> UsageError:
    return UsageError(f"{path}:{line}: {what}" if line else f"{path}: {what}")
