"""Settings of `[tool.migrate]` that match nothing in the repository."""

from collections.abc import Iterator

from codemods.inventory.link import Inventory
from codemods.settings import matches
from codemods.values import Note


def unmatched(inventory: Inventory) -> Iterator[Note]:
    """A note for each path or pattern of the configuration that no file has."""
    settings, paths = inventory.settings, list(inventory.files.entries)
    where = "migrate.toml" if "migrate.toml" in inventory.files else "pyproject.toml"
    for key, patterns in (
        ("god_files", settings.god_files),
        ("exclude", settings.exclude),
        ("import_roots", settings.import_roots),
        ("dedupe.winners", settings.dedupe.winners),
    ):
        for pattern in patterns:
            is_top = key == "import_roots" and pattern.strip("./") == ""
            if not is_top and not any(matches(path, pattern) for path in paths):
                message = f"{key} names '{pattern}', and no file here matches it, so it does nothing: correct it or take it out"
                yield Note(where, 0, "setting-unmatched", message)
