"""The declarations of a folder as they were where the work on it began; loaded only when asked for."""

from pathlib import Path

from codemods.inventory.link import Inventory
from codemods.snapshot import snapshot_of
from migrate.checking.reading import SKIPPED, read_files
from migrate.git.checkout import Repository


def read_commit(folder: Path, revision: str) -> Inventory:
    """The inventory of a folder as it was where HEAD left a revision."""
    with Repository(folder) as repository:
        commit = repository.merge_base(repository.resolve(revision), repository.resolve("HEAD"))
        snapshot = repository.snapshot(commit)
        top = repository.work_tree
        below = folder.resolve().relative_to(top.resolve()).as_posix() if top else "."
        lead = "" if below == "." else f"{below}/"
        wanted = [path for path in snapshot.files if path.startswith(lead) and _is_read(path)]
        files = {path.removeprefix(lead): data for path, data in snapshot.read_many(wanted).items()}
    return read_files(folder, snapshot_of(dict(sorted(files.items()))))


def _is_read(path: str) -> bool:
    parts = path.split("/")
    hidden = any(part.startswith(".") or part in SKIPPED for part in parts[:-1])
    return path.endswith(".py") and not hidden
