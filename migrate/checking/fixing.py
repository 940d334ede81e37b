"""What `migrate check --fix` changes: remarks that ignore nothing. All else that is mended needs a plan.

A decorator, a name, an entry or a file of tasks is what messages and other deploys know a task by, so
those are changed by the steps of a migration, which prove what they did.
"""

from collections.abc import Iterable
from pathlib import Path

from codemods.rules.mending import without_unused
from codemods.rules.table import UNUSED
from codemods.rules.values import Finding
from codemods.snapshot import Snapshot
from codemods.values import Change
from migrate.writing import write_file


def fixes(findings: Iterable[Finding], files: Snapshot, folder: Path) -> list[Change]:
    """The files that would change, in the order of their paths; one behind a link stays as it is."""
    unused: dict[str, dict[int, list[str]]] = {}
    for item in findings:
        if item.code == UNUSED:
            unused.setdefault(item.path, {}).setdefault(item.line, []).append(item.subject)
    found: list[Change] = []
    for path, before in files.read_many(sorted(unused)).items():
        after = without_unused(path, before, unused[path])
        if after != before and not (folder / path).is_symlink():
            found.append(Change(path, before, after))
    return sorted(found, key=lambda change: change.path)


def write_fixes(changes: Iterable[Change], folder: Path) -> list[str]:
    """Writes each file that still is what was read; the paths of those."""
    written: list[str] = []
    for change in changes:
        place = folder / change.path
        if change.after is not None and place.read_bytes() == change.before:
            write_file(place, change.after, folder)
            written.append(change.path)
    return written
