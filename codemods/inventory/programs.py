"""Several programs in one repository whose modules share names: each means its own."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from codemods.inventory.values import FileFacts

SYMBOLS = frozenset(
    {"symbol", "module", "target", "others", "positional", "stars", "bases", "receiver"}
    | {"assigned", "returns", "attributes"}
)
"""Fields of facts that hold symbols."""


def local_symbol(symbol: str, names: Mapping[str, str]) -> str:
    """A symbol by its path in the repository, if it begins with a module of the file's own program.

    `names` are such modules, each with the folder that the program's imports start from.
    """
    for name, root in names.items():
        if symbol == name or symbol.startswith(name + "."):
            return f"/{root.replace('/', '.')}.{symbol}" if root else f"/{symbol}"
    return symbol


def localised(facts: FileFacts, names: Mapping[str, str]) -> FileFacts:
    """The facts of a file with the shared names meant as its own program's."""
    if not any(local_symbol(item.module, names) != item.module for item in facts.imports):
        return facts
    found: FileFacts = _mapped(facts, names)
    return found


def _mapped(value: Any, names: Mapping[str, str], field: str = "") -> Any:  # noqa: ANN401
    if isinstance(value, Struct):
        parts = {name: getattr(value, name) for name in value.__struct_fields__}
        mapped = {key: _mapped(item, names, key) for key, item in parts.items()}
        return msgspec.structs.replace(value, **mapped) if mapped != parts else value
    if isinstance(value, dict):
        return {key: _mapped(item, names) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_mapped(item, names, field) for item in value)
    if isinstance(value, str) and field in SYMBOLS:
        return local_symbol(value, names)
    return value
