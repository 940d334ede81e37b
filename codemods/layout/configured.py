"""The configuration files of a snapshot as tables; one that can't be read says nothing."""

import tomllib
from collections.abc import Iterator, Mapping
from configparser import Error, RawConfigParser
from typing import Any

from codemods.snapshot import Snapshot

Table = Mapping[str, Any]
NOTHING: Table = {}


class Configured:
    """The configuration files above any path, each read once."""

    def __init__(self, files: Snapshot) -> None:
        self._files = files
        self._read: dict[str, Table] = {}

    def nearest(self, folder: str, *places: tuple[str, str]) -> Table | None:
        """The table of the first of these places, (file, section), in this folder or the next above.

        A section of a TOML file is dotted, `""` is the whole file. `None` where there is none.
        """
        return self.nearest_with_place(folder, *places)[1]

    def nearest_with_place(self, folder: str, *places: tuple[str, str]) -> tuple[str, Table | None]:
        """That table, with the folder of its file: `""` for the root, else with its slash."""
        for above in upward(folder):
            for name, section in places:
                found = self._section(f"{above}{name}", section)
                if found is not None:
                    return above, found
        return "", None

    def modules_in(self, folder: str) -> frozenset[str]:
        """The names by which files and folders right below a folder are imported."""
        inner = f"{folder}/" if folder else ""
        names = (
            path[len(inner) :].partition("/")[0]
            for path in self._files.files
            if path.startswith(inner)
        )
        return frozenset(
            name.removesuffix(".py") for name in names if name.removesuffix(".py").isidentifier()
        )

    def text(self, path: str) -> str:
        """A file's text, `""` where there is none."""
        if path not in self._files:
            return ""
        data = self._files.read_many([path]).get(path, b"")
        return data.decode("utf-8", "replace")

    def _section(self, path: str, section: str) -> Table | None:
        if path not in self._files:
            return None
        if path not in self._read:
            is_toml = path.endswith(".toml")
            self._read[path] = _toml(self.text(path)) if is_toml else _ini(self.text(path))
        table = self._read[path]
        if not path.endswith(".toml"):
            found = table.get(section)
            return found if isinstance(found, dict) else None
        found = dict(table) if table else None
        for word in section.split(".") if section else ():
            found = (found or {}).get(word)
            if not isinstance(found, dict):
                return None
        return found


def upward(folder: str) -> Iterator[str]:
    """A folder and those above it, each with its slash; the root is `""`."""
    while folder:
        yield f"{folder}/"
        folder = folder.rpartition("/")[0]
    yield ""


def _toml(text: str) -> Table:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return NOTHING


def _ini(text: str) -> Table:
    parser = RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except Error:
        return NOTHING
    return {name: dict(parser.items(name)) for name in parser.sections()}


def with_arguments(found: Table | None, given: Table | None) -> Table | None:
    """A tool's table, with what it is given where it is run; `None` where it is neither."""
    if given is None:
        return found
    return {**given, **(found or {})}


def table(value: object) -> Table:
    """A table inside another; an empty one for anything else."""
    return value if isinstance(value, dict) else NOTHING


def words(value: object) -> tuple[str, ...]:
    """The words of a list, or of a text with commas or lines."""
    if isinstance(value, str):
        lines = (line.partition("#")[0] for line in value.splitlines())
        return tuple(word.strip() for line in lines for word in line.split(",") if word.strip())
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def truth(value: object) -> bool:
    """Whether a value says yes, in TOML's way or in that of an INI file."""
    return value is True or str(value).strip().lower() in {"true", "1", "yes", "on", "y", "t"}


def number(value: object) -> int:
    """A whole number, 0 for anything else."""
    text = str(value).partition("#")[0].strip()
    return int(text) if text.isdecimal() and value is not True else 0
