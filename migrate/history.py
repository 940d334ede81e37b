"""The figures of many commits, kept beside the repository by what they hang on; nothing is checked out."""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from migrate.answers.ground import tool
from migrate.contents import content_keys, digest
from migrate.errors import MigrateError
from migrate.git.opened import Commit
from migrate.measuring import figures
from migrate.project import Project
from migrate.writing import check_own, write_own
from reports.progress import Metrics, Progress

FOLDER = "history"
MOST = 20_000
"""Figures kept for one way of measuring; the oldest go first."""
SECONDS = 5
"""How long figures may be known and not yet kept."""

Told = Callable[[int, int], None]
"""Says how many of how many commits are measured."""


def measured(
    project: Project, commits: Sequence[Commit], gods: list[str], told: Told
) -> list[Progress]:
    """The figures of each commit; commits whose files say the same are measured once.

    What is measured is kept every few seconds, so a run that is stopped goes on where it was.
    """
    kept = Kept(project, gods)
    try:
        _measure(project, [commit.tree for commit in commits], kept, told)
    finally:
        kept.save()
    return [
        Progress(commit.id, commit.date, commit.step, kept.figures(commit.tree))
        for commit in commits
    ]


def _measure(project: Project, trees: Sequence[str], kept: "Kept", told: Told) -> None:
    """Has the figures of all trees known: as kept, else of one whose files say the same, else measured."""
    missing = [place for place, tree in enumerate(trees) if not kept.has(tree)]
    if not missing:
        return
    span = trees[missing[0] : missing[-1] + 1]
    contents = content_keys(project.repository, span)
    wanted: dict[str, str] = {}
    for tree in span:
        if not kept.has(contents[tree]):
            wanted.setdefault(contents[tree], tree)
    told(0, len(wanted))
    # Closed at once when the run is stopped: no process works on.
    with closing(figures(project, kept.gods, [*wanted.values()])) as results:
        for number, (tree, found) in enumerate(results, 1):
            kept.learn({contents[tree]: found, tree: found})
            told(number, len(wanted))
    kept.learn({tree: kept.figures(contents[tree]) for tree in span})


class Kept:
    """Figures by the tree, and by the content of the files that they hang on."""

    def __init__(self, project: Project, gods: list[str]) -> None:
        self.gods = gods
        self._common = project.repository.common_dir
        self._name = f"{digest(_way(project, gods))[:24]}.json"
        self._known = _read(self._common, self._name)
        self._asked: dict[str, Metrics] = {}
        self._saved = time.monotonic()

    def has(self, key: str) -> bool:
        """Whether the figures of a tree, or of a content, are known."""
        return key in self._asked or key in self._known

    def figures(self, key: str) -> Metrics:
        """The known figures of a tree, or of a content."""
        return self._asked.setdefault(key, self._asked.get(key) or self._known[key])

    def learn(self, found: Mapping[str, Metrics]) -> None:
        """Takes in figures, and keeps all of them if that is some seconds ago."""
        self._asked |= found
        if time.monotonic() - self._saved > SECONDS:
            self.save()

    def save(self) -> None:
        """Keeps what was asked for; does without where nothing can be written."""
        self._saved = time.monotonic()
        if self._asked.keys() <= self._known.keys():
            return
        # What was asked for last comes last, and so goes last.
        rest = {key: value for key, value in self._known.items() if key not in self._asked}
        newest = dict(list({**rest, **self._asked}.items())[-MOST:])
        body = msgspec.json.encode(newest)
        head = hashlib.sha256(body).hexdigest().encode() + b"\n"
        with suppress(MigrateError, OSError):
            write_own(self._common / "migrate" / FOLDER, {self._name: head + body}, self._common)


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
