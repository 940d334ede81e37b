"""Facts of many files: from the cache by blob, the rest read by a pool of processes."""

import ast
import logging
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import msgspec

from codemods.inventory.facts import FACTS_VERSION, LIMITS
from codemods.inventory.glance import look_plainly
from codemods.inventory.link import Inventory
from codemods.inventory.load import load, read_with_headers
from codemods.inventory.scan import WORDS
from codemods.inventory.values import FileFacts, ParseError
from codemods.settings import Limits, Settings
from codemods.snapshot import Snapshot
from migrate.errors import LinkError, MigrateError
from migrate.memory import collect_rarely
from migrate.other_pythons import OtherPythons
from migrate.writing import check_own

POOL_FROM = {"fork": 300_000, "spawn": 1_500_000}
"""Bytes to read from which a second process pays for its start, by how it is started."""
CACHE = ("facts.sqlite", "facts.sqlite-journal", "facts.sqlite-wal", "facts.sqlite-shm")
CHUNK = 100_000
"""Bytes that a process reads at a time."""

LOG = logging.getLogger("migrate.reading")
GLANCE = (b"at a glance",)
"""What stands for the words looked for where nothing was."""
Advance = Callable[[int, int], None]


NOTHING: Mapping[str, FileFacts] = {}

LACKING = ParseError(
    0, "git has no content of it here: fetch it with git fetch --refetch --no-filter"
)


class FactReader:
    """Reads facts, keeps them by blob beside the repository, and works without that where it can't."""

    def __init__(
        self,
        common_dir: Path | None,
        advance: Advance | None = None,
        limits: Limits = LIMITS,
        project: Path | None = None,
        known: Mapping[str, FileFacts] = NOTHING,
        processes: int | None = None,
    ) -> None:
        """`known` are facts that are at hand; without `processes` it takes as many as there are cores."""
        self._processes = processes or os.cpu_count() or 1
        self._limits = limits
        self._others = OtherPythons(project)
        self._advance = advance or (lambda done, total: None)
        self._memory = dict(known)
        self._database: sqlite3.Connection | None = None
        if common_dir is not None:
            self._database = _opened(common_dir)

    @property
    def known(self) -> Mapping[str, FileFacts]:
        """The facts that are at hand, for another reader of the same repository."""
        return self._memory

    def close(self) -> None:
        """Closes the cache."""
        if self._database is not None:
            self._database.close()

    def _forget_cache(self) -> None:
        self.close()
        self._database = None

    def inventory(
        self, snapshot: Snapshot, settings: Settings, running: Mapping[str, str] | None = None
    ) -> Inventory:
        """The inventory of a snapshot; `running` as workers told it."""
        return load(snapshot, settings, self.read, self.tree, running)

    @property
    def other_pythons(self) -> str:
        """Which other Pythons read the files that this one can't parse."""
        return self._others.key

    def tree(self, path: str, data: bytes) -> ast.Module | None:
        """The tree of a file that another Python has read."""
        return self._others.tree(path, data)

    def read(
        self, snapshot: Snapshot, paths: Iterable[str], words: tuple[bytes, ...]
    ) -> dict[str, FileFacts]:
        """The facts of these files; an object that git lacks gives a file that does not parse."""
        begun = time.perf_counter()
        snapshot.looked.words.add(words)
        keys = {path: _key(path, snapshot.entries[path].id, words, self._limits) for path in paths}
        found = self._cached(keys)
        missing = [path for path in keys if path not in found]
        contents = snapshot.contents(missing)
        fresh = self._read_all([(p, contents[p]) for p in missing if p in contents], words)
        self._store({keys[facts.path]: facts for facts in fresh})
        for facts in fresh:
            found[facts.path] = facts
            self._memory[keys[facts.path]] = facts
        self._read_by_others(snapshot, keys, found, words)
        snapshot.forget()
        if missing:
            took = time.perf_counter() - begun
            LOG.info(
                "read %d of %d files, the rest is known  %.1f s", len(missing), len(keys), took
            )
        return {path: found.get(path) or FileFacts(path, LACKING) for path in keys}

    def look(self, snapshot: Snapshot, paths: Iterable[str]) -> dict[str, FileFacts]:
        """What files say at a glance, kept as their facts are."""
        keys = {path: _key(path, snapshot.entries[path].id, GLANCE, self._limits) for path in paths}
        found = self._cached(keys)
        fresh = look_plainly(snapshot, [path for path in keys if path not in found])
        self._store({keys[path]: facts for path, facts in fresh.items()})
        found |= fresh
        return {path: found[path] for path in keys if path in found}

    def _read_by_others(
        self,
        snapshot: Snapshot,
        keys: dict[str, str],
        found: dict[str, FileFacts],
        words: tuple[bytes, ...],
    ) -> None:
        """Puts what another Python reads of a file in the place of what its headers tell."""
        wanted = {path: facts for path, facts in found.items() if self._others.can_read(facts)}
        if not wanted:
            return
        known = {path: f"{keys[path]}:{self._others.key}" for path in wanted}
        found.update(self._cached(known))
        self._others.remember(snapshot, wanted.values())
        missing = {path: facts for path, facts in wanted.items() if found[path] is facts}
        contents = snapshot.contents(missing) if missing else {}
        fresh = self._others.read({p: (data, missing[p]) for p, data in contents.items()}, words)
        if fresh is None:
            return
        self._store({known[facts.path]: facts for facts in fresh})
        self._memory.update({known[facts.path]: facts for facts in fresh})
        found.update({facts.path: facts for facts in fresh})

    def _cached(self, keys: dict[str, str]) -> dict[str, FileFacts]:
        found = {path: self._memory[key] for path, key in keys.items() if key in self._memory}
        if self._database is None:
            return found
        wanted = [path for path in keys if path not in found]
        for start in range(0, len(wanted), 500):
            part = {keys[path]: path for path in wanted[start : start + 500]}
            marks = ",".join("?" * len(part))
            query = f"SELECT key, facts FROM facts WHERE key IN ({marks})"  # noqa: S608 - only marks
            try:
                rows = [
                    (key, msgspec.msgpack.decode(data, type=FileFacts))
                    for key, data in self._database.execute(query, list(part))
                ]
            except (sqlite3.Error, msgspec.MsgspecError, TypeError):
                # A cache of another shape, or a broken one: everything is read again.
                self._forget_cache()
                return found
            for key, facts in rows:
                found[part[key]] = facts
                self._memory[key] = facts
        return found

    def _store(self, fresh: dict[str, FileFacts]) -> None:
        if self._database is None or not fresh:
            return
        rows = [(key, msgspec.msgpack.encode(facts)) for key, facts in fresh.items()]
        try:
            with self._database:
                self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
        except sqlite3.Error:
            self._forget_cache()

    def _read_all(
        self, files: list[tuple[str, bytes]], words: tuple[bytes, ...]
    ) -> list[FileFacts]:
        total, way = len(files), way_to_start()
        if self._processes < 2 or sum(len(data) for _, data in files) < POOL_FROM[way]:
            return [read_with_headers(path, data, words, self._limits) for path, data in files]
        # Loaded on demand: mostly everything comes from the cache.
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        context = multiprocessing.get_context(way)
        found: list[FileFacts] = []
        with ProcessPoolExecutor(self._processes, context, collect_rarely) as pool:
            for part in pool.map(partial(_read_chunk, words, self._limits), _chunks(files)):
                found.extend(msgspec.msgpack.decode(part, type=list[FileFacts]))
                self._advance(len(found), total)
        return found


