"""The declarations of a folder as its files lie there."""

import os
from collections.abc import Iterator
from pathlib import Path

from codemods.inventory.declared import load_declared
from codemods.inventory.link import Inventory
from codemods.snapshot import Snapshot, snapshot_of
from migrate.config import read_settings
from migrate.git.committed import common_dir
from migrate.reading import FactReader

SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "build", "dist"})


def read_project(folder: Path) -> Inventory:
    """The inventory of the files below a folder, hidden and installed ones left out."""
    return read_files(folder, snapshot_of(dict(sorted(_python_files(os.fspath(folder))))))


def read_files(folder: Path, snapshot: Snapshot) -> Inventory:
    """The inventory of these files by the settings of a folder."""
    settings = read_settings(snapshot, folder)
    reader = FactReader(common_dir(folder), limits=settings.limits, project=folder)
    try:
        return load_declared(snapshot, settings, reader.read, reader.tree, reader.look)
    finally:
        reader.close()


def _python_files(top: str) -> Iterator[tuple[str, bytes]]:
    """Each file's path in the project and content; without `Path`, which takes its time for thousands."""
    for parent, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in SKIPPED]
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        for name in names:
            if name.endswith(".py"):
                path = f"{parent}/{name}"
                if not os.path.isfile(path):  # noqa: PTH113 - a link to a device would never end
                    continue
                with open(path, "rb") as file:  # noqa: PTH123
                    yield path[len(top) + 1 :], file.read()
