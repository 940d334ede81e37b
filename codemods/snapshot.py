"""The files of one git tree as a value: paths to bytes, read lazily, changed by copying."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from unicodedata import normalize

from msgspec import Struct

from codemods.values import Change

REGULAR = frozenset({"100644", "100755", "100664"})
AT_HAND = 64_000_000
"""Bytes of contents up to which they stay in memory from step to step."""

Reader = Callable[[list[str]], Mapping[str, bytes]]


class Entry(Struct, frozen=True):
    """One line of a tree: git's mode and the object's id."""

    mode: str
    id: str


def blob_id(data: bytes, length: int = 40) -> str:
    """Git's id of a blob with this content, in the repository's own hash (40: SHA-1, 64: SHA-256)."""
    head = b"blob %d\0" % len(data)
    if length == 64:
        return hashlib.sha256(head + data).hexdigest()
    return hashlib.sha1(head + data, usedforsecurity=False).hexdigest()


class Search(Struct, frozen=True):
    """What is looked for in files: one of these texts and, where there are any, one of these patterns."""

    texts: tuple[bytes, ...]
    patterns: tuple[bytes, ...] = ()

    def finds(self, data: bytes) -> bool:
        """Whether a file's content has it."""
        return any(text in data for text in self.texts) and (
            not self.patterns or any(re.search(pattern, data) for pattern in self.patterns)
        )


class Looked:
    """What was looked at in a repository, so that it is known what a result hangs on.

    `paths` are those whose contents were read, `searches` what was looked for in whatever file,
    `words` those that facts were read with: of these alone the facts count, not the contents.
    """

    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.searches: set[Search] = set()
        self.words: set[tuple[bytes, ...]] = set()


class Snapshot:
    """The files of one tree. Links and submodules are in `entries`, never in `files`."""

    def __init__(
        self,
        entries: Mapping[str, Entry],
        reader: Reader,
        changed: Mapping[str, bytes] | None = None,
        looked: Looked | None = None,
    ) -> None:
        self.entries = dict(entries)
        self.looked = looked or Looked()
        self._reader = reader
        self._changed = dict(changed or {})
        self._read: dict[str, bytes] = {}
        self._folded: dict[str, str] | None = None

    @property
    def files(self) -> list[str]:
        """Paths of the regular files, in git's order."""
        return [path for path, entry in self.entries.items() if entry.mode in REGULAR]

    @property
    def id_length(self) -> int:
        """Digits in this repository's object ids: 40, or 64 with SHA-256."""
        return next((len(entry.id) for entry in self.entries.values()), 40)

    def __contains__(self, path: object) -> bool:
        return path in self.entries

    def alike(self, path: str) -> str:
        """The file or folder that a file system blind to case takes for this new path, or `""`."""
        if self._folded is None:
            self._folded = {
                folded(part): part for known in self.entries for part in (*folders(known), known)
            }
        for part in (*folders(path), path):
            known = self._folded.get(folded(part), part)
            if known != part:
                return known
        return ""

    def read(self, path: str) -> bytes:
        """The content of one file; `KeyError` if git has no such regular file or lacks its object."""
        return self.read_many([path])[path]

    def read_many(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The contents that could be read; an object that a partial clone lacks is left out."""
        found = self.contents(paths)
        self.looked.paths.update(found)
        return found

    def holding(
        self, paths: Iterable[str], texts: Iterable[bytes], patterns: Iterable[bytes] = ()
    ) -> dict[str, bytes]:
        """The contents of those files that have one of some texts, and one of the patterns if there are any."""
        search = Search(tuple(texts), tuple(patterns))
        known = self.contents(paths) if search.texts else {}
        found = {path: data for path, data in known.items() if search.finds(data)}
        self.looked.searches.add(search)
        self.looked.paths.update(found)
        return found

    def contents(self, paths: Iterable[str]) -> dict[str, bytes]:
        """The same as `read_many`, for one who tells otherwise what hangs on them."""
        wanted = [path for path in paths if self.entries[path].mode in REGULAR]
        missing = {
            self.entries[path].id
            for path in wanted
            if path not in self._changed and self.entries[path].id not in self._read
        }
        if missing:
            self._read.update(self._reader(sorted(missing)))
        found: dict[str, bytes] = {}
        for path in wanted:
            data = self._changed.get(path, self._read.get(self.entries[path].id))
            if data is not None:
                found[path] = data
        return found

    def forget(self) -> None:
        """Drops contents read so far, which can be read again, where they are more than is kept at hand."""
        if sum(map(len, self._read.values())) > AT_HAND:
            self._read.clear()

    def with_changes(self, changes: Iterable[Change]) -> "Snapshot":
        """Another snapshot with these files written, added or (`after=None`) removed."""
        entries, changed, length = dict(self.entries), dict(self._changed), self.id_length
        for change in changes:
            changed.pop(change.path, None)
            if change.after is None:
                entries.pop(change.path, None)
                continue
            old = entries.get(change.path)
            new = "100755" if change.executable else "100644"
            entries[change.path] = Entry(old.mode if old else new, blob_id(change.after, length))
            changed[change.path] = change.after
        result = Snapshot(dict(sorted(entries.items())), self._reader, changed, self.looked)
        result._read = self._read
        return result

    @property
    def written(self) -> Mapping[str, bytes]:
        """Contents that git does not have yet, by path."""
        return self._changed


def folders(path: str) -> Iterator[str]:
    """The folders that a path is in, the outermost first."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def folded(path: str) -> str:
    """A path as file systems compare them that tell neither case nor ways of writing accents."""
    return path.lower() if path.isascii() else normalize("NFC", path).casefold()


def snapshot_of(files: Mapping[str, bytes]) -> Snapshot:
    """A snapshot of files in memory, as tests and generated projects use it."""
    empty = Snapshot({}, lambda ids: {})
    return empty.with_changes(Change(path, None, data) for path, data in sorted(files.items()))
