"""The figures of many trees, measured by as many processes as help."""

import gc
import os
import signal
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, NamedTuple

from codemods.inventory.values import FileFacts
from codemods.settings import Settings
from codemods.snapshot import Entry, Snapshot
from migrate.git.checkout import Repository
from migrate.memory import collect_rarely
from migrate.project import Project
from migrate.reading import FactReader, way_to_start
from reports.progress import Metrics, measure

POOL_FROM = {"fork": 8_000, "spawn": 40_000}
"""Files to link, over all trees, from which more processes pay for their start."""
MOST = 4
"""Processes at most: each holds the facts of a whole project."""

BLOBS = 60_000_000
"""Bytes of contents that a process keeps."""


class Way(NamedTuple):
    """How it is measured."""

    folder: Path
    settings: Settings
    gods: list[str]


class Measurer:
    """Measures trees of one repository in a process of its own, each from what it has anew."""

    def __init__(self, way: Way, known: Mapping[str, FileFacts]) -> None:
        self._way = way
        self._repository = Repository(way.folder)
        common, folder = self._repository.common_dir, self._repository.work_tree
        limits = way.settings.limits
        self._reader = FactReader(common, None, limits, folder, known, processes=1)
        self._blobs: dict[str, bytes] = {}
        self._last = ""
        self._entries: dict[str, Entry] = {}

    def figures(self, tree: str) -> Metrics:
        """The figures of a tree."""
        snapshot = Snapshot(self._entries_of(tree), self._read)
        return measure(self._reader.inventory(snapshot, self._way.settings), self._way.gods)

    def _entries_of(self, tree: str) -> dict[str, Entry]:
        """The files of a tree in git's order, from those of the tree before it."""
        if self._last:
            (changed,) = self._repository.changes([self._last, tree])
            kept = {path: entry for path, entry in self._entries.items() if path not in changed}
            new = {path: entry for path, entry in changed.items() if entry is not None}
            self._entries = dict(sorted((kept | new).items(), key=lambda i: os.fsencode(i[0])))
        else:
            self._entries = self._repository.snapshot(tree).entries
        self._last = tree
        return self._entries

    def _read(self, ids: list[str]) -> dict[str, bytes]:
        """The contents of blobs: most are asked for in every tree."""
        missing = [blob for blob in ids if blob not in self._blobs]
        if missing:
            if sum(map(len, self._blobs.values())) > BLOBS:
                self._blobs.clear()
                missing = ids
            self._blobs |= self._repository.read_blobs(missing)
        return {blob: self._blobs[blob] for blob in ids if blob in self._blobs}


def figures(
    project: Project, gods: list[str], trees: Sequence[str]
) -> Generator[tuple[str, Metrics], None, None]:
    """The trees, each with its figures as soon as they are ready."""
    left = dict.fromkeys(trees)
    for tree, found in _by_processes(project, gods, trees) if _pays(project, trees) else ():
        del left[tree]
        yield tree, found
    # All of them, or those that a process which was killed for its memory has left.
    for tree in left:
        yield tree, measure(project.load(project.snapshot(tree)), gods)


def _pays(project: Project, trees: Sequence[str]) -> bool:
    """Whether more processes are sooner done than this one."""
    if len(trees) < 2 or (os.cpu_count() or 1) < 2:
        return False
    # Of a project that grows the last tree says most.
    files = sum(path.endswith(".py") for path in project.snapshot(trees[-1]).files)
    return files * len(trees) >= POOL_FROM[way_to_start()]


def _by_processes(
    project: Project, gods: list[str], trees: Sequence[str]
) -> Iterator[tuple[str, Metrics]]:
    # Loaded on demand: mostly everything is known.
    import multiprocessing

    repository, start = project.repository, way_to_start()
    way = Way(repository.work_tree or repository.common_dir, project.settings, gods)
    # A process that is forked has the facts for nothing; another one reads them from the cache.
    known = project.reader.known if start == "fork" else {}
    context: Any = multiprocessing.get_context(start)
    with ExitStack() as stack:
        pipes = list[Connection]()
        for part in _parts(trees, min(os.cpu_count() or 1, MOST)):
            mine, other = context.Pipe(duplex=False)
            process = context.Process(target=_work, args=(way, known, part, other), daemon=True)
            process.start()
            other.close()
            stack.callback(process.join)
            stack.callback(process.terminate)
            pipes.append(mine)
        yield from _told(pipes)


def _told(pipes: list[Connection]) -> Iterator[tuple[str, Metrics]]:
    """What comes out of some pipes until all are closed."""
    while pipes:
        for pipe in wait(pipes):
            assert isinstance(pipe, Connection)
            try:
                yield pipe.recv()
            except EOFError:
                pipes.remove(pipe)


def _parts(trees: Sequence[str], count: int) -> list[list[str]]:
    """The trees in as many parts: what two neighbours share is mostly read by one process alone.

    Of a project that grows, each part has old trees, which are small, and young ones.
    """
    size = -(-len(trees) // (2 * count))
    pieces = [[*trees[at * size : (at + 1) * size]] for at in range(2 * count)]
    parts = (pieces[at] + pieces[-1 - at] for at in range(count))
    return [part for part in parts if part]


def _work(way: Way, known: Mapping[str, FileFacts], trees: list[str], pipe: Connection) -> None:
    """Measures some trees and tells each; it ends with the process that began it, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_rarely()
    # What came with the fork stays, so nobody looks there for rubbish.
    gc.freeze()
    measurer = Measurer(way, known)
    for tree in trees:
        pipe.send((tree, measurer.figures(tree)))


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
