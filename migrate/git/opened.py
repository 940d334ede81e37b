"""A repository that is open: where it is, its revisions and references."""

import logging
import os
import re
import shlex
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import git
from msgspec import Struct

from codemods.snapshot import Looked
from migrate.errors import SafetyError, UsageError
from migrate.git.errors import first_line, is_refused, stopped
from migrate.git.local_variables import LOCAL_VARIABLES
from migrate.git.locks import clear_own, clear_unwritten, held, in_the_way
from migrate.git.references import moved_anyway, not_moved
from migrate.git.trusted import Manner, manner

FIELDS = "%H%x00%T%x00%cI%x00%s%x00%b"
TRAILER = re.compile(r"^(Migrate-[A-Z][a-z]+): (.+)$", re.MULTILINE)


TRACE = logging.getLogger("migrate.git")


class Commit(Struct, frozen=True):
    """One commit: its ids, date, message, and the trailers that say which step made it."""

    id: str
    tree: str
    date: datetime
    subject: str
    trailers: dict[str, str]
    body: str = ""

    @property
    def step(self) -> str | None:
        """The step that made this commit, if one did."""
        return self.trailers.get("Migrate-Step")


class Calls(git.Git):
    """git's commands. A file that grows past the user's limit is an error to git, not its death."""

    def execute(self, *words: Any, **options: Any) -> Any:  # noqa: ANN401
        """What GitPython's own gives; git cleans up after an error, and could not after a signal."""
        begun = time.perf_counter()
        try:
            return super().execute(*words, **{"restore_signals": False, **options})
        finally:
            if TRACE.isEnabledFor(logging.DEBUG):
                TRACE.debug("%s  %.3f s", traced(words[0]), time.perf_counter() - begun)


def traced(command: Any) -> str:  # noqa: ANN401 - as GitPython has it
    """A git command as a person would type it, without the settings that go with every call."""
    words = list(map(str, command))
    settings = [at for at, word in enumerate(words) if word == "-c"]
    gone = {*settings, *(at + 1 for at in settings)}
    return shlex.join(word for at, word in enumerate(words) if at not in gone)


class Repo(git.Repo):
    """GitPython's repository, with our calls."""

    GitCommandWrapperType = Calls


class Opened:
    """One git repository, bare or with a work tree. Use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Raises `UsageError` where there is no repository, or git refuses to open it."""
        self._opened_at = time.time()
        self.looked = Looked()
        """What was looked at in its files, whatever the revision."""
        # Hooks set GIT_DIR and GIT_INDEX_FILE, which would override the folder asked for.
        for name in LOCAL_VARIABLES:
            os.environ.pop(name, None)
        try:
            self._repo = Repo(folder, search_parent_directories=True, expand_vars=False)
            self._git = self._repo.git
            self._mind()
            self.common_dir = Path(folder, self._git.rev_parse("--git-common-dir")).resolve()
            if self._repo.working_tree_dir:
                top = Path(self._repo.working_tree_dir)
                self.common_dir = Path(top, self._git.rev_parse("--git-common-dir")).resolve()
        except (git.InvalidGitRepositoryError, git.NoSuchPathError):
            raise UsageError(
                f"there is no folder '{folder}': name one in a git repository"
                if not folder.exists()
                else f"'{folder.resolve()}' is not in a git repository. The steps are commits: run git init, commit, then try again"
            ) from None
        except git.GitCommandError as error:
            raise UsageError(f"git can't open '{folder.resolve()}': {first_line(error)}") from None
        except git.GitCommandNotFound:
            raise UsageError("there is no git on PATH. Install it, then run again") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._repo.close()
        if isinstance(error, git.GitCommandError):
            if is_refused(error):
                clear_unwritten(self.common_dir, self._opened_at)
            raise SafetyError(in_the_way(error) or stopped(error)) from None

    def _mind(self) -> None:
        """Puts off what the repository's own configuration would have git run, as it stands now."""
        self._manner: Manner = manner(Path(self._repo.working_dir))
        self._git.set_persistent_git_options(c=list(self._manner.settings))
        self._git.update_environment(**self._manner.environment)
        elsewhere = self._manner.work_tree
        here = self._repo.working_tree_dir
        if (
            elsewhere
            and here
            and Path(self._repo.git_dir, elsewhere).resolve() != Path(here).resolve()
        ):
            raise SafetyError(
                f"the repository's own git configuration says that its files are in '{elsewhere}', not in '{here}', so steps would write there. Take that out, then run again: git config --unset core.worktree"
            )

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

    def merge_base(self, one: str, other: str) -> str:
        """Where two commits parted; the first where they have nothing in common."""
        try:
            return str(self._git.merge_base(one, other)).split()[0]
        except (git.GitCommandError, IndexError):
            return one

    def short(self, revision: str) -> str:
        """The short form of an id."""
        return str(self._git.rev_parse("--short", revision))

    def shorts(self, revisions: Sequence[str]) -> dict[str, str]:
        """The short forms of many ids."""
        with tempfile.TemporaryFile() as stream:
            stream.write("".join(f"{revision}\n" for revision in revisions).encode())
            stream.seek(0)
            options = ("--no-walk=unsorted", "--abbrev-commit", "--stdin")
            told = str(self._git.rev_list(*options, istream=stream)).split()
        return {
            revision: short for short, revision in zip(told, dict.fromkeys(revisions), strict=True)
        }

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
                with self._locking(*moves):
                    self._git.update_ref("--create-reflog", "--stdin", istream=stream)
            except git.GitCommandError as error:
                left = moved_anyway(self._git, self.tip, moves)
                raise SafetyError(not_moved(error, left)) from None

    def _locking(self, *refs: str) -> AbstractContextManager[None]:
        """While git makes locks: what it would leave behind is known to the next run."""
        return held(self.common_dir, Path(self._repo.git_dir).resolve(), list(refs))

    def clear_own_locks(self) -> None:
        """Takes away the locks that a git of a killed run of ours left behind."""
        clear_own(self.common_dir, Path(self._repo.git_dir).resolve())

    def branches(self, prefix: str) -> dict[str, str]:
        """Full reference names below a prefix, each with its commit."""
        output: str = self._git.for_each_ref("--format=%(refname) %(objectname)", prefix)
        return dict(line.split(" ") for line in output.splitlines())

    def config(self, name: str) -> str:
        """A configuration value, or `""`."""
        return str(self._git.config("--default", "", "--get", name))


def _commit(fields: list[str]) -> Commit:
    commit, tree, date, subject, body = fields
    trailers = dict(TRAILER.findall(body))
    return Commit(commit.strip(), tree, datetime.fromisoformat(date), subject, trailers, body)
