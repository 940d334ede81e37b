"""The repository: trees read and written as objects, commits and branches made without a checkout."""

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

import git
from msgspec import Struct

from codemods.snapshot import Entry, Snapshot
from migrate.errors import SafetyError, UsageError

FIELDS = "%H%x00%T%x00%cI%x00%s%x00%b"
LOCAL_VARIABLES = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT",
    "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_PREFIX",
    "GIT_SHALLOW_FILE", "GIT_COMMON_DIR",
)  # fmt: skip
"""What `git rev-parse --local-env-vars` prints: hooks set these."""
TRAILER = re.compile(r"^(Migrate-[A-Z][a-z]+): (.+)$", re.MULTILINE)


class Commit(Struct, frozen=True):
    """One commit: its ids, date, subject, and the trailers that say which step made it."""

    id: str
    tree: str
    date: datetime
    subject: str
    trailers: dict[str, str]

    @property
    def step(self) -> str | None:
        """The step that made this commit, if one did."""
        return self.trailers.get("Migrate-Step")


class Repository:
    """One git repository, bare or with a work tree. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` where there is no repository, or git refuses to open it."""
        # Hooks set GIT_DIR and GIT_INDEX_FILE, which would override the folder asked for.
        for name in LOCAL_VARIABLES:
            os.environ.pop(name, None)
        try:
            self._repo = git.Repo(folder, search_parent_directories=True)
            self._git = self._repo.git
            self.common_dir = Path(folder, self._git.rev_parse("--git-common-dir")).resolve()
            if self._repo.working_tree_dir:
                top = Path(self._repo.working_tree_dir)
                self.common_dir = Path(top, self._git.rev_parse("--git-common-dir")).resolve()
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            raise UsageError(
                f"'{folder}' is not in a git repository. The steps are commits: run git init, commit, then try again"
            ) from None
        except git.GitCommandError as error:
            raise UsageError(f"git can't open '{folder}': {_first_line(error)}") from None
        except git.GitCommandNotFound:
            raise UsageError("there is no git on PATH. Install it, then run again") from None

    def __enter__(self) -> "Repository":
        return self

    def __exit__(self, *_: object) -> None:
        self._repo.close()

    @property
    def work_tree(self) -> Path | None:
        """The folder that is checked out, or `None` in a bare repository."""
        return Path(self._repo.working_tree_dir) if self._repo.working_tree_dir else None

    @property
    def name(self) -> str:
        """What people call the repository: its folder's name."""
        return (self.work_tree or self.common_dir).name.removesuffix(".git")

    @property
    def own_dir(self) -> Path:
        """The folder for plans, which ignores itself; in a bare repository inside git's own."""
        return (self.work_tree or self.common_dir) / ".migrate"

    def resolve(self, revision: str) -> str:
        """The id of the commit that a revision names. Raises `UsageError` if there is none."""
        try:
            return str(self._git.rev_parse("--verify", "--quiet", revision + "^{commit}"))
        except git.GitCommandError:
            if revision == "HEAD":
                raise UsageError(
                    "the repository has no commit yet. The steps are commits on top of one: commit your files, then try again"
                ) from None
            raise UsageError(
                f"'{revision}' names no commit here: see git log and git branch"
            ) from None

    def exists(self, ref: str) -> bool:
        """Whether there is a branch or other reference of this full name."""
        return self.tip(ref) is not None

    def tip(self, ref: str) -> str | None:
        """The commit that a full reference name points at."""
        try:
            return str(self._git.rev_parse("--verify", "--quiet", ref + "^{commit}"))
        except git.GitCommandError:
            return None

    @property
    def branch(self) -> str:
        """The branch that is checked out; `""` for a detached HEAD."""
        try:
            return str(self._git.symbolic_ref("--quiet", "--short", "HEAD"))
        except git.GitCommandError:
            return ""

    def snapshot(self, revision: str) -> Snapshot:
        """The files of one commit or tree."""
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
        return Snapshot(entries, self.read_blobs)

    def read_blobs(self, ids: list[str]) -> dict[str, bytes]:
        """The contents of these blobs, in one process; those that a partial clone lacks are left out."""
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
                    f"git can't read the files of this clone: {_first_line(error)}. Fetch what is missing: git fetch --refetch"
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
        before = self.snapshot(base).entries
        _check_folders(snapshot)
        lines = [
            f"0 {'0' * snapshot.id_length}\t{path}"
            for path in before
            if path not in snapshot.entries
        ]
        with tempfile.TemporaryDirectory(prefix="migrate-") as folder:
            paths = list(snapshot.written)
            ids = self._write_blobs(Path(folder), [snapshot.written[path] for path in paths])
            for path, blob in zip(paths, ids, strict=True):
                lines.append(f"{snapshot.entries[path].mode} {blob}\t{path}")
            information = Path(folder, "information")
            information.write_bytes(b"".join(os.fsencode(line) + b"\0" for line in lines))
            env = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self._git.read_tree(base, env=env)
            with information.open("rb") as stream:
                self._git.update_index("-z", "--index-info", istream=stream, env=env)
            return str(self._git.write_tree("--missing-ok", env=env))

    def _write_blobs(self, folder: Path, contents: list[bytes]) -> list[str]:
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
        with tempfile.TemporaryFile() as stream:
            stream.write(message.encode())
            stream.seek(0)
            try:
                return str(self._git.commit_tree(*arguments, "-F", "-", istream=stream))
            except git.GitCommandError as error:
                raise UsageError(
                    f"git would not commit: {_first_line(error)}. Mend that, then run again: nothing has changed"
                ) from None

    def update_refs(self, moves: Mapping[str, tuple[str | None, str | None]]) -> None:
        """Moves, makes (`old=None`) or deletes (`new=None`) references, all or none.

        Raises `SafetyError` if one does not stand where it is said to.
        """
        zero = "0" * len(next(id_ for move in moves.values() for id_ in move if id_))
        lines = ["start"]
        for ref, (old, new) in moves.items():
            if new is None:
                lines.append(f"delete {ref} {old or ''}".rstrip())
            else:
                lines.append(f"update {ref} {new} {old or zero}")
        lines.extend(("prepare", "commit", ""))
        with tempfile.TemporaryFile() as stream:
            stream.write("\n".join(lines).encode())
            stream.seek(0)
            try:
                self._git.update_ref("--create-reflog", "--stdin", istream=stream)
                self._mark.unlink(missing_ok=True)
            except git.GitCommandError as error:
                raise SafetyError(
                    f"git refused to move the branches, so none has moved: {_first_line(error)}. Mend that, then run again"
                ) from None

    def branches(self, prefix: str) -> dict[str, str]:
        """Full reference names below a prefix, each with its commit."""
        output: str = self._git.for_each_ref("--format=%(refname) %(objectname)", prefix)
        return dict(line.split(" ") for line in output.splitlines())

    def checked_out_elsewhere(self, ref: str) -> str | None:
        """The other work tree in which a branch is checked out."""
        found: str = self._git.for_each_ref("--format=%(worktreepath)", ref)
        if not found or (self.work_tree and Path(found).resolve() == self.work_tree.resolve()):
            return None
        return found

    def is_clean(self) -> bool:
        """Whether tracked files are as committed."""
        return not self._git.status(
            "--porcelain", "--untracked-files=no", "--ignore-submodules=all"
        )

    def check_in_the_way(self, old: str, new: str) -> None:
        """Raises `SafetyError` if a file that git does not track stands where a commit adds one."""
        before = self.snapshot(old).entries
        for path in self.snapshot(new).entries:
            if path not in before and self.work_tree and os.path.lexists(self.work_tree / path):
                raise SafetyError(
                    f"'{path}' stands in the checkout, git does not track it, and the next commit adds a file of that name. Move it away, then run again"
                )

    @property
    def _mark(self) -> Path:
        return self.common_dir / "migrate" / "moving"

    @property
    def was_moving(self) -> bool:
        """Whether a run was killed while the checkout followed."""
        return self._mark.exists()

    def restore(self, commit: str) -> None:
        """Makes index and files those of a commit again, after a run that was killed in between."""
        other = self._mark.read_text().strip()
        if self.tip(other) is not None:
            self._git.read_tree("-m", "-u", other, commit)
        self._mark.unlink(missing_ok=True)

    def move_checkout(self, old: str, new: str) -> None:
        """Makes the checked-out files those of another commit, keeping what git does not track."""
        try:
            self._git.read_tree("-m", "-u", old, new)
        except git.GitCommandError as error:
            raise SafetyError(
                f"the checkout can't follow: {_first_line(error)}. Move that file away, then run again"
            ) from None

    def switch(self, branch: str) -> None:
        """Checks a branch out. Raises `SafetyError` if files of the user's own are in the way."""
        if self.work_tree is None:
            return
        tip = self.tip(f"refs/heads/{branch}")
        if tip is not None:
            self.check_in_the_way("HEAD", tip)
        try:
            self._git.checkout("--quiet", branch)
        except git.GitCommandError as error:
            raise SafetyError(
                f"the steps are applied, but git can't switch to {branch}: {_first_line(error)}. Commit or stash, then: git switch {branch}"
            ) from None

    def log(self, newest: str, oldest: str | None = None) -> list[Commit]:
        """The commits after `oldest` up to `newest`, the oldest first, along first parents."""
        span = f"{oldest}..{newest}" if oldest else newest
        options = ("--first-parent", "--reverse", "-z", "--no-show-signature", "--no-color")
        fields = str(self._git.log(*options, f"--format={FIELDS}", span)).split("\0")
        return [_commit(fields[at : at + 5]) for at in range(0, len(fields) - 4, 5)]

    def commit(self, revision: str) -> Commit:
        """One commit."""
        options = ("-1", "--no-show-signature", "--no-color")
        return _commit(str(self._git.log(*options, f"--format={FIELDS}", revision)).split("\0"))

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is in the history of another."""
        try:
            self._git.merge_base("--is-ancestor", older, newer)
        except git.GitCommandError:
            return False
        return True

    def short(self, revision: str) -> str:
        """The short form of an id."""
        return str(self._git.rev_parse("--short", revision))

    def tree_of(self, revision: str) -> str:
        """The id of a commit's tree."""
        return str(self._git.rev_parse(revision + "^{tree}"))

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
                        f"the files of {snapshot_of[:7]} can't be written out: {_first_line(error)}. Fetch what is missing: git fetch --refetch"
                    ) from None

    def config(self, name: str) -> str:
        """A configuration value, or `""`."""
        return str(self._git.config("--default", "", "--get", name))


