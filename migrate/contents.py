"""What the figures of a tree hang on, told for many trees from what differs between them."""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence

from codemods.in_force.version import may_say_celery
from codemods.inventory.current import COMMANDS
from codemods.inventory.roots import CONFIGURING
from codemods.snapshot import Entry, Snapshot
from migrate.git.objects import Objects


def content_keys(repository: Objects, trees: Sequence[str]) -> dict[str, str]:
    """For each tree the key of its content: trees with the same have the same figures."""
    entries = _counting(repository.snapshot(trees[0]).entries)
    found = {trees[0]: _key(entries)}
    for (older, newer), changed in zip(
        zip(trees, trees[1:], strict=False), repository.changes(trees), strict=True
    ):
        mine = {path: entry for path, entry in changed.items() if hangs_on(path)}
        for path, entry in mine.items():
            if entry is None:
                entries.pop(path, None)
            else:
                entries[path] = entry
        found[newer] = _key(entries) if mine else found[older]
    return found


def content_key(snapshot: Snapshot) -> str:
    """The key of one snapshot's content."""
    return _key(_counting(snapshot.entries))


def hangs_on(path: str) -> bool:
    """Whether figures hang on a file: one of Python, or that tells import roots, workers or versions."""
    return bool(
        path.endswith(".py")
        or CONFIGURING.search(path)
        or COMMANDS.search(path)
        or may_say_celery(path)
    )


def _counting(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    return {path: entry for path, entry in entries.items() if hangs_on(path)}


def _key(entries: Mapping[str, Entry]) -> str:
    return digest(
        os.fsencode(f"{path}\0{entry.mode}\0{entry.id}") for path, entry in _in_order(entries)
    )


def _in_order(entries: Mapping[str, Entry]) -> list[tuple[str, Entry]]:
    """The entries in the order of their paths, whatever order they came in."""
    return sorted(entries.items(), key=lambda item: item[0])


def digest(parts: Iterable[bytes]) -> str:
    """The digest of some parts, each with its length."""
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d\0" % len(part))
        found.update(part)
    return found.hexdigest()