def _chunks(files: list[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """The files in parts of about one size; a god file is a part of its own."""
    part: list[tuple[str, bytes]] = []
    size = 0
    for path, data in files:
        if part and size + len(data) > CHUNK:
            yield part
            part, size = [], 0
        part.append((path, data))
        size += len(data)
    if part:
        yield part


def way_to_start() -> str:
    """`fork` where it is safe, since a process that is spawned imports everything once more."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _read_chunk(words: tuple[bytes, ...], limits: Limits, files: list[tuple[str, bytes]]) -> bytes:
    found = [read_with_headers(path, data, words, limits) for path, data in files]
    return msgspec.msgpack.encode(found)


def _key(path: str, blob: str, words: tuple[bytes, ...], limits: Limits) -> str:
    """Facts depend on path, bytes, limits, what was looked for, and how this Python parses."""
    extra = "" if words == WORDS else b",".join(sorted(words)).decode()
    if limits != LIMITS:
        extra += f":{limits.file_bytes}:{limits.depth}"
    return f"{FACTS_VERSION}:{sys.version_info.minor}:{blob}:{path}:{extra}"


def _opened(common_dir: Path) -> sqlite3.Connection | None:
    """The cache, or `None` where none can be kept. Raises `SafetyError` where it is a link."""
    folder = common_dir / "migrate"
    try:
        check_own(folder, CACHE, common_dir, make=True)
        database = sqlite3.connect(folder / CACHE[0], timeout=5)
    except LinkError:
        raise
    except (MigrateError, OSError, sqlite3.Error):
        return None
    try:
        database.execute("CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, facts BLOB)")
    except sqlite3.Error:
        database.close()
        return None
    return database
