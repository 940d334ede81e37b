"""Trees read as snapshots and written as objects, without a checkout."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import git

from codemods.snapshot import Entry, Snapshot
from migrate.errors import SafetyError, UsageError
from migrate.git.errors import first_line, is_refused
from migrate.git.opened import Opened
from migrate.git.paths import check_alike, check_folders, check_inside

FEW = 50
"""Blobs up to which they are asked for one by one."""
FULL_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
State = dict[str, Entry | None]
"""What a tree has at some paths; `None` where it has nothing."""
NO_MODE = "000000"
"""What git tells as the mode of a path that is not there."""


class Objects(Opened):
    """A repository whose blobs, trees and commits can be read and made."""

    _listed: tuple[str, Mapping[str, Entry]] = ("", {})
    """The id that was listed last, with its entries: those of an id never change."""

    def snapshot(self, revision: str) -> Snapshot:
        """The files of one commit or tree."""
        known, entries = self._listed
        if known != revision:
            entries = self._entries(revision)
            if FULL_ID.fullmatch(revision):
                self._listed = revision, entries
        return Snapshot(entries, self.read_blobs, looked=self.looked)

    def _entries(self, revision: str) -> dict[str, Entry]:
        listing: bytes = self._git.ls_tree(
            "-r",
            "-z",
            "--full-tree",
            revision,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
        )
        entries: dict[str, Entry] = {}
        for line in listing.split(b"\0"):
            if line:
                head, _, path = line.partition(b"\t")
                mode, _, object_id = head.decode().split(" ")
                entries[os.fsdecode(path)] = Entry(mode, object_id)
        check_inside(entries)
        return entries

    def changes(self, trees: Sequence[str]) -> Iterator[dict[str, Entry | None]]:
        """What each of these trees has otherwise than the one before it; `None` for a path that is gone."""
        pairs = [(old, new) for old, new in pairwise(trees) if old != new]
        told = self._compared(pairs) if pairs else iter(())
        for old, new in pairwise(trees):
            yield next(told) if old != new else {}

    def _compared(self, pairs: Iterable[tuple[str, str]]) -> Iterator[dict[str, Entry | None]]:
        """The differences of pairs of trees, none of which are equal."""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{old} {new}\n" for old, new in pairs).encode())
            wanted.seek(0)
            listing: bytes = self._git.diff_tree(
                "--stdin",
                "-r",
                "-z",
                "--raw",
                "--no-renames",
                "--ignore-submodules=none",
                istream=wanted,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        yield from _differences(listing)

    def read_blobs(self, ids: list[str]) -> dict[str, bytes]:
        """The contents of these blobs; those that a partial clone lacks are left out."""
        if len(ids) <= FEW:
            try:
                # A process that lives on is asked: starting one takes longer than reading.
                return {blob: self._git.get_object_data(blob)[3] for blob in ids}
            except (ValueError, OSError):
                self._git.clear_cache()
        return self._read_at_once(ids)

    def _read_at_once(self, ids: list[str]) -> dict[str, bytes]:
        """The same by one process for all of them."""
        with tempfile.TemporaryFile() as wanted:
            wanted.write("".join(f"{blob}\n" for blob in ids).encode())
            wanted.seek(0)
            try:
                data: bytes = self._git.cat_file(
                    "--batch",
                    "--buffer",
                    istream=wanted,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                )
            except git.GitCommandError as error:
                raise SafetyError(
                    f"git can't read the files of this clone: {first_line(error)}. Fetch what is missing: git fetch --refetch"
                ) from None
        found, position = dict[str, bytes](), 0
        for blob in ids:
            end = data.index(b"\n", position)
            words = data[position:end].split(b" ")
            position = end + 1
            if words[-1] == b"missing":
                continue
            size = int(words[2])
            found[blob] = data[position : position + size]
            position += size + 1
        return found

    def write_tree(self, base: str, snapshot: Snapshot) -> str:
        """The id of the tree that a snapshot is, written as objects on top of a base tree."""
        return self.write_trees(base, [snapshot])[0]

    def write_trees(self, base: str, snapshots: Sequence[Snapshot]) -> list[str]:
        """The ids of the trees that snapshots are, each of which is on top of the same base tree."""
        if not snapshots:
            return []
        before = self.snapshot(base).entries
        for snapshot in snapshots:
            check_folders(snapshot)
            check_alike(before, snapshot)
        contents = list({data: None for item in snapshots for data in item.written.values()})
        with tempfile.TemporaryDirectory(prefix="migrate-") as folder:
            written = self.write_blobs(Path(folder), contents)
        ids = dict(zip(contents, written, strict=True))
        states = [
            {path: Entry(item.entries[path].mode, ids[data]) for path, data in item.written.items()}
            | {path: None for path in before if path not in item.entries}
            for item in snapshots
        ]
        return self._trees_with(base, before, states, snapshots[0].id_length)

    def same_on(self, new: str, base: str, trees: Iterable[str]) -> list[str] | None:
        """Trees that were made on top of a base, made on top of another; `None` where git has cleared one away."""
        before = self.snapshot(base).entries
        states = list[State]()
        for tree in trees:
            if not self.read_blobs([tree]):
                return None
            after = self.snapshot(tree).entries
            made: State = {path: None for path in before if path not in after}
            made |= {path: entry for path, entry in after.items() if before.get(path) != entry}
            blobs = sorted({entry.id for entry in made.values() if entry is not None})
            if len(self.read_blobs(blobs)) < len(blobs):
                return None
            states.append(made)
        return self._trees_with(new, self.snapshot(new).entries, states, len(new))

    def _trees_with(
        self, base: str, before: Mapping[str, Entry], states: Iterable[State], id_length: int
    ) -> list[str]:
        """The ids of trees that have some paths otherwise than a base tree, written as objects."""
        found, no_id = list[str](), "0" * id_length
        last: State = {}
        with tempfile.TemporaryDirectory(prefix="migrate-") as folder:
            env = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._git.read_tree(base, env=env)
            for state in states:
                # The index stands at the state before: what that changed alone is set back.
                back: State = {path: before.get(path) for path in last if path not in state}
                # What goes goes first: a file may take the place of a folder.
                lines = [
                    f"{entry.mode} {entry.id}\t{path}" if entry else f"0 {no_id}\t{path}"
                    for path, entry in sorted((back | state).items(), key=_stays)
                ]
                with tempfile.TemporaryFile() as stream:
                    stream.write(b"".join(os.fsencode(line) + b"\0" for line in lines))
                    stream.seek(0)
                    self._git.update_index("-z", "--index-info", istream=stream, env=env)
                found.append(str(self._git.write_tree("--missing-ok", env=env)))
                last = state
        return found

    def write_blobs(self, folder: Path, contents: list[bytes]) -> list[str]:
        """The ids of these contents, written as objects by way of files in a folder."""
        if not contents:
            return []
        names = []
        for index, data in enumerate(contents):
            (folder / str(index)).write_bytes(data)
            names.append(str(folder / str(index)))
        (folder / "paths").write_text("\n".join(names) + "\n")
        with (folder / "paths").open("rb") as stream:
            output: str = self._git.hash_object(
                "-w", "--no-filters", "--stdin-paths", istream=stream
            )
        return output.split()

    def commit_tree(self, tree: str, parent: str, message: str) -> str:
        """A new commit object, by the configured author, signed if the user signs."""
        arguments = [tree, "-p", parent]
        if (
            self._git.config("--type=bool", "--default", "false", "--get", "commit.gpgsign")
            == "true"
        ):
            arguments.append("-S")
            if self._manner.signer:
                raise SafetyError(
                    f"commits are signed here, and the repository's own git configuration names the program for it ({self._manner.signer}). No program that a repository names is run. If it is yours, say so in your own configuration, then run again: git config --global {self._manner.signer} PROGRAM"
                )
        with tempfile.TemporaryFile() as stream:
            stream.write(message.encode())
            stream.seek(0)
            try:
                return str(self._git.commit_tree(*arguments, "-F", "-", istream=stream))
            except git.GitCommandError as error:
                if is_refused(error):
                    raise
                unknown = "dentity" in str(error.stderr) or "user.email" in str(error.stderr)
                hint = 'git config user.name "..." and user.email "..."' if unknown else "mend that"
                raise UsageError(
                    f"git would not commit: {first_line(error)}. Next: {hint}, then run again. Steps committed before stand"
                ) from None

    def export(self, snapshot_of: str, folder: Path) -> None:
        """Writes the files of a commit or tree into a new folder, for running them there."""
        with tempfile.TemporaryDirectory(prefix="migrate-") as scratch:
            env = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
            self._git.read_tree(snapshot_of, env=env)
            try:
                self._git.checkout_index("--all", "--force", f"--prefix={folder}/", env=env)
            except git.GitCommandError as error:
                # A partial clone lacks blobs: what is not code is not needed to boot.
                entries = self.snapshot(snapshot_of).files
                missing = [path for path in entries if not (folder / path).exists()]
                if not missing or any(path.endswith(".py") for path in missing):
                    raise SafetyError(
                        f"the files of {snapshot_of[:7]} can't be written out: {first_line(error)}. Fetch what is missing: git fetch --refetch"
                    ) from None


def _stays(item: tuple[str, Entry | None]) -> bool:
    return item[1] is not None


def _differences(listing: bytes) -> Iterator[dict[str, Entry | None]]:
    """What `git diff-tree --stdin` says of each pair: a line of two ids, then a head and a path each."""
    words = iter(listing.split(b"\0"))
    found: dict[str, Entry | None] | None = None
    for word in words:
        _, line, head = word.rpartition(b"\n")
        if line:
            if found is not None:
                check_inside(found)
                yield found
            found = {}
        if head and found is not None:
            _, mode, _, object_id, _ = head.decode().split(" ")
            path = os.fsdecode(next(words))
            found[path] = Entry(mode, object_id) if mode != NO_MODE else None
    if found is not None:
        check_inside(found)
        yield found