def _check_folders(snapshot: Snapshot) -> None:
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


def _commit(fields: list[str]) -> Commit:
    commit, tree, date, subject, body = fields
    trailers = dict(TRAILER.findall(body))
    return Commit(commit.strip(), tree, datetime.fromisoformat(date), subject, trailers)


def initialise(folder: Path) -> Repository:
    """A new repository with `main` as its branch."""
    git.Repo.init(folder, initial_branch="main").close()
    return Repository(folder)


def commit_all(
    repository: Repository, paths: Iterable[str], message: str, author: str, date: str
) -> None:
    """Commits these paths of the work tree as somebody at some time (the demo's history)."""
    name, _, address = author.partition(" <")
    who = {
        f"GIT_{role}_{part}": value
        for role in ("AUTHOR", "COMMITTER")
        for part, value in (("NAME", name), ("EMAIL", address.rstrip(">")), ("DATE", date))
    }
    repository._git.add("--", *paths)  # noqa: SLF001 - the same room
    repository._git.commit("--quiet", "--no-verify", "--no-gpg-sign", "-m", message, env=who)  # noqa: SLF001


def _first_line(error: git.GitCommandError) -> str:
    """What git said, without its prefixes and full stop."""
    text = str(error.stderr).replace("stderr:", "").strip().strip("'").strip()
    line = next(
        (line.strip() for line in text.splitlines() if line.strip()), f"exit {error.status}"
    )
    while line.startswith(("fatal: ", "error: ")):
        line = line.partition(": ")[2]
    return line.rstrip(".")
