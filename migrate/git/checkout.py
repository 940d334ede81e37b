"""The work tree: whether it may follow, and making it follow."""

import os
import tempfile
from pathlib import Path

import git

from migrate.errors import SafetyError
from migrate.git.errors import said
from migrate.git.locks import in_the_way
from migrate.git.picking import Picking

SUBMODULE = "160000"
"""The mode of a path that is another repository."""


class Repository(Picking):
    """One git repository, bare or with a work tree. Use it as a context manager."""

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

    def move_checkout(self, old: str, new: str) -> None:
        """Makes the checked-out files those of another commit, keeping what git does not track."""
        try:
            with self._locking():
                self._git.read_tree("-m", "-u", old, new)
        except git.GitCommandError as error:
            why = in_the_way(error) or f"{said(error)}. Mend that, then run again"
            raise SafetyError(
                f"no branch has moved, since the checkout can't follow: {why}"
            ) from None

    def finish_checkout(self, old: str, new: str) -> None:
        """Makes index and files those of `new` where a killed run left them on the way from `old`.

        Raises `SafetyError` for what somebody changed since; nothing is touched then.
        """
        before, after = self.snapshot(old).entries, self.snapshot(new).entries
        # git leaves the folders of submodules as they are when it moves a checkout.
        links = {
            path for side in (before, after) for path, e in side.items() if e.mode == SUBMODULE
        }
        moved = [p for p in sorted({*before, *after} - links) if before.get(p) != after.get(p)]
        theirs = [path for path in moved if not self._is_between(path, old, new)]
        if theirs:
            raise SafetyError(
                f"a run was killed while it moved the checkout, and '{theirs[0]}' was changed since, so it can't be finished. Move that file away, then run again"
            )
        try:
            with self._locking():
                self._git.read_tree("-i", "-m", old, new)
                for path in moved:
                    if path not in after:
                        self._remove(path)
                self._write_out([path for path in moved if path in after])
                self._git.update_index("-q", "--really-refresh", with_exceptions=False)
        except git.GitCommandError as error:
            raise SafetyError(
                f"a run was killed while it moved the checkout, and that can't be finished: {in_the_way(error) or said(error)}. Mend that, then run again"
            ) from None

    def _is_between(self, path: str, old: str, new: str) -> bool:
        """Whether a file is as it was, as it will be, not there, or half of what it will be."""
        assert self.work_tree is not None
        place = self.work_tree / path
        if not os.path.lexists(place):
            return True
        if not place.is_symlink() and not place.is_file():
            return False
        data = os.fsencode(place.readlink()) if place.is_symlink() else place.read_bytes()
        return any(self._checked_out(path, revision, data) for revision in (old, new))

    def _checked_out(self, path: str, revision: str, data: bytes) -> bool:
        """Whether a file's content is the beginning of what git writes for a commit."""
        try:
            whole: bytes = self._git.cat_file(
                "--filters",
                f"{revision}:{path}",
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except git.GitCommandError:
            return False
        return whole.startswith(data)

    def _write_out(self, paths: list[str]) -> None:
        """Writes files as the index has them; there may be more than a command line holds."""
        with tempfile.TemporaryFile() as stream:
            stream.write(b"".join(os.fsencode(path) + b"\0" for path in paths))
            stream.seek(0)
            self._git.checkout_index("--force", "--quiet", "-z", "--stdin", istream=stream)

    def _remove(self, path: str) -> None:
        """Takes a file away, with the folders that it leaves empty."""
        assert self.work_tree is not None
        place = self.work_tree / path
        if place.parent.resolve() != self.work_tree.resolve() / Path(path).parent:
            return
        place.unlink(missing_ok=True)
        for folder in place.parents:
            if folder == self.work_tree or (folder.exists() and any(folder.iterdir())):
                break
            if folder.exists():
                folder.rmdir()

    def switch(self, branch: str) -> None:
        """Checks a branch out. Raises `SafetyError` if files of the user's own are in the way."""
        if self.work_tree is None:
            return
        tip = self.tip(f"refs/heads/{branch}")
        if tip is not None:
            self.check_in_the_way("HEAD", tip)
        try:
            self._git.checkout("--quiet", branch)
            # What the configuration includes may depend on the branch.
            self._mind()
        except git.GitCommandError as error:
            why = in_the_way(error) or f"{said(error)}. Commit or stash"
            raise SafetyError(
                f"the steps are applied, but git can't switch to {branch}: {why}, then: git switch {branch}"
            ) from None
