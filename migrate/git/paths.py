"""What is checked of the paths of a tree before it is read or written."""

from collections.abc import Iterable, Mapping

from codemods.snapshot import Entry, Snapshot, folded
from migrate.errors import SafetyError


def check_inside(paths: Iterable[str]) -> None:
    """Raises `SafetyError` for a path that leaves the tree: git makes none, but reads it."""
    for path in paths:
        if ".." in path and ".." in path.split("/"):
            raise SafetyError(
                f"a tree of this repository holds '{path}', which leaves the tree: nothing of it is read. Look at it: git fsck"
            )


def check_folders(snapshot: Snapshot) -> None:
    """Raises `SafetyError` where a new file would take the place of a folder, or the other way."""
    folders = {
        "/".join(parts[:depth])
        for parts in (path.split("/") for path in snapshot.entries)
        for depth in range(1, len(parts))
    }
    for path in snapshot.written:
        if path in folders:
            raise SafetyError(
                f"'{path}' would be a file and is a folder here. Say another place in [tool.migrate] (alias_module), or rename the folder"
            )


def check_alike(before: Mapping[str, Entry], snapshot: Snapshot) -> None:
    """Raises `SafetyError` where a new file and another one differ in nothing but case."""
    new = [path for path in snapshot.written if path not in before]
    known = Snapshot(before, lambda ids: {})
    seen: dict[str, str] = {}
    for path in new:
        other = known.alike(path) or seen.setdefault(folded(path), path)
        if other != path:
            raise SafetyError(
                f"'{path}' would be made beside '{other}', and file systems that don't tell case apart hold only one of them. Say another place in [tool.migrate], or rename what is there"
            )
