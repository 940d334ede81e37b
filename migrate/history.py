"""The figures of many commits, kept beside the repository by what they hang on; nothing is checked out."""

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from codemods.in_force.version import may_say_celery
from codemods.inventory.current import COMMANDS
from codemods.inventory.roots import CONFIGURING
from codemods.snapshot import Snapshot
from migrate.answers.ground import tool
from migrate.errors import MigrateError
from migrate.git.opened import Commit
from migrate.project import Project
from migrate.writing import check_own, write_own
from reports.progress import Metrics, Progress, measure

FOLDER = "history"
MOST = 20_000
"""Figures kept for one way of measuring; the oldest go first."""

Told = Callable[[int, int], None]
"""Says how many of how many commits are measured."""


def measured(
    project: Project, commits: Sequence[Commit], gods: list[str], told: Told
) -> list[Progress]:
    """The figures of each commit; commits whose files say the same are measured once."""
    kept = Kept(project, gods)
    points: list[Progress] = []
    for number, commit in enumerate(commits, 1):
        told(number, len(commits))
        metrics = kept.figures(commit.tree)
        points.append(Progress(commit.id, commit.date, commit.step, metrics))
    kept.save()
    return points


class Kept:
    """Figures by the tree, and by the content of the files that they hang on."""

    def __init__(self, project: Project, gods: list[str]) -> None:
        self._project = project
        self._gods = gods
        self._common = project.repository.common_dir
        self._name = f"{_digest(_way(project, gods))[:24]}.json"
        self._known = _read(self._common, self._name)
        self._asked: dict[str, Metrics] = {}

    def figures(self, tree: str) -> Metrics:
        """The figures of a tree: as kept, else of one whose files say the same, else measured."""
        found = self._look(tree)
        if found is None:
            snapshot = self._project.snapshot(tree)
            content = content_key(snapshot)
            found = self._look(content)
            if found is None:
                found = measure(self._project.load(snapshot), self._gods)
            self._asked |= {content: found, tree: found}
        return found

    def _look(self, key: str) -> Metrics | None:
        found = self._asked.get(key) or self._known.get(key)
        if found is not None:
            self._asked[key] = found
        return found

    def save(self) -> None:
        """Keeps what was asked for; does without where nothing can be written."""
        if self._asked.keys() <= self._known.keys():
            return
        # What was asked for last comes last, and so goes last.
        rest = {key: value for key, value in self._known.items() if key not in self._asked}
        newest = dict(list({**rest, **self._asked}.items())[-MOST:])
        body = msgspec.json.encode(newest)
        head = hashlib.sha256(body).hexdigest().encode() + b"\n"
        with suppress(MigrateError, OSError):
            write_own(self._common / "migrate" / FOLDER, {self._name: head + body}, self._common)


def content_key(snapshot: Snapshot) -> str:
    """What figures hang on: the Python files, and those that tell import roots, workers and versions."""
    return _digest(
        os.fsencode(f"{path}\0{entry.mode}\0{entry.id}")
        for path, entry in snapshot.entries.items()
        if path.endswith(".py")
        or CONFIGURING.search(path)
        or COMMANDS.search(path)
        or may_say_celery(path)
    )


def _way(project: Project, gods: list[str]) -> Iterable[bytes]:
    """How it is measured: by which tool and Pythons, with which settings and god files."""
    yield from tool()
    yield sys.version.encode()
    yield project.reader.other_pythons.encode()
    yield repr(project.settings).encode()
    yield from (os.fsencode(path) for path in gods)


def _read(common_dir: Path, name: str) -> dict[str, Metrics]:
    """What is kept; nothing of it where a file was damaged or is a link."""
    folder = common_dir / "migrate" / FOLDER
    try:
        check_own(folder, (name,), common_dir)
        head, _, body = (folder / name).read_bytes().partition(b"\n")
        if head.decode() != hashlib.sha256(body).hexdigest():
            return {}
        return msgspec.json.decode(body, type=dict[str, Metrics])
    except (MigrateError, OSError, ValueError, msgspec.MsgspecError):
        return {}


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(b"%d\0" % len(part))
        found.update(part)
    return found.hexdigest()
