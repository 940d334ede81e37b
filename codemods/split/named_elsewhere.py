"""Texts that name a god file by its path: documents, baselines of checkers, comments. Nothing in them follows."""

import re
from collections.abc import Iterable, Iterator

from codemods.inventory.link import Inventory
from codemods.values import Note

TEXTS = re.compile(
    r"(^|/)([^/]+\.(py|md|rst|txt|toml|cfg|ini|ya?ml)|[^/]*baseline[^/]*|CODEOWNERS|Makefile)$"
)
LISTED = 4
"""How many files a note names."""


def named_elsewhere(inventory: Inventory, gods: Iterable[str]) -> Iterator[Note]:
    """A note for each god file on the texts that name its path, which may mean what has left it."""
    wanted = sorted(gods)
    places: dict[str, dict[str, int]] = {path: {} for path in wanted}
    texts = [path for path in inventory.files.files if TEXTS.search(path)] if wanted else []
    for path, data in inventory.files.holding(texts, [god.encode() for god in wanted]).items():
        for god in wanted:
            line = _line_of(data, god, comments=path.endswith(".py")) if god.encode() in data else 0
            if line and path != god:
                places[god][path] = line
    for god, found in places.items():
        if found:
            shown = [f"'{path}' line {line}" for path, line in list(found.items())[:LISTED]]
            more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
            verb = "name" if len(found) > 1 else "names"
            message = f"{', '.join(shown)}{more} {verb} this file: look whether what is meant there has left it"
            yield Note(god, 0, "named-elsewhere", message)


def _line_of(data: bytes, path: str, *, comments: bool) -> int:
    """The first line that has a path, as a whole; in Python's a comment. 0 for none."""
    whole = re.compile(rb"(?<![\w./-])(?:\.?/)?" + re.escape(path.encode()) + rb"(?![\w/])")
    for number, line in enumerate(data.splitlines(), 1):
        found = whole.search(line)
        if found and (not comments or b"#" in line[: found.start()]):
            return number
    return 0
