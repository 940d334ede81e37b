"""Reading `[tool.migrate]`: every wrong word is an error with its line and what was meant."""

import difflib
import keyword
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_origin

import msgspec

from codemods.settings import Settings
from codemods.snapshot import Snapshot
from migrate.errors import UsageError

FILES = ("migrate.toml", "pyproject.toml")
NONE: Mapping[str, Any] = MappingProxyType({})


def read_settings(
    snapshot: Snapshot, work_tree: Path | None, over: Mapping[str, Any] = NONE
) -> Settings:
    """The settings of the files as they lie there, else of the revision, else the defaults.

    Those that a caller lays `over` them win, table by table.
    """
    for name in FILES:
        text = _text(snapshot, work_tree, name)
        if text is None:
            continue
        table = _table(text, name)
        if name == "pyproject.toml":
            tool = table.get("tool", {})
            inner = tool.get("migrate", {}) if isinstance(tool, dict) else {}
            if not isinstance(inner, dict):
                raise UsageError(
                    f"{name}: [tool.migrate] is not a table. Write it as [tool.migrate] with keys below it"
                )
            table = inner
        if table:
            return parse_settings(laid_over(table, over), text, name)
    return parse_settings(dict(over), "", "settings") if over else Settings()


def laid_over(table: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """A table with the values of another one, which win; tables within tables likewise."""
    found = dict(table)
    for key, value in over.items():
        own = found.get(key)
        both = isinstance(own, dict) and isinstance(value, dict)
        found[key] = laid_over(own, value) if both and own is not None else value
    return found


def _text(snapshot: Snapshot, work_tree: Path | None, name: str) -> str | None:
    try:
        if work_tree is not None and (work_tree / name).is_file():
            return (work_tree / name).read_text("utf-8")
        return snapshot.read(name).decode("utf-8") if name in snapshot.files else None
    except UnicodeDecodeError:
        raise UsageError(f"'{name}' is not UTF-8. Save it as UTF-8, then run again") from None


def _table(text: str, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"'{name}' is not TOML: {error}. Mend it, then run again") from None


def parse_settings(table: dict[str, object], text: str, name: str) -> Settings:
    """Settings of a table; `UsageError` names the line and the nearest known word."""
    try:
        settings = msgspec.convert(table, Settings)
    except msgspec.ValidationError as error:
        raise UsageError(explain(str(error), text, name, _words(Settings))) from None
    _check_files(settings, text, name)
    return settings


def _check_files(settings: Settings, text: str, name: str) -> None:
    """Raises `UsageError` for a file that tasks can't be moved to."""
    files = [("file", domain.file) for domain in settings.domains.values() if domain.file]
    files += [("shared_file", settings.split.shared_file)] if settings.split.shared_file else []
    for key, file in files:
        *folders, last = file.split("/")
        stem = last.removesuffix(".py")
        words = [*folders, stem]
        wrong = last == stem or not all(word.isidentifier() for word in words)
        if wrong or keyword.iskeyword(stem) or stem == "__init__" or file in settings.god_files:
            number = next((n for n, line in enumerate(text.splitlines(), 1) if file in line), 0)
            raise UsageError(
                f"{name}:{number}: {key} = '{file}' is no module that tasks can go to. Name a Python file of the project, as email_tasks.py"
            )


def _words(kind: type[msgspec.Struct]) -> list[str]:
    """What a table may say: its keys, those of its tables, and the values that are words."""
    found: list[str] = []
    for field in msgspec.structs.fields(kind):
        found.append(field.name)
        inner = [field.type, *getattr(field.type, "__args__", ())]
        for part in inner:
            found.extend(getattr(part, "__args__", ()) if get_origin(part) is Literal else ())
            if isinstance(part, type) and issubclass(part, msgspec.Struct):
                found.extend(_words(part))
    return found


def explain(message: str, text: str, name: str, words: list[str]) -> str:
    """A validation error with the line of the word at fault, and a suggestion."""
    found = re.search(r"unknown field `([^`]+)`", message)
    wrong = found.group(1) if found else (re.findall(r"[.`](\w+)(?:\[|`|$)", message) or [""])[-1]
    line = next(
        (
            number
            for number, content in enumerate(text.splitlines(), 1)
            if wrong and re.match(rf"\s*(\[+[\w.]*)?[\"']?{re.escape(wrong)}\b", content)
        ),
        0,
    )
    near = difflib.get_close_matches(wrong, words, 1)
    hint = f'; did you mean "{near[0]}"?' if near and found else ""
    place = f"{name}:{line}" if line else name
    if found:
        return f'{place}: unknown key "{wrong}"{hint}'
    value = re.match(r"Invalid enum value '([^']*)'", message)
    if value:
        near = difflib.get_close_matches(value[1], words, 1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        return f'{place}: {wrong} has no "{value[1]}"{hint}'
    return f"{place}: {in_words(message)}"


KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text in quotes",
    "bool": "true or false",
    "array": "a list in brackets",
    "object": "a table",
}


def in_words(message: str) -> str:
    """A validation error without msgspec's own names of types and places; other errors as they are."""
    place = r"(?: - at `\$([^`]*)`)?$"
    found = re.match(rf"Expected `([^`]+)`, got `([^`]+)`{place}", message)
    if found:
        wanted, given = (KINDS.get(kind, f"a {kind}") for kind in found.group(1, 2))
        return f"{_key(found[3])} must be {wanted}, and is {given}"
    found = re.match(rf"Object missing required field `([^`]+)`{place}", message)
    return f'{_key(found[2])} has no "{found[1]}"' if found else message


def _key(place: str | None) -> str:
    """A key with the tables around it, as people write it: `codemods.name, entry 2`."""
    entries = re.findall(r"\[(\d+)\]", place or "")
    words = re.sub(r"\[\d+\]", "", (place or "").replace("[...]", ".<name>")).lstrip(".")
    return ", ".join(filter(None, [words, *(f"entry {int(number) + 1}" for number in entries)]))
